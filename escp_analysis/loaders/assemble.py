"""Assembling the Survey: text cells under bound columns become the typed long tables.

``who`` is partnership and strand of each response, indexed as the answers by row of the file;
every table stands in that order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import TypeVar

import pandas as pd

from escp_analysis.loaders.answers import MULTIPLES, Answers
from escp_analysis.loaders.binding import Bound
from escp_analysis.loaders.boxes import Boxes, unset, written
from escp_analysis.loaders.question import GRID, NUMBER, YES_NO
from escp_analysis.loaders.survey import typed

T = TypeVar("T")
YES_NO_CODES: Mapping[str, str] = MappingProxyType({"Y": "yes", "N": "no"})
DATE = "%Y-%m-%d %H:%M:%S"
NO_DATE = "1980-01-01 00:00:00"
"""What LimeSurvey writes as the date of a complete response where it keeps no dates."""

_IDENTITY = ("partnership", "strand")


def responses(given: Answers, who: pd.DataFrame) -> pd.DataFrame:
    """Return the Survey's table ``responses``: a response with a date of submission is complete."""
    submitted = given.text_of("submitdate")
    dated = submitted.where(submitted != NO_DATE)
    table = who.assign(
        response=given.cells["id"],
        submitted=pd.to_datetime(dated, format=DATE),
        complete=submitted.notna(),
        last_page=pd.to_numeric(given.text_of("lastpage")),
    )
    return _stacked("responses", [table])


def sections(given: Answers, who: pd.DataFrame, letters: Iterable[str]) -> pd.DataFrame:
    """Return the Survey's table ``sections``.

    A section is reached where one of the questions that the form asks without a condition has a
    value, blank or not: a page that was not sent leaves them all NULL.
    """
    parts = []
    for letter in letters:
        always = [it for it in given.columns if it.section == letter and it.always]
        parts.append(who.assign(section=letter, reached=given.reached(always)))
    return _stacked("sections", parts)


def boxes(given: Answers, who: pd.DataFrame) -> Boxes:
    """Return the Survey's boxes.

    A question is reached where any of its boxes or texts has a value, blank or not; every option
    of a reached question is selected or not, and ``other`` is selected by its text.
    """
    asked = dict(_by_question(it for it in given.columns if it.kind in MULTIPLES))
    parts = {
        (question, option): [it for it in bound if it.part == option]
        for question, bound in asked.items()
        for option in _distinct(it.part for it in bound)
    }
    reached, selected = unset(len(who), len(asked)), unset(len(who), len(parts))
    for at, bound in enumerate(asked.values()):
        reached[:, at] = given.reached(bound)
    texts = []
    for at, box in enumerate(parts.values()):
        selected[:, at] = given.ticked(box)
        beside = [it for it in box if it.role != "value"]
        if beside and (held := given.filled(beside)).any():
            texts.append(_texts(given, box, at).loc[held])
    return Boxes(
        who.reset_index(drop=True), tuple(asked), tuple(parts), reached, selected, written(texts)
    )


def _texts(given: Answers, box: Sequence[Bound], at: int) -> pd.DataFrame:
    """Return what was written beside an option, one row per response."""
    comment, other = given.text(box, "comment", "other comment"), given.text(box, "other")
    texts = pd.DataFrame({"comment": comment, "other_text": other})
    return texts.assign(response=range(len(texts)), option=at)


def answers(given: Answers, who: pd.DataFrame) -> pd.DataFrame:
    """Return the Survey's table ``answers``; numbers are printed without needless zeros."""
    single = (it for it in given.columns if it.kind not in (*MULTIPLES, GRID))
    parts = []
    for question, bound in _by_question(it for it in single if it.question not in _IDENTITY):
        value = _value(given, bound)
        number = value.astype("Float64") if bound[0].kind == NUMBER else None
        shown = given.reached(bound)
        parts.append(who.assign(question=question, reached=shown, value=value, number=number))
    return _stacked("answers", parts)


def agreements(given: Answers, who: pd.DataFrame) -> pd.DataFrame:
    """Return the Survey's table ``agreements``: the cases in which any field is filled in."""
    parts = []
    for case, bound in given.copies("agreements"):
        kind = _field(bound, "organisation_type")
        case_rows = who.assign(
            case=case,
            organisation_type=_value(given, kind),
            organisation_type_other=given.text(kind, "other"),
            counterpart=_value(given, _field(bound, "name")),
            country=_value(given, _field(bound, "country")),
            sector=_value(given, _field(bound, "sector")),
            objective=_value(given, _field(bound, "objective")),
        )
        parts.append(case_rows.loc[given.filled(bound)])
    return _stacked("agreements", parts)


def sme_examples(given: Answers, who: pd.DataFrame) -> pd.DataFrame:
    """Return the Survey's table ``sme_examples``: the examples in which anything is filled in."""
    parts = []
    for example, bound in given.copies("sme_examples"):
        example_rows = who.assign(
            example=example,
            name=_value(given, _field(bound, "name")),
            description=_value(given, _field(bound, "description")),
        )
        parts.append(example_rows.loc[given.filled(bound)])
    return _stacked("sme_examples", parts)


def sme_benefits(given: Answers, who: pd.DataFrame) -> pd.DataFrame:
    """Return the Survey's table ``sme_benefits``: every benefit of every example filled in."""
    parts = []
    for example, bound in given.copies("sme_examples"):
        benefits = _field(bound, "benefits")
        for option in _distinct(it.part for it in benefits):
            box = [it for it in benefits if it.part == option]
            selected, other = given.ticked(box), given.text(box, "other")
            rows = who.assign(example=example, option=option, selected=selected, other_text=other)
            parts.append(rows.loc[given.filled(bound)])
    return _stacked("sme_benefits", parts)


def events(given: Answers, who: pd.DataFrame) -> pd.DataFrame:
    """Return the Survey's table ``events``: the rows of the grids in which any cell is filled."""
    parts = []
    for question, grid in _by_question(it for it in given.columns if it.kind == GRID):
        for event in _distinct(it.case for it in grid):
            bound = [it for it in grid if it.case == event]
            texts = {it.part: given.text([it], "value") for it in bound}
            rows = who.assign(question=question, event=event, **texts)
            parts.append(rows.loc[given.filled(bound)])
    return _stacked("events", parts)


def _value(given: Answers, bound: Sequence[Bound]) -> pd.Series[str]:
    """Return a question's answers as the Survey keeps them; missing where blank or NULL."""
    text = given.text(bound, "value")
    if not bound:
        return text
    if bound[0].answers:
        return text.map(dict(bound[0].answers))
    if bound[0].kind == YES_NO:
        return text.map(YES_NO_CODES)
    if bound[0].kind == NUMBER:
        return text.map(lambda number: f"{Decimal(number).normalize():f}", na_action="ignore")
    return text


def _field(bound: Iterable[Bound], name: str) -> list[Bound]:
    return [it for it in bound if it.field == name]


def _by_question(columns: Iterable[Bound]) -> Iterator[tuple[str, list[Bound]]]:
    """Yield each question outside the blocks with its columns."""
    listed = [it for it in columns if not it.field]
    for question in _distinct(it.question for it in listed):
        yield question, [it for it in listed if it.question == question]


def _distinct(items: Iterable[T]) -> list[T]:
    return list(dict.fromkeys(items))


def _stacked(name: str, parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return the parts as one table of the Survey, its rows in file order."""
    if not parts:
        return typed(name, [])
    return typed(name, pd.concat(parts).sort_index(kind="stable"))
