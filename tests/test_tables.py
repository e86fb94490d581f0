from __future__ import annotations

from typing import Any

import pandas as pd
from drawn_survey import first_round

from escp_analysis import metrics, tables
from escp_analysis.exhibits import MIME, Exhibit

NAMED: dict[str, Any] = {"name": "table-x", "caption": "What was said", "source": "a survey"}
TYPES = {"company": "Company", "other": "Other"}


def cells(exhibit: Exhibit) -> list[list[Any]]:
    return [list(row) for row in exhibit.block["rows"]]


def labels(exhibit: Exhibit) -> list[str]:
    return [column["label"] for column in exhibit.block["columns"]]


def agreement(partnership: str, **told: Any) -> dict[str, Any]:
    blank = {"organisation_type": None, "organisation_type_other": None, "sector": None}
    row = {"counterpart": "Port", "country": "Chile", "objective": None} | blank
    return {"partnership": partnership, "strand": "1"} | row | told


def table_1(*rows: dict[str, Any]) -> Exhibit:
    return tables.agreement_table(pd.DataFrame(rows), TYPES, **NAMED)


def pair(reporter: str, counterpart: str, state: str, purpose: str = "talks") -> dict[str, str]:
    return {"reporter": reporter, "counterpart": counterpart, "state": state, "purpose": purpose}


def funnel() -> Exhibit:
    counts = {("B", "all"): 5, ("B", "1"): 3, ("B", "2"): 2}
    counts |= {("complete", "all"): 2, ("complete", "1"): 2, ("complete", "2"): 0}
    rows = [
        {"section": section, "strand": strand, "reached": reached, "invited": 8}
        for (section, strand), reached in counts.items()
    ]
    table = pd.DataFrame(rows).astype({"invited": "Int64"})
    return tables.funnel_table(table, {"B": "Activities"}, **NAMED)


def test_the_funnel_counts_before_it_shares() -> None:
    # 5 of 8 is 62.5 %, which rounds up; strands whose frame is unknown print counts only.
    assert cells(funnel()) == [
        ["B. Activities", "3", "2", "5 of 8 (63\u202f%)"],
        ["Complete", "2", "0", "2 of 8 (25\u202f%)"],
    ]
    assert labels(funnel()) == ["Section", "Strand-1", "Strand-2", "All"]
    assert funnel().block["base"] == "8 partnerships invited"
    assert funnel().block["supplementary"] is True


def test_a_table_shows_itself_with_its_name_base_and_source() -> None:
    lines = str(funnel()).splitlines()
    assert lines[0] == "What was said [table-x]"
    assert lines[1] == "Section | Strand-1 | Strand-2 | All"
    assert lines[-2:] == ["Base: 8 partnerships invited", "Source: a survey"]
    assert funnel()._repr_mimebundle_()[MIME]["kind"] == "table"


def test_table_1_is_grouped_by_partnership_and_strand() -> None:
    exhibit = table_1(
        agreement("Alpha", counterpart="Port", organisation_type="company", sector="sea"),
        agreement("Alpha", counterpart="Lab", objective="trade"),
        agreement("Beta", strand="2"),
    )
    first, second, third = cells(exhibit)
    assert first == [
        {"text": "Alpha (strand-1)", "rowspan": 2}, "Port", "Chile", "Company", "sea", "–",
    ]  # fmt: skip
    assert second == [None, "Lab", "Chile", "–", "–", "trade"]
    assert third[0] == "Beta (strand-2)"
    assert exhibit.block["base"] == "3 agreements reported by 2 partnerships"
    assert exhibit.block["wide"] is True
    assert exhibit.block["supplementary"] is False


def test_one_objective_is_printed_once_and_a_blank_one_is_not_merged() -> None:
    exhibit = table_1(
        agreement("Alpha", objective="trade"),
        agreement("Alpha", objective="trade"),
        agreement("Alpha", objective=None),
        agreement("Alpha", objective=None),
        agreement("Beta", objective="trade"),
        agreement("Gamma", objective="trade"),
    )
    objectives = [row[5] for row in cells(exhibit)]
    assert objectives == [{"text": "trade", "rowspan": 2}, None, "–", "–", "trade", "trade"]


def test_another_type_is_printed_with_its_text() -> None:
    exhibit = table_1(
        agreement("Alpha", organisation_type="other", organisation_type_other="a zone"),
        agreement("Alpha", organisation_type="other"),
    )
    assert [row[3] for row in cells(exhibit)] == ["Other: a zone", "Other"]


def test_what_a_respondent_typed_stays_text() -> None:
    exhibit = table_1(agreement("Alpha", counterpart="<b>A</b> {{x}}", objective="=1+1"))
    assert cells(exhibit)[0][1] == "<b>A</b> {{x}}"
    assert "&lt;b&gt;A&lt;/b&gt;" in exhibit.html
    assert "<b>A</b>" not in exhibit.html


def test_totals_leave_the_free_text_out_and_name_the_units() -> None:
    rows = [("all", "all", 3, 2, 2), ("strand", "1", 3, 2, 2)]
    rows += [("country_group", "third", 3, 2, 2), ("sector", "sea", 2, 1, 1)]
    columns = ["dimension", "group", "agreements", "partnerships", "counterparts"]
    exhibit = tables.agreement_totals(pd.DataFrame(rows, columns=columns), **NAMED)
    assert labels(exhibit) == ["By", "Group", "Agreements", "Partnerships", "Counterparts"]
    assert cells(exhibit) == [
        ["All", "–", "3", "2", "2"],
        ["Strand", "1", "3", "2", "2"],
        ["Country group", "Third countries", "3", "2", "2"],
    ]


def test_the_matrix_carries_the_state_by_symbol_and_shade() -> None:
    found = pd.DataFrame(
        [
            pair("Alpha", "beta", "mutual"),
            pair("Alpha", "Delta", "silent"),
            pair("Alpha", "Old", "outside"),
            pair("Gamma", "Delta", "unconfirmed"),
        ]
    )
    exhibit = tables.collaboration_matrix(found, **NAMED)
    assert labels(exhibit) == ["Reported by", "beta", "Delta", "Old"]
    assert cells(exhibit) == [
        [
            "Alpha",
            {"text": "●", "state": "mutual"},
            {"text": "○", "state": "silent"},
            {"text": "◇", "state": "outside"},
        ],
        ["Gamma", "", {"text": "◐", "state": "unconfirmed"}, ""],
    ]
    assert exhibit.block["wide"] is True


def test_the_matrix_explains_every_symbol_with_its_number() -> None:
    found = pd.DataFrame([pair("Alpha", "Beta", "mutual"), pair("Alpha", "Gamma", "mutual")])
    exhibit = tables.collaboration_matrix(found, **NAMED)
    assert exhibit.block["base"] == "2 pairs of partnerships"
    assert [note.split(":")[0] for note in exhibit.block["notes"]] == [
        "● mutual", "◐ unconfirmed", "○ silent", "◇ outside",
    ]  # fmt: skip
    assert [note[-3:] for note in exhibit.block["notes"]] == ["(2)", "(0)", "(0)", "(0)"]


def test_the_purposes_stand_below_the_matrix_grouped_by_reporter() -> None:
    found = pd.DataFrame(
        [
            pair("Alpha", "Beta", "mutual", "a mission"),
            pair("Alpha", "Old", "outside", "advice"),
            pair("Gamma", "Old", "outside", "a panel"),
        ]
    )
    exhibit = tables.collaboration_purposes(found, **NAMED)
    assert cells(exhibit) == [
        [{"text": "Alpha", "rowspan": 2}, "Beta", "● mutual", "a mission"],
        [None, "Old", "◇ outside", "advice"],
        ["Gamma", "Old", "◇ outside", "a panel"],
    ]
    assert exhibit.block["supplementary"] is True


def test_no_collaboration_is_an_empty_matrix() -> None:
    none = pd.DataFrame(columns=["reporter", "counterpart", "state", "purpose"], dtype="str")
    exhibit = tables.collaboration_matrix(none, **NAMED)
    assert (cells(exhibit), labels(exhibit)) == ([], ["Reported by"])
    assert exhibit.block["base"] == "0 pairs of partnerships"


def test_a_plain_table_aligns_numbers_and_dashes_what_is_missing() -> None:
    frame = pd.DataFrame(
        {
            "who": ["Alpha", "Alpha", "Beta"],
            "many": pd.array([1, None, 0], dtype="Int64"),
            "what": ["x", None, ""],
            "hidden": ["never", "never", "never"],
        }
    )
    shown = {"who": "Who", "what": "What", "many": "How many"}
    exhibit = tables.plain(frame, shown, **NAMED, widths=(1, 2, 1))
    assert exhibit.block["columns"] == [
        {"label": "Who", "header": True, "width": 1},
        {"label": "What", "width": 2},
        {"label": "How many", "align": "right", "width": 1},
    ]
    assert cells(exhibit) == [
        [{"text": "Alpha", "rowspan": 2}, "x", "1"],
        [None, "–", "–"],
        ["Beta", "–", "0"],
    ]


def test_a_plain_table_leaves_out_a_column_that_nobody_filled_and_says_so() -> None:
    frame = pd.DataFrame(
        {
            "who": ["Alpha", "Beta"],
            "sme": [None, ""],
            "many": pd.array([None, None], dtype="Int64"),
            "how": ["x", None],
            "why": pd.array([None, None], dtype="str"),
        }
    )
    shown = {"who": "Who", "sme": "SME", "many": "How many", "how": "How", "why": "Why"}
    exhibit = tables.plain(frame, shown, **NAMED, notes=["n"], widths=(1, 2, 3, 4, 5))
    assert labels(exhibit) == ["Who", "How many", "How"]
    assert [column["width"] for column in exhibit.block["columns"]] == [1, 3, 4]
    assert exhibit.block["notes"] == ["n", "Left out, because no answer gives it: SME, Why"]
    assert cells(exhibit) == [["Alpha", "–", "x"], ["Beta", "–", "–"]]
    assert labels(tables.plain(frame.iloc[:0], shown, **NAMED)) == list(shown.values())


def test_the_tables_of_the_first_edition() -> None:
    survey = first_round()
    types = survey.questionnaire.question("agreements").parts("organisation_type")[0].labels
    one = tables.agreement_table(metrics.agreements(survey), types, **NAMED)
    spans = [row[0]["rowspan"] for row in cells(one) if isinstance(row[0], dict)]
    assert spans == [5, 4, 4, 2, 2, 2, 2]
    merged = [row[5]["rowspan"] for row in cells(one) if isinstance(row[5], dict)]
    assert merged == [4, 2, 2]
    # Hodgson Ross is reported without an objective, below one that has its own.
    hodgson = next(row for row in cells(one) if row[1] == "Hodgson Ross")
    assert hodgson[5] == "–"
    two = tables.collaboration_matrix(metrics.collaborations(survey), **NAMED)
    assert len(cells(two)) == 6
    assert len(labels(two)) == 12
    signs = [cell["text"] for row in cells(two) for cell in row[1:] if isinstance(cell, dict)]
    assert [signs.count(sign) for sign in "●◐○◇"] == [5, 1, 6, 5]
