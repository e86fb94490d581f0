"""The Survey: one round's answers as typed, checked tables, and nothing personal in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from types import MappingProxyType
from typing import Any

import pandas as pd

from escp_analysis.loaders.boxes import Boxes
from escp_analysis.loaders.parameters import Round
from escp_analysis.loaders.question import Questionnaire
from escp_analysis.loaders.registry import Registry

_WHO = {"partnership": "str", "strand": "str"}
_BLOCK = {"organisation_type": "str", "organisation_type_other": "str", "counterpart": "str"}

SCHEMAS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "frame": {"partnership": "str", "programme": "str", "generation": "str", "strand": "str"},
        "responses": {"response": "str"}
        | _WHO
        | {"submitted": "datetime64[s]", "complete": "bool", "last_page": "Int64"},
        "sections": _WHO | {"section": "str", "reached": "bool"},
        "choices": _WHO
        | {"question": "str", "option": "str", "reached": "bool", "selected": "boolean"}
        | {"comment": "str", "other_text": "str"},
        "answers": _WHO
        | {"question": "str", "reached": "bool", "value": "str", "number": "Float64"},
        "agreements": _WHO
        | {"case": "int64"}
        | _BLOCK
        | {"country": "str", "sector": "str", "objective": "str"},
        "sme_examples": _WHO | {"example": "int64", "name": "str", "description": "str"},
        "sme_benefits": _WHO
        | {"example": "int64", "option": "str", "selected": "bool", "other_text": "str"},
        "events": _WHO
        | {"question": "str", "event": "int64", "name": "str", "location": "str"}
        | {"date": "str", "topic": "str"},
        "findings": {"severity": "str", "code": "str", "file": "str", "row": "Int64"}
        | {"column": "str", "partnership": "str", "question": "str", "what": "str", "do": "str"}
        | {"ask": "str"},
        "published": {"question": "str", "option": "str", "strand": "str", "selected": "Int64"}
        | {"lowest": "Int64", "highest": "Int64", "claims": "str", "note": "str"},
        "recodes": {"response": "str", "question": "str", "raw_text": "str", "action": "str"}
        | {"target": "str", "coder": "str", "date": "str", "reason": "str"},
        "facts": {"name": "str", "group": "str", "label": "str", "value": "str"}
        | {"qualifier": "str", "unit": "str", "source": "str", "note": "str"},
        "eu_membership": {"country_code": "str", "joined": "str", "left": "str"},
        "sectors": {"term": "str", "focus": "str"},
        "claims": {"id": "str", "section": "str", "claim": "str", "published": "str"}
        | {"unit": "str", "check": "str", "reason": "str"},
        "commentary": {"file": "str", "section": "str", "markdown": "str"},
        "permissions": {"response": "str", "question": "str", "option": "str"}
        | {"permitted_by": "str", "date": "str"},
        "codebook": {"code": "str", "label": "str", "definition": "str", "example": "str"},
        "coding": {"response": "str", "question": "str", "code": "str", "coder": "str"},
        "regions": {"term": "str", "region": "str"},
        "countries": {"country_code": "str", "region": "str", "terms": "str"},
    }
)
"""Columns and their types, per table of the Survey; ``str`` columns may hold missing values."""

_PROVENANCE = {
    "collected": "",
    "reconstructed": ", responses reconstructed from published statements",
    "synthetic": ", synthetic responses",
}


def typed(name: str, rows: Iterable[Mapping[str, Any]] | pd.DataFrame) -> pd.DataFrame:
    """Return ``rows`` as the Survey's table ``name``, its columns in order and of their types.

    A column that ``rows`` lacks is missing throughout, which a type without missing values
    refuses (``ValueError``).
    """
    schema = SCHEMAS[name]
    drawn = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(list(rows))
    return drawn.reindex(columns=list(schema)).astype(dict(schema)).reset_index(drop=True)


@dataclass(frozen=True)
class Survey:
    """One round of the survey; every table is checked when the Survey is made.

    ``frame``: one row per invited partnership; strand missing where not published.
    ``responses``: one row per response; strand as answered, ``submitted`` missing where the
    survey kept no dates, ``complete`` is whether it was submitted.
    ``sections``: one row per response and section of the questionnaire; ``reached`` is whether
    its page was sent.
    ``boxes``: what was reached, selected and written at every multiple choice question; for
    ``collaborations`` the option is the partnership's name. Counts are made from them.
    ``answers``: one row per response and question answered with one value; yes/no as ``yes`` and
    ``no``, a choice as its option, a number also in ``number``.
    ``agreements``: one row per cooperation case answered. ``sme_examples``: one row per example
    answered; ``sme_benefits``: one row per such example and benefit. ``events``: one row per
    planned event answered. ``findings``: one row per doubt or note about the data; ``ask`` is the
    question it makes to the partnership, missing where only the analyst can mend it.
    ``published``: one row per bar of a reconstructed round, ``selected`` missing where no
    published statement fixes its count, which then lies within ``lowest`` and ``highest``.
    ``recodes``: one row per decision on a raw text, with its reason. ``facts``: one row per cited
    number from outside. ``eu_membership``: one row per state, ``joined`` and ``left`` as dates in
    text, ``left`` blank while a member. ``sectors``: one row per sector term of the registry.
    ``claims``: one row per statement published about the round, blank where there is nothing.
    ``commentary``: one row per file the analyst wrote for the round. ``permissions``: one row per
    comment that may be quoted. ``codebook``: one row per code of comments, ``coding``: one row
    per code that a coder gave to a partnership's comments on a question. ``regions``: one row per
    term for regions of the world, ``countries``: one row per country, with its region.
    Blank texts are missing; words such as ``None`` or ``N/A`` are answers. Rows stand in file
    order, columns and types are those of ``SCHEMAS``. Raises ``ValueError`` where a table
    differs from them.
    """

    round: Round
    questionnaire: Questionnaire
    registry: Registry
    frame: pd.DataFrame
    responses: pd.DataFrame
    sections: pd.DataFrame
    boxes: Boxes
    answers: pd.DataFrame
    agreements: pd.DataFrame
    sme_examples: pd.DataFrame
    sme_benefits: pd.DataFrame
    events: pd.DataFrame
    findings: pd.DataFrame
    published: pd.DataFrame
    recodes: pd.DataFrame = field(default_factory=lambda: typed("recodes", []))
    facts: pd.DataFrame = field(default_factory=lambda: typed("facts", []))
    eu_membership: pd.DataFrame = field(default_factory=lambda: typed("eu_membership", []))
    sectors: pd.DataFrame = field(default_factory=lambda: typed("sectors", []))
    claims: pd.DataFrame = field(default_factory=lambda: typed("claims", []))
    commentary: pd.DataFrame = field(default_factory=lambda: typed("commentary", []))
    permissions: pd.DataFrame = field(default_factory=lambda: typed("permissions", []))
    codebook: pd.DataFrame = field(default_factory=lambda: typed("codebook", []))
    coding: pd.DataFrame = field(default_factory=lambda: typed("coding", []))
    regions: pd.DataFrame = field(default_factory=lambda: typed("regions", []))
    countries: pd.DataFrame = field(default_factory=lambda: typed("countries", []))

    made: dict[str, pd.DataFrame] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """Tables that were counted from it before, by what counted them."""

    def __post_init__(self) -> None:
        tables = [own.name for own in fields(self) if own.name in SCHEMAS]
        wrong = [line for name in tables for line in _differences(name, getattr(self, name))]
        if wrong:
            raise ValueError("; ".join(wrong))

    @cached_property
    def choices(self) -> pd.DataFrame:
        """Return the boxes as a long table, made when first asked for.

        One row per response, multiple choice question and option (``other`` is one), response
        by response; ``selected`` is missing where the question was not reached or not shown,
        ``comment`` and ``other_text`` where nothing was written.
        """
        return typed("choices", self.boxes.long())

    @property
    def source(self) -> str:
        """Return the source line that stands under every figure and table of the round."""
        return (
            "Progress survey of the European Strategic Cluster Partnerships, "
            f"round {self.round.round_id} ({self.round.fieldwork})"
            f"{_PROVENANCE[self.round.provenance]}"
        )

    @property
    def caution(self) -> tuple[str, ...]:
        """Return the sentence to print under tests and bounds; empty for collected answers."""
        if self.round.provenance == "collected":
            return ()
        return (
            f"The answers are {self.round.provenance}: the numbers show the method on one possible "
            "set of answers, and are no finding about the partnerships.",
        )

    def unpublished(self, question: str) -> pd.DataFrame:
        """Return the counts of a question that no published statement fixes.

        Columns: option, strand (``1``, ``2``, ``all``); one row per pair of option and strand.
        Empty unless the round was reconstructed. A pair that the published counts do not mention
        counts as unpublished; a total is published where both its strands are, or where it has a
        row of its own.
        """
        asked = pd.Series(self.boxes.options_of(question), name="option", dtype="str")
        if self.round.provenance != "reconstructed":
            asked = asked.iloc[:0]
        counts = self.published.loc[self.published["question"] == question]
        known = counts.loc[counts["selected"].notna(), ["option", "strand"]]
        fixed = set(known.itertuples(index=False, name=None))
        fixed |= {(option, "all") for option in asked if {(option, "1"), (option, "2")} <= fixed}
        pairs = pd.merge(asked.to_frame(), pd.DataFrame({"strand": ["1", "2", "all"]}), how="cross")
        open_ = [pair not in fixed for pair in pairs.itertuples(index=False, name=None)]
        return pairs.loc[open_].reset_index(drop=True)

    def notes(self, question: str) -> tuple[str, ...]:
        """Return the sentences to print under a figure of the question: how far it is published.

        Empty unless the round was reconstructed, and where every bar's height was published.
        """
        bars = int((self.unpublished(question)["strand"] != "all").sum())
        if not bars:
            return ()
        asked = len(self.boxes.options_of(question)) * 2
        verb = "was" if bars == 1 else "were"
        return (
            f"The counts of {bars} of the {asked} bars (option by strand) {verb} not published; "
            "they are one reconstruction that agrees with every published statement.",
        )


def _differences(name: str, table: pd.DataFrame) -> Iterable[str]:
    expected = dict(SCHEMAS[name])
    found = {str(column): str(dtype) for column, dtype in table.dtypes.items()}
    if list(found) != list(expected):
        yield f"survey.{name}: columns {list(found)}, expected {list(expected)}"
        return
    for column, dtype in expected.items():
        if found[column] != dtype:
            yield f"survey.{name}: column {column} is {found[column]}, expected {dtype}"
