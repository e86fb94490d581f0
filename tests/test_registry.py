"""The registry of partnerships and the roster of a round, and every way they can be wrong."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from escp_analysis.errors import Fault, RoundError
from escp_analysis.loaders.questionnaire import read_questionnaire
from escp_analysis.loaders.registry import Registry, read_registry, read_roster

DATA = Path(__file__).parents[1] / "data"

PARTNERSHIPS = """\
name,full_name,programme,generation,call,strand,coordinator,countries,sectors,source,confidence
Vega,,ESCP-4i,1,C-1,1,,FR;DE,space,report,high
Vega²,Vega Squared,ESCP-4i,2,C-2,2,,FR;GB,space;optics,report,medium (strand not seen)
Lyra-Go,None,ESCP-4i,2,C-2,,,,NA,report,low
Lyra,,ESCP-4i dual use,2,C-3,voluntary,,,,report,low
"""
ALIASES = """\
name,alias,relation,note,source
Vega²,Vega ²,same,spelling,report
Vega²,Wega Zwei,same,,report
Lyra-Go,LYra,ambiguous,,report
Lyra,LYra,ambiguous,,report
Vega²,Vega,related,first generation,report
Lyra,Lyra Ltd,related,successor,report
Observatory,Obs,organisation,,report
"""
ROSTER = """\
partnership,strand,note
Vega²,2,printed
Lyra-Go,,not published
"""


def write(
    folder: Path, partnerships: str = PARTNERSHIPS, aliases: str = ALIASES, roster: str = ROSTER
) -> Path:
    (folder / "partnerships.csv").write_text(partnerships, encoding="utf-8")
    (folder / "aliases.csv").write_text(aliases, encoding="utf-8")
    (folder / "roster.csv").write_text(roster, encoding="utf-8")
    return folder


def faults(folder: Path) -> tuple[Fault, ...]:
    with pytest.raises(RoundError) as raised:
        read_registry(folder)
    return raised.value.faults


def refused(registry: Registry, text: str) -> Fault:
    found = registry.match(text, "responses.txt, row 4")
    assert isinstance(found, Fault)
    assert found.where == "responses.txt, row 4"
    return found


@pytest.fixture
def drawn(tmp_path: Path) -> Registry:
    return read_registry(write(tmp_path))


@pytest.fixture(scope="module")
def real() -> Registry:
    return read_registry(DATA / "registry")


def test_the_registry_holds_the_partnerships_found_by_programme_and_generation(
    real: Registry,
) -> None:
    sizes = real.partnerships.value_counts(["programme", "generation"]).to_dict()
    assert sizes == {
        ("ESCP-4i", "2"): 23,
        ("ESCP-4i", "1"): 14,
        ("ESCP-S3", "1"): 4,
        ("ESCP-4i dual use", "2"): 2,
    }


def test_what_no_source_says_is_blank(real: Registry) -> None:
    rows = real.partnerships.set_index("name")
    for name in ("unnamed 1", "unnamed 2"):
        known = rows.loc[name, ["full_name", "strand", "coordinator", "countries", "sectors"]]
        assert set(known) == {""}
    assert rows.loc["GCA", "sectors"] == ""
    assert rows.loc["MAGIA", "strand"] == ""
    assert not rows.isna().any().any()


def test_countries_are_iso_codes(real: Registry) -> None:
    countries = real.partnerships.set_index("name")["countries"]
    assert countries["ELBE"] == "ES;GB;BE;SE;DK"
    assert not countries.str.contains("UK").any()


@pytest.mark.parametrize(
    ("seen", "name"),
    [
        *((text, "AdPack²") for text in ("AdPack2", "ADPACK²", "Adpack ²", "  AdPack²  ")),
        *((text, "AdPack") for text in ("AdPack", "adpack", "Ad-Pack")),
        ("MobiGoln- Action", "MobiGoIn-Action"),
        ("MobiGoing-Action", "MobiGoIn-Action"),
        ("MobiGoIn", "MobiGoIn"),
        ("N4F", "NF4"),
        ("Textiles 2030", "EU-TEXTILE2030"),
        ("SmartCity Tech*", "SmartCityTech"),
        ("Cluster Smart City Tech", "SmartCityTech"),
        ("BioXclusters*", "bioXclusters plus"),
        ("EU4Sports", "EU4SportsClusters Alliance"),
        ("Cosmetics4Wellbeing (C4W)", "C4W"),
        ("LASER-GO –GLOBAL", "LASER-GO GLOBAL"),
        ("LASER-GO first generation", "LASER-GO"),
        ("geo energy europe", "GEO-ENERGY EUROPE"),
        ("Space2ID GO", "SPACE2IDGO"),
    ],
)
def test_names_as_printed_lead_to_the_registered_name(real: Registry, seen: str, name: str) -> None:
    assert real.resolve(seen) == name


def test_every_registered_name_is_itself(real: Registry) -> None:
    assert len(real.names) == 43
    assert real.resolve_all(real.names) == real.names


def test_no_spelling_of_a_registered_name_leads_to_another_one(real: Registry) -> None:
    for name in real.names:
        for text in (name.upper(), name.lower(), name.replace("-", " "), name.replace("²", " 2")):
            assert real.match(text) == name or name == "LASER-GO", text


def test_the_first_generation_resolves_in_its_own_spelling_only(real: Registry) -> None:
    assert real.resolve("LASER-GO") == "LASER-GO"
    for text in ("LASER-Go", "laser go"):
        assert refused(real, text).what == f"{text!r} may be LASER-GO GLOBAL or LASER-GO"


def test_a_name_of_either_generation_stops_and_lists_both(real: Registry) -> None:
    fault = refused(real, "Mobi-Going")
    assert fault.what == "'Mobi-Going' may be MobiGoIn-Action or MobiGoIn"
    assert fault.do == "decide which it is and write that name"
    assert real.candidates("mobi going") == ("MobiGoIn-Action", "MobiGoIn")
    assert real.candidates("MobiGoIn") == ()


def test_identity_traps_are_linked_and_never_merged(real: Registry) -> None:
    assert real.resolve("ESCT Go Global") == "ESCT Go Global"
    assert real.resolve("SmartCity Tech") == "SmartCityTech"
    assert real.related("ESCT Go Global") == ("SmartCityTech",)
    assert real.related("SmartCity Tech") == ("ESCT Go Global",)
    assert real.resolve("Alliance") == "ALLIANCE"
    alliance = real.partnerships.set_index("name").loc["ALLIANCE"]
    assert (alliance["programme"], alliance["generation"]) == ("ESCP-4i dual use", "2")
    assert "neither surveyed" in real.aliases.set_index("alias").loc["Alliance", "note"]


def test_generations_of_one_name_are_linked_both_ways(real: Registry) -> None:
    assert real.related("LASER-GO") == ("LASER-GO GLOBAL",)
    assert real.related("LASER-GO GLOBAL") == ("LASER-GO",)
    assert real.related("AdPack") == ("AdPack²",)
    assert real.related("FoodPackLab") == ("FoodPackLab (2016 label)",)
    assert real.related("NF4") == ()


def test_an_organisation_is_known_not_to_be_a_partnership(real: Registry) -> None:
    assert real.organisation("NANOPHARM") == "NANOPHARM"
    assert real.organisation("Pole SCS") == "Pôle SCS"
    assert real.organisation("pôle scs") == "Pôle SCS"
    assert real.organisation("DIA") is None
    what = "'BNPT' is no partnership but the organisation BalticNet-PlasmaTec"
    assert refused(real, "BNPT").what == what


def test_a_linked_name_that_is_not_registered_is_not_merged(real: Registry) -> None:
    what = "'COSMENERG' is related to COSMENERG-4i but is not that partnership"
    assert refused(real, "COSMENERG").what == what


def test_an_unknown_name_is_answered_with_the_nearest(real: Registry) -> None:
    fault = refused(real, "SpaceWav")
    assert fault.what == "no partnership is known as 'SpaceWav'"
    assert fault.do.startswith("did you mean: SpaceWave")
    assert refused(real, "Xyzzy").do == "add it to partnerships.csv or aliases.csv"


def test_all_names_that_do_not_resolve_are_reported_at_once(real: Registry) -> None:
    with pytest.raises(RoundError) as raised:
        real.resolve_all(["NF4", "Nobody", "LASER-Go", "EC2i"])
    assert [fault.what for fault in raised.value.faults] == [
        "no partnership is known as 'Nobody'",
        "'LASER-Go' may be LASER-GO GLOBAL or LASER-GO",
    ]


def test_options_of_the_form_lead_to_their_partnerships(real: Registry) -> None:
    form = read_questionnaire(DATA / "questionnaire" / "escp-4i-2018.yaml")
    for option in form.question("collaborations").options:
        assert real.resolve(option.label) == option.id


def test_the_roster_of_the_first_round_has_the_23_partnerships_of_the_call(real: Registry) -> None:
    frame = read_roster(DATA / "rounds" / "2018-10" / "roster.csv", real)
    assert list(frame.columns) == ["partnership", "programme", "generation", "strand"]
    called = real.partnerships["call"] == "COS-CLUSINT-2016-03-01"
    assert set(frame["partnership"]) == set(real.partnerships.loc[called, "name"])
    assert len(frame) == 23
    assert set(frame["programme"]) == {"ESCP-4i"}
    assert set(frame["generation"]) == {"2"}
    assert frame["strand"].value_counts().to_dict() == {"1": 8, "2": 6}
    blank = frame.loc[frame["strand"].isna(), "partnership"].tolist()
    assert blank == [
        *("ELBE", "ESCT Go Global", "EU-TEXTILE2030", "GCA", "GIVE", "MAGIA"),
        *("SPACE2IDGO", "unnamed 1", "unnamed 2"),
    ]


def test_what_looks_like_a_missing_value_is_text(drawn: Registry) -> None:
    row = drawn.partnerships.set_index("name").loc["Lyra-Go"]
    assert (row["full_name"], row["sectors"], row["strand"]) == ("None", "NA", "")


def test_a_byte_order_mark_and_windows_line_ends_change_nothing(
    tmp_path: Path, drawn: Registry
) -> None:
    saved = b"\xef\xbb\xbf" + PARTNERSHIPS.replace("\n", "\r\n").encode()
    (tmp_path / "partnerships.csv").write_bytes(saved)
    pd.testing.assert_frame_equal(read_registry(tmp_path).partnerships, drawn.partnerships)


def test_a_roster_is_read_with_what_the_registry_knows(tmp_path: Path, drawn: Registry) -> None:
    frame = read_roster(tmp_path / "roster.csv", drawn)
    expected = pd.DataFrame(
        {
            "partnership": ["Vega²", "Lyra-Go"],
            "programme": ["ESCP-4i", "ESCP-4i"],
            "generation": ["2", "2"],
            "strand": ["2", None],
        },
        dtype="str",
    )
    pd.testing.assert_frame_equal(frame, expected)


@pytest.mark.parametrize(
    ("old", "new", "what", "place", "hint"),
    [
        (
            *("name,full_name,programme", "name,fullname,programme"),
            *("the header is name,fullname,programme", "row 1"),
            "mend the header",
        ),
        (
            *("Vega²,Vega Squared,ESCP-4i,2", "Vega²,Vega Squared,ESCP-4j,2"),
            *("'ESCP-4j' is no programme", "row 3, column programme"),
            "did you mean 'ESCP-4i'?",
        ),
        (
            *("ESCP-4i,1,C-1,1", "ESCP-4i,1 (S3),C-1,1"),
            *("'1 (S3)' is no generation", "row 2, column generation"),
            "one of 1, 2",
        ),
        (
            *("C-1,1,,FR", "C-1,3,,FR"),
            *("'3' is no strand", "row 2, column strand"),
            "one of blank, 1, 2, voluntary",
        ),
        (
            *("Lyra,,ESCP-4i dual use", ",,ESCP-4i dual use"),
            *("name is blank", "row 5, column name"),
            "a text",
        ),
        (
            *("Lyra,,ESCP-4i dual use", "LYRA GO,,ESCP-4i dual use"),
            *("'LYRA GO' stands in row 4 as well", "row 5, column name"),
            "one row per name",
        ),
        (
            *("FR;GB", "FR;UK"),
            *("'UK' is no ISO code", "row 3, column countries"),
            "write GB",
        ),
        (
            *("FR;DE", "FR;ZZ"),
            *("'ZZ' is no country", "row 2, column countries"),
            "ISO 3166",
        ),
        (
            *("FR;DE", "FR;FR"),
            *("'FR' stands twice", "row 2, column countries"),
            "each item once",
        ),
        (
            *("space;optics", "space; optics"),
            *("' optics' is an item of the list", "row 3, column sectors"),
            "items with ; between",
        ),
        (
            *(",space,report,high", ",space,,high"),
            *("source is blank", "row 2, column source"),
            "a text",
        ),
        (
            *("report,high", "report,certain"),
            *("'certain' is no confidence", "row 2, column confidence"),
            "high, medium, low",
        ),
        (
            *("Vega Squared", " Vega Squared"),
            *("' Vega Squared' has blanks around it", "row 3, column full_name"),
            "'Vega Squared'",
        ),
        (
            *("Vega Squared", "Vega, Squared"),
            *("12 cells", "row 3"),
            "put a text that holds a comma in double quotes",
        ),
    ],
)
def test_a_broken_partnership_is_refused_with_place_and_advice(
    tmp_path: Path, old: str, new: str, what: str, place: str, hint: str
) -> None:
    assert old in PARTNERSHIPS
    found = faults(write(tmp_path, partnerships=PARTNERSHIPS.replace(old, new, 1)))
    (fault,) = [fault for fault in found if fault.where == f"partnerships.csv, {place}"]
    assert fault.what.startswith(what)
    assert hint in f"{fault.expected} | {fault.do}"


@pytest.mark.parametrize(
    ("row", "what", "column", "hint"),
    [
        ("Vga²,V2,same,,x", "'Vga²' is not registered", "name", "did you mean 'Vega²'?"),
        ("vega²,V2,same,,x", "'vega²' is not registered", "name", "letter by letter"),
        ("Vega²,V2,equal,,x", "'equal' is no relation", "relation", "one of same, related"),
        ("Vega²,,same,,x", "alias is blank", "alias", "a name as seen"),
        (
            *("Vega²,VEGA,same,,x", "'VEGA' is the registered name of Vega, not a name of Vega²"),
            *("alias", "make the relation related"),
        ),
        (
            *("Lyra-Go,wega zwei,same,,x", "'wega zwei' leads to Vega² and Lyra-Go"),
            *("alias", "one partnership, or the relation ambiguous in every row"),
        ),
        (
            *("Vega²,V2,ambiguous,,x", "'V2' is ambiguous but has one candidate"),
            *("alias", "a row for each partnership"),
        ),
        (
            *("Vega²,Wega Zwei,same,,x", "'Vega² = Wega Zwei' stands in row 3 as well"),
            *("alias", "one row per alias"),
        ),
    ],
)
def test_a_broken_alias_is_refused_with_place_and_advice(
    tmp_path: Path, row: str, what: str, column: str, hint: str
) -> None:
    found = faults(write(tmp_path, aliases=f"{ALIASES}{row}\n"))
    assert [(fault.what, fault.where) for fault in found] == [
        (what, f"aliases.csv, row 9, column {column}")
    ]
    assert hint in f"{found[0].expected} | {found[0].do}"


@pytest.mark.parametrize(
    ("row", "what", "column", "hint"),
    [
        (
            *("Lira,1,", "no partnership is known as 'Lira'", "partnership"),
            "did you mean: Lyra",
        ),
        ("LYRA,1,", "'LYRA' may be Lyra-Go or Lyra", "partnership", "a name of one partnership"),
        ("VEGA 2,2,", "'Vega²' stands in row 2 as well", "partnership", "one row per partnership"),
        ("Vega,voluntary,", "'voluntary' is no strand", "strand", "one of blank, 1, 2"),
        ("Vega,2,", "Vega is of strand 2 here, 1 in the registry", "strand", "mend one of the two"),
    ],
)
def test_a_broken_roster_is_refused_with_place_and_advice(
    tmp_path: Path, drawn: Registry, row: str, what: str, column: str, hint: str
) -> None:
    write(tmp_path, roster=f"{ROSTER}{row}\n")
    with pytest.raises(RoundError) as raised:
        read_roster(tmp_path / "roster.csv", drawn)
    fault = raised.value.faults[0]
    assert (fault.what, fault.where) == (what, f"roster.csv, row 4, column {column}")
    assert hint in f"{fault.expected} | {fault.do}"


def test_faults_of_both_files_are_reported_at_once(tmp_path: Path) -> None:
    broken = PARTNERSHIPS.replace("ESCP-4i dual use,2", "ESCP-4i dual use,3")
    found = faults(write(tmp_path, broken.replace(",low", ",none"), ALIASES + "X,Y,equal,,x\n"))
    assert [(fault.where, fault.what) for fault in found] == [
        ("partnerships.csv, row 5, column generation", "'3' is no generation"),
        ("partnerships.csv, row 4, column confidence", "'none' is no confidence"),
        ("partnerships.csv, row 5, column confidence", "'none' is no confidence"),
        ("aliases.csv, row 9, column relation", "'equal' is no relation"),
        ("aliases.csv, row 9, column name", "'X' is not registered"),
    ]


def test_files_that_cannot_be_read_are_both_named(tmp_path: Path) -> None:
    (tmp_path / "partnerships.csv").write_bytes("name,é".encode("latin-1"))
    found = faults(tmp_path)
    assert [(fault.what, fault.where) for fault in found] == [
        ("byte 6 is not UTF-8", "partnerships.csv"),
        ("the file is missing", f"{tmp_path.name}/aliases.csv"),
    ]


def test_an_open_quote_and_a_blank_row_are_named(tmp_path: Path) -> None:
    write(tmp_path, PARTNERSHIPS + '"Open,', ALIASES + "\nVega²,V,same,,x\n")
    assert [(fault.what, fault.where) for fault in faults(tmp_path)] == [
        ("not legal CSV: unexpected end of data", "partnerships.csv, line 6"),
        ("the row is blank", "aliases.csv, row 9"),
    ]


def test_a_quoted_line_break_does_not_shift_the_rows(tmp_path: Path) -> None:
    broken = PARTNERSHIPS.replace("Vega Squared", '"Vega\nSquared"').replace("C-3,vol", "C-3,sol")
    (fault,) = faults(write(tmp_path, broken))
    assert fault.where == "partnerships.csv, row 5, column strand"
