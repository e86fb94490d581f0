"""Third countries and world regions named in comments and planned events, by partnership."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd

from escp_analysis.loaders.question import COMMENTED
from escp_analysis.metrics.countries import EU, country_in, country_name, member_states
from escp_analysis.metrics.funnel import STRANDS, in_strand
from escp_analysis.metrics.place_names import Gazetteer

if TYPE_CHECKING:
    from escp_analysis.loaders.survey import Survey

REGION, COUNTRY = "region", "country"
COLUMNS = ("kind", "region", "place", "country_code", "strand", "partnerships", "base", "share")
_WHO = ["partnership", "strand"]


def places_named(survey: Survey) -> pd.DataFrame:
    """Return the third countries and regions that partnerships name, by how many name them.

    One row per region or country named and strand (``all``, ``1``, ``2``). Columns: kind
    (``region``, ``country``), region (of UN M49, the Americas in two; missing for a country
    without one), place (the region, or the country's English name), country_code (missing for a
    region), strand, partnerships (that name it in any comment beside an option they ticked, or
    in a planned event; each counts once), base (partnerships that wrote a comment or an event),
    share (partnerships / base; missing where the base is zero). A partnership that names a
    country counts for its region too. Member states of the European Union on the day the survey
    closed are no third countries and count for no region. Regions by their counts, ties by name,
    each followed by its countries. ``place_names`` says how names are read. No rows for a
    reconstructed round. Raises ``RoundError`` where countries are named and no member state is
    listed.
    """
    texts = _texts(survey)
    found = pd.DataFrame(_found(survey, texts), columns=["kind", "region", "code", *_WHO])
    rows = [
        row | {"strand": strand, "partnerships": count, "base": base}
        for row, counts in _ranked(found)
        for strand, count in counts.items()
        for base in [in_strand(texts, strand)["partnership"].nunique()]
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    table["share"] = table["partnerships"] / table["base"].mask(table["base"] == 0)
    types = {"region": "str", "country_code": "str", "partnerships": "int64", "base": "int64"}
    return table.astype(types | {"share": "Float64"})


def _texts(survey: Survey) -> pd.DataFrame:
    """Return what is searched: partnership, strand, text and whether it is an event's place."""
    rows = survey.choices
    asked = [question.id for question in survey.questionnaire.questions(COMMENTED)]
    commented = rows["comment"].notna() & rows["question"].isin(asked)
    own = rows.loc[commented & rows["selected"].fillna(False).astype(bool)]
    parts = [own[_WHO].assign(text=own["comment"], located=False)]
    for column in ("name", "location", "topic"):
        told = survey.events.dropna(subset=column)
        parts.append(told[_WHO].assign(text=told[column], located=column == "location"))
    texts = pd.concat(parts, ignore_index=True)
    return texts.iloc[:0] if survey.round.provenance == "reconstructed" else texts


def _found(survey: Survey, texts: pd.DataFrame) -> Iterator[tuple[str, Any, Any, str, Any]]:
    """Yield kind, region, country code, partnership and strand of each place named in a text."""
    gazetteer, inside = Gazetteer.of(survey), frozenset({EU})
    for row in texts.to_dict("records"):
        named = gazetteer.named(str(row["text"]))
        codes = set(named.countries)
        if row["located"] and not codes:
            codes |= {code for code in [country_in(str(row["text"]))] if code}
        if codes and len(inside) == 1:
            inside |= member_states(survey)
        who = str(row["partnership"]), row["strand"]
        for code in sorted(codes - inside):
            region = gazetteer.region_of.get(code, pd.NA)
            yield COUNTRY, region, code, *who
            if pd.notna(region):
                yield REGION, region, pd.NA, *who
        yield from ((REGION, region, pd.NA, *who) for region in sorted(named.regions))


def _ranked(found: pd.DataFrame) -> Iterator[tuple[dict[str, Any], dict[str, int]]]:
    """Yield each region and, behind it, its countries, with their counts by strand."""
    once = found.drop_duplicates(["kind", "region", "code", "partnership"])
    regions = once.loc[once["kind"] == REGION]
    for region, rows in _by_count(regions, "region"):
        yield _row(REGION, region, region, pd.NA), _counts(rows)
        own = once.loc[(once["kind"] == COUNTRY) & (once["region"] == region)]
        for code, named in _by_count(own, "code"):
            yield _row(COUNTRY, region, country_name(code), code), _counts(named)
    without = once.loc[(once["kind"] == COUNTRY) & once["region"].isna()]
    for code, named in _by_count(without, "code"):
        yield _row(COUNTRY, pd.NA, country_name(code), code), _counts(named)


def _by_count(rows: pd.DataFrame, column: str) -> list[tuple[str, pd.DataFrame]]:
    groups = [(str(name), group) for name, group in rows.groupby(column)]
    return sorted(groups, key=lambda it: -len(it[1]))


def _counts(rows: pd.DataFrame) -> dict[str, int]:
    return {strand: len(in_strand(rows, strand)) for strand in STRANDS}


def _row(kind: str, region: Any, place: str, code: Any) -> dict[str, Any]:
    return {"kind": kind, "region": region, "place": place, "country_code": code}
