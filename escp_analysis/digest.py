"""The comments digest: for each question its rates, codes and permitted quotations, and places."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from escp_analysis import narrative, tables
from escp_analysis.exhibits import Exhibit, group, prose
from escp_analysis.rounding import share_text

_STRANDS: Mapping[str, str] = {"all": "All", "1": "Strand-1", "2": "Strand-2"}
_DASH = "–"


def question(
    rates: pd.DataFrame,
    codes: pd.DataFrame,
    permitted: pd.DataFrame,
    *,
    title: str,
    name: str,
    source: str,
) -> Exhibit:
    """Return the digest of one question: how often it was commented on, its codes, its quotations.

    ``rates``, ``codes`` and ``permitted`` as ``metrics.comment_rates``, ``code_counts`` and
    ``permitted_comments`` return them, of the question that ``title`` words; ``name`` ends the
    names of its tables. What there is nothing of is left out; a round without comments to count
    shows nothing.
    """
    if rates.empty:
        return group([])
    shown = [narrative.commented(rates, title)]
    if rates["commented"].any():
        shown.append(_rates(rates, title, name, source))
    if len(codes):
        shown += [narrative.codes(codes), _codes(codes, title, name, source)]
    if len(permitted):
        shown.append(_quotations(permitted, title, name, source))
    return group(shown)


def coder_agreement(coders: pd.DataFrame, *, name: str, caption: str, source: str) -> Exhibit:
    """Return how far two coders agree on each code; coders by number, in the order of the file.

    ``coders`` as ``metrics.coder_agreement`` returns it; nothing where one coded alone.
    """
    if coders.empty or not coders["comments"].any():
        return prose("")
    numbers = {who: at for at, who in enumerate(pd.unique(_coders(coders)), start=1)}
    pairs = [
        f"{numbers[a]} and {numbers[b]}"
        for a, b in zip(coders["first"], coders["second"], strict=True)
    ]
    rows = coders.to_dict("records")
    printed = coders.assign(
        coders=pairs,
        agreed=[_share(int(row["both"] + row["neither"]), int(row["comments"])) for row in rows],
        kappa=[_DASH if pd.isna(row["kappa"]) else f"{row['kappa']:.2f}" for row in rows],
    )
    labels = {"coders": "Coders", "label": "Code", "both": "Given by both", "one": "By one alone"}
    labels |= {"agreed": "Agreement", "kappa": "Kappa"}
    widths = [0.8, 1.7, 0.9, 0.9, 1.5, 0.8]
    if coders["reason"].ne("").any():
        labels, widths = labels | {"reason": "Why kappa is missing"}, [*widths, 2.2]
    base = "comments that both coded, in each row"
    shared: dict[str, Any] = {"name": name, "caption": caption, "source": source, "base": base}
    return tables.plain(printed, labels, **shared, widths=widths)


def places(named: pd.DataFrame, *, name: str, caption: str, source: str) -> Exhibit:
    """Return the regions and third countries named, by how many partnerships name them.

    ``named`` as ``metrics.places_named`` returns it; nothing where none is named.
    """
    if named.empty:
        return prose("")
    country = named["place"].where(named["kind"] == "country", "the region, or any country in it")
    told = named.assign(region=named["region"].fillna(_DASH), place=country)
    printed = _by_strand(told, ["region", "place"], "partnerships", "base")
    whole = int(named["base"].iloc[0])
    base = f"{whole} partnerships that wrote a comment or planned an event"
    notes = [
        "Member states of the European Union are not counted. A partnership counts once, however "
        "often it names a country, and for the country's region as well."
    ]
    labels = {"region": "Region", "place": "Country", **_STRANDS}
    shared: dict[str, Any] = {"name": name, "caption": caption, "source": source, "base": base}
    return tables.plain(printed, labels, **shared, notes=notes, widths=(1.8, 2.2, 1.4, 1.2, 1.2))


def _rates(rates: pd.DataFrame, title: str, name: str, source: str) -> Exhibit:
    """Return the comment rate of each option; a dash where nobody of a strand ticked it."""
    printed = _by_strand(rates, ["label"], "commented", "selected")
    return tables.plain(
        printed,
        {"label": "Option", **_STRANDS},
        name=f"table-comments-{name}",
        caption=f"{title}: ticks with a comment, by option",
        source=source,
        base="in each cell, the partnerships that ticked the option",
        widths=(3.4, 1.5, 1.4, 1.4),
    )


def _codes(codes: pd.DataFrame, title: str, name: str, source: str) -> Exhibit:
    """Return how many respondents were given each code, with its definition and example."""
    printed = _by_strand(codes, ["label", "definition", "example"], "respondents", "base")
    labels = {"label": "Code", "definition": "Definition", "example": "Example"}
    return tables.plain(
        printed,
        {**labels, **_STRANDS},
        name=f"table-codes-{name}",
        caption=f"{title}: what the comments are about",
        source=source,
        base=f"{int(codes['base'].iloc[0])} partnerships that commented on the question",
        notes=["Each partnership counts once per code, whoever coded it."],
        widths=(1.2, 1.9, 1.8, 1.5, 1.4, 1.4),
    )


def _quotations(permitted: pd.DataFrame, title: str, name: str, source: str) -> Exhibit:
    who = permitted["partnership"] + " (strand-" + permitted["strand"] + ")"
    return tables.plain(
        permitted.assign(partnership=who.fillna(permitted["partnership"])),
        {"label": "Option", "comment": "Comment", "partnership": "Partnership"},
        name=f"table-quotations-{name}",
        caption=f"{title}: comments quoted with permission",
        source=source,
        base=f"{len(permitted)} comments with a recorded permission, printed as written",
        widths=(1.6, 3.8, 1.1),
    )


def _by_strand(table: pd.DataFrame, keys: list[str], count: str, base: str) -> pd.DataFrame:
    """Return one row per set of ``keys`` and a printed share per strand, rows in their order."""
    cells = [_share(int(n), int(of)) for n, of in zip(table[count], table[base], strict=True)]
    told = table.assign(cell=pd.Series(cells, index=table.index, dtype="str"))
    first = told.loc[told["strand"] == "all", keys].reset_index(drop=True)
    for strand in _STRANDS:
        first[strand] = list(told.loc[told["strand"] == strand, "cell"])
    return first


def _share(count: int, base: int) -> str:
    return share_text(count, base) if base else _DASH


def _coders(coders: pd.DataFrame) -> pd.Series[str]:
    return pd.concat([coders["first"], coders["second"]], ignore_index=True)
