"""Tables of the report, from plain result tables: printed cells, counts before shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from escp_analysis.exhibits import Cell, Exhibit, prose, table
from escp_analysis.rounding import share_text

SYMBOLS: Mapping[str, str] = {"mutual": "●", "unconfirmed": "◐", "silent": "○", "outside": "◇"}
STATES: Mapping[str, str] = {
    "mutual": "both partnerships report it",
    "unconfirmed": "the other answered and did not name it",
    "silent": "the other did not answer",
    "outside": "the other was not invited",
}
_DASH = "–"


def funnel_table(
    funnel: pd.DataFrame, titles: Mapping[str, str], *, name: str, caption: str, source: str
) -> Exhibit:
    """Return how many partnerships reached each section, in all and by strand.

    ``funnel`` as ``metrics.response_funnel`` returns it; ``titles`` gives a section's title by
    its letter. Supplementary: the first edition has no such table.
    """
    wide = funnel.pivot(index="section", columns="strand", values="reached")
    invited = funnel.loc[funnel["strand"] == "all"].set_index("section")["invited"]
    strands = [strand for strand in wide.columns if strand != "all"]
    rows = [
        [
            f"{section}. {titles[section]}" if section in titles else "Complete",
            *(str(int(wide.loc[section, strand])) for strand in strands),
            share_text(int(wide.loc[section, "all"]), int(invited[section])),
        ]
        for section in funnel["section"].drop_duplicates()
    ]
    columns = [_head("Section"), *(_number(f"Strand-{s}") for s in strands), _number("All")]
    base = f"{int(invited.iloc[0])} partnerships invited"
    shared: dict[str, Any] = {"name": name, "caption": caption, "source": source, "base": base}
    return table(columns, rows, **shared, supplementary=True)


def fact_table(facts: pd.DataFrame, *, name: str, caption: str) -> Exhibit:
    """Return cited facts, grouped, each with its source and what speaks against it.

    ``facts`` as ``survey.facts`` holds them; facts without a group are left out.
    """
    shown = facts.loc[facts["group"] != ""]
    rows = _grouped(
        [
            [
                fact["group"],
                fact["label"],
                f"{fact['qualifier']} {fact['value']}".strip(),
                fact["note"] or _DASH,
            ]
            for fact in shown.to_dict("records")
        ]
    )
    columns = [_head("Call"), _text("What"), _number("Published"), _text("What speaks against it")]
    columns = _shared_out(columns, (1.5, 1.6, 0.9, 2.0))
    source = "; ".join(shown["source"].drop_duplicates())
    return table(columns, rows, name=name, caption=caption, source=source, supplementary=True)


def agreement_table(
    agreements: pd.DataFrame, types: Mapping[str, str], *, name: str, caption: str, source: str
) -> Exhibit:
    """Return every agreement as reported, grouped by partnership: Table 1 of D5.5.

    ``agreements`` as ``metrics.agreements`` returns it; ``types`` gives the label of each
    organisation type. An objective equal to the one above it within a partnership spans both.
    """
    rows = [
        [
            f"{row['partnership']} (strand-{row['strand']})",
            _given(row["counterpart"]),
            _given(row["country"]),
            _type(row, types),
            _given(row["sector"]),
            _given(row["objective"]),
        ]
        for row in agreements.to_dict("records")
    ]
    labels = ["Name (or main activity)", "Country", "Type of organisation", "Sector"]
    labels.append("Cooperation objective(s) and activities")
    columns = [_head("ESCP-4i"), *map(_text, labels)]
    columns = _shared_out(columns, (1.2, 1.5, 0.8, 1.1, 1.1, 3.0))
    partnerships = agreements["partnership"].nunique()
    base = f"{len(agreements)} agreements reported by {partnerships} partnerships"
    printed = _grouped(_merged(rows, within=0, column=5))
    note = "The table holds what the partnerships answered, unedited."
    shared: dict[str, Any] = {"name": name, "caption": caption, "source": source, "base": base}
    return table(columns, printed, **shared, notes=[note], wide=True)


def agreement_totals(totals: pd.DataFrame, *, name: str, caption: str, source: str) -> Exhibit:
    """Return agreements, partnerships and counterparts by type, country group and country.

    ``totals`` as ``metrics.agreement_totals`` returns it; sectors, free text, are left out.
    """
    names = {
        "all": "All",
        "strand": "Strand",
        "organisation_type": "Type of organisation",
        "country_group": "Country group",
        "country": "Country",
    }
    shown = totals.loc[totals["dimension"].isin(list(names))]
    printed = shown.assign(dimension=shown["dimension"].map(names))
    printed = printed.assign(
        group=printed["group"].replace({"all": "", "third": "Third countries"})
    )
    labels = {
        "dimension": "By",
        "group": "Group",
        "agreements": "Agreements",
        "partnerships": "Partnerships",
        "counterparts": "Counterparts",
    }
    whole = shown.iloc[0]
    base = f"{whole['agreements']} agreements reported by {whole['partnerships']} partnerships"
    return plain(printed, labels, name=name, caption=caption, source=source, base=base)


def claims_table(
    claims: pd.DataFrame, note: str, *, name: str, caption: str, source: str
) -> Exhibit:
    """Return each published statement with its value, the computed one and the verdict.

    ``claims`` as ``metrics.claim_verdicts`` returns it, ``note`` what to bear in mind. Nothing
    for a round about which nothing was published.
    """
    if claims.empty:
        return prose("")
    labels = {
        "id": "No",
        "section": "Section",
        "claim": "Statement",
        "published": "Published",
        "computed": "Computed",
        "verdict": "Verdict",
        "note": "Note",
        "computed_from": "Computed from",
    }
    widths = (0.5, 0.8, 1.8, 1.1, 1.1, 1.0, 2.6, 1.0)
    shared: dict[str, Any] = {"name": name, "caption": caption, "source": source}
    notes = [note] if note else []
    return plain(claims, labels, **shared, notes=notes, widths=widths, wide=True)


def bounds_table(
    bounds: pd.DataFrame, *, name: str, caption: str, source: str, notes: Sequence[str] = ()
) -> Exhibit:
    """Return what each option's count could be, were the silent partnerships known.

    ``bounds`` as ``metrics.silent_bounds`` returns it; the row of all strands is printed.
    """
    rows = bounds.loc[bounds["strand"] == "all"]
    printed = pd.DataFrame(
        {
            "label": rows["label"],
            "answered": [_of(row, "selected", "base") for row in rows.to_dict("records")],
            "lowest": [_of(row, "lowest", "invited") for row in rows.to_dict("records")],
            "highest": [_of(row, "highest", "invited") for row in rows.to_dict("records")],
        }
    )
    labels = {"label": "Option", "answered": "Of those that answered"}
    labels |= {"lowest": "At least, of those invited", "highest": "At most, of those invited"}
    base = f"{int(rows['invited'].iloc[0])} partnerships invited"
    shared: dict[str, Any] = {"name": name, "caption": caption, "source": source, "base": base}
    return plain(printed, labels, **shared, notes=notes, widths=(3, 1.5, 1.7, 1.7))


def question_tests(
    tests: pd.DataFrame,
    titles: Mapping[str, str],
    *,
    name: str,
    caption: str,
    source: str,
    notes: Sequence[str] = (),
) -> Exhibit:
    """Return the permutation test of each question; ``tests`` as ``metrics.strand_tests``.

    ``titles`` words each question by its id.
    """
    printed = tests.assign(question=tests["question"].map(titles), p=tests["p"].map(_p_value))
    labels = {"question": "Question", "base_1": "Strand-1", "base_2": "Strand-2"}
    labels |= {"relabellings": "Relabellings", "p": "p"}
    base = "partnerships that reached the question"
    shared: dict[str, Any] = {"name": name, "caption": caption, "source": source, "base": base}
    return plain(printed, labels, **shared, notes=notes, widths=(3.5, 1, 1, 1.2, 0.8))


def item_tests(
    tests: pd.DataFrame, *, name: str, caption: str, source: str, notes: Sequence[str] = ()
) -> Exhibit:
    """Return the test of each option; ``tests`` as ``metrics.item_tests`` returns it."""
    rows = tests.to_dict("records")
    printed = pd.DataFrame(
        {
            "label": tests["label"],
            "first": [_of(row, "selected_1", "base_1") for row in rows],
            "second": [_of(row, "selected_2", "base_2") for row in rows],
            "p": tests["p"].map(_p_value),
            "p_holm": tests["p_holm"].map(_p_value),
        }
    )
    labels = {"label": "Option", "first": "Strand-1", "second": "Strand-2"}
    labels |= {"p": "p", "p_holm": "p, adjusted"}
    base = "partnerships that reached the question"
    shared: dict[str, Any] = {"name": name, "caption": caption, "source": source, "base": base}
    return plain(printed, labels, **shared, notes=notes, widths=(3.2, 1.4, 1.2, 0.8, 1))


def collaboration_matrix(
    collaborations: pd.DataFrame, *, name: str, caption: str, source: str
) -> Exhibit:
    """Return reporters against counterparts: Table 2 of D5.5, the state as symbol and shade.

    ``collaborations`` as ``metrics.collaborations`` returns it, one row per pair. A blank cell
    is no reported collaboration.
    """
    states = collaborations.set_index(["reporter", "counterpart"])["state"]
    others = sorted(collaborations["counterpart"].unique(), key=str.casefold)
    rows: list[list[Cell]] = [
        [reporter, *(_state(states.get((reporter, other))) for other in others)]
        for reporter in sorted(collaborations["reporter"].unique(), key=str.casefold)
    ]
    columns = [_head("Reported by"), *({"label": other, "align": "center"} for other in others)]
    counts = collaborations["state"].value_counts()
    notes = [f"{SYMBOLS[s]} {s}: {STATES[s]} ({int(counts.get(s, 0))})" for s in SYMBOLS]
    base = f"{len(collaborations)} pairs of partnerships"
    shared: dict[str, Any] = {"name": name, "caption": caption, "source": source, "base": base}
    return table(columns, rows, **shared, notes=notes, wide=True)


def collaboration_purposes(
    collaborations: pd.DataFrame, *, name: str, caption: str, source: str
) -> Exhibit:
    """Return the purpose of each collaboration as reported, below its matrix."""
    rows = _grouped(
        [
            [
                row["reporter"],
                row["counterpart"],
                f"{SYMBOLS[row['state']]} {row['state']}",
                _given(row["purpose"]),
            ]
            for row in collaborations.to_dict("records")
        ]
    )
    columns = [_head("Reported by"), _text("With"), _text("State"), _text("Purpose")]
    columns = _shared_out(columns, (1.2, 1.2, 1.0, 3.2))
    base = f"{len(collaborations)} pairs of partnerships"
    shared: dict[str, Any] = {"name": name, "caption": caption, "source": source, "base": base}
    return table(columns, rows, **shared, supplementary=True)


def finding_table(totals: pd.DataFrame, *, name: str, caption: str, source: str) -> Exhibit:
    """Return each kind of finding about the data with its number; nothing where there is none.

    ``totals`` as ``metrics.finding_totals`` returns it; what is said of the first stands for all.
    """
    if totals.empty:
        return prose("")
    labels = {"severity": "Severity", "code": "Kind", "what": "For example"}
    labels |= {"findings": "Findings", "partnerships": "Partnerships"}
    base = f"{int(totals['findings'].sum())} findings; the list is findings.csv"
    shared: dict[str, Any] = {"name": name, "caption": caption, "source": source, "base": base}
    return plain(totals, labels, **shared, widths=(0.8, 1.6, 3.6, 0.8, 1))


def event_table(events: pd.DataFrame, *, name: str, caption: str, source: str) -> Exhibit:
    """Return every planned event as written; nothing where none is planned.

    ``events`` as ``metrics.events`` returns it. Source: section H of Annex A.
    """
    if events.empty:
        return prose("")
    order = events["partnership"].str.casefold().sort_values(kind="stable").index
    listed = events.loc[order]
    labels = {"partnership": "Partnership", "where": "Where", "name": "Event"}
    labels |= {"location": "Location", "date": "Date", "topic": "Topic"}
    base = f"{len(events)} events planned by {events['partnership'].nunique()} partnerships"
    shared: dict[str, Any] = {"name": name, "caption": caption, "source": source, "base": base}
    return plain(listed, labels, **shared, widths=(1.2, 0.9, 1.6, 1.4, 1.1, 1.8))


def plain(
    frame: pd.DataFrame,
    labels: Mapping[str, str],
    *,
    name: str,
    caption: str,
    source: str = "",
    base: str = "",
    notes: Sequence[str] = (),
    widths: Sequence[float] = (),
    wide: bool = False,
) -> Exhibit:
    """Return a supplementary table with the columns ``labels`` names, in that order.

    The first column heads its rows, equal neighbours in it are merged. Numbers are aligned
    right; missing cells print a dash. A column of texts in which no row has one is left out, and
    a note names it; a table without rows keeps its columns.
    """
    kept = [column for at, column in enumerate(labels) if at == 0 or not _blank(frame[column])]
    columns = [_column(frame, labels, column) for column in kept]
    if widths:
        columns = _shared_out(columns, [widths[list(labels).index(it)] for it in kept])
    left = ", ".join(label for column, label in labels.items() if column not in kept)
    notes = [*notes, f"Left out, because no answer gives it: {left}"] if left else notes
    cells = [[_given(row[column]) for column in kept] for row in frame.to_dict("records")]
    shared: dict[str, Any] = {"name": name, "caption": caption, "source": source, "base": base}
    return table(columns, _grouped(cells), **shared, notes=notes, wide=wide, supplementary=True)


def _blank(texts: pd.Series) -> bool:
    """Return whether a column has rows and holds no text in any."""
    text = not pd.api.types.is_numeric_dtype(texts)
    return text and len(texts) > 0 and all(_given(cell) == _DASH for cell in texts)


def _column(frame: pd.DataFrame, labels: Mapping[str, str], column: str) -> dict[str, Any]:
    if pd.api.types.is_numeric_dtype(frame[column]):
        return _number(labels[column])
    return _head(labels[column]) if column == next(iter(labels)) else _text(labels[column])


def _head(label: str) -> dict[str, Any]:
    return {"label": label, "header": True}


def _text(label: str) -> dict[str, Any]:
    return {"label": label}


def _number(label: str) -> dict[str, Any]:
    return {"label": label, "align": "right"}


def _shared_out(columns: Sequence[dict[str, Any]], widths: Sequence[float]) -> list[dict[str, Any]]:
    return [column | {"width": width} for column, width in zip(columns, widths, strict=True)]


def _given(value: Any) -> str:
    return _DASH if pd.isna(value) or value == "" else str(value)


def _type(row: Mapping[Any, Any], types: Mapping[str, str]) -> str:
    if pd.isna(row["organisation_type"]):
        return _DASH
    label = types[row["organisation_type"]]
    other = row["organisation_type_other"]
    return label if pd.isna(other) else f"{label}: {other}"


def _state(state: Any) -> Cell:
    return "" if state is None or pd.isna(state) else {"text": SYMBOLS[state], "state": state}


def _grouped(rows: Sequence[Sequence[Any]]) -> list[list[Cell]]:
    """Merge equal neighbours of the first column into one cell that spans them."""
    return _merged([list(row) for row in rows], within=None, column=0)


def _merged(rows: Sequence[Sequence[Any]], *, within: int | None, column: int) -> list[list[Any]]:
    """Merge equal neighbours of a column, where ``within`` is the same too."""
    merged = [list(row) for row in rows]
    first = 0
    for at in range(1, len(rows) + 1):
        if at < len(rows) and _same(rows[first], rows[at], within, column):
            merged[at][column] = None
            continue
        if at - first > 1:
            merged[first][column] = {"text": rows[first][column], "rowspan": at - first}
        first = at
    return merged


def _same(one: Sequence[Any], other: Sequence[Any], within: int | None, column: int) -> bool:
    shared = within is None or one[within] == other[within]
    return shared and one[column] is not None and one[column] == other[column] != _DASH


def _of(row: Mapping[Any, Any], selected: str, base: str) -> str:
    return share_text(int(row[selected]), int(row[base]))


def _p_value(p: Any) -> str:
    if pd.isna(p):
        return _DASH
    return "< 0.001" if p < 0.001 else f"{p:.3f}"
