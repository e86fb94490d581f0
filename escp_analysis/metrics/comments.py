"""What people wrote beside the options they ticked: how often, and in which words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from escp_analysis.errors import Fault, RoundError
from escp_analysis.loaders.question import COMMENTED
from escp_analysis.metrics.funnel import STRANDS, in_strand
from escp_analysis.metrics.options import option_shares

if TYPE_CHECKING:
    from escp_analysis.loaders.survey import Survey

COLUMNS = ("question", "option", "label", "strand", "partnership", "comment")
RATES = ("question", "option", "label", "strand", "selected", "commented", "rate")


def comments(survey: Survey, question: str | None = None) -> pd.DataFrame:
    """Return the comments beside the options that partnerships ticked, one row per comment.

    Columns: question, option, label (wording of Annex A), strand, partnership, comment (as
    written; what a decision masks is ``[…]``). Questions and options in the order of the form,
    then by strand and partnership; contacts between partnerships, whose comments are purposes, are
    not among them. The words are for the analyst: what may be printed is
    ``permitted_comments``. In a reconstructed round, the few that a published report repeats.
    Raises ``RoundError`` for a question that is none with comments.
    """
    asked = _questions(survey, question)
    rows = survey.choices
    written = rows.loc[
        rows["comment"].notna()
        & rows["question"].isin(list(asked))
        & rows["selected"].fillna(False).astype(bool)
    ]
    pairs = list(zip(written["question"], written["option"], strict=True))
    order = [(name, option) for name, options in asked.items() for option in options]
    places = {pair: at for at, pair in enumerate(order)}
    told = written.assign(
        label=[asked[name].get(option, option) for name, option in pairs],
        place=[places.get(pair, len(order)) for pair in pairs],
        name=written["partnership"].str.casefold(),
    ).astype({"label": "str"})
    ranked = told.sort_values(["place", "strand", "name"], kind="stable")
    return ranked[list(COLUMNS)].reset_index(drop=True)


def counted_comments(survey: Survey, question: str | None = None) -> pd.DataFrame:
    """Return the rows of ``comments`` that can be counted: none of a reconstructed round.

    There the only comments are those that a published report happens to repeat.
    """
    written = comments(survey, question)
    return written.iloc[:0] if survey.round.provenance == "reconstructed" else written


def comment_rates(survey: Survey, question: str | None = None) -> pd.DataFrame:
    """Return how many of those who ticked an option commented on it.

    One row per question with comments, option and strand (``all``, ``1``, ``2``), in the order of
    ``option_shares``. Columns: question, option, label, strand, selected (partnerships that
    ticked the option), commented (those of them that wrote a comment beside it), rate (commented
    / selected, a fraction; missing where nobody ticked). No rows for a reconstructed round, whose
    comments were not published. Raises ``RoundError`` for a question that is none with comments.
    """
    if survey.round.provenance == "reconstructed":
        return _typed(pd.DataFrame(columns=list(RATES)))
    shares = [option_shares(survey, name) for name in _asked(survey, question)]
    if not shares:
        return _typed(pd.DataFrame(columns=list(RATES)))
    written = counted_comments(survey, question)
    keys = ["question", "option", "strand"]
    counts = pd.concat([in_strand(written, it).assign(strand=it) for it in STRANDS]).value_counts(
        keys
    )
    rows = pd.concat(shares, ignore_index=True).join(counts.rename("commented"), on=keys)
    rows = rows.assign(commented=rows["commented"].fillna(0))
    return _typed(
        rows.assign(rate=rows["commented"] / rows["selected"].mask(rows["selected"] == 0))
    )


def comment_totals(survey: Survey) -> pd.DataFrame:
    """Return how many comments each question has, one row per question with comments.

    Columns: question, ticks, commented (ticks with a comment), partnerships (that ticked
    anything), wrote (those of them that commented), provenance, written (comments in the data,
    which in a reconstructed round are no count). Questions nobody answered are left out.
    """
    written = comments(survey)
    rates = comment_rates(survey)
    ticked = survey.choices.loc[survey.choices["selected"].fillna(False).astype(bool)]
    rows = []
    for question in _asked(survey, None):
        of_all = rates.loc[(rates["question"] == question) & (rates["strand"] == "all")]
        own = written.loc[written["question"] == question]
        rows.append(
            {
                "question": question,
                "ticks": int(of_all["selected"].sum()),
                "commented": int(of_all["commented"].sum()),
                "partnerships": ticked.loc[ticked["question"] == question, "partnership"].nunique(),
                "wrote": own["partnership"].nunique(),
                "provenance": survey.round.provenance,
                "written": len(own),
            }
        )
    columns = ["question", "ticks", "commented", "partnerships", "wrote", "provenance", "written"]
    return pd.DataFrame(rows, columns=columns)


def permitted_comments(survey: Survey, question: str | None = None) -> pd.DataFrame:
    """Return the comments that may be printed word for word, one row per comment.

    Columns as ``comments``: those with a row in ``permissions.csv`` that names who permitted it.
    Raises as ``comments``.
    """
    written, given = comments(survey, question), survey.permissions
    given = given.loc[given["permitted_by"].fillna("") != ""]
    allowed = set(zip(given["response"], given["question"], given["option"], strict=True))
    keys = zip(written["partnership"], written["question"], written["option"], strict=True)
    return written.loc[[key in allowed for key in keys]].reset_index(drop=True)


def _typed(rows: pd.DataFrame) -> pd.DataFrame:
    types = {"selected": "int64", "commented": "int64", "rate": "Float64"}
    return rows.loc[:, list(RATES)].astype(types).reset_index(drop=True)


def _questions(survey: Survey, question: str | None) -> dict[str, dict[str, str]]:
    """Return the labels of the options of each question with comments, in the form's order."""
    form = survey.questionnaire.questions(COMMENTED)
    labels = {it.id: it.labels for it in form if not it.options_from}
    if question is None:
        return labels
    found = survey.questionnaire.question(question)
    if found.id not in labels:
        expected = f"one of {', '.join(labels)}"
        raise RoundError(
            [Fault(f"{question} is no question with comments", "the question asked for", expected)]
        )
    return {found.id: labels[found.id]}


def _asked(survey: Survey, question: str | None) -> list[str]:
    answered = set(survey.choices["question"])
    return [name for name in _questions(survey, question) if name in answered]
