"""Verdicts: every published claim held against the evidence of a round."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd

from escp_analysis.errors import Fault, RoundError
from escp_analysis.loaders.claims import NOT_ASKED, UNANSWERED, Check, parse_checks
from escp_analysis.loaders.wording import advice
from escp_analysis.metrics.claims.checks import CHECKS, Case, Outcome, family
from escp_analysis.metrics.claims.evidence import ANSWERS, DOCUMENT, Measure, evidence

if TYPE_CHECKING:
    from escp_analysis.loaders.survey import Survey

REPRODUCED, CONSISTENT, CONTRADICTED = "reproduced", "consistent", "contradicted"
NOT_CHECKABLE, NOT_IN_THE_DATA = "not checkable", "not in the data"
VERDICTS = (REPRODUCED, CONSISTENT, CONTRADICTED, NOT_CHECKABLE, NOT_IN_THE_DATA)
COLUMNS = (
    *("id", "section", "claim", "published", "computed", "verdict", "note"),
    *("unit", "computed_from"),
)


def claims(survey: Survey, published: pd.DataFrame) -> pd.DataFrame:
    """Return whether the round's data bear out each published claim, one row per claim.

    ``published`` is what ``loaders.claims.read_claims`` returns. Columns, all text, blank where
    there is nothing: id, section, claim, published (as printed), computed, verdict
    (``reproduced``: the computed value is the published one; ``consistent``: the data satisfy a
    bound, a wording or a rounding that fixes no value; ``contradicted``: the data or the report
    itself say otherwise; ``not checkable``: no source in the project, or too ambiguous; ``not in
    the data``: not asked, or nothing published), note (bases, ties, readings, reasons), unit,
    computed_from (where the computed value comes from). Raises ``RoundError`` with every value
    that a check names and the round does not have. Definition: ``data/claims/README.md``.
    """
    return verdicts(published, evidence(survey))


def verdicts(published: pd.DataFrame, found: Mapping[str, Measure]) -> pd.DataFrame:
    """Return the verdict on each published claim, given every value a check may name.

    Rows, columns and errors as ``claims``.
    """
    rows = [dict(zip(published.columns, row, strict=True)) for row in published.to_numpy()]
    faults = [fault for row in rows for fault in _unknown(row, found)]
    if faults:
        raise RoundError(faults)
    printed = {row["id"]: row["published"] for row in rows}
    judged = [row | _judge(row, Case(row["published"], found, printed)) for row in rows]
    return pd.DataFrame(judged, columns=list(COLUMNS), dtype="str")


def claim_totals(table: pd.DataFrame) -> pd.DataFrame:
    """Return how many claims have each verdict, verdicts without a claim included.

    One row per verdict. Columns: verdict, claims, from_answers (those of them whose value was
    computed from the answers of the round, reconstructed or not).
    """
    answers = table["computed_from"].str.contains(ANSWERS)
    rows = [
        (verdict, int(same.sum()), int((same & answers).sum()))
        for verdict in VERDICTS
        for same in [table["verdict"] == verdict]
    ]
    return pd.DataFrame(rows, columns=["verdict", "claims", "from_answers"])


def claims_note(survey: Survey) -> str:
    """Return the sentence to print under the claims of a round, blank for collected answers."""
    if survey.round.provenance == "collected":
        return ""
    return (
        f"The answers of this round are {survey.round.provenance} so that they fit what the "
        f"report prints: {REPRODUCED!r} for a value computed from them says that they do, not "
        "that the statement was verified independently."
    )


def _judge(row: Mapping[str, str], case: Case) -> dict[str, str]:
    checks = parse_checks(row["check"])
    if not checks:
        return _without(NOT_CHECKABLE, "", row["reason"])
    if checks[0].word in UNANSWERED:
        return _without(NOT_IN_THE_DATA, _unanswered(checks[0], case), row["reason"])
    outcomes = [CHECKS[check.word](case, *check.arguments) for check in checks]
    notes = dict.fromkeys(note for outcome in outcomes for note in outcome.notes)
    return {
        "computed": outcomes[0].computed,
        "verdict": _verdict(outcomes),
        "note": "; ".join([*notes, *([row["reason"]] if row["reason"] else [])]),
        "computed_from": _source(checks[0], case.evidence),
    }


def _verdict(outcomes: list[Outcome]) -> str:
    if not all(outcome.holds for outcome in outcomes):
        return CONTRADICTED
    return REPRODUCED if any(outcome.fixes for outcome in outcomes) else CONSISTENT


def _without(verdict: str, note: str, reason: str) -> dict[str, str]:
    text = "; ".join(part for part in (note, reason) if part)
    return {"computed": "", "verdict": verdict, "note": text, "computed_from": ""}


def _unanswered(check: Check, case: Case) -> str:
    if check.word == NOT_ASKED:
        return "the form does not ask"
    if not check.arguments:
        return ""
    bars = case.evidence[f"published.{check.arguments[0]}.bars"]
    return f"{bars.value} of {bars.base} bars are fixed by what the text says" if bars.base else ""


def _source(check: Check, found: Mapping[str, Measure]) -> str:
    """Return where the value of a check was computed from."""
    named = [name for kind, argument in check.typed for name in _read(kind, argument, found)]
    sources = [found[name].source for name in named]
    return " and ".join(dict.fromkeys(sources)) or DOCUMENT


def _read(kind: str, argument: str, found: Mapping[str, Measure]) -> list[str]:
    """Return the values an argument stands for; a text, a date or another claim is none."""
    if kind == "family":
        return [argument.replace("*", item) for item in family(found, argument)]
    if kind == "question":
        return [f"summary.{argument}.base.all"]
    return [argument] if argument in found else []


def _unknown(row: Mapping[str, str], found: Mapping[str, Measure]) -> Iterator[Fault]:
    """Yield a fault per name in a claim's checks that the round does not have."""
    for check in parse_checks(row["check"]):
        where = f"claim {row['id']}, check {check.word}"
        for kind, argument in check.typed:
            if kind in _EXPECTED and not _exists(kind, argument, check, found):
                near = advice(argument, _known(kind, check, found))
                what = f"{argument!r} is no {kind} of this round"
                yield Fault(what, where, _EXPECTED[kind], near)


def _exists(kind: str, argument: str, check: Check, found: Mapping[str, Measure]) -> bool:
    if kind in _FITS:
        return argument in found and _FITS[kind](found[argument])
    if kind == "family":
        return bool(family(found, argument))
    return argument in _known(kind, check, found)


def _known(kind: str, check: Check, found: Mapping[str, Measure]) -> list[str]:
    """Return what an argument of a kind may be, or for a family the names it may stand for."""
    if kind == "item":
        return list(family(found, check.arguments[0]))
    if kind == "question":
        return [name.split(".")[1] for name in found if name.startswith("summary.")]
    fits = _FITS.get(kind, _FITS["value"])
    return [name for name, measure in found.items() if fits(measure)]


_FITS: Mapping[str, Callable[[Measure], bool]] = MappingProxyType(
    {
        "value": lambda measure: True,
        "count": lambda measure: isinstance(measure.value, int),
        "share": lambda measure: isinstance(measure.value, int) and measure.base is not None,
        "passage": lambda measure: isinstance(measure.value, str),
    }
)
_EXPECTED: Mapping[str, str] = MappingProxyType(
    {
        "value": "a name of the list in data/claims/README.md",
        "count": "a name of the list in data/claims/README.md that is a number",
        "share": "a name of the list in data/claims/README.md that has a base",
        "passage": "a name of the list in data/claims/README.md that is a text",
        "family": "such a name with * for one part",
        "item": "what * stands for in the family",
        "question": "the id of a multiple choice question",
    }
)
