"""Coded comments: how many respondents were given each code, and how far two coders agree."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pandas as pd

from escp_analysis.metrics.comments import counted_comments
from escp_analysis.metrics.funnel import STRANDS, in_strand

if TYPE_CHECKING:
    from escp_analysis.loaders.survey import Survey

COUNTS = (
    *("question", "code", "label", "definition", "example", "strand"),
    *("respondents", "base", "share", "coded"),
)
AGREEMENT = (
    *("first", "second", "code", "label", "comments", "both", "one", "neither"),
    *("agreement", "kappa", "reason"),
)
SAME_THROUGHOUT = "both coders gave the code to every comment"
NEVER = "neither coder gave the code to any of these comments"
NONE_SHARED = "no comments were coded by both"


def code_counts(survey: Survey, question: str | None = None) -> pd.DataFrame:
    """Return how many respondents were given each code, by question and strand.

    One row per question with coded comments, code used there and strand (``all``, ``1``, ``2``);
    questions in the order of the form, codes in that of the codebook. Columns: question, code,
    label, definition, example, strand, respondents (partnerships that any coder gave the code;
    each counts once, whoever gave it and how often), base (partnerships that wrote a comment on
    the question beside an option they ticked), share (respondents / base), coded (partnerships of
    the base that were given any code). No rows for a reconstructed round. Raises as ``comments``.
    """
    written = counted_comments(survey, question).drop_duplicates(["question", "partnership"])
    wrote = written[["question", "partnership", "strand"]]
    coding = survey.coding.rename(columns={"response": "partnership"})
    given = coding.merge(wrote, on=["question", "partnership"])
    given = given.drop_duplicates(["question", "partnership", "code"])
    rows = [
        row
        for asked in wrote["question"].drop_duplicates()
        for row in _of_question(
            survey.codebook,
            given.loc[given["question"] == asked],
            wrote.loc[wrote["question"] == asked],
        )
    ]
    table = pd.DataFrame(rows, columns=list(COUNTS))
    return table.astype({"respondents": "int64", "base": "int64", "share": "Float64"})


def coder_agreement(survey: Survey) -> pd.DataFrame:
    """Return how far two coders agree on each code, over the comments both of them coded.

    A comment is what one partnership wrote on one question; a coder coded it who gave it a code.
    One row per pair of coders and code that either of them used. Columns: first, second (the
    coders as ``coding.csv`` names them), code, label, comments (coded by both), both, one,
    neither (comments to which both, only one, none of the two gave the code), agreement ((both +
    neither) / comments), kappa (Cohen's, from the same table), reason (why kappa is missing:
    no comment was coded by both, or each coder gave the code to all of them or to none, so that
    chance alone would agree as well). No rows for a reconstructed round, or for one coder.
    """
    written = counted_comments(survey)
    units = set(zip(written["partnership"], written["question"], strict=True))
    given: dict[str, dict[tuple[str, str], set[str]]] = {}
    for row in survey.coding.to_dict("records"):
        unit = (str(row["response"]), str(row["question"]))
        if unit in units:
            given.setdefault(str(row["coder"]), {}).setdefault(unit, set()).add(str(row["code"]))
    labels = dict(zip(survey.codebook["code"], survey.codebook["label"], strict=True))
    rows = [
        {"first": first, "second": second, "code": code, "label": label}
        | _agreed(given[first], given[second], str(code))
        for first, second in combinations(given, 2)
        for code, label in labels.items()
        if any(code in codes for it in (first, second) for codes in given[it].values())
    ]
    table = pd.DataFrame(rows, columns=list(AGREEMENT))
    return table.astype({"agreement": "Float64", "kappa": "Float64"})


def _of_question(
    codebook: pd.DataFrame, given: pd.DataFrame, wrote: pd.DataFrame
) -> Iterator[dict[str, Any]]:
    for entry in codebook.loc[codebook["code"].isin(given["code"])].to_dict("records"):
        for strand in STRANDS:
            base = len(in_strand(wrote, strand))
            coded = in_strand(given, strand)
            count = int((coded["code"] == entry["code"]).sum())
            yield {str(name): cell for name, cell in entry.items()} | {
                "question": wrote["question"].iloc[0],
                "strand": strand,
                "respondents": count,
                "base": base,
                "share": count / base if base else pd.NA,
                "coded": coded["partnership"].nunique(),
            }


def _agreed(
    first: dict[tuple[str, str], set[str]], second: dict[tuple[str, str], set[str]], code: str
) -> dict[str, Any]:
    """Return how two coders agree on a code, over the comments that both of them coded."""
    shared = [(code in first[unit], code in second[unit]) for unit in first if unit in second]
    both, neither = shared.count((True, True)), shared.count((False, False))
    one = len(shared) - both - neither
    counts = {"comments": len(shared), "both": both, "one": one, "neither": neither}
    if not shared:
        return counts | {"agreement": pd.NA, "kappa": pd.NA, "reason": NONE_SHARED}
    agreement = (both + neither) / len(shared)
    reason = {both: SAME_THROUGHOUT, neither: NEVER}.get(len(shared), "")
    kappa = pd.NA if reason else _kappa(shared)
    return counts | {"agreement": agreement, "kappa": kappa, "reason": reason}


def _kappa(shared: list[tuple[bool, bool]]) -> float:
    from statsmodels.stats.inter_rater import cohens_kappa  # noqa: PLC0415  (slow, rarely needed)

    table = [[shared.count((a, b)) for b in (True, False)] for a in (True, False)]
    return float(cohens_kappa(table, return_results=False))
