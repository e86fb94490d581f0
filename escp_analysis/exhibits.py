"""What a chapter can show: figures, tables, forms, prose, as objects that show themselves.

An exhibit hides the mime bundle: a deterministic text form (nbval compares it), an HTML form
for JupyterLab, and the block as JSON, which the report is stitched from.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from escp_analysis.origins import ROLE, parts, without_origins

MIME = "application/vnd.escp.block+json"
KINDS = ("figure", "table", "form", "prose", "callout", "note", "group")
STYLES = ("good practice", "on the way", "important")

Cell = str | Mapping[str, Any] | None


@dataclass(frozen=True)
class Exhibit:
    """One block of a chapter that shows itself in a notebook.

    ``block`` is JSON: ``kind`` is one of ``KINDS``; a figure, table or form has ``name`` (the
    reference target), ``caption``, ``base``, ``source`` and ``notes``.
    """

    block: Mapping[str, Any]
    text: str
    html: str
    svg: str | None = None

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        bundle: dict[str, Any] = {
            MIME: dict(self.block),
            "text/html": self.html,
            "text/plain": self.text,
        }
        if self.svg is not None:
            bundle["image/svg+xml"] = self.svg
        return bundle

    def __repr__(self) -> str:
        return self.text


def prose(markdown: str) -> Exhibit:
    """Return computed sentences, written in Markdown, as an exhibit.

    A number may carry its origin (``origins.told``): HTML shows it, plain text the number alone.
    """
    block = {"kind": "prose", "markdown": markdown}
    return Exhibit(block, without_origins(markdown), _paragraphs(markdown))


def callout(style: str, title: str, markdown: str) -> Exhibit:
    """Return a box that stands out from the text; ``style`` is one of ``STYLES``."""
    if style not in STYLES:
        raise ValueError(f"no style {style!r}, use one of {', '.join(STYLES)}")
    block = {"kind": "callout", "style": style, "title": title, "markdown": markdown}
    text = f"[{style}] {title}\n\n{without_origins(markdown)}"
    return Exhibit(
        block, text, f"<aside><b>{html.escape(title)}</b>{_paragraphs(markdown)}</aside>"
    )


def note(text: str) -> Exhibit:
    """Return a plain remark in small print."""
    return Exhibit(
        {"kind": "note", "text": text}, text, f"<p><small>{html.escape(text)}</small></p>"
    )


def group(exhibits: Sequence[Exhibit], *, complaints: Sequence[str] = (), **told: str) -> Exhibit:
    """Return exhibits that are shown one after the other as one; none shows nothing.

    ``complaints`` are shown beneath and stop a report; ``told`` stands in the block beside its
    kind, as the section of commentary does.
    """
    blocks = [dict(exhibit.block) for exhibit in exhibits]
    return Exhibit(
        {"kind": "group", "blocks": blocks, "complaints": list(complaints)} | told,
        "\n\n".join([*(exhibit.text for exhibit in exhibits), *complaints]),
        "".join(exhibit.html for exhibit in exhibits) + _wrong(complaints),
    )


def figure(
    svg: str,
    *,
    name: str,
    caption: str,
    alt: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[str | int | float]],
    base: str = "",
    source: str = "",
    notes: Sequence[str] = (),
    supplementary: bool = False,
) -> Exhibit:
    """Return a drawn figure with the data behind it; refuses an empty ``alt`` or ``caption``.

    A ``supplementary`` figure is numbered in its own series (Figure S1), so that the figures of
    the first edition keep their numbers.
    """
    if not alt.strip() or not caption.strip():
        raise ValueError(f"figure {name!r} needs a caption and an alternative text")
    labels, printed = list(columns), [list(row) for row in rows]
    data = {"columns": labels, "rows": printed}
    block = _captioned("figure", name, caption, base, source, notes) | {
        "alt": alt,
        "data": data,
        "supplementary": supplementary,
    }
    body = f'<div role="img" aria-label="{html.escape(alt, quote=True)}">{svg}</div>'
    body += _html_table(labels, printed)
    return Exhibit(block, _text(block, labels, printed), _wrap(block, body), svg)


def table(
    columns: Sequence[Mapping[str, Any]],
    rows: Iterable[Sequence[Cell]],
    *,
    name: str,
    caption: str,
    base: str = "",
    source: str = "",
    notes: Sequence[str] = (),
    wide: bool = False,
    supplementary: bool = False,
) -> Exhibit:
    """Return a table of printed cells.

    ``columns``: one mapping per column with ``label`` and optionally ``align`` (``left``,
    ``right``, ``center``), ``header`` (its cells head their row) and ``width`` (relative).
    ``rows``: a cell is text, or a mapping with ``text`` and optionally ``rowspan`` and
    ``state``, or ``None`` where a cell above spans it. ``wide`` asks for a landscape page;
    ``supplementary`` as for a figure.
    """
    if not caption.strip():
        raise ValueError(f"table {name!r} needs a caption")
    listed = [list(row) for row in rows]
    block = _captioned("table", name, caption, base, source, notes) | {
        "columns": [dict(column) for column in columns],
        "rows": listed,
        "wide": wide,
        "supplementary": supplementary,
    }
    labels = [str(column["label"]) for column in columns]
    printed = [[cell_text(cell) for cell in row] for row in listed]
    return Exhibit(block, _text(block, labels, printed), _wrap(block, _html_table(labels, printed)))


def cell_text(cell: Cell) -> str:
    """Return the printed text of a table cell; a cell spanned from above prints nothing."""
    if cell is None:
        return ""
    return cell if isinstance(cell, str) else str(cell["text"])


def _captioned(
    kind: str, name: str, caption: str, base: str, source: str, notes: Sequence[str]
) -> dict[str, Any]:
    return {
        "kind": kind,
        "name": name,
        "caption": caption,
        "base": base,
        "source": source,
        "notes": list(notes),
    }


def _below(block: Mapping[str, Any]) -> list[str]:
    named = [f"Base: {block['base']}" if block["base"] else "", *block["notes"]]
    source = f"Source: {block['source']}" if block["source"] else ""
    return [line for line in [*named, source] if line]


def _text(
    block: Mapping[str, Any], labels: Sequence[str], rows: Sequence[Sequence[str | int | float]]
) -> str:
    lines = [" | ".join(labels)]
    lines += [" | ".join(str(cell) for cell in row) for row in rows]
    return "\n".join([f"{block['caption']} [{block['name']}]", *lines, *_below(block)])


def _wrap(block: Mapping[str, Any], body: str) -> str:
    caption = html.escape(block["caption"])
    below = "".join(f"<div><small>{html.escape(line)}</small></div>" for line in _below(block))
    return f"<figure><figcaption><b>{caption}</b></figcaption>{body}{below}</figure>"


def _html_table(labels: Sequence[str], rows: Iterable[Sequence[str | int | float]]) -> str:
    head = "".join(f'<th scope="col">{html.escape(label)}</th>' for label in labels)
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(str(cell))}</td>" for cell in row) + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _wrong(complaints: Sequence[str]) -> str:
    return "".join(
        f'<pre style="color: #93003a; white-space: pre-wrap">{html.escape(text)}</pre>'
        for text in complaints
    )


def _paragraphs(markdown: str) -> str:
    return "".join(f"<p>{_titled(part)}</p>" for part in markdown.split("\n\n") if part)


def _titled(markdown: str) -> str:
    """Return a paragraph in which each computed number says where it comes from."""
    shown, last = "", 0
    for role in ROLE.finditer(markdown):
        number, origin = map(html.escape, parts(role))
        shown += html.escape(markdown[last : role.start()])
        shown += (
            f'<span tabindex="0" title="{origin}" '
            f'style="text-decoration: underline dotted; cursor: help">{number}</span>'
        )
        last = role.end()
    return shown + html.escape(markdown[last:])
