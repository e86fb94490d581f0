"""How far a count could move if every partnership whose answer is not known had given one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from escp_analysis.errors import Fault, RoundError
from escp_analysis.metrics.funnel import invited
from escp_analysis.metrics.options import option_shares

if TYPE_CHECKING:
    from escp_analysis.loaders.survey import Survey

_COLUMNS = [
    *("option", "label", "strand", "selected", "base", "invited", "silent"),
    *("lowest", "highest", "lowest_share", "highest_share"),
]


def silent_bounds(survey: Survey, question: str) -> pd.DataFrame:
    """Return how few and how many of the invited partnerships an option can hold for.

    One row per option and strand: ``all``, and ``1`` and ``2`` only when the frame gives the
    strand of each invited partnership. ``option``, ``label``, ``strand``; ``selected`` and
    ``base`` as in ``option_shares``; ``invited`` (partnerships in the frame), ``silent`` (those
    whose answer is not known), ``lowest`` (= selected) and ``highest`` (= selected + silent), in
    partnerships; ``lowest_share`` and ``highest_share``, the same as fractions of ``invited``
    (NA where nobody was). Nothing is assumed about the silent. A partnership to whom the form
    did not show a conditional question, because of its answer to another, is not silent: it is
    known not to have ticked. Raises ``RoundError`` when more partnerships answered than were
    invited, and as ``option_shares`` does. Definition: [k / N, (k + N - n) / N].
    """
    rows = option_shares(survey, question)
    rows["invited"] = rows["strand"].map(invited(survey)).astype("Int64")
    rows = rows.loc[rows["invited"].notna()].reset_index(drop=True)
    settled = rows["strand"].map(_ruled_out(survey, question)).fillna(0).astype(int)
    rows["silent"] = rows["invited"] - rows["base"] - settled
    _refuse_more_answers_than_invited(rows, question)
    rows["lowest"] = rows["selected"]
    rows["highest"] = rows["selected"] + rows["silent"]
    for bound in ("lowest", "highest"):
        rows[f"{bound}_share"] = rows[bound] / rows["invited"].mask(rows["invited"] == 0)
    return rows.loc[:, _COLUMNS]


def _ruled_out(survey: Survey, question: str) -> pd.Series[int]:
    """Count, per strand, those whose answer to the condition kept the question from them."""
    condition = survey.questionnaire.question(question).condition
    if condition is None:
        return pd.Series({"all": 0})
    answers = survey.answers.loc[survey.answers["question"] == condition.question]
    other_answer = answers["value"].notna() & (answers["value"] != condition.equals)
    strands = answers.loc[other_answer, "strand"]
    return pd.concat([pd.Series({"all": len(strands)}), strands.value_counts()])


def _refuse_more_answers_than_invited(rows: pd.DataFrame, question: str) -> None:
    rows = rows.assign(answered=rows["invited"] - rows["silent"])
    over = rows.loc[rows["silent"] < 0].drop_duplicates("strand")
    faults = [
        Fault(
            what=f"{answered} partnerships answered {question}, {size} were invited",
            where=f"roster of the round, strand {strand}",
            expected="no more answers than invited partnerships",
            do="Add the missing partnerships to the roster, or correct their strand.",
        )
        for strand, answered, size in zip(
            over["strand"], over["answered"], over["invited"], strict=True
        )
    ]
    if faults:
        raise RoundError(faults)
