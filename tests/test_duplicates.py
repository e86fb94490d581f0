"""Which response of a partnership counts, and that no other vanishes in silence."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from sample_round import (
    FIRST,
    TRUTH,
    cell,
    decide,
    faults,
    load,
    make_project,
    responses_file,
    told,
)

EVERYBODY = tuple(response["key"] for response in TRUTH["responses"])
COUNTING = {  # of those who answered twice: the complete one, of two complete ones the later
    "Comma, Inc. Cluster": ("22", 21, 10),
    "ŁódźLog (mock)": ("23", 22, 11),
    "Σ-Photon": ("24", 23, 12),
    "MockMobil": ("25", 24, 13),
    "SampleWave": ("26", 25, 14),
    "Plus+Plus": ("17", 16, 28),  # the first: the second was never finished
    "Null Island Partnership": ("18", 17, 29),
    "Dummy Rail": ("28", 27, 19),
    "Hypothetica": ("31", 30, 20),
}


@pytest.fixture
def everybody(tmp_path: Path) -> Path:
    return make_project(tmp_path, keys=EVERYBODY)


@pytest.fixture
def twice(tmp_path: Path) -> Path:
    """Return a round of one partnership that completed the form twice: responses 20 and 28."""
    return make_project(tmp_path, keys=("r17", "r25"))


def counted(project: Path) -> str:
    (response,) = load(project).responses["response"]
    return str(response)


def found(project: Path, code: str) -> pd.DataFrame:
    findings = load(project).findings
    return findings.loc[findings["code"] == code].reset_index(drop=True)


def test_the_latest_complete_response_counts(everybody: Path) -> None:
    responses = load(everybody).responses.set_index("partnership")["response"]
    assert responses.index.is_unique
    assert {name: responses[name] for name in COUNTING} == {
        name: number for name, (number, _, _) in COUNTING.items()
    }


def test_every_response_is_listed_with_the_one_that_is_kept(everybody: Path) -> None:
    listed = found(everybody, "duplicate-response")
    kept, left = (listed.loc[listed["severity"] == severity] for severity in ("note", "doubt"))
    expected = {name: (row, out) for name, (_, row, out) in COUNTING.items()}
    assert dict(zip(kept["partnership"], kept["row"], strict=True)) == {
        name: row for name, (row, _) in expected.items()
    }
    assert dict(zip(left["partnership"], left["row"], strict=True)) == {
        name: row for name, (_, row) in expected.items()
    }
    of_rail = listed.loc[listed["partnership"] == "Dummy Rail"].set_index("severity")
    assert of_rail.loc["note", "what"] == (
        "Dummy Rail answered 2 times; this response is kept, the latest complete one; "
        "row 19 is left out"
    )
    assert of_rail.loc["doubt", "what"] == (
        "Dummy Rail answered 2 times; this response is left out, row 27 is kept, "
        "the latest complete one"
    )
    assert of_rail.loc["doubt", "do"] == (
        "to keep this one, set the other aside in recodes.csv: question response, raw_text 28, "
        "action set aside"
    )


def test_what_is_left_out_is_in_no_table(everybody: Path, tmp_path: Path) -> None:
    dropped = {"r08", "r09", "r10", "r11", "r12", "r17", "r18", "r27", "r28"}
    alone = make_project(tmp_path / "alone", keys=[key for key in EVERYBODY if key not in dropped])
    survey, other = load(everybody), load(alone)
    for name in ("responses", "sections", "choices", "answers", "agreements", "events"):
        pd.testing.assert_frame_equal(getattr(survey, name), getattr(other, name))


def test_of_two_unfinished_ones_the_one_that_got_further_counts(tmp_path: Path) -> None:
    project = make_project(tmp_path, keys=("r27", "r28"))  # last pages 9 and 12
    cell(project, "30", "NAME", told("r27")["questions"]["NAME"]["code"])
    cell(project, "30", "STRAND", told("r27")["questions"]["STRAND"]["code"])
    assert counted(project) == "30"
    cell(project, "30", "lastpage", "8")
    assert counted(project) == "29"
    assert "the one that got furthest" in found(project, "duplicate-response").loc[0, "what"]


def test_of_two_that_got_equally_far_the_higher_number_counts(tmp_path: Path) -> None:
    project = make_project(tmp_path, keys=("r27", "r28"))
    cell(project, "30", "NAME", told("r27")["questions"]["NAME"]["code"])
    cell(project, "30", "STRAND", told("r27")["questions"]["STRAND"]["code"])
    for response in ("29", "30"):
        cell(project, response, "lastpage", "9")
    assert counted(project) == "30"
    cell(project, "30", "lastpage", "{question_not_shown}")  # written by an import
    assert counted(project) == "29"


def test_a_complete_response_counts_however_far_another_got(tmp_path: Path) -> None:
    project = make_project(tmp_path, keys=("r14", "r27"))
    cell(project, "17", "lastpage", "1")
    assert counted(project) == "17"


def test_the_later_date_counts_before_the_higher_number(twice: Path) -> None:
    cell(twice, "20", "submitdate", "2018-11-12 10:00:01")
    cell(twice, "28", "submitdate", "2018-11-12 10:00:00")
    assert counted(twice) == "20"


def test_where_one_has_no_date_the_higher_number_counts(twice: Path) -> None:
    cell(twice, "20", "submitdate", "2018-11-12 10:00:00")  # the other one: 1980, no date
    assert counted(twice) == "28"


def test_numbers_are_compared_as_numbers(twice: Path) -> None:
    cell(twice, "20", "id", "100")
    assert counted(twice) == "100"


def test_a_third_response_is_listed_too(tmp_path: Path) -> None:
    project = make_project(tmp_path, keys=("r17", "r25", "r24"))
    for column in ("NAME", "STRAND"):
        cell(project, "27", column, told("r17")["questions"][column]["code"])
    assert counted(project) == "28"
    listed = found(project, "duplicate-response")
    assert list(listed["severity"]) == ["note", "doubt", "doubt"]
    assert "answered 3 times" in listed.loc[0, "what"]
    assert "rows 3, 4 are left out" in listed.loc[0, "what"]


def test_the_order_of_the_rows_changes_nothing(everybody: Path) -> None:
    before = load(everybody).responses
    path = responses_file(everybody)
    lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    path.write_text("\n".join([*lines[:2], *reversed(lines[2:]), ""]), "utf-8", newline="")
    after = load(everybody).responses
    assert set(after["response"]) == set(before["response"])


def test_a_strand_is_held_against_the_roster_in_the_response_that_counts(twice: Path) -> None:
    cell(twice, "20", "STRAND", "S1")  # the roster has strand 2
    assert counted(twice) == "28"
    cell(twice, "28", "STRAND", "S1")
    assert "Dummy Rail answered as strand 1" in "\n".join(faults(twice))


class TestDecided:
    def test_a_decision_goes_before_the_rule(self, twice: Path) -> None:
        decide(twice, "Dummy Rail,response,28,set aside,")
        assert counted(twice) == "20"
        assert found(twice, "duplicate-response").empty
        note = found(twice, "set-aside").iloc[0]
        assert (note["severity"], note["row"], note["partnership"]) == ("note", 4, "Dummy Rail")
        assert note["what"] == "response 28 is left out, as recodes.csv, row 2, says"

    def test_a_test_row_is_left_out_without_naming_a_partnership(self, twice: Path) -> None:
        decide(twice, ",response,20,set aside,")
        assert counted(twice) == "28"

    def test_nobody_is_left(self, twice: Path) -> None:
        decide(twice, ",response,20,set aside,", ",response,28,set aside,")
        survey = load(twice)
        assert survey.responses.empty
        assert "Dummy Rail" in set(survey.frame["partnership"])

    def test_faults_of_a_response_set_aside_stop_nothing(self, twice: Path) -> None:
        cell(twice, "28", "NCOOP", "many")
        cell(twice, "28", "NAME", "")
        assert len(faults(twice)) == 2
        decide(twice, ",response,28,set aside,")
        assert counted(twice) == "20"

    @pytest.mark.parametrize(
        ("line", "what", "do"),
        [
            (
                ",response,99,set aside,",
                "no response has the number 99",
                "take the row out of recodes.csv, or correct it",
            ),
            (
                "DIA,response,28,set aside,",
                "no response has the number 28 and is of DIA",
                "take the row out of recodes.csv, or correct it",
            ),
            (
                "Dummy Rail,response,21,set aside,",
                "no response has the number 21 and is of Dummy Rail",
                "Dummy Rail sent responses 20, 28; take the row out of recodes.csv, or correct it",
            ),
        ],
    )
    def test_a_decision_on_nobody_is_stale(
        self, twice: Path, line: str, what: str, do: str
    ) -> None:
        decide(twice, line)
        stale = found(twice, "stale-decision").iloc[0]
        assert (stale["severity"], stale["file"], stale["row"]) == ("doubt", "recodes.csv", 2)
        assert (stale["what"], stale["do"]) == (what, do)
        assert counted(twice) == "28"

    def test_a_number_that_stands_twice_is_still_a_fault(self, twice: Path) -> None:
        cell(twice, "28", "id", "20")
        decide(twice, ",response,20,set aside,")
        assert "each number once" in "\n".join(faults(twice))


def test_nobody_answered_twice_in_the_first_of_the_rounds(tmp_path: Path) -> None:
    assert found(make_project(tmp_path, keys=FIRST), "duplicate-response").empty
