"""Reads large exports next to raw reads of the same file, in one interleaved run.

    python benchmarks/large_export.py [ROWS ...]

Makes a survey of 120 columns (60 boxes, 30 lists, 14 numbers, 10 texts) and a CSV of codes for
each number of rows, then times several times in turn, each in a process of its own: the raw read
as text (by pyarrow where the ``scale`` extra is installed, else by pandas), our read of it (states
inferred), and the counts of every box by strand, by the functions a report is made with: the boxes
of the cells, then ``metrics.option_shares``. Prints medians, ratios and our peak memory, and how
the time grows from one number of rows to the next.
"""

from __future__ import annotations

import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd

from escp_analysis import metrics
from escp_analysis.loaders import assemble
from escp_analysis.loaders.answers import Answers
from escp_analysis.loaders.binding import Bound
from escp_analysis.loaders.checking import names as answered
from escp_analysis.loaders.export import read_export
from escp_analysis.loaders.ledger import Ledger
from escp_analysis.loaders.question import (
    MULTIPLE,
    SINGLE,
    Option,
    Question,
    Questionnaire,
    Section,
)
from escp_analysis.loaders.structure import Structure, parse_structure

QUESTIONS, BOXES, LISTS, NUMBERS, TEXTS, ROUNDS = 6, 10, 30, 14, 10, 5
WORDS = [
    "cluster",
    "partnership",
    "market",
    "agreement",
    "région",
    "company",
    "support",
    "entry",
    "project",
    "network",
    "service",
    "export",
    "visit",
    "mission",
    "event",
    "barrier",
]


def main(arguments: list[str]) -> None:
    """Print a line per number of rows, or time one read when called for it."""
    if arguments[:1] in (["raw"], ["ours"]):
        print(*(raw_read if arguments[0] == "raw" else our_read)(Path(arguments[1])))
        return
    sizes = [int(argument) for argument in arguments] or [10_000, 100_000, 1_000_000]
    raw = "pyarrow" if find_spec("pyarrow") else "pandas"
    print(f"     rows  {raw:>7} s   read s  counts s   ratio  of the read  peak MB  growth")
    with tempfile.TemporaryDirectory() as folder:
        before = None
        for rows in sizes:
            path = Path(folder) / f"responses-{rows}.csv"
            write(path, parse_structure(structure().encode(), "structure.lss"), rows)
            line, seconds = measured(path, rows)
            growth = f"{seconds / before[1]:.1f} x for {rows / before[0]:g} x" if before else ""
            print(line, growth, flush=True)
            before = rows, seconds
            path.unlink()


def measured(path: Path, rows: int) -> tuple[str, float]:
    """Return the medians of some interleaved runs as a line, and the seconds of read and counts."""
    pairs = [(timed("raw", path), timed("ours", path)) for _ in range(ROUNDS)]
    raw = statistics.median(first[0] for first, _ in pairs)
    read, counts, peak = (statistics.median(it[1][at] for it in pairs) for at in range(3))
    ratio = statistics.median(sum(ours[:2]) / first[0] for first, ours in pairs)
    line = (
        f"{rows:>9,} {raw:>9.2f} {read:>8.2f} {counts:>9.3f} {ratio:>7.2f} "
        f"{counts / read:>12.3f} {peak:>8.0f} "
    )
    return line, read + counts


def timed(which: str, path: Path) -> list[float]:
    """Return what one read in a process of its own measured."""
    command = [sys.executable, __file__, which, str(path)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [float(number) for number in told.split()]


def raw_read(path: Path) -> tuple[float]:
    """Time a read of every column as text, as the raw library does it."""
    if find_spec("pyarrow"):
        from pyarrow import csv  # noqa: PLC0415 (optional)

        start = time.perf_counter()
        csv.read_csv(path, parse_options=csv.ParseOptions(newlines_in_values=True))
    else:
        start = time.perf_counter()
        pd.read_csv(path, dtype="str", keep_default_na=False)
    return (time.perf_counter() - start,)


def our_read(path: Path) -> tuple[float, float, float]:
    """Time a read of the columns of the questions, and the counts of their boxes by strand."""
    form = parse_structure(structure().encode(), "structure.lss")
    ledger, start = Ledger(), time.perf_counter()
    cells = read_export(path, form, [column.name for column in form.columns], ledger)
    ledger.settle()
    read = time.perf_counter()
    counted(cells, form)
    end = time.perf_counter()
    return read - start, end - read, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def counted(cells: pd.DataFrame, form: Structure) -> pd.DataFrame:
    """Return the shares of all boxes by strand, as a report counts them; each response is one."""
    given = Answers("responses.csv", cells, tuple(bound(form)))
    who = pd.DataFrame({"partnership": cells["id"], "strand": answered(given, "strand")})
    boxes = assemble.boxes(given, who)
    asked = [
        Question(it, MULTIPLE, options=tuple(Option(name, name) for name in boxes.options_of(it)))
        for it in boxes.questions
    ]
    questionnaire = Questionnaire("form", "", "", sections=(Section("B", "", "", tuple(asked)),))
    survey: Any = SimpleNamespace(boxes=boxes, questionnaire=questionnaire)
    return metrics.option_shares(survey)


def bound(form: Structure) -> Iterator[Bound]:
    """Yield the columns that are counted, bound to their questions."""
    for column in form.columns:
        place = (column.name, column.question)
        if column.question == "STRAND":
            answers = {"S1": "1", "S2": "2"}
            yield Bound(column.name, "strand", SINGLE, "A", 1, always=True, answers=answers)
        elif column.part:
            yield Bound(*place, MULTIPLE, "B", 1, always=True, part=column.part)


def structure() -> str:
    """Return the structure of a survey with a strand, boxes, lists, numbers and texts."""
    kinds = "L" + "M" * QUESTIONS + "L" * LISTS + "N" * NUMBERS + "T" * TEXTS
    questions = [
        row(qid=at, gid=1, type=kind, title=title(at, kind), question_order=at)
        for at, kind in enumerate(kinds, start=1)
    ]
    parts = [
        row(qid=at * 100 + box, parent_qid=at, gid=1, title=f"SQ{box:03}", question_order=box)
        for at in range(2, 2 + QUESTIONS)
        for box in range(1, BOXES + 1)
    ]
    answers = [
        row(qid=at, code=code, answer=f"Answer {code}", sortorder=order)
        for at, kind in enumerate(kinds, start=1)
        if kind == "L"
        for order, code in enumerate(codes(at), start=1)
    ]
    return (
        "<document><LimeSurveyDocType>Survey</LimeSurveyDocType><DBVersion>355</DBVersion>"
        "<surveys><rows><row><sid>7</sid><language>en</language></row></rows></surveys>"
        "<groups><rows><row><gid>1</gid><group_order>1</group_order></row></rows></groups>"
        f"<questions><rows>{''.join(questions)}</rows></questions>"
        f"<subquestions><rows>{''.join(parts)}</rows></subquestions>"
        f"<answers><rows>{''.join(answers)}</rows></answers></document>"
    )


def title(at: int, kind: str) -> str:
    """Return the code of a question."""
    return "STRAND" if at == 1 else f"{kind.replace('M', 'Q')}{at}"


def codes(at: int) -> list[str]:
    """Return the answer codes of a list."""
    return ["S1", "S2"] if at == 1 else [f"A{number}" for number in range(1, 6)]


def row(**cells: object) -> str:
    """Return a row of a table of the structure."""
    return "<row>" + "".join(f"<{name}>{text}</{name}>" for name, text in cells.items()) + "</row>"


def write(path: Path, form: Structure, rows: int) -> None:
    """Write an export with as many responses, drawn from a fixed seed."""
    drawn = random.Random(2018)
    head = ["id", "submitdate", "lastpage", "startlanguage", "seed", *map(brackets, names(form))]
    pools = {name: [cell(name, drawn) for _ in range(997)] for name in names(form)}
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        file.write(",".join(f'"{it}"' for it in head) + "\r\n")
        for at in range(rows):
            date = f"2018-11-{at % 28 + 1:02} 10:00:00" if at % 7 else ""
            told = [str(at + 1), date, "1", "en", str(at * 7919)]
            told += [pool[(at * (7 + place)) % 997] for place, pool in enumerate(pools.values())]
            # Comments differ from one respondent to the next.
            told[-TEXTS:] = [f"{text} {at}" if text else "" for text in told[-TEXTS:]]
            file.write(",".join(f'"{it}"' for it in told) + "\r\n")


def names(form: Structure) -> list[str]:
    """Return the columns of the questions."""
    return [column.name for column in form.columns]


def brackets(name: str) -> str:
    """Return a column's heading in codes."""
    code, _, part = name.partition("_")
    return f"{code}[{part}]" if part else code


def cell(name: str, drawn: random.Random) -> str:
    """Return an answer, doubled quotes and all."""
    if name == "STRAND":
        return drawn.choice(["S1", "S2"])
    if name.startswith("L"):
        return drawn.choice(["", *codes(2)])
    if name.startswith("N"):
        return drawn.choice(["", str(drawn.randrange(5000))])
    if name.startswith("T"):
        texts = " ".join(drawn.choices(WORDS, k=6)), 'said ""twice"" in\ntwo lines, as people do'
        return drawn.choice(["", *texts])
    return drawn.choice(["Y", "", ""])


if __name__ == "__main__":
    main(sys.argv[1:])
