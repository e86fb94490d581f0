"""Countries as people write them: their ISO codes, and who was in the European Union."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from escp_analysis.errors import Fault, RoundError
from escp_analysis.loaders.typed_words import means_none
from escp_analysis.loaders.wording import advice

if TYPE_CHECKING:
    from escp_analysis.loaders.survey import Survey

EU, THIRD = "EU", "third"
WRITTEN: Mapping[str, str] = MappingProxyType(
    {
        **{"eu": EU, "european union": EU, "us": "US", "usa": "US", "uk": "GB", "uae": "AE"},
        **{"great britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB"},
        **{"northern ireland": "GB", "el": "GR", "holland": "NL", "russia": "RU", "turkey": "TR"},
        **{"pr china": "CN", "macedonia": "MK", "kosovo": "XK", "palestine": "PS"},
        **{"ivory coast": "CI", "cape verde": "CV", "swaziland": "SZ", "burma": "MM"},
    }
)
"""What people write for a country that ISO 3166 does not list; the European Union is an answer."""


@cache
def country_code(text: str) -> str | None:
    """Return the ISO 3166 alpha-2 code of a country as written, or ``None`` when unknown.

    Case, dots, the form of an apostrophe and a leading article do not count. A name with its
    abbreviation, ``United States (US)``, is one where both mean the same country. ``EU`` stands
    for the European Union and ``XK``, which ISO leaves to its users, for Kosovo.
    """
    both = re.fullmatch(r"(.+?)\s*\(([^()]+)\)", text.strip())
    if both is not None:
        first, second = (_single_code(part) for part in both.groups())
        return first if first == second else None
    return _single_code(text)


def _single_code(text: str) -> str | None:
    import pycountry  # noqa: PLC0415  (a large table, read only where countries are)

    plain = text.casefold().replace(".", "").replace("’", "'")
    written = " ".join(plain.split()).removeprefix("the ")
    if written in WRITTEN:
        return WRITTEN[written]
    try:
        return str(pycountry.countries.lookup(written).alpha_2)
    except LookupError:
        return None


def country_in(place: str) -> str | None:
    """Return the code of the country a place ends with, as in ``Oslo, Norway``, else ``None``.

    Short codes are not read there, since ``Los Angeles, CA`` is not in Canada; the abbreviations
    of ``WRITTEN`` are.
    """
    last = place.rstrip(") ").replace("(", ",").replace("/", ",").split(",")[-1].strip()
    short = len(last.replace(".", "")) <= 3
    if short and last.casefold().replace(".", "") not in WRITTEN:
        return None
    return country_code(last)


def country_name(code: str) -> str:
    """Return the English name of a country in common use; a code ISO does not list stays."""
    import pycountry  # noqa: PLC0415

    country = pycountry.countries.get(alpha_2=code)
    return code if country is None else str(getattr(country, "common_name", country.name))


def unknown_country(text: str, where: str) -> Fault:
    """Return the fault of a country that cannot be read, with the name nearest to it."""
    import pycountry  # noqa: PLC0415

    names = [getattr(country, "common_name", country.name) for country in pycountry.countries]
    recode = "say in recodes.csv how it is to be read"
    near = advice(text, names)
    if means_none(text):
        near, recode = "", "if no country is meant, set it aside in recodes.csv"
    return Fault(
        f"the country {text!r} is not known",
        where,
        "a country's English name or ISO code, or EU",
        f"{near} Then {recode}" if near else recode,
    )


def member_states(survey: Survey) -> frozenset[str]:
    """Return the codes of the states that were members on the day the survey closed.

    The day a state left is its last as a member. Raises ``RoundError`` where no state is listed.
    """
    day = survey.round.closed.isoformat()
    table = survey.eu_membership
    if table.empty:
        what = "no state is listed as a member of the European Union"
        raise RoundError([Fault(what, "data/registry/eu_membership.csv", "one row per state")])
    inside = (table["joined"] <= day) & ((table["left"] == "") | (table["left"] >= day))
    return frozenset(table.loc[inside, "country_code"])


def country_group(code: str, members: frozenset[str]) -> str:
    """Return ``EU`` for a member state and for the Union itself, ``third`` for all others."""
    return EU if code == EU or code in members else THIRD
