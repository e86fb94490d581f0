"""The rules a chapter keeps: words, then one expression; no path, no loop, no typed number."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

CHAPTERS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
FORBIDDEN = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Lambda,
    ast.For,
    ast.While,
    ast.With,
    ast.Try,
    ast.ListComp,
    ast.DictComp,
    ast.SetComp,
    ast.GeneratorExp,
)
COUNTS = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|"
    "sixteen|seventeen|eighteen|nineteen|twenty|half|thirds|a third|a quarter|majority|dozen"
)
# Names that carry digits: programmes, calls, partnerships, strands as names, years.
NAMES = re.compile(r"ESCP-4i|ESCP-S3|COS-[A-Z]+-\d{4}-[\d-]+|\bstrand[- ][12]\b|\bD5\.5\b", re.I)


def cells(path: Path, kind: str) -> list[Any]:
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == kind]


def words(source: str) -> str:
    """Return a Markdown cell without references and names, where digits are allowed."""
    return NAMES.sub("", re.sub(r"\{ref\}`[^`]*`|^\([a-z0-9-]+\)=$", "", source, flags=re.M))


def test_there_are_chapters() -> None:
    assert [path.name[:2] for path in CHAPTERS][:2] == ["01", "02"]


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
class TestChapter:
    def test_has_one_parameters_cell_with_the_round_alone(self, path: Path) -> None:
        tagged = [c for c in cells(path, "code") if "parameters" in c.metadata.get("tags", [])]
        assert [cell.source for cell in tagged] == ['round_id = "2018-10"']

    def test_code_cells_are_short_and_hold_no_logic(self, path: Path) -> None:
        for cell in cells(path, "code"):
            assert len(cell.source.splitlines()) <= 8, cell.source
            tree = ast.parse(cell.source)
            assert not [n for n in ast.walk(tree) if isinstance(n, FORBIDDEN)], cell.source
            assert "groupby" not in cell.source, cell.source

    def test_a_cell_that_shows_something_is_one_expression(self, path: Path) -> None:
        for cell in cells(path, "code"):
            body = ast.parse(cell.source).body
            shows = [node for node in body if isinstance(node, ast.Expr)]
            assert len(shows) == (len(body) if shows else 0), cell.source
            assert len(shows) <= 1, cell.source

    def test_holds_no_path(self, path: Path) -> None:
        for cell in cells(path, "code"):
            texts = [
                node.value
                for node in ast.walk(ast.parse(cell.source))
                if isinstance(node, ast.Constant) and isinstance(node.value, str)
            ]
            assert not [t for t in texts if re.search(r"^[./~]|\.(csv|ya?ml|txt|lss)$", t)], texts

    def test_markdown_types_no_number(self, path: Path) -> None:
        for cell in cells(path, "markdown"):
            typed = re.findall(rf"\d+|\b(?:{COUNTS})\b", words(cell.source), flags=re.I)
            assert typed == [], cell.source

    def test_stored_outputs_are_complete_and_without_times(self, path: Path) -> None:
        for number, cell in enumerate(cells(path, "code"), start=1):
            assert cell.execution_count == number
            assert not {"execution", "papermill"} & set(cell.metadata)

    def test_every_figure_and_table_carries_its_base_and_source(self, path: Path) -> None:
        for cell in cells(path, "code"):
            for output in cell.outputs:
                block = output.get("data", {}).get("application/vnd.escp.block+json", {})
                if block.get("kind") in {"figure", "table"}:
                    assert block["caption"]
                    assert block["base"] or block["source"], block["name"]


def test_the_number_rule_sees_digits_and_words() -> None:
    typed = words("In strand-2, four of 6 (67 %) of ESCP-4i, see {ref}`figure-4`.")
    assert re.findall(rf"\d+|\b(?:{COUNTS})\b", typed) == ["four", "6", "67"]
