"""The reconstructed files as files: nothing invented, a true export, an honest published.csv."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import pytest
from reconstruction_reader import (
    NAMES,
    NULL,
    ROOT,
    ROUND,
    by_name,
    lines,
    lss_columns,
    lss_rows,
    rows,
    ticks,
)

SCRIPT = ROOT / "data" / "reconstruction" / "reconstruct.py"
FILES = ("responses.txt", "structure.lss", "published.csv")


# --- Nothing invented ---------------------------------------------------------------------------


def test_personal_columns_are_blank_in_every_row() -> None:
    columns = ("ORG", "CONTACT", "EMAIL", "CONSENT")
    assert {row[column] for row in rows() for column in columns} == {""}


def test_comments_stand_only_where_the_report_prints_one() -> None:
    written = {
        (name, column)
        for name, row in by_name().items()
        for column, text in row.items()
        if column.endswith("comment") and text not in ("", NULL)
    }
    results = {column for name, column in written if column.startswith("RESCL")}
    assert {pair for pair in written if pair[1].startswith("ACT")} == {("GIVE", "ACT_SQ008comment")}
    assert not [pair for pair in written if pair[1].startswith(("BAR", "RESSME"))]
    assert {name for name, column in written if column.startswith("RESCL")} == {
        "COSMENERG-4i",
        "LASER-GO GLOBAL",
    }
    assert results == {f"RESCL_SQ{n:03d}comment" for n in (1, 2, 5, 7, 9, 11, 12, 13)}


def test_a_comment_never_stands_without_its_tick() -> None:
    for row in rows():
        for column, text in row.items():
            if column.endswith("comment") and text not in ("", NULL):
                assert row[column.removesuffix("comment")] not in ("", NULL), column


def test_what_nobody_published_is_blank() -> None:
    blank = ("SMECOOP", "FORUM", "SMEINV", "SMENAME1", "SMENAME2", "SMEDESC2")
    others = ("ACT_other", "BAR_other", "RESCL_other", "RESSME_other")
    complete = [row for row in rows() if row["submitdate"] != NULL]
    grids = [c for c in rows()[0] if c.startswith(("EVEU", "EVOUT", "SMEBEN"))]
    assert {row[column] for row in complete for column in (*blank, *others, *grids)} == {""}


def test_the_four_boxes_of_section_3_2_are_the_only_examples() -> None:
    written = {
        name: row["SMEDESC1"]
        for name, row in by_name().items()
        if row["SMEDESC1"] not in ("", NULL)
    }
    assert {name: text.split()[0] for name, text in written.items()} == {
        "EU-TEXTILE2030": "Two",
        "SpaceWave": "SpaceWave",
        "MAGIA": "The",
        "MobiGoIn-Action": "The",
    }


# --- The form of the files ----------------------------------------------------------------------

RESULTS = "Please indicate which results the cluster organisations in the ESCP-4i have accomplished"
HEADINGS = {
    "id": "Response ID",
    "token": "token",
    "submitdate": "Date submitted",
    "lastpage": "Last page",
    "startlanguage": "Start language",
    "seed": "Seed",
    "NAME": "Name of the ESCP-4i:",
    "ACT_SQ001": "Please indicate which kind of activities your ESCP-4i has implemented so far. "
    "For those activities implemented, please provide a brief description.",
    "RESCL_othercomment": f"{RESULTS} due to their participation. Please describe them shortly.",
    "CORG3_SQ002": "Identify the organisation the ESCP-4i has established cooperation with.",
    "SMEBEN2_SQ008": "Example 2 - Please select the SME benefits",
    "DIALESCP_SQ001": "Which other ESCP has your ESCP-4i initiated any dialogue/collaboration? "
    "Which is the purpose of the dialogue/collaboration?",
    "EVEU_SQ005_TOPIC": "Which EUROPEAN trade fairs, cluster conferences, events, visits and "
    "missions is your ESCP-4i planning to attend or organise in the next 12 months?",
}


def expected_codes() -> list[str]:
    """Return the columns in the order of a real VV export of this form by LimeSurvey 3.14.9."""

    def boxes_with_comments(code: str, count: int) -> list[str]:
        parts = [*(f"SQ{n:03d}" for n in range(1, count + 1)), "other"]
        return [f"{code}_{part}{end}" for part in parts for end in ("", "comment")]

    codes = ["id", "token", "submitdate", "lastpage", "startlanguage", "seed"]
    codes += ["NAME", "STRAND", "ORG", "CONTACT", "EMAIL", "CONSENT"]
    codes += boxes_with_comments("ACT", 13) + boxes_with_comments("BAR", 7)
    codes += [*boxes_with_comments("RESCL", 13), "COOP", "NCOOP"]
    for n in range(1, 6):
        codes += [f"CTYPE{n}", f"CTYPE{n}_other"]
        codes += [*(f"CORG{n}_SQ00{part}" for part in (1, 2, 3)), f"COBJ{n}"]
    codes += [*boxes_with_comments("RESSME", 13), "SMECOOP", "NSMECOOP"]
    for n in range(1, 4):
        codes += [f"SMENAME{n}", *(f"SMEBEN{n}_SQ00{part}" for part in range(1, 9))]
        codes += [f"SMEBEN{n}_other", f"SMEDESC{n}"]
    codes += ["DIAL", *boxes_with_comments("DIALESCP", 24), "FORUM", "FORUMADV"]
    for code in ("EVEU", "EVOUT"):
        for n in range(1, 6):
            codes += [f"{code}_SQ00{n}_{part}" for part in ("NAME", "LOC", "DATE", "TOPIC")]
    return [*codes, "SMEINV", "SMEINVTXT"]


def test_the_columns_are_those_of_a_real_export() -> None:
    labels, codes, *_ = lines()
    assert codes.split("\t") == [*expected_codes(), ""]  # heading lines end in a tab
    by_column = dict(zip(codes.split("\t"), labels.split("\t"), strict=True))
    assert {column: by_column[column] for column in HEADINGS} == HEADINGS


def test_the_export_is_plain_text_as_limesurvey_writes_it() -> None:
    raw = (ROUND / "responses.txt").read_bytes()
    assert not raw.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in raw
    assert all(len(line.split("\t")) == len(expected_codes()) for line in lines()[2:])


def test_system_columns() -> None:
    assert {row["submitdate"] for row in rows()} == {"1980-01-01 00:00:00", NULL}
    assert {(row["token"], row["startlanguage"], row["seed"]) for row in rows()} == {
        (NULL, "en", NULL)
    }
    assert len({row["id"] for row in rows()}) == 21
    pages = Counter((row["STRAND"], row["lastpage"]) for row in rows())
    assert pages == {("S1", "13"): 13, ("S2", "13"): 6, ("S2", "2"): 1, ("S1", "3"): 1}


def test_strands_are_mixed_in_the_order_of_rows() -> None:
    order = [row["STRAND"] for row in rows()]
    assert order != sorted(order) and order != sorted(order, reverse=True)


def test_a_partial_response_is_null_from_the_first_page_not_sent() -> None:
    codes = expected_codes()
    for row in rows():
        if row["lastpage"] == "13":
            continue
        first = codes.index("BAR_SQ001" if row["lastpage"] == "2" else "RESCL_SQ001")
        assert {row[code] for code in codes[first:]} == {NULL}
        assert NULL not in {row[code] for code in codes[6:first]}


def test_hidden_questions_are_null_in_complete_responses() -> None:
    for name, row in by_name().items():
        if row["submitdate"] == NULL:
            continue
        cases = int(float(row["NCOOP"])) if row["COOP"] == "Y" else 0
        assert (row["NCOOP"] == NULL) == (row["COOP"] == "N"), name
        for n in range(1, 6):
            block = {row[f"CTYPE{n}"], row[f"CORG{n}_SQ001"], row[f"COBJ{n}"]}
            assert (NULL in block) == (n > cases), (name, n)
        assert (row["DIALESCP_SQ001"] == NULL) == (row["DIAL"] == "N"), name
        assert {row["NSMECOOP"], row["FORUMADV"], row["SMEINVTXT"]} == {NULL}, name


def test_the_structure_leads_to_the_columns_of_the_responses() -> None:
    assert lss_columns() == expected_codes()[6:]


def test_the_structure_is_one_of_limesurvey_3_14() -> None:
    raw = (ROUND / "structure.lss").read_text(encoding="utf-8")
    assert raw.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<document>\n')
    assert " <LimeSurveyDocType>Survey</LimeSurveyDocType>\n <DBVersion>355</DBVersion>\n" in raw
    tree = ET.fromstring(raw)
    assert [child.tag for child in tree] == [
        *("LimeSurveyDocType", "DBVersion", "languages", "answers", "groups", "questions"),
        *("subquestions", "question_attributes", "surveys", "surveys_languagesettings"),
        *("themes", "themes_inherited"),
    ]
    assert [group["group_name"][:18] for group in lss_rows("groups")] == [
        *("A. Identification ", "B. Activities impl", "C. Barriers and di", "D. Results achieve"),
        *(f"Cooperation Case {n}" for n in range(1, 6)),
        *("E. Results achieve", "F. Examples of SME", "G. Cooperation and", "H. Planned activit"),
    ]
    assert len(raw.split("<![CDATA[")) > 2000


def test_the_structure_keeps_the_lists_and_conditions_of_the_form() -> None:
    questions = {q["title"]: q for q in lss_rows("questions")}
    labels = [s["question"] for s in lss_rows("subquestions") if s["type"] == "P"][-24:]
    assert labels == ["Cosmetics4Wellbeing (C4W)" if n == "C4W" else n for n in NAMES]
    names = {a["code"]: a["answer"] for a in lss_rows("answers") if a["code"].startswith("E")}
    assert names["E04"] == "Cosmetics4Wellbeing (C4W)" and names["E24"] == "unnamed 2"
    assert questions["DIALESCP"]["other"] == "Y"
    assert questions["DIALESCP"]["relevance"] == 'DIAL.NAOK == "Y"'
    assert questions["BAR"]["mandatory"] == "Y" and questions["ACT"]["mandatory"] == "N"
    conditions = [group["grelevance"] for group in lss_rows("groups")]
    assert conditions[4] == 'COOP.NAOK == "Y" and NCOOP.NAOK >= 1'
    assert conditions[:4] == [""] * 4


def test_answers_of_the_export_are_codes_of_the_structure() -> None:
    by_title = {q["title"]: q["qid"] for q in lss_rows("questions")}
    for code in ("NAME", "STRAND", "CTYPE1", "CTYPE5"):
        legal = {a["code"] for a in lss_rows("answers") if a["qid"] == by_title[code]}
        assert {row[code] for row in rows()} <= legal | {"-oth-", "", NULL}


# --- published.csv ------------------------------------------------------------------------------

QUESTIONS = {
    "activities": "ACT",
    "barriers": "BAR",
    "cluster_results": "RESCL",
    "sme_results": "RESSME",
}
FIXED = {
    ("activities", "target_third_countries"): ("14", "7"),
    ("activities", "joint_communication"): ("14", "4"),
    ("activities", "third_country_representative"): ("0", "2"),
    ("activities", "bankable_proposals"): ("0", "0"),
    ("cluster_results", "exports_imports"): ("0", ""),
    ("cluster_results", "sales_office"): ("0", ""),
    ("cluster_results", "joint_ventures"): ("0", "0"),
    ("cluster_results", "mergers_acquisitions"): ("0", "0"),
    ("cluster_results", "soft_landing"): ("0", ""),
    ("cluster_results", "foreign_direct_investment"): ("0", "0"),
    ("cluster_results", "research_development"): ("4", "1"),
    ("cluster_results", "business_agreements"): ("1", "4"),
    ("sme_results", "research_development"): ("", "0"),
    ("sme_results", "technology_transfer"): ("", "0"),
}


def published_rows() -> list[dict[str, str]]:
    with (ROUND / "published.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def published() -> list[dict[str, str]]:
    return [row for row in published_rows() if row["strand"] != "all"]


def test_a_total_is_published_alone_where_its_split_is_not() -> None:
    totals = [row for row in published_rows() if row["strand"] == "all"]
    # "a single partnership" exchanged staff (F184); of which strand is not said.
    (total,) = totals
    assert (total["question"], total["option"]) == ("cluster_results", "staff_exchange")
    assert (total["lowest"], total["selected"], total["highest"]) == ("1", "1", "1")
    assert total["claims"] == "F184"
    options = [row["option"] for row in published() if row["question"] == "cluster_results"]
    number = list(dict.fromkeys(options)).index("staff_exchange") + 1
    assert sum(ticks("RESCL", number)) == 1


def test_every_option_of_the_four_questions_has_a_row_per_strand() -> None:
    found = Counter(row["question"] for row in published())
    assert found == {"activities": 28, "barriers": 16, "cluster_results": 28, "sme_results": 28}


def test_a_count_is_published_only_where_the_report_fixes_it() -> None:
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for row in published():
        key = row["question"], row["option"]
        found[key] = (*found.get(key, ()), row["selected"])
    assert {key: pair for key, pair in found.items() if any(pair)} == FIXED


def test_the_reconstructed_counts_lie_within_the_published_ranges() -> None:
    order: dict[str, list[str]] = {}
    for row in published():
        order.setdefault(row["question"], [])
        if row["option"] not in order[row["question"]]:
            order[row["question"]].append(row["option"])
    for row in published():
        if row["option"] == "other":
            continue
        number = order[row["question"]].index(row["option"]) + 1
        count = ticks(QUESTIONS[row["question"]], number)[int(row["strand"]) - 1]
        assert int(row["lowest"]) <= count <= int(row["highest"]), row
        assert row["selected"] in ("", str(count)), row


@pytest.mark.parametrize(
    ("question", "option", "strand", "lowest", "highest"),
    [
        ("activities", "partnership_building", "1", 0, 14),
        ("activities", "sme_mentoring", "1", 0, 5),
        ("activities", "intelligence_gathering", "1", 4, 14),  # 11 in all, 7 of strand 2 at most
        ("barriers", "other_escps", "2", 4, 6),
        ("barriers", "sme_engagement", "1", 0, 11),  # three of the fourteen ticked nothing
        ("cluster_results", "staff_exchange", "2", 0, 1),
        ("cluster_results", "soft_landing", "2", 1, 6),
        ("sme_results", "exports_imports", "1", 0, 13),  # implied zero, not stated
    ],
)
def test_ranges_worked_out_by_hand(
    question: str, option: str, strand: str, lowest: int, highest: int
) -> None:
    key = (question, option, strand)
    row = next(r for r in published() if (r["question"], r["option"], r["strand"]) == key)
    assert (int(row["lowest"]), int(row["highest"])) == (lowest, highest)


def test_published_rows_name_their_claims() -> None:
    claims = {(r["question"], r["option"], r["strand"]): r["claims"] for r in published()}
    assert claims["activities", "joint_communication", "2"] == "F064;F065"
    assert claims["cluster_results", "business_agreements", "1"] == "F191;F192"
    assert claims["activities", "partnership_building", "1"] == ""


# --- The script ---------------------------------------------------------------------------------


def run(
    *arguments: str, hash_seed: str = "0", script: Path = SCRIPT
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(script), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
    )


def test_the_files_on_disk_are_those_of_the_constraints() -> None:
    done = run("--check")
    assert done.returncode == 0, done.stdout + done.stderr


def test_two_runs_give_the_same_bytes(tmp_path: Path) -> None:
    for folder, hash_seed in (("one", "1"), ("two", "2")):
        done = run("--out", str(tmp_path / folder), hash_seed=hash_seed)
        assert done.returncode == 0, done.stderr
    for name in FILES:
        one, two = ((tmp_path / folder / name).read_bytes() for folder in ("one", "two"))
        assert one == two == (ROUND / name).read_bytes()


def test_check_names_the_file_that_differs(tmp_path: Path) -> None:
    for name in FILES:
        (tmp_path / name).write_bytes((ROUND / name).read_bytes())
    changed = tmp_path / "responses.txt"
    changed.write_bytes(changed.read_bytes().replace(b"Law firm", b"Lawyers"))
    done = run("--check", "--out", str(tmp_path))
    assert done.returncode == 1
    assert done.stdout.startswith("responses.txt is not what the constraints give")
    assert "structure.lss" not in done.stdout


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("equals: 14, claims: [F062]", "equal: 14, claims: [F062]", "['equal'] in {"),
        ("option: policy_makers", "option: policymakers", "barriers has no option 'policymakers'"),
        ('name: GIVE, strand: "1"', 'name: GIVE, strand: "2"', "13 partnerships of strand 1"),
        (
            "equals: 14, claims: [F062]",
            "equals: 3, claims: [F062]",
            "no answers fit the statements",
        ),
    ],
)
def test_a_wrong_statement_stops_the_script(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    folder = tmp_path / "reconstruction"
    shutil.copytree(SCRIPT.parent, folder)
    constraints = folder / "constraints.yaml"
    text = constraints.read_text(encoding="utf-8")
    assert text.count(old) == 1
    constraints.write_text(text.replace(old, new), encoding="utf-8")
    done = run("--out", str(tmp_path / "out"), script=folder / SCRIPT.name)
    assert done.returncode == 1
    assert message in done.stderr.splitlines()[-1]
    assert not (tmp_path / "out").exists()
