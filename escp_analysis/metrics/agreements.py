"""Cooperation agreements: whom with, where, and in which unit they are counted."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from escp_analysis.errors import Fault, RoundError

if TYPE_CHECKING:
    from escp_analysis.loaders.survey import Survey

EU = "EU"
COLUMNS = ("partnership", "strand", "counterpart", "country", "country_code", "country_group")
COLUMNS += ("organisation_type", "organisation_type_other", "sector", "objective")
TOTALS = ("dimension", "group", "agreements", "partnerships", "counterparts")
# What people write for a country that ISO 3166 does not list; the EU is a legal answer.
_WRITTEN = {"eu": EU, "european union": EU, "us": "US", "usa": "US", "uk": "GB"}


def agreements(survey: Survey) -> pd.DataFrame:
    """Return the cooperation agreements of a round, one row per agreement reported.

    Columns: partnership, strand, counterpart, country (as written), country_code (ISO 3166
    alpha-2, or ``EU`` where the European Union was written), country_group (``EU`` or ``third``,
    by membership on the day the survey closed), organisation_type (option id),
    organisation_type_other, sector, objective. Sorted by partnership, cases in the order
    answered. Blank answers stay missing; a blank country has neither code nor group. Raises
    ``RoundError`` naming every country that cannot be read. Source: Table 1 of D5.5.
    """
    rows = survey.agreements.sort_values(
        ["partnership", "case"], key=lambda column: column.map(_folded), kind="stable"
    )
    codes = _country_codes(rows["country"])
    members = _members(survey)
    groups = codes.map(lambda code: None if code is None else _group(code, members))
    named = rows.assign(country_code=codes.astype("str"), country_group=groups.astype("str"))
    return named.loc[:, list(COLUMNS)].reset_index(drop=True)


def agreement_totals(survey: Survey) -> pd.DataFrame:
    """Return the agreements counted in three units: agreements, partnerships, counterparts.

    One row per group. Columns: dimension (``all``, ``strand``, ``organisation_type``,
    ``country_group``, ``country``, ``sector``), group (the raw text; a type's label), agreements,
    partnerships, counterparts (organisations named, by exact name). Groups are sorted by
    agreements, ties by name; types nobody named stay, with zeros. Source: section 2.3.1 of D5.5.
    """
    rows = agreements(survey)
    types = survey.questionnaire.question("agreements").parts("organisation_type")[0].labels
    rows = rows.assign(organisation_type=rows["organisation_type"].map(types))
    parts = [_total("all", "all", rows)]
    for dimension in ("strand", "organisation_type", "country_group", "country", "sector"):
        groups = (
            types.values()
            if dimension == "organisation_type"
            else rows[dimension].dropna().unique()
        )
        found = [_total(dimension, group, rows.loc[rows[dimension] == group]) for group in groups]
        parts += sorted(found, key=lambda row: (-row["agreements"], str(row["group"])))
    return pd.DataFrame(parts, columns=list(TOTALS))


def agreement_findings(survey: Survey) -> pd.DataFrame:
    """Return what to keep in mind when counting agreements, one row per point.

    Columns: partnership, point (what was seen), effect (what it does to the count). Looks for a
    claimed number that differs from the rows, a counterpart that is itself a partnership, and
    rows of one partnership that share one objective and may be one agreement of several parties.
    """
    rows = agreements(survey)
    points = [*_claimed(survey, rows), *_partnerships(survey, rows), *_shared(rows)]
    return pd.DataFrame(points, columns=["partnership", "point", "effect"])


@cache
def country_code(text: str) -> str | None:
    """Return the ISO 3166 alpha-2 code of a country as written, or ``None`` when unknown."""
    import pycountry  # noqa: PLC0415  (a large table, read only where countries are)

    written = " ".join(text.split())
    if written.casefold() in _WRITTEN:
        return _WRITTEN[written.casefold()]
    try:
        return str(pycountry.countries.lookup(written).alpha_2)
    except LookupError:
        return None


def _folded(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def _country_codes(countries: pd.Series[str]) -> pd.Series[Any]:
    given = countries.dropna().unique()
    unknown = [text for text in given if country_code(text) is None]
    if unknown:
        raise RoundError(
            Fault(
                f"the country {text!r} is not known",
                "responses, question agreements, field country",
                "a country's English name or ISO code, or EU",
                "correct the spelling through a recode, or add the name to the registry",
            )
            for text in unknown
        )
    return countries.map(lambda text: None if pd.isna(text) else country_code(text)).astype(object)


def _members(survey: Survey) -> frozenset[str]:
    """Return the codes of the member states on the day the survey closed."""
    day = survey.round.closed.isoformat()
    table = survey.eu_membership
    if table.empty:
        what = "no state is listed as a member of the European Union"
        raise RoundError([Fault(what, "data/registry/eu_membership.csv", "one row per state")])
    inside = (table["joined"] <= day) & ((table["left"] == "") | (table["left"] > day))
    return frozenset(table.loc[inside, "country_code"])


def _group(code: str, members: frozenset[str]) -> str:
    return "EU" if code == EU or code in members else "third"


def _total(dimension: str, group: str, rows: pd.DataFrame) -> dict[str, Any]:
    return {
        "dimension": dimension,
        "group": group,
        "agreements": len(rows),
        "partnerships": rows["partnership"].nunique(),
        "counterparts": rows["counterpart"].nunique(),
    }


def _claimed(survey: Survey, rows: pd.DataFrame) -> Iterator[dict[str, str]]:
    claims = survey.answers.loc[survey.answers["question"] == "agreement_count"].dropna(
        subset="number"
    )
    counted = rows["partnership"].value_counts()
    for claim in claims.to_dict("records"):
        described = int(counted.get(claim["partnership"], 0))
        if int(claim["number"]) != described:
            yield {
                "partnership": claim["partnership"],
                "point": f"claims {int(claim['number'])} agreements and describes {described}",
                "effect": "the table counts those described",
            }


def _partnerships(survey: Survey, rows: pd.DataFrame) -> Iterator[dict[str, str]]:
    for row in rows.dropna(subset="counterpart").to_dict("records"):
        named = survey.registry.match(row["counterpart"])
        if isinstance(named, str):
            yield {
                "partnership": row["partnership"],
                "point": f"the counterpart {row['counterpart']} is the partnership {named}",
                "effect": "the form asks for other partnerships elsewhere; one fewer without it",
            }


def _shared(rows: pd.DataFrame) -> Iterator[dict[str, str]]:
    described = rows.dropna(subset="objective")
    for (partnership, _), group in described.groupby(["partnership", "objective"], sort=False):
        if len(group) > 1:
            parties = ", ".join(group["counterpart"])
            yield {
                "partnership": str(partnership),
                "point": f"{len(group)} rows share one objective: {parties}",
                "effect": f"{len(group) - 1} fewer if they are one agreement of several parties",
            }
