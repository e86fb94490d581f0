from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from escp_analysis.errors import RoundError
from escp_analysis.loaders.boxes import Boxes
from escp_analysis.loaders.questionnaire import (
    Condition,
    Option,
    Question,
    Questionnaire,
    Section,
)
from escp_analysis.loaders.survey import typed
from escp_analysis.metrics.bounds import silent_bounds

LABELS = {"visits": "Exploratory visits", "fairs": "Joint fairs", "other": "Other"}
ANSWERS: Mapping[str, tuple[str, str]] = {
    # partnership: (strand, ticks; "-" when the question was not reached)
    "Alps": ("1", "visits fairs"),
    "Baltic": ("1", "visits"),
    "Coast": ("1", ""),
    "Delta": ("2", "visits other"),
    "Ebro": ("2", "-"),
}
FRAME = {"Alps": "1", "Baltic": "1", "Coast": "1", "Delta": "2", "Ebro": "2", "Fjord": "2"}


def form(conditional: bool) -> Questionnaire:
    options = tuple(Option(name, label) for name, label in LABELS.items() if name != "other")
    condition = Condition("dialogue", "yes") if conditional else None
    dialogue = Question("dialogue", "yes/no")
    support = Question(
        "support", "multiple choice", options=options, other=True, condition=condition
    )
    return Questionnaire("form", "", "", (), (Section("G", "", "", (dialogue, support)),))


def survey(
    answers: Mapping[str, tuple[str, str]] = ANSWERS,
    frame: Mapping[str, str | None] = FRAME,
    dialogue: Mapping[str, str | None] | None = None,
) -> Any:
    """Draw a Survey with one question; ``dialogue`` are the answers it is conditional on."""
    choices = [
        {
            "partnership": partnership,
            "strand": strand,
            "question": "support",
            "option": option,
            "reached": ticks != "-",
            "selected": pd.NA if ticks == "-" else option in ticks.split(),
        }
        for partnership, (strand, ticks) in answers.items()
        for option in LABELS
    ]
    values = [
        {"partnership": name, "strand": strand, "question": question, "value": value}
        for name, (strand, _) in answers.items()
        for question, value in (("forum_use", "no"), ("dialogue", (dialogue or {}).get(name)))
    ]
    return SimpleNamespace(
        questionnaire=form(conditional=dialogue is not None),
        boxes=Boxes.of_table(typed("choices", choices)),
        answers=pd.DataFrame(values).astype("str"),
        frame=pd.DataFrame(
            {"partnership": list(frame), "strand": pd.Series(list(frame.values()), dtype="str")}
        ),
    )


def bounds(drawn: Any, option: str, strand: str) -> dict[str, Any]:
    rows = silent_bounds(drawn, "support").set_index(["option", "strand"])
    return rows.loc[(option, strand)].to_dict()


def test_the_silent_widen_the_bounds_upwards_only() -> None:
    # Six invited, four reached the question, three ticked: between 3 and 3 + 2 of 6.
    assert bounds(survey(), "visits", "all") == {
        "label": "Exploratory visits",
        "selected": 3,
        "base": 4,
        "invited": 6,
        "silent": 2,
        "lowest": 3,
        "highest": 5,
        "lowest_share": 0.5,
        "highest_share": pytest.approx(5 / 6),
    }


def test_a_strand_that_answered_in_full_has_no_width() -> None:
    row = bounds(survey(), "visits", "1")
    assert (row["lowest"], row["highest"], row["invited"], row["silent"]) == (2, 2, 3, 0)
    assert row["lowest_share"] == row["highest_share"] == pytest.approx(2 / 3)


def test_the_silent_of_a_strand_are_its_own() -> None:
    # Strand 2: Delta answered; Ebro did not reach the question, Fjord did not respond.
    row = bounds(survey(), "fairs", "2")
    assert (row["selected"], row["lowest"], row["highest"], row["invited"]) == (0, 0, 2, 3)


def test_options_keep_their_order_and_other_is_one_of_them() -> None:
    rows = silent_bounds(survey(), "support")
    assert list(rows["option"].drop_duplicates()) == ["visits", "fairs", "other"]
    assert list(rows["strand"].drop_duplicates()) == ["all", "1", "2"]
    assert len(rows) == 9


def test_one_unknown_strand_in_the_frame_leaves_only_all() -> None:
    rows = silent_bounds(survey(frame=FRAME | {"Fjord": None}), "support")
    assert list(rows["strand"].unique()) == ["all"]
    assert list(rows["invited"].unique()) == [6]


def test_a_strand_nobody_was_invited_from_has_no_share() -> None:
    answers = {name: ANSWERS[name] for name in ("Alps", "Baltic", "Coast")}
    row = bounds(survey(answers, dict.fromkeys(answers, "1")), "visits", "2")
    assert (row["invited"], row["lowest"], row["highest"]) == (0, 0, 0)
    assert pd.isna(row["lowest_share"])
    assert pd.isna(row["highest_share"])


@pytest.mark.parametrize(
    ("selected", "highest"),
    [(0, 4), (1, 5), (5, 9), (7, 11), (11, 15)],  # survey facts, M4: k of 19, bounds of 23
)
def test_nineteen_of_twenty_three(selected: int, highest: int) -> None:
    names = [f"P{number:02}" for number in range(23)]
    answers = {
        name: ("1", "visits" if place < selected else "") for place, name in enumerate(names[:19])
    }
    row = bounds(survey(answers, dict.fromkeys(names, "1")), "visits", "all")
    assert (row["lowest"], row["highest"], row["silent"]) == (selected, highest, 4)


def test_who_answered_that_the_question_does_not_apply_is_not_silent() -> None:
    answers = ANSWERS | {"Coast": ("1", "-")}
    dialogue = {"Alps": "yes", "Baltic": "yes", "Coast": "no", "Delta": "yes"}
    drawn = survey(answers, dialogue=dialogue)
    # Of six, Alps, Baltic, Delta answered; Coast was ruled out; Ebro and Fjord are unknown.
    row = bounds(drawn, "visits", "all")
    assert (row["base"], row["silent"], row["lowest"], row["highest"]) == (3, 2, 3, 5)
    assert bounds(drawn, "visits", "1")["highest"] == 2
    assert bounds(drawn, "fairs", "2")["highest"] == 2


def test_a_condition_left_blank_rules_nobody_out() -> None:
    answers = ANSWERS | {"Coast": ("1", "-")}
    dialogue = {"Alps": "yes", "Baltic": "yes", "Coast": None, "Delta": "yes"}
    row = bounds(survey(answers, dialogue=dialogue), "visits", "1")
    assert (row["silent"], row["lowest"], row["highest"]) == (1, 2, 3)


def test_without_a_condition_a_question_not_reached_is_unknown() -> None:
    row = bounds(survey(ANSWERS | {"Coast": ("1", "-")}), "visits", "1")
    assert (row["silent"], row["lowest"], row["highest"]) == (1, 2, 3)


def test_a_question_nobody_reached_leaves_everything_open() -> None:
    row = bounds(survey({"Alps": ("1", "-"), "Delta": ("2", "-")}), "visits", "all")
    assert (row["base"], row["lowest"], row["highest"]) == (0, 0, 6)
    assert (row["lowest_share"], row["highest_share"]) == (0.0, 1.0)


def test_more_answers_than_invited_is_refused_for_every_strand_at_once() -> None:
    frame = {"Alps": "1", "Baltic": "1"}
    answers = ANSWERS | {"Delta": ("1", "fairs")}
    with pytest.raises(RoundError) as caught:
        silent_bounds(survey(answers, frame), "support")
    assert [fault.what for fault in caught.value.faults] == [
        "4 partnerships answered support, 2 were invited",
        "4 partnerships answered support, 2 were invited",
    ]
    assert [fault.where for fault in caught.value.faults] == [
        "roster of the round, strand all",
        "roster of the round, strand 1",
    ]
    assert "Add the missing partnerships to the roster" in str(caught.value)
