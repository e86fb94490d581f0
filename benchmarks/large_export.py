"""Reads large exports next to raw reads of the same file, in one interleaved run.

    python benchmarks/large_export.py [ROWS ...]

Makes a survey of 120 columns and a CSV of codes for each number of rows, then times, in turn and
several times each: pandas' read of the file as text, our read of it (states inferred), and the
counts of every box by strand. Prints the best of each, the ratios and the peak memory.
"""

from __future__ import annotations

import io
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from escp_analysis.loaders.export import read_export
from escp_analysis.loaders.ledger import Ledger
from escp_analysis.loaders.structure import Structure, parse_structure

QUESTIONS, BOXES, ROUNDS = 9, 6, 3
TEXTS = ("", "", "", "a comment of some length, as people write them", 'with "quotes"\nand lines')


def main(arguments: list[str]) -> None:
    """Print a line per number of rows."""
    sizes = [int(argument) for argument in arguments] or [10_000, 100_000]
    form = parse_structure(structure().encode(), "structure.lss")
    print("rows      pandas s  ours s  ratio  counts s  of the read  peak MB")
    with tempfile.TemporaryDirectory() as folder:
        for rows in sizes:
            path = Path(folder) / f"responses-{rows}.csv"
            write(path, form, rows)
            print(measured(path, form, rows), flush=True)


def measured(path: Path, form: Structure, rows: int) -> str:
    """Return the best of some interleaved runs as a line."""
    raw, ours, counts = [], [], []
    for _ in range(ROUNDS):
        raw.append(timed(lambda: raw_read(path))[0])
        seconds, cells = timed(lambda: our_read(path, form))
        ours.append(seconds)
        counts.append(timed(lambda frame=cells: by_strand(frame))[0])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    best = min(raw), min(ours), min(counts)
    return (
        f"{rows:>9,} {best[0]:>8.2f} {best[1]:>7.2f} {best[1] / best[0]:>6.2f} {best[2]:>9.3f} "
        f"{best[2] / best[1]:>12.3f} {peak:>8.0f}"
    )


def timed(what: Callable[[], pd.DataFrame]) -> tuple[float, pd.DataFrame]:
    """Return how long a call took, and its result."""
    start = time.perf_counter()
    result = what()
    return time.perf_counter() - start, result


def raw_read(path: Path) -> pd.DataFrame:
    """Read every column as text, as pandas does it."""
    return pd.read_csv(path, dtype="str", keep_default_na=False)


def our_read(path: Path, form: Structure) -> pd.DataFrame:
    """Read every column of the questions, with the states inferred."""
    ledger = Ledger()
    cells = read_export(path, form, [column.name for column in form.columns], ledger)
    ledger.settle()
    return cells


def by_strand(cells: pd.DataFrame) -> pd.DataFrame:
    """Count every ticked box by strand."""
    boxes = [
        name for name in cells.columns if name.startswith("Q") and not name.endswith("comment")
    ]
    ticked = pd.DataFrame({name: cells[name] == "Y" for name in boxes})
    return ticked.groupby(cells["STRAND"].to_numpy()).sum()


def structure() -> str:
    """Return the structure of a survey with a strand and boxes with comments: 120 columns."""
    questions = [row("questions", qid=1, gid=1, type="L", title="STRAND", question_order=1)]
    parts, number = [], 100
    for question in range(1, QUESTIONS + 1):
        questions.append(
            row("questions", qid=10 + question, gid=1, type="P", title=f"Q{question}",
                question_order=question + 1)
        )  # fmt: skip
        for box in range(1, BOXES + 1):
            number += 1
            parts.append(
                row("sub", qid=number, parent_qid=10 + question, gid=1, title=f"SQ{box:03}",
                    question_order=box)
            )  # fmt: skip
    questions += [
        row("questions", qid=60 + at, gid=1, type="T", title=f"T{at}", question_order=30 + at)
        for at in range(1, 9)
    ]
    answers = [row("a", qid=1, code=code, answer=code, sortorder=1) for code in ("S1", "S2")]
    return (
        "<document><LimeSurveyDocType>Survey</LimeSurveyDocType><DBVersion>355</DBVersion>"
        "<surveys><rows><row><sid>7</sid><language>en</language></row></rows></surveys>"
        "<groups><rows><row><gid>1</gid><group_order>1</group_order></row></rows></groups>"
        f"<questions><rows>{''.join(questions)}</rows></questions>"
        f"<subquestions><rows>{''.join(parts)}</rows></subquestions>"
        f"<answers><rows>{''.join(answers)}</rows></answers></document>"
    )


def row(_: str, **cells: object) -> str:
    """Return a row of a table of the structure."""
    return "<row>" + "".join(f"<{name}>{text}</{name}>" for name, text in cells.items()) + "</row>"


def write(path: Path, form: Structure, rows: int) -> None:
    """Write an export with as many responses, drawn from a fixed seed."""
    drawn = random.Random(2018)
    pool = ["".join(f',"{cell(name, drawn)}"' for name in names(form)) for _ in range(500)]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        head = ["id", "submitdate", "lastpage", *(brackets(name) for name in names(form))]
        file.write(",".join(f'"{it}"' for it in head) + "\r\n")
        for at in range(rows):
            file.write(f'"{at + 1}","2018-11-01 10:00:00","1"{pool[at % len(pool)]}\r\n')


def names(form: Structure) -> list[str]:
    """Return the columns of the questions."""
    return [column.name for column in form.columns]


def brackets(name: str) -> str:
    """Return a column's heading in codes."""
    code, _, part = name.partition("_")
    return f"{code}[{part}]" if part else code


def cell(name: str, drawn: random.Random) -> str:
    """Return an answer."""
    if name == "STRAND":
        return drawn.choice(["S1", "S2"])
    if name.startswith("T") or name.endswith("comment"):
        return drawn.choice(TEXTS).replace('"', '""')
    return drawn.choice(["Y", ""])


if __name__ == "__main__":
    sys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", line_buffering=True)
    main(sys.argv[1:])
