"""What a build leaves: files written aside and put in place together, the last good report kept."""

from __future__ import annotations

import csv
import json
import re
import shutil
import tempfile
from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
from nbformat import NotebookNode

from escp_analysis.errors import BuildError
from escp_analysis.report.blocks import Figure, walk
from escp_analysis.report.collect import Gate
from escp_analysis.report.exchange import exchange
from escp_analysis.report.kept import Kept
from escp_analysis.report.stitch import Document
from escp_analysis.report.typeset import compile_template

REPORT, INCOMPLETE = "report", "report.incomplete"
_PIXELS_PER_INCH = 200
# What a spreadsheet takes for a formula when a text begins with it.
_FORMULA = re.compile(r"^[=+\-@\t\r]")


@contextmanager
def built_aside(final: Path) -> Iterator[Path]:
    """Give an empty folder beside ``final`` to build in, and put it in its place at the end.

    An error on the way leaves ``final`` as it was. Raises ``BuildError`` where the disk refuses.
    """
    aside: Path | None = None
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        _recover(final)
        aside = Path(tempfile.mkdtemp(prefix=f".{final.name}.", suffix=".new", dir=final.parent))
        aside.chmod(0o755)
        yield aside
        _replace(final, aside)
    except OSError as error:
        name = Path(error.filename).name if isinstance(error.filename, str) else final.name
        raise BuildError(
            f"output/{final.name} cannot be written: {name}: {error.strerror}"
        ) from error
    finally:
        if aside is not None:
            shutil.rmtree(aside, ignore_errors=True)


def remove_leftovers(final: Path) -> None:
    """Remove what killed runs left beside ``final``; whoever calls this holds the round."""
    if final.parent.is_dir():
        _recover(final)
        for path in final.parent.glob(f".{final.name}.*.new"):
            shutil.rmtree(path, ignore_errors=True)


def keep_last_good(final: Path, aside: Path, formats: Sequence[str]) -> None:
    """Carry the last good report over into a build that is incomplete."""
    for ending in formats:
        good = final / f"{REPORT}.{ending}"
        if good.exists():
            shutil.copy2(good, aside / good.name)


def write_chapters(folder: Path, chapters: Mapping[str, NotebookNode]) -> None:
    """Write executed chapters as ``chapters/<name>.ipynb``."""
    for name, notebook in chapters.items():
        _bytes(folder / "chapters" / f"{name}.ipynb", (nbformat.writes(notebook) + "\n").encode())


def draw_pictures(document: Document, kept: Kept | None = None) -> dict[str, bytes]:
    """Return each numbered drawing as PNG by its label; those that are kept are not drawn again."""
    vector = [figure for figure in _numbered(document) if figure.svg]
    pictures = _pngs(vector, kept or Kept())
    return dict(zip([figure.label for figure in vector], pictures, strict=True))


def write_figures(folder: Path, document: Document, pictures: Mapping[str, bytes]) -> None:
    """Write each numbered drawing as ``figures/figure-NN`` in SVG and PNG, its data in CSV.

    ``pictures`` as ``draw_pictures`` returns them. A plain picture that came as PNG has no SVG,
    one without data no CSV. Forms are text of the report and have no file.
    """
    for figure in _numbered(document):
        stem = folder / "figures" / _stem(figure)
        _bytes(stem.with_suffix(".png"), pictures.get(figure.label) or b64decode(figure.png))
        if figure.svg:
            _bytes(stem.with_suffix(".svg"), figure.svg.encode())
        if figure.columns:
            _csv(stem.with_suffix(".csv"), figure.columns, figure.rows)


def write_tables(folder: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    """Write result tables as ``tables/<name>.csv``."""
    for name, frame in tables.items():
        _frame(folder / "tables" / f"{name}.csv", frame)


def write_values(folder: Path, values: pd.DataFrame) -> None:
    """Write every named number as ``values.json``: name to value, count, base, unit."""
    named = {
        str(row["name"]): {key: _number(row[key]) for key in ("value", "count", "base", "unit")}
        for row in values.to_dict("records")
    }
    write_json(folder / "values.json", named)


def write_findings(folder: Path, findings: pd.DataFrame, gates: Sequence[Gate]) -> None:
    """Write ``findings.csv``: the doubts about the data, then what must not be published."""
    rows = [
        {
            "severity": "stop",
            "code": "no-form-in-report",
            "file": f"{gate.chapter}.ipynb",
            "row": gate.cell,
            "what": gate.what,
            "do": gate.do,
        }
        for gate in gates
    ]
    stops = pd.DataFrame(rows, columns=list(findings.columns))
    found = findings if not rows else pd.concat([findings.astype(object), stops])
    _frame(folder / "findings.csv", found)


def write_queries(folder: Path, queries: pd.DataFrame) -> None:
    """Write ``queries.csv``: what to ask the partnerships, one row per question."""
    _frame(folder / "queries.csv", queries)


def write_json(path: Path, content: Any) -> None:
    """Write JSON that a person can read."""
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
    _bytes(path, f"{text}\n".encode())


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: a quote before the sign.

    Line breaks become ``\\n``: whether a CSV writer quotes a bare ``\\r`` depends on its version.
    """
    quoted = f"'{text}" if _FORMULA.match(text) else text
    return quoted.replace("\r\n", "\n").replace("\r", "\n")


def _numbered(document: Document) -> list[Figure]:
    nodes = walk(document.chapters)
    return [node for node in nodes if isinstance(node, Figure) and node.numbered]


def _pngs(figures: Sequence[Figure], kept: Kept) -> list[bytes]:
    """Return each drawing as PNG; those that are kept are not drawn again."""
    found = {figure.svg: kept.find("picture", figure.svg.encode()) for figure in figures}
    missing = [svg for svg, picture in found.items() if picture is None]
    for svg, drawn in zip(missing, _drawn(missing), strict=True):
        found[svg] = kept.keep(drawn, "picture", svg.encode())
    return [picture for figure in figures if (picture := found[figure.svg]) is not None]


def _drawn(drawings: Sequence[str]) -> list[bytes]:
    if not drawings:
        return []
    told = json.dumps(list(drawings))
    made = compile_template("figures.typ", told, format="png", ppi=_PIXELS_PER_INCH)
    return [made] if isinstance(made, bytes) else list(made)


def _stem(figure: Figure) -> str:
    """Return ``figure-04`` for Figure 4 and ``figure-S01`` for Figure S1."""
    number = figure.label.split()[-1]
    digits = number.lstrip("S")
    return f"figure-{number[: len(number) - len(digits)]}{int(digits):02d}"


def _frame(path: Path, frame: pd.DataFrame) -> None:
    rows = (
        ["" if pd.isna(cell) else cell for cell in row]
        for row in frame.itertuples(index=False, name=None)
    )
    _csv(path, [str(column) for column in frame.columns], rows)


def _csv(path: Path, columns: Sequence[str], rows: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])


def _bytes(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _number(value: Any) -> Any:
    """Return a cell as JSON has it: missing as null, whole numbers without a point."""
    if pd.isna(value):
        return None
    if isinstance(value, str):
        return value
    number = float(value)
    return int(number) if number.is_integer() else number


def _previous(final: Path) -> Path:
    return final.with_name(f".{final.name}.previous")


def _recover(final: Path) -> None:
    """Put the last report back where a run was killed between taking it away and replacing it."""
    previous = _previous(final)
    if previous.exists() and not final.exists():
        previous.replace(final)
    shutil.rmtree(previous, ignore_errors=True)


def _replace(final: Path, aside: Path) -> None:
    """Put a finished folder in the place of the last one, which is there until the new one is."""
    if not final.exists():
        aside.replace(final)
    elif not exchange(final, aside):
        previous = _previous(final)
        final.replace(previous)
        aside.replace(final)
        shutil.rmtree(previous, ignore_errors=True)
