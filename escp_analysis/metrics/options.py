"""Shares of the options of a multiple choice question, and what sums a question up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from escp_analysis.errors import Fault, RoundError
from escp_analysis.metrics.funnel import STRANDS

if TYPE_CHECKING:
    from escp_analysis.loaders.boxes import Boxes, Matrix
    from escp_analysis.loaders.survey import Survey

MULTIPLE, OTHER = "multiple choice", "other"
_Row = tuple[Any, ...]
_SHARES: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(("question", "option", "label", "strand"), "str")
    | dict.fromkeys(("selected", "base"), "int64")
)

_SUMMARY: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(("question", "strand"), "str")
    | dict.fromkeys(("base", "options", "ticks"), "int64")
    | dict.fromkeys(("mention_rate", "mean_ticks", "any_tick"), "Float64")
    | {"none_selected": "int64"}
)


def option_shares(survey: Survey, question: str | None = None) -> pd.DataFrame:
    """Return how many partnerships selected each option of a multiple choice question.

    One row per question, option and strand (``all``, ``1``, ``2``), questions and options in
    the order of the form, ``Other`` last, names of partnerships by the alphabet; every question
    with options of its own when none is named, and all of them, with a base of zero, while
    nobody has answered. Columns:
    question, option, label (wording of Annex A), strand, selected (partnerships), base
    (partnerships that reached the question), share (selected / base, a fraction; missing where
    the base is zero). A partnership that reached the question and ticked nothing stays in the
    base. Raises ``RoundError`` for a question the questionnaire does not have. Source:
    Figures 4, 6, 10 and 12 of D5.5.
    """
    members = _of_strands(survey.boxes)
    rows = [
        row for name in _questions(survey, question) for row in _option_rows(survey, name, members)
    ]
    table = pd.DataFrame(rows, columns=list(_SHARES)).astype(_SHARES)
    share = table["selected"] / table["base"].where(table["base"] > 0)
    return table.assign(share=share.astype("Float64"))


def question_summary(survey: Survey, question: str | None = None) -> pd.DataFrame:
    """Return what sums a multiple choice question up.

    One row per question and strand. Columns: question, strand, base (partnerships), options
    (closed options, Other not counted), ticks (over the closed options), mention_rate
    (ticks / (base x options): the mean share over the options), mean_ticks (ticks / base),
    any_tick (share of the base with any option, Other included), none_selected (partnerships
    that ticked nothing at all). Fractions are missing where the base is zero. Source: section
    2.2 of D5.5.
    """
    members = _of_strands(survey.boxes)
    rows = [
        _summary(survey, name, strand, those)
        for name in _questions(survey, question)
        for strand, those in members.items()
    ]
    return pd.DataFrame(rows, columns=list(_SUMMARY)).astype(_SUMMARY)


def paired_shares(survey: Survey, first: str, second: str) -> pd.DataFrame:
    """Return the option shares of two questions that have the same options, in one order.

    Rows and columns as ``option_shares``; the questions stand one after the other, options
    sorted by the total of both, ties in questionnaire order, Other last. Raises ``ValueError``
    when the options differ. Source: Figures 10 and 12 of D5.5.
    """
    shares = pd.concat(
        [option_shares(survey, first), option_shares(survey, second)], ignore_index=True
    )
    order = list(shares.loc[shares["question"] == first, "option"].drop_duplicates())
    if set(order) != set(shares.loc[shares["question"] == second, "option"]):
        raise ValueError(f"{first} and {second} do not have the same options")
    totals = shares.loc[shares["strand"] == "all"].groupby("option")["selected"].sum()
    ranked = sorted(order, key=lambda name: (name == OTHER, -totals[name], order.index(name)))
    place = {name: rank for rank, name in enumerate(ranked)}
    keys = pd.DataFrame(
        {"question": shares["question"] == second, "place": shares["option"].map(place)}
    )
    return shares.loc[keys.sort_values(["question", "place"], kind="stable").index].reset_index(
        drop=True
    )


def _questions(survey: Survey, question: str | None) -> list[str]:
    if question is not None:
        return [_multiple(survey, question)]
    form = [
        found.id
        for found in survey.questionnaire.questions()
        if found.kind.startswith(MULTIPLE) and not found.options_from
    ]
    asked = set(survey.boxes.questions) or set(form)
    return [name for name in form if name in asked]


def _multiple(survey: Survey, question: str) -> str:
    found = survey.questionnaire.question(question)
    if not found.kind.startswith(MULTIPLE):
        what = f"{question} is a question of kind {found.kind}"
        raise RoundError([Fault(what, survey.questionnaire.id, "a multiple choice question")])
    return found.id


def _of_strands(boxes: Boxes) -> dict[str, Matrix]:
    """Return which responses each of ``STRANDS`` counts; one of no strand counts in ``all``."""
    strands = {strand: boxes.of_strand(strand) for strand in STRANDS[1:]}
    return {STRANDS[0]: np.ones(len(boxes.who), dtype=bool)} | strands


def _options(survey: Survey, question: str) -> list[str]:
    """Return the options asked, in the order of the form: its own while nobody has answered."""
    form = list(survey.questionnaire.question(question).labels)
    asked = set(survey.boxes.options_of(question)) or set(form)
    names = sorted(asked - set(form), key=str.casefold)
    return sorted([name for name in form if name in asked] + names, key=lambda name: name == OTHER)


def _option_rows(survey: Survey, question: str, members: Mapping[str, Matrix]) -> Iterator[_Row]:
    """Yield a row per option and strand: how many selected it, of how many."""
    boxes, labels = survey.boxes, survey.questionnaire.question(question).labels
    bases = _counted(boxes.reached_by(question), members)
    for option in _options(survey, question):
        selected = _counted(boxes.selected_by(question, option), members)
        for strand in members:
            place = (question, option, labels.get(option, option), strand)
            yield *place, selected[strand], bases[strand]


def _counted(those: Matrix, members: Mapping[str, Matrix]) -> dict[str, int]:
    return {strand: int(np.count_nonzero(those & own)) for strand, own in members.items()}


def _summary(survey: Survey, question: str, strand: str, members: Matrix) -> dict[str, object]:
    boxes, listed = survey.boxes, _options(survey, question)
    base = int(np.count_nonzero(boxes.reached_by(question) & members))
    own = {name: boxes.selected_by(question, name) & members for name in listed}
    ticks = sum(int(np.count_nonzero(those)) for name, those in own.items() if name != OTHER)
    options = sum(name != OTHER for name in listed)
    any_tick = int(np.count_nonzero(np.logical_or.reduce(list(own.values()))))
    return {
        "question": question,
        "strand": strand,
        "base": base,
        "options": options,
        "ticks": ticks,
        "mention_rate": ticks / (base * options) if base else pd.NA,
        "mean_ticks": ticks / base if base else pd.NA,
        "any_tick": any_tick / base if base else pd.NA,
        "none_selected": base - any_tick,
    }
