"""What ``escp check`` prints about a round: what stops first, then doubts, then notes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner, Result
from sample_round import ROUND, cell, decide, load, make_project, responses_file

from escp_analysis.cli import main
from escp_analysis.loaders.survey import typed
from escp_analysis.report.run import check
from escp_analysis.report.told import count_findings, tell_findings


def finding(code: str, row: int | None = 3, **told: Any) -> dict[str, Any]:
    given = {"severity": "doubt", "what": "something is odd", "do": "look at it"}
    return given | {"code": code, "file": "r.txt", "row": row} | told


def table(*findings: dict[str, Any]) -> pd.DataFrame:
    return typed("findings", findings)


def test_equal_findings_are_told_once_with_their_places() -> None:
    at = {"column": "C", "question": "q"}
    told = tell_findings(
        table(finding("odd", 3, partnership="Alpha", **at), finding("odd", 4, partnership="Beta"))
    )
    assert told == [
        "doubt: odd (2)\n  something is odd\n"
        "    where: Alpha, r.txt, row 3, column C; Beta, r.txt, row 4\n"
        "  do: look at it"
    ]


def test_the_worst_comes_first_and_every_kind_is_counted() -> None:
    found = table(
        finding("n", severity="note"), finding("d"), finding("s", severity="stop"), finding("d")
    )
    assert [text.split("\n")[0] for text in tell_findings(found)] == [
        "stop: s (1)", "doubt: d (2)", "note: n (1)",
    ]  # fmt: skip
    assert count_findings(found) == ["1 stop", "2 doubts", "1 note"]
    assert count_findings(table()) == []


def test_many_places_and_many_texts_are_cut_with_their_number() -> None:
    same = tell_findings(table(*(finding("d", row) for row in range(2, 10))))
    assert "row 6; and 3 more" in same[0]
    other = tell_findings(
        table(*(finding("n", at, severity="note", what=f"{at}") for at in range(9)))
    )
    assert "  and 6 more\n  do: look at it" in other[0]


def test_what_to_do_stands_with_each_text_where_it_differs() -> None:
    (told,) = tell_findings(table(finding("d", do="this"), finding("d", what="w", do="that")))
    assert told.split("\n")[1:] == [
        "  something is odd", "    where: r.txt, row 3", "    do:    this",
        "  w", "    where: r.txt, row 3", "    do:    that",
    ]  # fmt: skip


def test_a_question_stands_where_no_column_does() -> None:
    (told,) = tell_findings(table(finding("d", None, file="round.yaml", question="barriers")))
    assert "    where: round.yaml, question barriers\n" in told


def test_signs_that_steer_a_terminal_are_not_printed() -> None:
    (told,) = tell_findings(table(finding("d", column="A\x1b[2J\u202eB")))
    assert "\x1b" not in told
    assert "\u202e" not in told


class TestCheck:
    @pytest.fixture
    def project(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        project = make_project(tmp_path)
        monkeypatch.chdir(project)
        return project

    def run(self) -> Result:
        return CliRunner().invoke(main, ["check", ROUND])

    def test_stops_doubts_and_notes_are_told_together(self, project: Path) -> None:
        row = cell(project, "2", "BAR_SQ001", "X")
        result = self.run()
        assert result.exit_code == 3
        head, *told = result.output.split("\n\n")
        assert head.startswith("Round 2018-10: 2 stops, ")
        assert told[0] == (
            "stop: the value is not legal here\n"
            f"  where:    responses.txt, row {row}, column BAR_SQ001\n"
            "  expected: Y, or blank\n"
            "  do:       compare with the export as it came; correct an answer in LimeSurvey and "
            "export again"
        )
        assert "doubt: claimed-agreements (2)" in result.output
        assert "    where: SampleWave, responses.txt, row 14, column NCOOP" in result.output
        assert "note: nothing-sent (1)" in result.output

    def test_what_cannot_be_counted_hides_no_doubt(self, project: Path) -> None:
        told = check(ROUND, project).summary()
        assert "stop: the country 'N/A' is not known" in told
        assert "doubt: other-means-none (2)" in told

    def test_the_numbers_add_up(self, project: Path) -> None:
        findings = load(project).findings["severity"].value_counts()
        result = check(ROUND, project)
        assert len(result.findings) == findings.sum()
        assert (
            f"{findings['doubt']} doubts, {findings['note']} notes"
            in result.summary().split("\n")[0]
        )

    def test_a_stale_decision_stops_nothing(self, project: Path) -> None:
        decide(project, "BløtGrid,barriers.other,customs,set aside,")
        told = check(ROUND, project).summary()
        assert "doubt: stale-decision (1)" in told
        assert "where: BløtGrid, recodes.csv, row 2, column raw_text" in told

    def test_a_file_that_is_none_is_told_without_a_traceback(self, project: Path) -> None:
        responses_file(project).write_text("", encoding="utf-8")
        result = self.run()
        assert result.exit_code == 3
        assert "Traceback" not in result.output
