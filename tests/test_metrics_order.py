"""Counts stand in the order of the form: whoever answers first, and before anybody has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from drawn_survey import first_round, survey

from escp_analysis import metrics
from escp_analysis.loaders import Survey
from escp_analysis.loaders.boxes import Boxes

COUNTS: dict[str, Callable[[Survey], pd.DataFrame]] = {
    "response_funnel": metrics.response_funnel,
    "option_shares": metrics.option_shares,
    "partnerships as options": lambda given: metrics.option_shares(given, "collaborations"),
    "question_summary": metrics.question_summary,
    "values": metrics.values,
}
INVITED = [{"partnership": name, "strand": strand} for name, strand in [("A", "1"), ("B", "2")]]


def reversed_rows(given: Survey) -> Survey:
    """Return the same answers, every table of them from its last row to its first."""
    tables = ("frame", "responses", "sections", "choices", "answers")
    turned: dict[str, Any] = {
        name: getattr(given, name).iloc[::-1].reset_index(drop=True) for name in tables
    }
    return replace(given, boxes=Boxes.of_table(turned.pop("choices")), **turned)


@pytest.mark.parametrize("name", COUNTS)
def test_the_order_of_rows_changes_nothing(name: str) -> None:
    given = first_round()
    pd.testing.assert_frame_equal(COUNTS[name](reversed_rows(given)), COUNTS[name](given))


class TestNobodyHasAnswered:
    def test_the_funnel_shows_every_stage_at_zero(self) -> None:
        funnel = metrics.response_funnel(survey(frame=INVITED))
        assert list(funnel["section"].drop_duplicates()) == [*"BCDEFGH", "complete"]
        assert list(funnel["reached"].unique()) == [0]
        assert list(funnel["invited"][:3]) == [2, 1, 1]
        assert list(funnel["rate"].unique()) == [0]

    def test_each_option_of_the_form_has_a_base_of_nobody_and_no_share(self) -> None:
        shares = metrics.option_shares(survey(frame=INVITED))
        questions = list(shares["question"].drop_duplicates())
        assert questions == ["activities", "barriers", "cluster_results", "sme_results"]
        barriers = shares.loc[shares["question"] == "barriers", "option"].drop_duplicates()
        assert (len(barriers), barriers.iloc[-1]) == (8, "other")
        assert (shares["base"] == 0).all()
        assert shares["share"].isna().all()

    def test_a_question_still_has_its_options_and_no_rate(self) -> None:
        summary = metrics.question_summary(survey(frame=INVITED), "barriers")
        assert list(summary["options"]) == [7, 7, 7]
        assert list(summary["none_selected"]) == [0, 0, 0]
        rates = summary[["mention_rate", "mean_ticks", "any_tick"]]
        assert bool(rates.isna().to_numpy().all())


def test_a_strand_of_nobody_keeps_the_options_of_the_question() -> None:
    box = {"partnership": "A", "strand": "1", "question": "barriers", "reached": True}
    rows = [box | {"option": o, "selected": o == "other"} for o in ("other", "policy_makers")]
    summary = metrics.question_summary(survey(choices=rows), "barriers").set_index("strand")
    assert summary.loc["2", ["base", "options", "ticks", "none_selected"]].tolist() == [0, 1, 0, 0]
