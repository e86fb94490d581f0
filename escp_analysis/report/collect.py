"""Executed notebooks become chapters of blocks; what has no form in a report is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode

from escp_analysis.errors import Fault
from escp_analysis.exhibits import MIME
from escp_analysis.report import markdown
from escp_analysis.report.blocks import Block, Figure, Heading, Incomplete
from escp_analysis.report.exhibit_blocks import read_exhibit
from escp_analysis.report.html_tables import is_cut, read_html_table
from escp_analysis.report.normalise import INJECTED
from escp_analysis.report.svg import clean

_SVG, _PNG = "image/svg+xml", "image/png"
_SHOW = "show a table, a figure or prose; a semicolon at the end of the line shows nothing"


@dataclass(frozen=True)
class Gate:
    """Something shown in a chapter that must not be published as it is."""

    chapter: str
    cell: int
    what: str
    do: str

    def __str__(self) -> str:
        """Return the finding as one line."""
        return f"{self.chapter}.ipynb, cell {self.cell}: {self.what}; {self.do}"


@dataclass(frozen=True)
class Part:
    """What one cell of a chapter contributes; cells are counted from 1, as in the file."""

    cell: int
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Draft:
    """A chapter before numbering, its parts in order, and what is wrong with it.

    ``incomplete`` says whether the chapter stopped with an error.
    """

    name: str
    parts: tuple[Part, ...]
    faults: tuple[Fault, ...] = ()
    gates: tuple[Gate, ...] = ()
    incomplete: bool = False


def structure_faults(draft: Draft) -> Iterator[Fault]:
    """Yield a fault where a chapter's title is missing or double, or a heading skips a level."""
    level, titled = 0, False
    for cell, block in ((part.cell, block) for part in draft.parts for block in part.blocks):
        where = place(draft.name, cell)
        if not level and not _is_title(block):
            expected = "the chapter's title first: # Title"
            yield Fault("the chapter does not begin with its title", where, expected)
            level = 1
        if not isinstance(block, Heading):
            continue
        if titled and _is_title(block):
            yield Fault("a second title", where, "one # Title per chapter")
        elif block.level > level + 1:
            what = f"a heading of level {block.level} follows one of level {level}"
            yield Fault(what, where, f"level {level + 1}")
        level, titled = block.level, titled or _is_title(block)
    if not draft.parts:
        yield Fault("the chapter shows nothing", f"{draft.name}.ipynb", "its title first: # Title")


def collect(name: str, cells: Sequence[NotebookNode]) -> Draft:
    """Return the chapter ``name`` (its file's name without ending) as blocks.

    Markdown cells and outputs are taken, code never. A chapter that stopped with an error ends
    with a note there; what follows it was not run and is left out.
    """
    return _Collector(name).collect(cells)


def place(name: str, cell: int) -> str:
    """Return where a fault of a chapter stands, as a person looks for it."""
    return f"{name}.ipynb, cell {cell}"


class _Collector:
    """Walks the cells of one chapter and keeps what is wrong with them."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.faults: list[Fault] = []
        self.gates: list[Gate] = []
        self.stopped = False
        self._cell = 0

    def collect(self, cells: Sequence[NotebookNode]) -> Draft:
        """Return what the cells show; a cell that a run put in is none of the chapter's."""
        own = [cell for cell in cells if INJECTED not in cell.metadata.get("tags", [])]
        parts = []
        for self._cell, cell in enumerate(own, start=1):
            blocks = tuple(self._blocks(cell))
            if blocks:
                parts.append(Part(self._cell, blocks))
        ordered = _title_first(parts) if self.stopped else parts
        return Draft(self.name, tuple(ordered), tuple(self.faults), tuple(self.gates), self.stopped)

    def _blocks(self, cell: NotebookNode) -> Iterator[Block]:
        if cell.cell_type == "markdown":
            blocks, faults = markdown.parse(cell.source, self._place())
            self.faults.extend(faults)
            yield from (block for block in blocks if not self.stopped or _is_title(block))
        elif cell.cell_type == "code":
            for output in cell.get("outputs", ()):
                yield from self._output(output)

    def _output(self, output: NotebookNode) -> Iterator[Block]:
        if output.output_type == "error":
            self.stopped = True
            yield Incomplete(
                f"This chapter is incomplete: it stopped at cell {self._cell} with "
                f"{output.ename}: {output.evalue}"
            )
        elif output.output_type == "stream":
            if output.name == "stdout":
                self._gate("printed text has no PDF form", _SHOW)
        else:
            yield from self._shown(output.data, output.get("metadata", {}))

    def _shown(self, data: Mapping[str, Any], metadata: Mapping[str, Any]) -> Iterator[Block]:
        if MIME in data:
            svg = str(data.get(_SVG, ""))
            blocks, faults = read_exhibit(data[MIME], svg, self._place())
            self.faults.extend(faults)
            yield from blocks
        elif "text/markdown" in data:
            blocks, faults = markdown.parse(str(data["text/markdown"]), self._place())
            self.faults.extend(faults)
            yield from blocks
        elif _SVG in data or _PNG in data:
            yield from self._picture(data, metadata)
        else:
            yield from self._plain(data)

    def _picture(self, data: Mapping[str, Any], metadata: Mapping[str, Any]) -> Iterator[Block]:
        kind = _SVG if _SVG in data else _PNG
        told = {**metadata, **metadata.get(kind, {})}
        if not str(told.get("alt", "")).strip():
            do = 'add it: display(figure, metadata={"alt": "..."})'
            self._gate("a picture has no alternative text", do)
            return
        try:
            svg = clean(str(data[_SVG])) if kind == _SVG else ""
        except ValueError as error:
            self._gate(str(error), "draw it anew")
            return
        caption = str(told.get("caption", "")).strip()
        yield Figure(
            name=str(told.get("name", "")),
            caption=caption,
            series="Figure" if caption else "",
            alt=str(told["alt"]).strip(),
            svg=svg,
            png="" if svg else "".join(str(data[_PNG]).split()),
        )

    def _plain(self, data: Mapping[str, Any]) -> Iterator[Block]:
        html = str(data.get("text/html", ""))
        table = read_html_table(html) if html else None
        if table is None:
            self._gate(f"an output ({', '.join(sorted(data))}) has no PDF form", _SHOW)
        elif is_cut(html):
            do = "show fewer, or raise pandas' display.max_rows and display.max_columns"
            self._gate("pandas left rows or columns of a table out", do)
        else:
            yield table

    def _place(self) -> str:
        return place(self.name, self._cell)

    def _gate(self, what: str, do: str) -> None:
        self.gates.append(Gate(self.name, self._cell, what, do))


def _is_title(block: Block) -> bool:
    return isinstance(block, Heading) and block.level == 1


def _title_first(parts: list[Part]) -> list[Part]:
    """Return the parts of a chapter that stopped, with its title before the note."""
    titled = [part for part in parts if any(map(_is_title, part.blocks))]
    if not titled:
        return parts
    return [titled[0], *(part for part in parts if part is not titled[0])]
