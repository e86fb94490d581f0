"""Funnel, option shares, summaries and values, counted by hand on drawn answers."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from drawn_survey import refusal, survey
from hypothesis import given
from hypothesis import strategies as st

from escp_analysis import metrics
from escp_analysis.loaders import Survey

OPTIONS = (
    "cluster_collaboration", "other_escps", "market_knowledge", "third_market_partners",
    "complementary_funding", "policy_makers", "sme_engagement", "other",
)  # fmt: skip


def boxes(partnership: str, strand: str, ticked: set[str] | None) -> list[dict[str, Any]]:
    """Draw one partnership's answer to the barriers; ``None`` is a page never reached."""
    shared = {"partnership": partnership, "strand": strand, "question": "barriers"}
    reached = ticked is not None
    return [
        shared
        | {"option": o, "reached": reached, "selected": pd.NA if ticked is None else o in ticked}
        for o in OPTIONS
    ]


def drawn(*answers: tuple[str, str, set[str] | None]) -> Survey:
    return survey(choices=[row for answer in answers for row in boxes(*answer)])


# A and B answered in strand 1 (B ticked nothing), C and D in strand 2, E never reached the page.
FIVE = drawn(
    ("A", "1", {"cluster_collaboration", "sme_engagement"}),
    ("B", "1", set()),
    ("C", "2", {"sme_engagement", "other"}),
    ("D", "2", {"sme_engagement"}),
    ("E", "1", None),
)


def row(table: pd.DataFrame, **where: str) -> dict[str, Any]:
    for column, value in where.items():
        table = table.loc[table[column] == value]
    assert len(table) == 1
    found: dict[str, Any] = table.iloc[0].to_dict()
    return found


class TestOptionShares:
    @pytest.mark.parametrize(
        ("option", "strand", "selected", "base"),
        [
            ("sme_engagement", "all", 3, 4),
            ("sme_engagement", "1", 1, 2),
            ("sme_engagement", "2", 2, 2),
            ("policy_makers", "all", 0, 4),
            ("other", "2", 1, 2),
        ],
    )
    def test_one_that_ticked_nothing_counts_in_the_base_and_one_that_never_came_does_not(
        self, option: str, strand: str, selected: int, base: int
    ) -> None:
        shares = metrics.option_shares(FIVE, "barriers")
        found = row(shares, option=option, strand=strand)
        assert (found["selected"], found["base"]) == (selected, base)
        assert found["share"] == selected / base

    def test_options_stand_in_the_order_of_the_form_with_its_wording_and_other_last(self) -> None:
        shares = metrics.option_shares(FIVE, "barriers")
        labels = list(shares["label"].drop_duplicates())
        assert labels[0] == "Collaboration between the clusters in the ESCP"
        assert labels[-2:] == ["Engagement of SMEs in project activities", "Other"]

    def test_a_base_of_nobody_has_no_share(self) -> None:
        shares = metrics.option_shares(drawn(("A", "1", None)), "barriers")
        assert (shares["base"] == 0).all()
        assert shares["share"].isna().all()

    def test_a_question_that_is_not_multiple_choice_is_refused(self) -> None:
        faults = refusal(lambda: metrics.option_shares(FIVE, "agreement_count"))
        assert "agreement_count is a question of kind number" in faults[0]

    def test_an_unknown_question_is_refused_with_the_nearest_name(self) -> None:
        assert "barriers" in refusal(lambda: metrics.option_shares(FIVE, "bariers"))[0]

    def test_without_a_question_the_list_of_partnerships_is_left_out(self) -> None:
        both = survey(
            choices=[
                *boxes("A", "1", {"other"}),
                *[r | {"question": "collaborations"} for r in boxes("A", "1", {"other"})],
            ]
        )
        assert set(metrics.option_shares(both)["question"]) == {"barriers"}


class TestQuestionSummary:
    def test_the_three_ways_to_sum_up_are_counted_apart(self) -> None:
        summary = metrics.question_summary(FIVE, "barriers")
        first, second, both = (row(summary, strand=strand) for strand in ("1", "2", "all"))
        # Closed options only: A 2, B 0, C 1, D 1 ticks; seven closed options.
        assert [s["ticks"] for s in (first, second, both)] == [2, 2, 4]
        assert [s["options"] for s in (first, second, both)] == [7, 7, 7]
        assert first["mention_rate"] == 2 / 14
        assert both["mean_ticks"] == 1
        assert (first["any_tick"], second["any_tick"], both["any_tick"]) == (0.5, 1, 0.75)
        assert [s["none_selected"] for s in (first, second, both)] == [1, 0, 1]

    def test_other_alone_is_a_tick_of_somebody_but_of_no_closed_option(self) -> None:
        summary = row(
            metrics.question_summary(drawn(("A", "1", {"other"})), "barriers"), strand="1"
        )
        assert (summary["ticks"], summary["any_tick"], summary["none_selected"]) == (0, 1, 0)

    def test_a_base_of_nobody_has_no_rates(self) -> None:
        summary = row(metrics.question_summary(FIVE, "barriers").head(3), strand="all")
        assert not pd.isna(summary["mention_rate"])
        empty = metrics.question_summary(drawn(("A", "1", {"other"})), "barriers")
        second = row(empty, strand="2")
        assert second["base"] == 0
        assert pd.isna(second["mention_rate"])
        assert pd.isna(second["any_tick"])


answer = st.none() | st.sets(st.sampled_from(OPTIONS))
answers = st.lists(st.tuples(st.sampled_from("12"), answer), min_size=1, max_size=8)


class TestForAnyAnswers:
    @given(answers)
    def test_nothing_is_selected_more_often_than_it_was_reached(
        self, given_: list[tuple[str, set[str] | None]]
    ) -> None:
        made = drawn(*((f"P{at}", strand, ticked) for at, (strand, ticked) in enumerate(given_)))
        shares = metrics.option_shares(made, "barriers")
        assert (shares["selected"] <= shares["base"]).all()
        wide = shares.pivot(index="option", columns="strand", values="selected")
        assert (wide["1"] + wide["2"] == wide["all"]).all()

    @given(answers, st.randoms())
    def test_the_order_of_the_rows_does_not_matter(
        self, given_: list[tuple[str, set[str] | None]], random: Any
    ) -> None:
        named = [(f"P{at}", strand, ticked) for at, (strand, ticked) in enumerate(given_)]
        shuffled = random.sample(named, len(named))
        one, other = (
            metrics.question_summary(drawn(*order), "barriers") for order in (named, shuffled)
        )
        pd.testing.assert_frame_equal(one, other)


FRAME = [
    {"partnership": name, "programme": "ESCP-4i", "generation": "2", "strand": strand}
    for name, strand in [("A", "1"), ("B", "1"), ("C", "2"), ("D", "2")]
]


def reached(partnership: str, strand: str, letters: str) -> list[dict[str, Any]]:
    return [
        {"partnership": partnership, "strand": strand, "section": s, "reached": s in letters}
        for s in "ABC"
    ]


def funnel_of(frame: list[dict[str, Any]]) -> pd.DataFrame:
    """A answered all, B and C stopped after B, D is silent."""
    rows = [*reached("A", "1", "ABC"), *reached("B", "1", "AB"), *reached("C", "2", "AB")]
    responses = [
        {"response": str(at), "partnership": p, "strand": s, "complete": p == "A", "last_page": at}
        for at, (p, s) in enumerate([("A", "1"), ("B", "1"), ("C", "2")], start=1)
    ]
    return metrics.response_funnel(survey(frame=frame, sections=rows, responses=responses))


class TestFunnel:
    @pytest.mark.parametrize(
        ("section", "strand", "invited", "count"),
        [
            ("B", "all", 4, 3), ("B", "1", 2, 2), ("B", "2", 2, 1),
            ("C", "all", 4, 1), ("C", "2", 2, 0),
            ("complete", "all", 4, 1), ("complete", "2", 2, 0),
        ],
    )  # fmt: skip
    def test_counts_those_that_reached_a_section(
        self, section: str, strand: str, invited: int, count: int
    ) -> None:
        found = row(funnel_of(FRAME), section=section, strand=strand)
        assert (found["invited"], found["reached"], found["rate"]) == (
            invited,
            count,
            count / invited,
        )

    def test_the_identification_is_no_stage(self) -> None:
        assert list(funnel_of(FRAME)["section"].drop_duplicates()) == ["B", "C", "complete"]

    def test_a_strand_of_unknown_size_has_no_rate(self) -> None:
        unknown = [FRAME[0] | {"strand": None}, *FRAME[1:]]
        funnel = funnel_of(unknown)
        assert row(funnel, section="B", strand="all")["invited"] == 4
        one = row(funnel, section="B", strand="1")
        assert pd.isna(one["invited"])
        assert pd.isna(one["rate"])
        assert one["reached"] == 2


def test_values_say_what_they_count_and_out_of_how_many() -> None:
    rows = [*reached("A", "1", "ABC")]
    made = survey(
        frame=FRAME[:1],
        sections=rows,
        responses=[{"response": "1", "partnership": "A", "strand": "1", "complete": True}],
        choices=boxes("A", "1", {"other_escps"}),
    )
    values = metrics.values(made).set_index("name")
    assert values.index.is_unique
    share = values.loc["options.barriers.other_escps.1"]
    assert (share["value"], share["count"], share["base"]) == (1, 1, 1)
    rate = values.loc["summary.barriers.mention_rate.all"]
    assert (rate["count"], rate["base"], rate["unit"]) == (1, 7, "mean share")
    assert values.loc["funnel.complete.reached.all", "value"] == 1


def test_paired_questions_share_one_order_by_the_total_of_both() -> None:
    def results(question: str, ticked: set[str]) -> list[dict[str, Any]]:
        options = ("exports_imports", "joint_ventures", "staff_exchange", "other")
        shared = {"partnership": "A", "strand": "1", "question": question, "reached": True}
        return [shared | {"option": option, "selected": option in ticked} for option in options]

    made = survey(
        choices=[
            *results("cluster_results", {"staff_exchange", "other"}),
            *results("sme_results", {"staff_exchange", "joint_ventures", "other"}),
        ]
    )
    paired = metrics.paired_shares(made, "cluster_results", "sme_results")
    order = [
        list(paired.loc[paired["question"] == question, "option"].drop_duplicates())
        for question in ("cluster_results", "sme_results")
    ]
    assert order[0] == ["staff_exchange", "joint_ventures", "exports_imports", "other"]
    assert order[0] == order[1]


def test_questions_with_different_options_cannot_be_paired() -> None:
    one = boxes("A", "1", set())
    made = survey(choices=[*one, one[0] | {"question": "activities", "option": "sme_mentoring"}])
    with pytest.raises(ValueError, match="barriers and activities do not have the same options"):
        metrics.paired_shares(made, "barriers", "activities")
