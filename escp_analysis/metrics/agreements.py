"""Cooperation agreements: whom with, where, and in which unit they are counted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd

from escp_analysis.errors import RoundError
from escp_analysis.loaders.registry import RELATED
from escp_analysis.loaders.wording import key
from escp_analysis.metrics.collaborations import reports
from escp_analysis.metrics.countries import (
    country_code,
    country_group,
    member_states,
    unknown_country,
)

if TYPE_CHECKING:
    from escp_analysis.loaders.registry import Registry
    from escp_analysis.loaders.survey import Survey

COUNTRY = "agreements.country"
COLUMNS = (
    *("partnership", "strand", "counterpart", "country", "country_code", "country_group"),
    *("organisation_type", "organisation_type_other", "sector", "objective"),
)
TOTALS = ("dimension", "group", "agreements", "partnerships", "counterparts")


def agreements(survey: Survey) -> pd.DataFrame:
    """Return the cooperation agreements of a round, one row per agreement reported.

    Columns: partnership, strand, counterpart, country (as written), country_code (ISO 3166
    alpha-2, or ``EU`` where the European Union was written), country_group (``EU`` or ``third``,
    by membership on the day the survey closed), organisation_type (option id),
    organisation_type_other, sector, objective. Sorted by partnership, cases in the order
    answered. Blank answers stay missing; a blank country has neither code nor group. A recode of
    ``agreements.country`` decides how a country is read, or that the text names none, and leaves
    it as written. Raises
    ``RoundError`` with every country that cannot be read. Source: Table 1 of D5.5.
    """
    rows = survey.agreements.sort_values(
        ["partnership", "case"], key=lambda column: column.map(_folded), kind="stable"
    )
    codes = _country_codes(survey, rows)
    members = member_states(survey)
    groups = codes.map(lambda code: country_group(code, members), na_action="ignore")
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
    claimed number that differs from the rows, a counterpart that is a partnership or related to
    one (and whether it is reported as a collaboration too), and rows of one partnership that
    share one objective and may be one agreement of several parties; a blank objective is shared
    with none. Source: section 2.3.1 of D5.5.
    """
    rows = agreements(survey)
    points = [*_claimed(survey, rows), *_partnerships(survey, rows), *_shared(rows)]
    return pd.DataFrame(points, columns=["partnership", "point", "effect"])


def _folded(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def _country_codes(survey: Survey, rows: pd.DataFrame) -> pd.Series[Any]:
    """Return the code of each row's country, missing where the country is blank."""
    decided = survey.recodes.loc[survey.recodes["question"] == COUNTRY].to_dict("records")
    read_as = {(row["response"], row["raw_text"]): row["target"] for row in decided}
    named = rows.dropna(subset="country")
    read = pd.Series(
        [
            read_as.get((partnership, written.strip()), written)
            for partnership, written in zip(named["partnership"], named["country"], strict=True)
        ],
        index=named.index,
        dtype=object,
    )
    named, read = named.loc[read != ""], read.loc[read != ""]  # set aside: it has no target
    codes = pd.Series([country_code(text) for text in read], index=named.index, dtype=object)
    unknown = named.assign(country=read).loc[codes.isna()]
    if len(unknown):
        raise RoundError(
            unknown_country(
                row["country"], f"agreements of {row['partnership']}, case {row['case']}, country"
            )
            for row in unknown.to_dict("records")
        )
    return codes.reindex(rows.index)


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
        if claim["number"] != described:
            yield {
                "partnership": claim["partnership"],
                "point": f"claims {claim['value']} agreements and describes {described}",
                "effect": "the table counts those described",
            }


def _partnerships(survey: Survey, rows: pd.DataFrame) -> Iterator[dict[str, str]]:
    reported = reports(survey)
    pairs = set(zip(reported["reporter"], reported["counterpart"], strict=True))
    for row in rows.dropna(subset="counterpart").to_dict("records"):
        name, relation = _partnership(survey.registry, row["counterpart"])
        if not name:
            continue
        also = ", where it is reported too" if (row["partnership"], name) in pairs else ""
        yield {
            "partnership": row["partnership"],
            "point": f"the counterpart {row['counterpart']} is {relation} {name}",
            "effect": f"the form asks for other partnerships elsewhere{also}; one fewer without it",
        }


def _partnership(registry: Registry, text: str) -> tuple[str, str]:
    """Return the partnership a counterpart is or is related to, and which; blank for neither."""
    found = registry.match(text)
    if isinstance(found, str):
        return found, "the partnership"
    links = registry.aliases.loc[registry.aliases["relation"] == RELATED]
    linked = links.loc[links["alias"].map(key) == key(text), "name"]
    return (linked.iloc[0], "related to the partnership") if len(linked) else ("", "")


def _shared(rows: pd.DataFrame) -> Iterator[dict[str, str]]:
    described = rows.dropna(subset="objective")
    for (partnership, _), group in described.groupby(["partnership", "objective"], sort=False):
        if len(group) > 1:
            parties = ", ".join(group["counterpart"].fillna("no name"))
            yield {
                "partnership": str(partnership),
                "point": f"{len(group)} rows share one objective: {parties}",
                "effect": f"{len(group) - 1} fewer if they are one agreement of several parties",
            }
