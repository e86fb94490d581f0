"""The boxes are the long table in another form: counted from either, the numbers are the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from drawn_survey import first_round, survey
from hypothesis import given
from hypothesis import strategies as st

from escp_analysis import metrics
from escp_analysis.loaders.boxes import Boxes, written
from escp_analysis.loaders.survey import SCHEMAS, typed

ASKED: Mapping[str, Sequence[str]] = {
    "barriers": ("cluster_collaboration", "policy_makers", "sme_engagement", "other"),
    "activities": ("sme_mentoring", "other"),
    "collaborations": ("Beta", "alpha", "other"),
}
Row = dict[str, Any]
ROW = {"partnership": "A", "strand": "1", "question": "barriers", "option": "other"} | {
    "reached": True,
    "selected": True,
}


@st.composite
def tables(draw: st.DrawFn) -> list[Row]:
    """Draw a long table: partnerships of a strand or of none, options asked in any order."""
    rows = []
    asked = draw(st.lists(st.sampled_from(sorted(ASKED)), unique=True, min_size=1))
    options = {name: draw(st.permutations(ASKED[name])) for name in asked}
    for at in range(draw(st.integers(0, 7))):
        who = {"partnership": f"P{at}", "strand": draw(st.sampled_from(["1", "2", None]))}
        for question in asked:
            came = draw(st.booleans())
            for option in options[question]:
                text = st.none() | st.sampled_from(["None", "a text"])
                selected = draw(st.booleans()) if came else pd.NA
                told = {"comment": draw(text), "other_text": draw(text)} if came else {}
                place = {"question": question, "option": option, "reached": came}
                rows.append(who | place | told | {"selected": selected})
    return rows


def naive(rows: Sequence[Row], question: str, option: str, strand: str) -> tuple[int, int]:
    """Count selected and base row by row."""
    own = [
        row
        for row in rows
        if row["question"] == question and row["reached"] and strand in ("all", row["strand"])
    ]
    base = {row["partnership"] for row in own}
    return sum(row["option"] == option and row["selected"] is True for row in own), len(base)


class TestForAnyTable:
    @given(tables())
    def test_each_count_is_that_of_the_rows(self, rows: list[Row]) -> None:
        for question in {row["question"] for row in rows}:
            shares = metrics.option_shares(survey(choices=rows), question)
            found = {
                (row["option"], row["strand"]): (row["selected"], row["base"])
                for row in shares.to_dict("records")
            }
            assert found == {
                (option, strand): naive(rows, question, option, strand)
                for option, strand in product(ASKED[question], ("all", "1", "2"))
            }

    @given(tables())
    def test_each_summary_is_that_of_the_rows(self, rows: list[Row]) -> None:
        for question in {row["question"] for row in rows}:
            summary = metrics.question_summary(survey(choices=rows), question)
            for row in summary.to_dict("records"):
                counts = {it: naive(rows, question, it, row["strand"]) for it in ASKED[question]}
                ticks = sum(
                    selected for option, (selected, _) in counts.items() if option != "other"
                )
                some = {
                    it["partnership"]
                    for it in rows
                    if it["question"] == question
                    and it["selected"] is True
                    and row["strand"] in ("all", it["strand"])
                }
                base = counts["other"][1]
                assert (row["ticks"], row["base"]) == (ticks, base)
                assert row["none_selected"] == base - len(some)

    @given(tables())
    def test_nothing_is_selected_more_often_than_reached(self, rows: list[Row]) -> None:
        shares = metrics.option_shares(survey(choices=rows))
        assert (shares["selected"] <= shares["base"]).all()

    @given(tables(), st.randoms())
    def test_the_order_of_rows_and_columns_changes_no_count(
        self, rows: list[Row], random: Any
    ) -> None:
        turned = [
            dict(random.sample(list(row.items()), len(row)))
            for row in random.sample(rows, len(rows))
        ]
        for count in (metrics.option_shares, metrics.question_summary):
            pd.testing.assert_frame_equal(
                count(survey(choices=turned)), count(survey(choices=rows))
            )

    @given(tables())
    def test_the_long_table_comes_back_as_it_was(self, rows: list[Row]) -> None:
        drawn = survey(choices=rows)
        pd.testing.assert_frame_equal(drawn.choices, typed("choices", rows))
        again = Boxes.of_table(drawn.choices)
        assert (again.questions, again.options) == (drawn.boxes.questions, drawn.boxes.options)
        assert np.array_equal(again.selected, drawn.boxes.selected)


def test_a_survey_that_asked_of_partnerships_only_has_empty_tables_of_counts() -> None:
    drawn = survey(choices=[ROW | {"question": "collaborations"}])
    shares, summary = metrics.option_shares(drawn), metrics.question_summary(drawn)
    assert shares.empty
    assert summary.empty
    assert list(shares.columns)[-3:] == ["selected", "base", "share"]
    assert list(summary.columns)[-1] == "none_selected"


def test_the_long_table_is_made_once_and_only_when_asked_for() -> None:
    drawn = survey(choices=[])
    metrics.option_shares(drawn)
    assert "choices" not in vars(drawn)
    assert drawn.choices is drawn.choices
    assert list(drawn.choices.columns) == list(SCHEMAS["choices"])


def test_the_matrices_of_a_round_are_stored_by_column() -> None:
    boxes = first_round().boxes
    assert boxes.selected.flags.f_contiguous
    assert boxes.reached.flags.f_contiguous
    assert boxes.selected.shape == (21, len(boxes.options))


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([ROW, ROW], "an option of a partnership stands twice"),
        ([ROW, ROW | {"strand": "2", "option": "x"}], "more than one response, or strand"),
    ],
)
def test_a_table_that_contradicts_itself_is_refused(rows: list[Row], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        Boxes.of_table(typed("choices", rows))


def test_an_option_that_was_not_reached_is_never_selected() -> None:
    table = typed("choices", [ROW | {"reached": False}])
    assert not Boxes.of_table(table).selected.any()
    who, box = table[["partnership", "strand"]], np.ones((1, 1), dtype=bool)
    with pytest.raises(ValueError, match="barriers, other is selected and was not reached"):
        Boxes(who, ("barriers",), (("barriers", "other"),), ~box, box, written([]))
    with pytest.raises(ValueError, match="1 responses and matrices of another shape"):
        Boxes(who, ("barriers",), (), box, box, written([]))
