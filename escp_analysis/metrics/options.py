"""Shares of the options of a multiple choice question, and what sums a question up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from escp_analysis.errors import Fault, RoundError
from escp_analysis.metrics.funnel import STRANDS, in_strand

if TYPE_CHECKING:
    from escp_analysis.loaders.survey import Survey

MULTIPLE, OTHER = "multiple choice", "other"


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
    rows = [_summary(survey, name, strand) for name in names for strand in STRANDS]
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
    form = [
        found.id
        for found in survey.questionnaire.questions()
        if found.kind.startswith(MULTIPLE) and not found.options_from
    ]
    asked = set(survey.choices["question"]) or set(form)
    return [name for name in form if name in asked]


def _multiple(survey: Survey, question: str) -> str:
    found = survey.questionnaire.question(question)
    if not found.kind.startswith(MULTIPLE):
        what = f"{question} is a question of kind {found.kind}"
        raise RoundError([Fault(what, survey.questionnaire.id, "a multiple choice question")])
    return found.id


def _reached(survey: Survey, question: str) -> pd.DataFrame:
    choices = survey.choices
    return choices.loc[(choices["question"] == question) & choices["reached"]]


def _options(survey: Survey, question: str) -> list[str]:
    """Return the options asked, in the order of the form: its own while nobody has answered."""
    form = list(survey.questionnaire.question(question).labels)
    choices = survey.choices
    asked = set(choices.loc[choices["question"] == question, "option"]) or set(form)
    names = sorted(asked - set(form), key=str.casefold)
    return sorted([name for name in form if name in asked] + names, key=lambda name: name == OTHER)


def _shares(survey: Survey, question: str) -> pd.DataFrame:
    reached = _reached(survey, question)
    labels, options = survey.questionnaire.question(question).labels, _options(survey, question)
    tables = [_of_strand(in_strand(reached, strand), options, strand) for strand in STRANDS]
    counted = pd.concat(tables)
    counted.insert(0, "question", question)
    counted.insert(2, "label", [labels.get(option, option) for option in counted["option"]])
    order = counted["option"].map({option: at for at, option in enumerate(options)})
    rows = counted.iloc[order.argsort(kind="stable")].reset_index(drop=True)
    share = (rows["selected"] / rows["base"].where(rows["base"] > 0)).astype("Float64")
    return rows.assign(share=share)


def _of_strand(reached: pd.DataFrame, options: list[str], strand: str) -> pd.DataFrame:
    """Return one row per option: how many of a strand selected it, of how many."""
    ticked = reached.loc[reached["selected"].astype(bool), "option"].value_counts()
    selected = [int(ticked.get(option, 0)) for option in options]
    base = int(reached["partnership"].nunique())
    table = pd.DataFrame({"option": options, "strand": strand, "selected": selected, "base": base})
    return table.astype({"selected": "int64", "base": "int64"})


def _summary(survey: Survey, question: str, strand: str) -> dict[str, object]:
    rows = in_strand(_reached(survey, question), strand)
    ticked = rows.loc[rows["selected"].astype(bool)]
    options = sum(name != OTHER for name in _options(survey, question))
    base, ticks = rows["partnership"].nunique(), int((ticked["option"] != OTHER).sum())
    any_tick = ticked["partnership"].nunique()
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
