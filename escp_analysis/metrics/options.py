"""Shares of the options of a multiple choice question, and what sums a question up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from escp_analysis.errors import Fault, RoundError
from escp_analysis.metrics.funnel import STRANDS, in_strand

if TYPE_CHECKING:
    from escp_analysis.loaders.survey import Survey

OTHER = "other"


def option_shares(survey: Survey, question: str | None = None) -> pd.DataFrame:
    """Return how many partnerships selected each option of a multiple choice question.

    One row per question, option and strand (``all``, ``1``, ``2``), options in questionnaire
    order with ``Other`` last; every one with options of its own when none is named. Columns:
    question, option, label (wording of Annex A), strand, selected (partnerships), base
    (partnerships that reached the question), share (selected / base, a fraction; missing where
    the base is zero). A partnership that reached the question and ticked nothing stays in the
    base. Raises ``RoundError`` for a question the questionnaire does not have. Source:
    Figures 4, 6, 10 and 12 of D5.5.
    """
    tables = [_shares(survey, name) for name in _questions(survey, question)]
    return pd.concat(tables, ignore_index=True)


def question_summary(survey: Survey, question: str | None = None) -> pd.DataFrame:
    """Return what sums a multiple choice question up.

    One row per question and strand. Columns: question, strand, base (partnerships), options
    (closed options, Other not counted), ticks (over the closed options), mention_rate
    (ticks / (base x options): the mean share over the options), mean_ticks (ticks / base),
    any_tick (share of the base with any option, Other included), none_selected (partnerships
    that ticked nothing at all). Fractions are missing where the base is zero. Source: section
    2.2 of D5.5.
    """
    names = _questions(survey, question)
    rows = [_summary(_reached(survey, name), name, strand) for name in names for strand in STRANDS]
    floats = dict.fromkeys(("mention_rate", "mean_ticks", "any_tick"), "Float64")
    return pd.DataFrame(rows).astype(floats)


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
    asked = survey.choices["question"].drop_duplicates()
    return [name for name in asked if not survey.questionnaire.question(name).options_from]


def _multiple(survey: Survey, question: str) -> str:
    found = survey.questionnaire.question(question)
    if not found.kind.startswith("multiple choice"):
        what = f"{question} is a question of kind {found.kind}"
        raise RoundError([Fault(what, survey.questionnaire.id, "a multiple choice question")])
    return found.id


def _reached(survey: Survey, question: str) -> pd.DataFrame:
    choices = survey.choices
    return choices.loc[(choices["question"] == question) & choices["reached"]]


def _shares(survey: Survey, question: str) -> pd.DataFrame:
    reached = _reached(survey, question)
    options = survey.choices.loc[survey.choices["question"] == question, "option"].drop_duplicates()
    labels = survey.questionnaire.question(question).labels
    rows = [
        _option_row(
            in_strand(reached, strand), question, option, labels.get(option, option), strand
        )
        for option in sorted(options, key=lambda name: name == OTHER)
        for strand in STRANDS
    ]
    return pd.DataFrame(rows).astype({"share": "Float64"})


def _option_row(
    reached: pd.DataFrame, question: str, option: str, label: str, strand: str
) -> dict[str, object]:
    base = int(reached["partnership"].nunique())
    selected = int(reached.loc[reached["option"] == option, "selected"].sum())
    return {
        "question": question,
        "option": option,
        "label": label,
        "strand": strand,
        "selected": selected,
        "base": base,
        "share": selected / base if base else pd.NA,
    }


def _summary(reached: pd.DataFrame, question: str, strand: str) -> dict[str, object]:
    rows = in_strand(reached, strand)
    ticked = rows.pivot(index="partnership", columns="option", values="selected").astype(bool)
    closed = ticked.drop(columns=OTHER, errors="ignore")
    base, options, ticks = len(ticked), closed.shape[1], int(closed.to_numpy().sum())
    any_tick = int(ticked.any(axis=1).sum())
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
