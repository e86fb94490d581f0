from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import combinations
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from escp_analysis.errors import RoundError
from escp_analysis.loaders.boxes import Boxes
from escp_analysis.loaders.questionnaire import Option, Question, Questionnaire, Section
from escp_analysis.loaders.survey import typed
from escp_analysis.metrics.exploratory import item_tests, strand_tests

Ticks = Sequence[Sequence[int]]

SMALL_1: Ticks = [[1, 0, 1], [1, 0, 0], [1, 1, 0]]
SMALL_2: Ticks = [[0, 1, 0], [0, 1, 1]]


def survey(**questions: tuple[Ticks | None, ...]) -> Any:
    """Draw a Survey: per question the rows of ticks of strand 1, of strand 2, of no strand."""
    rows = [
        {
            "partnership": f"P{strand}{respondent}",
            "strand": strand,
            "question": name,
            "option": f"option_{place}",
            "reached": True,
            "selected": bool(tick),
        }
        for name, strands in questions.items()
        for strand, ticks in zip(("1", "2", None), strands, strict=False)
        for respondent, row in enumerate(ticks or [])
        for place, tick in enumerate(row)
    ]
    choices = typed("choices", rows)
    options = tuple(Option(name, name.title()) for name in choices["option"].unique())
    asked = tuple(Question(name, "multiple choice", options=options) for name in questions)
    questionnaire = Questionnaire("form", "", "", (), (Section("B", "", "", asked),))
    boxes = Boxes.of_table(choices)
    return SimpleNamespace(boxes=boxes, choices=choices, questionnaire=questionnaire)


def ticks_of(selected: int, base: int) -> list[list[int]]:
    return [[int(place < selected)] for place in range(base)]


def by_enumeration(first: Ticks, second: Ticks) -> tuple[float, int, float]:
    """Return statistic, relabellings and p the long way: every subset of respondents in turn."""
    people = [*first, *second]

    def statistic(members: Sequence[int]) -> float:
        ours = [people[place] for place in members]
        theirs = [people[place] for place in range(len(people)) if place not in members]
        return sum(
            (sum(a) / len(ours) - sum(b) / len(theirs)) ** 2
            for a, b in zip(zip(*ours, strict=True), zip(*theirs, strict=True), strict=True)
        )

    drawn = [statistic(members) for members in combinations(range(len(people)), len(first))]
    observed = statistic(range(len(first)))
    extreme = sum(value >= observed - 1e-12 for value in drawn)
    return observed, len(drawn), extreme / len(drawn)


def boschloo_by_grid(selected_1: int, base_1: int, selected_2: int, base_2: int) -> float:
    """Return the two-sided p by definition: Fisher's one-sided p as the statistic, its worst
    probability over a fine grid of the common share, twice the smaller side.
    """
    people, share = base_1 + base_2, np.linspace(0, 1, 4001)

    def fisher(one: int, two: int, side: int) -> float:
        ticks = one + two
        tail = range(one + 1) if side < 0 else range(one, base_1 + 1)
        ways = sum(
            math.comb(ticks, k) * math.comb(people - ticks, base_1 - k) for k in tail if k <= ticks
        )
        return ways / math.comb(people, base_1)

    def worst(side: int) -> float:
        observed = fisher(selected_1, selected_2, side)
        total = sum(
            math.comb(base_1, one)
            * math.comb(base_2, two)
            * share ** (one + two)
            * (1 - share) ** (people - one - two)
            for one in range(base_1 + 1)
            for two in range(base_2 + 1)
            if fisher(one, two, side) <= observed * (1 + 1e-9)
        )
        return float(np.max(total))

    return min(1.0, 2 * min(worst(-1), worst(1)))


def test_three_against_two_respondents_by_hand() -> None:
    # Shares 3/3, 1/3, 1/3 against 0/2, 2/2, 1/2: 1 + 4/9 + 1/36 = 53/36. Naming the five A to E,
    # the ten pairs that can be strand 2 give, in 36ths: DE 53 (observed), AB 53, AE 38, BC 33,
    # CD 33, AC 18, BD 18, CE 18, AD 3, BE 3. Two of ten are as large: the tie counts.
    row = strand_tests(survey(barriers=(SMALL_1, SMALL_2))).loc[0].to_dict()
    assert row == {
        "question": "barriers",
        "base_1": 3,
        "base_2": 2,
        "statistic": pytest.approx(53 / 36),
        "relabellings": 10,
        "exact": True,
        "p": pytest.approx(0.2),
    }


@pytest.mark.parametrize("seed", range(6))
def test_agrees_with_the_enumeration_of_every_relabelling(seed: int) -> None:
    rng = np.random.default_rng(seed)
    first, second = rng.integers(0, 2, (5, 3)).tolist(), rng.integers(0, 2, (4, 3)).tolist()
    row = strand_tests(survey(barriers=(first, second))).loc[0]
    statistic, relabellings, p = by_enumeration(first, second)
    assert row["statistic"] == pytest.approx(statistic)
    assert row["relabellings"] == relabellings == 126
    assert row["p"] == pytest.approx(p)


def test_the_bases_of_the_activities_are_enumerated_in_full() -> None:
    # Joint communication alone: 14 of 14 against 4 of 7, a difference of 3/7. The three of 21 who
    # did not tick decide. All in strand 2: 3/7, C(7, 3) = 35 of C(21, 3) = 1330 ways. Two there:
    # 2/7 - 1/14 = 3/14; one: 1/7 - 2/14 = 0; none: 3/14. Only the 35 are as large.
    row = strand_tests(survey(activities=(ticks_of(14, 14), ticks_of(4, 7)))).loc[0]
    assert row["relabellings"] == 116_280
    assert row["p"] == pytest.approx(35 / 1330)


def test_one_row_per_question_in_the_order_asked_for() -> None:
    drawn = survey(barriers=(SMALL_1, SMALL_2), results=(SMALL_2, SMALL_1))
    assert list(strand_tests(drawn)["question"]) == ["barriers", "results"]
    chosen = strand_tests(drawn, ["results"])
    assert list(chosen["question"]) == ["results"]
    assert (chosen.loc[0, "base_1"], chosen.loc[0, "base_2"]) == (2, 3)


def test_questions_that_are_not_multi_select_are_refused_together() -> None:
    drawn = survey(barriers=(SMALL_1, SMALL_2))
    with pytest.raises(RoundError) as caught:
        strand_tests(drawn, ["bariers", "barriers", "dialogue"])
    assert [fault.what for fault in caught.value.faults] == [
        "'bariers' is not a multi-select question of the survey",
        "'dialogue' is not a multi-select question of the survey",
    ]
    assert "expected: one of barriers" in str(caught.value)
    assert "did you mean 'barriers'?" in str(caught.value)


def test_strands_that_ticked_alike_do_not_differ() -> None:
    row = strand_tests(survey(barriers=([[1, 0]] * 4, [[1, 0]] * 3))).loc[0]
    assert (row["statistic"], row["p"]) == (0.0, 1.0)


def test_a_respondent_of_no_strand_is_left_out() -> None:
    with_stranger = strand_tests(survey(barriers=(SMALL_1, SMALL_2, [[1, 1, 1]])))
    without = strand_tests(survey(barriers=(SMALL_1, SMALL_2)))
    pd.testing.assert_frame_equal(with_stranger, without)


def test_a_respondent_who_did_not_reach_the_question_is_left_out() -> None:
    drawn = survey(barriers=([*SMALL_1, [0, 0, 0]], SMALL_2))
    gone = drawn.choices["partnership"] == "P13"
    selected = drawn.choices["selected"].mask(gone)
    drawn.boxes = Boxes.of_table(drawn.choices.assign(reached=~gone, selected=selected))
    expected = strand_tests(survey(barriers=(SMALL_1, SMALL_2)))
    pd.testing.assert_frame_equal(strand_tests(drawn), expected)


@pytest.mark.parametrize("second", [[], [[1, 0, 0]]])
def test_a_strand_of_fewer_than_two_is_not_compared(second: Ticks) -> None:
    row = strand_tests(survey(barriers=(SMALL_1, second))).loc[0]
    assert row["base_2"] == len(second)
    assert row[["statistic", "p"]].isna().all()


def test_a_frame_too_large_to_enumerate_is_drawn_from_and_says_so() -> None:
    # 20 of 20 against 5 of 10: C(30, 10) relabellings. The five without a tick all fall into
    # strand 2 in C(10, 5) of C(30, 5) cases; no other split is as uneven (5/20 is less than 1/2).
    drawn = survey(barriers=(ticks_of(20, 20), ticks_of(5, 10)))
    row = strand_tests(drawn).loc[0]
    assert not row["exact"]
    assert row["relabellings"] == math.comb(30, 10)
    exact = math.comb(10, 5) / math.comb(30, 5)
    assert row["p"] == pytest.approx(exact, abs=4 * math.sqrt(exact / 99_999))
    pd.testing.assert_frame_equal(strand_tests(drawn), strand_tests(drawn))


REPORTED: Mapping[str, tuple[tuple[int, int, int, int], float]] = {
    # The comparisons of the survey facts, M5. Their Fisher values agree with ours; their Boschloo
    # column takes the answers for the groups (0.019 for the first), the strands are the groups.
    "joint communication": ((14, 14, 4, 7), 0.0265),
    "any agreement": ((2, 13, 5, 6), 0.0075),
    "business agreements": ((1, 13, 4, 6), 0.0130),
    "representative": ((0, 14, 2, 7), 0.1047),
    "research and development": ((4, 13, 1, 6), 0.6217),
    "dialogue": ((7, 13, 4, 6), 0.6908),
}


@pytest.mark.parametrize("name", REPORTED)
def test_the_item_test_is_boschloos_with_the_strands_as_groups(name: str) -> None:
    (selected_1, base_1, selected_2, base_2), printed = REPORTED[name]
    drawn = survey(question=(ticks_of(selected_1, base_1), ticks_of(selected_2, base_2)))
    row = item_tests(drawn, "question").loc[0]
    assert [row[column] for column in ("selected_1", "base_1", "selected_2", "base_2")] == [
        *REPORTED[name][0]
    ]
    assert row["p"] == pytest.approx(printed, abs=5e-5)
    by_definition = boschloo_by_grid(selected_1, base_1, selected_2, base_2)
    assert row["p"] == pytest.approx(by_definition, abs=1e-5)


def test_the_difference_is_strand_2_less_strand_1_in_points() -> None:
    row = item_tests(survey(dialogue=(ticks_of(7, 13), ticks_of(4, 6))), "dialogue").loc[0]
    assert row["difference"] == pytest.approx(12.8205, abs=1e-4)  # 66.6667 less 53.8462


def test_the_smaller_p_is_multiplied_by_all_options_and_the_order_is_kept() -> None:
    # Options: nobody, everybody, 2/13 v 5/6 (p 0.0075), 7/13 v 4/6 (p 0.69). Holm over four:
    # 0.0075 x 4 for the smallest, then 0.69 x 3, which is more than 1.
    first = [[0, 1, int(place < 2), int(place < 7)] for place in range(13)]
    second = [[0, 1, int(place < 5), int(place < 4)] for place in range(6)]
    rows = item_tests(survey(results=(first, second)), "results")
    assert list(rows["option"]) == ["option_0", "option_1", "option_2", "option_3"]
    assert list(rows["label"]) == ["Option_0", "Option_1", "Option_2", "Option_3"]
    assert list(rows["p"]) == pytest.approx([1, 1, 0.0075225, 0.6907582], abs=1e-6)
    assert list(rows["p_holm"]) == pytest.approx([1, 1, 0.03009, 1], abs=1e-5)


def test_holm_never_lets_a_larger_p_end_below_a_smaller_one() -> None:
    # p 0.0075 and 0.0130 of two options: x 2 gives 0.0150; the second, x 1, is raised to it.
    first = [[int(place < 2), int(place < 1)] for place in range(13)]
    second = [[int(place < 5), int(place < 4)] for place in range(6)]
    rows = item_tests(survey(results=(first, second)), "results")
    assert list(rows["p_holm"]) == pytest.approx([0.0150450, 0.0150450], abs=1e-6)


def test_an_option_nobody_or_everybody_ticked_has_p_1_by_rule() -> None:
    rows = item_tests(survey(results=([[0, 1]] * 13, [[0, 1]] * 6)), "results")
    assert list(rows["p"]) == [1.0, 1.0]
    assert list(rows["p_holm"]) == [1.0, 1.0]
    assert list(rows["difference"]) == [0.0, 0.0]


def test_without_a_second_strand_there_is_nothing_to_compare() -> None:
    rows = item_tests(survey(results=(SMALL_1, [])), "results")
    assert list(rows["selected_1"]) == [3, 1, 1]
    assert list(rows["base_2"]) == [0, 0, 0]
    assert rows[["difference", "p", "p_holm"]].isna().all(axis=None)
