"""Every published statement, checked again on the written responses."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest
from reconstruction_reader import (
    BY_BOX,
    NAMES,
    NULL,
    OPTIONS,
    boxes,
    by_name,
    rows,
    ticked_per_row,
    ticks,
    totals,
)

PRINTED = Path(__file__).parent / "data" / "reconstruction"

# Numbers of the options on the form.
TARGETS, JOINT, INTELLIGENCE, MENTORING, EVENTS, SYNERGIES = 2, 5, 6, 8, 9, 10
ABROAD, PROJECTS, BANKABLE = 11, 12, 13
CLUSTERS, OTHER_ESCPS, POLICY, SMES = 1, 2, 6, 7
EXPORTS, OFFICE, JV, MERGERS, LANDING, FDI, JOINT_EVENTS = 1, 2, 3, 4, 5, 6, 7
STAFF, KNOWLEDGE, CONTACTS, RESEARCH, TRANSFER, BUSINESS = 8, 9, 10, 11, 12, 13


# --- Who answered how far -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "strand_1", "strand_2"),
    [
        ("NAME", 14, 7),
        ("ACT_SQ001", 14, 7),
        ("BAR_SQ001", 14, 6),
        ("RESCL_SQ001", 13, 6),
        ("COOP", 13, 6),
        ("RESSME_SQ001", 13, 6),
        ("SMEDESC1", 13, 6),
        ("DIAL", 13, 6),
        ("EVEU_SQ001_NAME", 13, 6),
    ],
)
def test_each_section_has_its_published_base(column: str, strand_1: int, strand_2: int) -> None:
    reached = Counter(row["STRAND"] for row in rows() if row[column] != NULL)
    assert reached == {"S1": strand_1, "S2": strand_2}


def test_nineteen_are_complete_and_nobody_stands_twice() -> None:
    complete = [row for row in rows() if row["submitdate"] != NULL]
    assert Counter(row["STRAND"] for row in complete) == {"S1": 13, "S2": 6}
    assert len(by_name()) == len(rows()) == 21


def test_the_silent_and_the_not_invited_have_no_row() -> None:
    assert set(NAMES) - set(by_name()) == {"ESCT Go Global", "SPACE2IDGO", "ALLIANCE"}


def test_strands_of_the_named_partnerships() -> None:
    strand_2 = {name for name, row in by_name().items() if row["STRAND"] == "S2"}
    assert strand_2 == {
        *("AdPack²", "COSMENERG-4i", "EC2i", "EU-TEXTILE2030", "LASER-GO GLOBAL"),
        *("MobiGoIn-Action", "NF4"),
    }


# --- Ticks --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "option", "strand_1", "strand_2"),
    [
        ("ACT", TARGETS, 14, 7),
        ("ACT", JOINT, 14, 4),
        ("ACT", ABROAD, 0, 2),
        ("ACT", BANKABLE, 0, 0),
        ("RESCL", JV, 0, 0),
        ("RESCL", MERGERS, 0, 0),
        ("RESCL", FDI, 0, 0),
        ("RESCL", RESEARCH, 4, 1),
        ("RESCL", BUSINESS, 1, 4),
    ],
)
def test_published_counts(question: str, option: int, strand_1: int, strand_2: int) -> None:
    assert ticks(question, option) == (strand_1, strand_2)


def test_activities_fit_the_text() -> None:
    total = totals("ACT")
    assert max(total, key=lambda n: total[n]) == TARGETS
    assert sorted(total.values())[-2:] == [18, 21]
    assert total[INTELLIGENCE] >= 11 and total[EVENTS] >= 11
    # Less than 25 % of 21 is at most 5.25, and somebody does each of the three.
    assert all(1 <= total[n] <= 5 for n in (MENTORING, PROJECTS, SYNERGIES))
    assert total[BANKABLE] == 0
    assert min(ticks("ACT", 1)) >= 1


def test_barriers_fit_the_text() -> None:
    total = totals("BAR")
    others = [n for n in total if n not in (SMES, CLUSTERS)]
    assert min(total[SMES], total[CLUSTERS]) > max(total[n] for n in others)
    assert total[POLICY] >= 1
    assert all(total[POLICY] < total[n] for n in total if n != POLICY)
    assert 4 <= ticks("BAR", OTHER_ESCPS)[1] <= 6
    assert ticks("BAR", CLUSTERS)[0] >= 1


def test_barriers_give_the_two_published_averages() -> None:
    ticked = ticked_per_row("BAR")
    assert {strand: sum(found) for strand, found in ticked.items()} == {"S1": 18, "S2": 17}
    assert round(100 * 18 / (14 * 7)) == 18
    assert round(100 * 17 / (6 * 7)) == 40


def test_three_of_strand_1_have_no_barrier() -> None:
    ticked = ticked_per_row("BAR")
    assert ticked["S1"].count(0) == 3
    assert ticked["S2"].count(0) == 0


def test_cluster_results_fit_the_text() -> None:
    total = totals("RESCL")
    top = (KNOWLEDGE, CONTACTS, JOINT_EVENTS)
    assert min(total[n] for n in top) > max(total[n] for n in total if n not in top)
    assert total[STAFF] == 1
    for option in (EXPORTS, OFFICE, LANDING):
        strand_1, strand_2 = ticks("RESCL", option)
        assert strand_1 == 0 and strand_2 >= 1


def test_sme_results_fit_the_text() -> None:
    total = totals("RESSME")
    top = (KNOWLEDGE, CONTACTS, JOINT_EVENTS)
    assert min(total[n] for n in top) > max(total[n] for n in total if n not in top)
    for option in (TRANSFER, RESEARCH):
        strand_1, strand_2 = ticks("RESSME", option)
        assert strand_1 >= 1 and strand_2 == 0
    for option in (EXPORTS, OFFICE, LANDING):
        strand_1, strand_2 = ticks("RESSME", option)
        assert strand_1 == 0 and strand_2 >= 1
    assert sum(total.values()) < sum(totals("RESCL").values())


def test_boxes_of_the_report_are_ticked_by_whom_they_name() -> None:
    answers = by_name()
    assert answers["GIVE"][f"ACT_SQ{MENTORING:03d}"] == "Y"
    assert answers["LASER-GO GLOBAL"][f"ACT_SQ{ABROAD:03d}"] == "Y"
    assert answers["LASER-GO GLOBAL"][f"RESCL_SQ{RESEARCH:03d}"] == "Y"
    assert answers["LASER-GO GLOBAL"][f"RESCL_SQ{EXPORTS:03d}"] == "Y"
    assert answers["COSMENERG-4i"][f"RESCL_SQ{LANDING:03d}"] == "Y"


def test_a_ticked_box_is_y_and_an_unticked_one_is_empty() -> None:
    found = {row[box] for row in rows() for question in OPTIONS for box in boxes(question)}
    assert found == {"Y", "", NULL}


# --- Agreements ---------------------------------------------------------------------------------

TYPES = {"A1": "cluster", "A2": "research", "A3": "university", "A4": "company", "A5": "government"}


def printed(name: str) -> list[tuple[str, ...]]:
    """Return the rows of a table of the report as copied by hand."""
    with (PRINTED / name).open(encoding="utf-8", newline="") as file:
        return [tuple(row) for row in list(csv.reader(file))[1:]]


def agreements() -> list[tuple[str, ...]]:
    found = []
    for name, row in sorted(by_name().items()):
        for n in range(1, 6):
            if row[f"CTYPE{n}"] in ("", NULL):
                continue
            kind = row[f"CTYPE{n}"]
            read = row[f"CTYPE{n}_other"] if kind == "-oth-" else TYPES[kind]
            name_, country, sector = (row[f"CORG{n}_SQ00{part}"] for part in (1, 2, 3))
            found.append((name, name_, country, read, sector))
    return found


def test_the_agreements_are_those_of_table_1() -> None:
    assert agreements() == sorted(printed("table_1.csv"), key=lambda row: row[0])


def test_agreements_per_country_and_type_as_counted_by_hand() -> None:
    found = agreements()
    assert len(found) == 21
    assert Counter(row[2] for row in found) == {
        **{"Canada": 3, "China": 2, "Jordan": 2, "US": 2, "EU": 2},
        **{"Australia": 1, "Belgium": 1, "Brazil": 1, "Chile": 1, "Indonesia": 1, "Israel": 1},
        **{"Latvia": 1, "Malaysia": 1, "Poland": 1, "Romania": 1},
    }
    kinds = Counter(row[3] for row in found)
    assert (kinds["cluster"], kinds["research"], kinds["company"]) == (12, 3, 2)
    assert (kinds["government"], kinds["university"]) == (1, 0)
    assert len(found) - sum(kinds[kind] for kind in TYPES.values()) == 3


def test_seven_of_nineteen_report_agreements_five_of_strand_2() -> None:
    answered = [row for row in rows() if row["COOP"] in ("Y", "N")]
    assert len(answered) == 19
    yes = Counter(row["STRAND"] for row in answered if row["COOP"] == "Y")
    assert yes == {"S1": 2, "S2": 5}


def test_the_number_of_agreements_is_that_of_the_cases() -> None:
    told = {name: row["NCOOP"] for name, row in by_name().items() if row["NCOOP"] != NULL}
    assert told == {
        "COSMENERG-4i": "5.0000000000",
        "EC2i": "4.0000000000",
        "FoodNet": "4.0000000000",
        "IDEEO": "2.0000000000",
        "LASER-GO GLOBAL": "2.0000000000",
        "MobiGoIn-Action": "2.0000000000",
        "NF4": "2.0000000000",
    }


def test_objectives_merged_and_blank_cells_of_table_1() -> None:
    answers = by_name()
    foodnet = {answers["FoodNet"][f"COBJ{n}"] for n in range(1, 5)}
    assert len(foodnet) == 1 and foodnet.pop().startswith("Set-up of FoodNet – a meta-cluster")
    assert answers["LASER-GO GLOBAL"]["COBJ1"] == answers["LASER-GO GLOBAL"]["COBJ2"] != ""
    assert answers["NF4"]["COBJ1"] == answers["NF4"]["COBJ2"] != ""
    assert answers["EC2i"]["COBJ3"] == ""
    assert answers["EC2i"]["COBJ4"] == "Matching SMEs with Chinese counterparts"


# --- Collaborations -----------------------------------------------------------------------------

OTHER_SIDE = {
    ("NF4", "EC2i"),
    ("EC2i", "MobiGoIn-Action"),
    ("NF4", "MobiGoIn-Action"),
    ("MAGIA", "LASER-GO GLOBAL"),
    ("IDEEO", "SpaceWave"),
}
IN_THE_TEXT = {
    ("C4W", "PIMAP"),
    ("C4W", "LASER-GO first generation"),
    ("C4W", "AdPack²"),
    ("C4W", "NANOPHARM"),
    ("FoodPackLab", "C4W"),
    ("FoodPackLab", "COSMENERG-4i"),
    ("FoodPackLab", "FoodNet"),
    ("GCA", "EU4Sports"),
    ("GCA", "Mobi-Going"),
    ("NF4", "AdPack²"),
}


def table_2() -> dict[tuple[str, str], str]:
    """Return the purpose printed in each filled cell, by reporter and counterpart."""
    return {(reporter, other): purpose for reporter, other, purpose in printed("table_2.csv")}


def mentions() -> dict[tuple[str, str], str]:
    """Return the purpose of every mention, those under Other taken apart at the semicolons."""
    found = {}
    for name, row in by_name().items():
        for box, other in BY_BOX.items():
            if row[box] == "Y":
                found[name, other] = row[f"{box}comment"]
        if row["DIALESCP_other"] in ("", NULL):
            continue
        others = row["DIALESCP_other"].split("; ")
        purposes = row["DIALESCP_othercomment"].split("; ")
        purposes += [""] * (len(others) - len(purposes))
        found |= {(name, o): p for o, p in zip(others, purposes, strict=True)}
    return found


def test_the_mentions_are_those_of_table_2_and_the_text() -> None:
    assert len(table_2()) == 17
    assert set(mentions()) == set(table_2()) | OTHER_SIDE | IN_THE_TEXT


def test_the_purposes_of_table_2_stand_at_their_pairs() -> None:
    assert {pair: mentions()[pair] for pair in table_2()} == table_2()


def test_five_pairs_are_named_by_both_sides() -> None:
    found = set(mentions())
    mutual = {frozenset(pair) for pair in found if (pair[1], pair[0]) in found}
    assert mutual == {
        frozenset(("EC2i", "NF4")),
        frozenset(("EC2i", "MobiGoIn-Action")),
        frozenset(("MobiGoIn-Action", "NF4")),
        frozenset(("LASER-GO GLOBAL", "MAGIA")),
        frozenset(("SpaceWave", "IDEEO")),
    }
    assert len([pair for pair in table_2() if frozenset(pair) not in mutual]) == 12


def test_no_purpose_is_written_where_none_is_printed() -> None:
    found = mentions()
    silent = OTHER_SIDE | {pair for pair in IN_THE_TEXT if pair[0] != "C4W"}
    assert {found[pair] for pair in silent} == {""}
    assert found["C4W", "LASER-GO first generation"] == "talks on how to build the ESCP"


def test_eleven_of_nineteen_report_a_collaboration() -> None:
    yes = Counter(row["STRAND"] for row in rows() if row["DIAL"] == "Y")
    assert yes == {"S1": 7, "S2": 4}
    assert Counter(row["STRAND"] for row in rows() if row["DIAL"] == "N") == {"S1": 6, "S2": 2}
    reporters = {name for name, row in by_name().items() if row["DIAL"] == "Y"}
    assert reporters == {pair[0] for pair in mentions()}
