"""The chapters of a report as files: their order, their parameters, what is wrong with them."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from escp_analysis.errors import Fault, RoundError, UsageError
from escp_analysis.loaders.wording import advice
from escp_analysis.report.collect import collect
from escp_analysis.report.normalise import without_outputs
from escp_analysis.report.number import chapter_number

PARAMETERS = "parameters"
ROUND = "round_id"
_LITERALS = (str, int, float, bool)


@dataclass(frozen=True)
class ChapterFile:
    """A chapter as it lies in ``notebooks/``: its name without ending and its parameters."""

    name: str
    path: Path
    notebook: NotebookNode
    parameters: Mapping[str, Any]


def read_chapters(folder: Path) -> tuple[ChapterFile, ...]:
    """Return the chapters in ``folder`` in the order of their names.

    Raises ``RoundError`` with the faults of all of them: no chapter at all, a file that is no
    notebook, a name without number, a number given twice, no parameters cell or one that does
    more than name values, Markdown that has no form in the report.
    """
    faults: list[Fault] = []
    paths = sorted(folder.glob("*.ipynb"))
    if not paths:
        expected = "chapters such as 01_introduction.ipynb"
        faults.append(Fault("there is no chapter", f"{folder.name}/", expected))
    chapters = [found for path in paths if (found := _read(path, faults)) is not None]
    faults.extend(_number_faults([path.stem for path in paths]))
    if faults:
        raise RoundError(faults)
    return tuple(chapters)


def select(chapters: Sequence[ChapterFile], names: Sequence[str]) -> tuple[ChapterFile, ...]:
    """Return the chapters called ``names``, all where none is named.

    Raises ``UsageError`` for a name that is not one of them, with the nearest.
    """
    known = [chapter.name for chapter in chapters]
    wanted = [name.removesuffix(".ipynb") for name in names]
    unknown = [name for name in wanted if name not in known]
    if unknown:
        told = [f"there is no chapter {name!r}; {_nearest(name, known)}" for name in unknown]
        raise UsageError("\n".join(told))
    return tuple(chapter for chapter in chapters if not wanted or chapter.name in wanted)


def settle_parameters(
    chapters: Sequence[ChapterFile], given: Mapping[str, str], round_id: str
) -> dict[str, dict[str, Any]]:
    """Return the parameters of each chapter by its name: those given, of its defaults' types.

    The round is always one of them. Raises ``UsageError`` for a name that no chapter has (with
    the nearest), a value of another type than the default, another round than ``round_id``.
    """
    faults = list(_parameter_faults(chapters, given, round_id))
    if faults:
        raise UsageError("\n".join(faults))
    values = {**given, ROUND: round_id}
    return {
        chapter.name: {
            name: _typed(values[name], default)
            for name, default in chapter.parameters.items()
            if name in values
        }
        for chapter in chapters
    }


def _parameter_faults(
    chapters: Sequence[ChapterFile], given: Mapping[str, str], round_id: str
) -> Iterator[str]:
    known = list(dict.fromkeys(name for chapter in chapters for name in chapter.parameters))
    for name, value in given.items():
        if name not in known:
            yield f"no chapter has the parameter {name!r}; {_nearest(name, known)}"
        elif name == ROUND and value != round_id:
            yield f"the round is {round_id}; the parameter {ROUND} says {value}"
        else:
            yield from _type_faults(chapters, name, value)


def _type_faults(chapters: Sequence[ChapterFile], name: str, value: str) -> Iterator[str]:
    for chapter in chapters:
        default = chapter.parameters.get(name)
        if default is None:
            continue
        try:
            _typed(value, default)
        except ValueError:
            kind = type(default).__name__
            yield f"the parameter {name} of {chapter.name} is of type {kind}, not {value!r}"


def _typed(value: str, default: Any) -> Any:
    """Return a value given as text in the type of the default; ``ValueError`` where it is not."""
    if isinstance(default, bool):
        if value not in ("True", "False"):
            raise ValueError(value)
        return value == "True"
    return type(default)(value)


def _nearest(name: str, known: Sequence[str]) -> str:
    return advice(name, known, f"there are {', '.join(known)}")


def _read(path: Path, faults: list[Fault]) -> ChapterFile | None:
    try:
        notebook = nbformat.read(path, as_version=4)
    except (OSError, ValueError, nbformat.ValidationError) as error:
        what = f"the file is no notebook: {str(error).splitlines()[0]}"
        faults.append(Fault(what, path.name, "a Jupyter notebook"))
        return None
    parameters = _read_parameters(notebook, path.name, faults)
    faults.extend(collect(path.stem, without_outputs(notebook).cells).faults)
    return ChapterFile(path.stem, path, notebook, parameters)


def _read_parameters(notebook: NotebookNode, where: str, faults: list[Fault]) -> dict[str, Any]:
    tagged = [
        (number, cell)
        for number, cell in enumerate(notebook.cells, start=1)
        if cell.cell_type == "code" and PARAMETERS in cell.metadata.get("tags", ())
    ]
    if len(tagged) != 1:
        expected = f'one cell tagged {PARAMETERS}, for example {ROUND} = "2018-10"'
        faults.append(Fault(f"{len(tagged)} cells tagged {PARAMETERS}", where, expected))
        return {}
    number, cell = tagged[0]
    parameters = _literals(cell.source)
    if parameters is None:
        expected = "lines such as name = value, with a text, a number, True or False"
        do = "derive other values in a function of the package"
        faults.append(
            Fault(
                "the parameters cell does more than name values",
                f"{where}, cell {number}",
                expected,
                do,
            )
        )
        return {}
    if ROUND not in parameters:
        faults.append(
            Fault(
                f"the parameter {ROUND} is missing", f"{where}, cell {number}", f'{ROUND} = "..."'
            )
        )
    return parameters


def _literals(source: str) -> dict[str, Any] | None:
    """Return the names and values that lines of code set; ``None`` where they do anything else."""
    found: dict[str, Any] = {}
    try:
        for statement in ast.parse(source).body:
            name, value = _assignment(statement)
            found[name] = ast.literal_eval(value)
    except (SyntaxError, ValueError):
        return None
    return found if all(isinstance(value, _LITERALS) for value in found.values()) else None


def _assignment(statement: ast.stmt) -> tuple[str, ast.expr]:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return name, value
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            return name, value
    raise ValueError("not an assignment to a name")


def _number_faults(names: Sequence[str]) -> Iterator[Fault]:
    numbers = {name: chapter_number(name) for name in names}
    given = Counter(number for number in numbers.values() if number)
    for name, number in numbers.items():
        where = f"{name}.ipynb"
        if not number:
            expected = "a name such as 02_activities, or A_questionnaire for an annex"
            yield Fault("the file's name gives no chapter number", where, expected)
        elif given[number] > 1:
            yield Fault(f"the number {number} is given twice", where, "one file per number")
