"""Exact tests of the difference between the strands: exploratory, for the methods annex only.

The strands have different aims, so a difference may be by design; none of these numbers stands
beside a figure of a chapter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import comb
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.stats import boschloo_exact, permutation_test
from statsmodels.stats.multitest import multipletests

from escp_analysis.errors import Fault, RoundError
from escp_analysis.loaders.wording import advice
from escp_analysis.metrics.funnel import STRANDS
from escp_analysis.metrics.options import option_shares

if TYPE_CHECKING:
    import numpy.typing as npt

    from escp_analysis.loaders.survey import Survey

# 14 + 9, the whole frame of the first round, has 817,190 relabellings; beyond this number an
# enumeration takes longer than the rest of the report.
_ENUMERABLE = 1_000_000
_DRAWN = 99_999
_SEED = 2018
_BATCH = 10_000

_ITEM_COLUMNS = [
    *("option", "label", "selected_1", "base_1", "selected_2", "base_2"),
    *("difference", "p", "p_holm"),
]


def strand_tests(survey: Survey, questions: Sequence[str] | None = None) -> pd.DataFrame:
    """Return one exact permutation test of strand 1 against strand 2 per multi-select question.

    One row per question: ``question``, ``base_1`` and ``base_2`` (partnerships of each strand
    that reached it; those of no strand are left out), ``statistic`` (sum over the options,
    ``other`` among them, of the squared difference of the strands' shares), ``relabellings``
    (ways to hand the strand labels to whole respondents, the observed one included), ``exact``
    (whether each was looked at; beyond a million, 99,999 are drawn from a fixed seed) and ``p``
    (fraction of relabellings whose statistic is at least the observed). Relabelling whole
    respondents keeps the dependence between options. A strand of fewer than two respondents is
    not compared: statistic and p are NA. Where every respondent ticked alike p is 1.
    Without ``questions``, every multi-select question of the survey. Raises ``RoundError``
    naming each question asked for that is none.
    """
    known = list(survey.boxes.questions)
    asked = known if questions is None else list(questions)
    _refuse_unknown(asked, known)
    rows = [{"question": question} | _strand_test(survey, question) for question in asked]
    columns = ["question", "base_1", "base_2", "statistic", "relabellings", "exact", "p"]
    table = pd.DataFrame(rows, columns=columns)
    return table.astype({"question": "str", "statistic": "Float64", "p": "Float64"})


def item_tests(survey: Survey, question: str) -> pd.DataFrame:
    """Return Boschloo's exact test of strand 1 against strand 2 for each option of a question.

    One row per option, in the order of ``option_shares``: ``option``, ``label``,
    ``selected_1``, ``base_1``, ``selected_2``, ``base_2`` (partnerships), ``difference`` (share
    of strand 2 less share of strand 1, in percentage points), ``p`` (two-sided: twice the
    smaller one-sided p, at most 1) and ``p_holm`` (adjusted by Holm over all options of the
    question). An option that nobody or everybody ticked shows no difference: its p is 1 by
    rule, and it stays among those adjusted for. When a strand has no respondent, difference and
    both p are NA. Raises as ``option_shares`` does.
    """
    shares = option_shares(survey, question)
    first, second = (shares.loc[shares["strand"] == strand] for strand in ("1", "2"))
    rows = first.merge(second, on=["option", "label"], suffixes=("_1", "_2"))
    rows["difference"] = (rows["share_2"] - rows["share_1"]) * 100
    counts = rows[["selected_1", "base_1", "selected_2", "base_2"]].itertuples(index=False)
    rows["p"] = pd.array([_boschloo(*row) for row in counts], dtype="Float64")
    rows["p_holm"] = _holm(rows["p"])
    return rows.loc[:, _ITEM_COLUMNS]


def _refuse_unknown(asked: Sequence[str], known: Sequence[str]) -> None:
    faults = [
        Fault(
            what=f"{question!r} is not a multi-select question of the survey",
            where="the questions asked for",
            expected=f"one of {', '.join(known)}",
            do=advice(question, known),
        )
        for question in asked
        if question not in known
    ]
    if faults:
        raise RoundError(faults)


def _strand_test(survey: Survey, question: str) -> dict[str, Any]:
    first, second = (_ticks(survey, question, strand) for strand in STRANDS[1:])
    base_1, base_2 = len(first), len(second)
    relabellings = comb(base_1 + base_2, base_1)
    exact = relabellings <= _ENUMERABLE
    result = {"base_1": base_1, "base_2": base_2, "relabellings": relabellings, "exact": exact}
    if min(base_1, base_2) < 2:
        return result | {"statistic": pd.NA, "p": pd.NA}
    test = permutation_test(
        (np.arange(base_1), np.arange(base_1, base_1 + base_2)),
        _scaled_statistic(np.concatenate([first, second])),
        vectorized=True,
        n_resamples=np.inf if exact else _DRAWN,
        batch=_BATCH,
        alternative="greater",
        rng=np.random.default_rng(_SEED),
    )
    return result | {"statistic": test.statistic / (base_1 * base_2) ** 2, "p": test.pvalue}


def _ticks(survey: Survey, question: str, strand: str) -> npt.NDArray[np.int_]:
    """Return one row of 0 and 1 per respondent of a strand, in the order of their names."""
    boxes = survey.boxes
    asked = boxes.reached_by(question) & boxes.of_strand(strand)
    # Where relabellings are drawn, p depends on the order of the respondents.
    order = boxes.who["partnership"].loc[asked].sort_values().index
    ticks = [boxes.selected_by(question, option) for option in boxes.options_of(question)]
    return np.column_stack(ticks)[order].astype(int)


def _scaled_statistic(ticks: npt.NDArray[np.int_]) -> Callable[..., npt.NDArray[np.int_]]:
    """Return the statistic times the square of both bases, a whole number: ties stay ties."""
    totals = ticks.sum(axis=0)

    def statistic(
        first: npt.NDArray[np.int_], second: npt.NDArray[np.int_], axis: int
    ) -> npt.NDArray[np.int_]:
        """Return the statistic of one split of the partnerships, or of many at once."""
        base_1, base_2 = first.shape[axis], second.shape[axis]
        selected_1 = ticks[first].sum(axis=axis - 1)
        difference = selected_1 * base_2 - (totals - selected_1) * base_1
        return np.asarray((difference**2).sum(axis=-1))

    return statistic


def _boschloo(selected_1: int, base_1: int, selected_2: int, base_2: int) -> float | None:
    """Return the two-sided p; scipy takes each group, here each strand, as a column."""
    if not base_1 or not base_2:
        return None
    if selected_1 + selected_2 in (0, base_1 + base_2):
        return 1.0
    table = [[selected_1, selected_2], [base_1 - selected_1, base_2 - selected_2]]
    return float(boschloo_exact(table).pvalue)


def _holm(p: pd.Series) -> pd.Series:
    if p.isna().any():
        return p
    adjusted = multipletests(p.to_numpy(dtype=float), method="holm")[1]
    return pd.Series(adjusted, index=p.index, dtype="Float64")
