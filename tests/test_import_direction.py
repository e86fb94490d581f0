"""The data's direction is the import direction: a module imports only what lies upstream."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "escp_analysis"

MAY_IMPORT = {
    "errors": set(),
    "rounding": set(),
    "origins": {"rounding"},
    "exhibits": {"origins"},
    "loaders": {"errors", "loaders"},
    "metrics": {"errors", "rounding", "loaders", "metrics"},
    "figures": {"exhibits", "rounding", "figures"},
    "tables": {"exhibits", "rounding"},
    "forms": {"exhibits", "rounding"},
    "narrative": {"exhibits", "origins", "rounding", "narrative"},
    "digest": {"exhibits", "rounding", "tables", "narrative"},
    "commentary": {
        *("errors", "rounding", "origins", "exhibits", "loaders", "metrics", "narrative"),
        "commentary",
    },
    "report": {
        *("errors", "rounding", "origins", "exhibits", "loaders", "metrics", "commentary"),
        *("kernels", "report"),
    },
    "start": {"errors", "loaders"},
    "kernels": {"kernels"},
    "cli": {"errors", "report", "commentary", "start"},
    "__main__": {"cli"},
}


def room(module: str) -> str:
    return module.split(".")[1]


def imported(tree: ast.AST) -> Iterator[str]:
    """Yield the package's own modules that the code imports, type-only imports left out."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.ImportFrom) and node.module == "escp_analysis":
            yield from (f"escp_analysis.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("escp_analysis."):
            yield str(node.module)
        elif isinstance(node, ast.Import):
            yield from (a.name for a in node.names if a.name.startswith("escp_analysis."))
        yield from imported(node)


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_what_lies_upstream(path: Path) -> None:
    own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    used = {room(module) for module in imported(ast.parse(path.read_text(encoding="utf-8")))}
    assert used <= MAY_IMPORT[own], f"{path.name} reaches downstream: {used - MAY_IMPORT[own]}"


def test_the_check_sees_an_import_that_runs_back_up() -> None:
    code = "def f():\n    from escp_analysis.report.run import build\n"
    assert [room(module) for module in imported(ast.parse(code))] == ["report"]


def test_no_relative_imports() -> None:
    relative = [
        (path.name, node.lineno)
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert relative == []
