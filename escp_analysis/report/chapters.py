"""The chapters of a report as files: their order, their parameters, what is wrong with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from escp_analysis.errors import Fault, RoundError, UsageError
from escp_analysis.loaders.wording import advice
from escp_analysis.report.collect import collect
from escp_analysis.report.normalise import without_outputs
from escp_analysis.report.number import chapter_number
from escp_analysis.report.parameters_cell import (
    PARAMETERS,
    Parameters,
    as_typed,
    read_parameters,
)

ROUND = "round_id"


@dataclass(frozen=True)
class ChapterFile:
    """A chapter as it lies in ``notebooks/``: its name without ending and its parameters."""

    name: str
    path: Path
    notebook: NotebookNode
    parameters: Parameters


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


def check_asked(folder: Path, only: Sequence[str], given: Mapping[str, str], round_id: str) -> None:
    """Raise ``UsageError`` for chapters and parameters that are asked for and unknown.

    Chapters that cannot be read raise ``RoundError``.
    """
    chapters = select(read_chapters(folder), only)
    settle_parameters(chapters, given, round_id)


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
    """Return the parameters each chapter is run with by its name, of the types it declares.

    Those given, and the defaults of the others; the round is always one of them. Raises
    ``UsageError`` with everything wrong: a name that no chapter has (with the nearest), a value
    of another type, one that must be given and is not, another round than ``round_id``.
    """
    faults = list(_parameter_faults(chapters, given, round_id))
    if faults:
        raise UsageError("\n".join(faults))
    told = {**given, ROUND: round_id}
    return {
        chapter.name: {
            name: as_typed(told[name], kind) if name in told else chapter.parameters.defaults[name]
            for name, kind in chapter.parameters.kinds.items()
        }
        for chapter in chapters
    }


def _parameter_faults(
    chapters: Sequence[ChapterFile], given: Mapping[str, str], round_id: str
) -> Iterator[str]:
    known = list(dict.fromkeys(name for it in chapters for name in it.parameters.kinds))
    for name, value in given.items():
        if name not in known:
            yield f"no chapter has the parameter {name!r}; {_nearest(name, known)}"
        elif name == ROUND and value != round_id:
            yield f"the round is {round_id}; the parameter {ROUND} says {value}"
        else:
            yield from _type_faults(chapters, name, value)
    for chapter in chapters:
        for name in chapter.parameters.kinds:
            if name not in (*chapter.parameters.defaults, *given, ROUND):
                yield f"{chapter.name} needs the parameter {name}; say --parameter {name} VALUE"


def _type_faults(chapters: Sequence[ChapterFile], name: str, value: str) -> Iterator[str]:
    for chapter in chapters:
        kind = chapter.parameters.kinds.get(name)
        if kind is None:
            continue
        try:
            as_typed(value, kind)
        except ValueError:
            told = f"{kind.__name__}{' (YYYY-MM-DD)' if kind is date else ''}"
            yield f"the parameter {name} of {chapter.name} is of type {told}, not {value!r}"


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


def _read_parameters(notebook: NotebookNode, where: str, faults: list[Fault]) -> Parameters:
    tagged = [
        (number, cell)
        for number, cell in enumerate(notebook.cells, start=1)
        if cell.cell_type == "code" and PARAMETERS in cell.metadata.get("tags", ())
    ]
    if len(tagged) != 1:
        expected = f'one cell tagged {PARAMETERS}, for example {ROUND} = "2018-10"'
        faults.append(Fault(f"{len(tagged)} cells tagged {PARAMETERS}", where, expected))
        return Parameters({}, {})
    number, cell = tagged[0]
    place = f"{where}, cell {number}"
    parameters, wrong = read_parameters(cell.source, place)
    faults.extend(wrong)
    if ROUND not in parameters.kinds and not wrong:
        faults.append(Fault(f"the parameter {ROUND} is missing", place, f'{ROUND} = "..."'))
    return parameters


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
