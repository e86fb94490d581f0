"""Times building a round next to what it is built on, in one interleaved run.

    python benchmarks/runner.py [ROUNDS]

Each variant is a process of its own, timed from its start to its exit, on a copy of the project:

a  sequential papermill, then nbconvert's own HTML of the merged chapters
b  `escp run` with nothing kept: HTML, PDF, figures, tables
F  the same with `--kernel fresh`
c  `escp run` again
d  `escp run` after a sentence of a chapter changed; w: after a sentence of commentary changed
e  `escp run` after one answer changed
f  the limit: the code cells of all chapters in one process, imports and Markdown of outputs
   included; its cells alone are timed too
p  `escp check`; h: `escp --help`

Then: rendering alone, a hundred executions of one chapter, and 1, 2, 4 and 8 copies of all
chapters executed. Prints medians and ratios.
"""

from __future__ import annotations

import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROUND = "2018-10"
SENTENCE = re.compile(r"(?<=\. )[A-Z](?=[a-z]+ [a-z]+)")


def main(arguments: list[str]) -> None:
    """Print the tables, or do one variant's work when called for it."""
    works = {"a": sequential, "f": limit, "hundred": hundred, "growth": growth, "render": render}
    if arguments and arguments[0] in works:
        works[arguments[0]](*arguments[1:])
        return
    rounds = int(arguments[0]) if arguments else 5
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "project"
        for part in ("data", "parameters", "notebooks"):
            shutil.copytree(ROOT / part, project / part)
        variants(project, rounds)
        rendering(project)
        executions(project)
        growing(project)


# --- the variants -----------------------------------------------------------------------------


def variants(project: Path, rounds: int) -> None:
    """Time every variant in turn, forwards and backwards, and print medians and ratios."""
    escp = [sys.executable, "-m", "escp_analysis"]
    run, own = [*escp, "run", ROUND, "-q"], [sys.executable, __file__]
    steps: dict[str, tuple[Callable[[], None], Sequence[str]]] = {
        "a": (nothing, [*own, "a", str(project)]),
        "b": (lambda: forget(project), run),
        "c": (nothing, run),
        "d": (lambda: reword(project / "notebooks", "0[1-4]*.ipynb"), run),
        "w": (lambda: reword(project / "parameters" / ROUND / "commentary", "*.md"), run),
        "e": (lambda: flip(project), run),
        "F": (lambda: forget(project), [*run, "--kernel", "fresh"]),
        "f": (nothing, [*own, "f", str(project)]),
        "p": (nothing, [*escp, "check", ROUND]),
        "h": (nothing, [*escp, "--help"]),
    }
    times: dict[str, list[float]] = {name: [] for name in steps}
    cells: list[float] = []
    for _ in range(rounds):
        for name, (before, command) in steps.items():
            before()
            seconds, said = timed(command, project)
            times[name].append(seconds)
            if name == "f":
                cells.append(float(said.split()[-1]))
    print_variants({name: statistics.median(it) for name, it in times.items()}, cells)


def print_variants(median: dict[str, float], cells: list[float]) -> None:
    """Print a line per variant: its median and its ratio to (a) and (f)."""
    only = statistics.median(cells)
    print("variant  median s  of (a)  of (f)")
    for name, seconds in median.items():
        print(
            f"{name:>7} {seconds:>9.2f} {seconds / median['a']:>7.3f} {seconds / median['f']:>7.2f}"
        )
    print(f"(f), its cells alone: {only:.2f} s; (b) of that: {median['b'] / only:.2f}", flush=True)


def timed(command: Sequence[str], project: Path) -> tuple[float, str]:
    """Return how long a command takes, and what it says; it must succeed."""
    start = time.perf_counter()
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - start
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return seconds, done.stdout


def nothing() -> None:
    """Change nothing."""


def forget(project: Path) -> None:
    """Remove all that was built and kept."""
    shutil.rmtree(project / "output", ignore_errors=True)


def reword(folder: Path, pattern: str) -> None:
    """Change the first letter of one sentence of one file, there and back in turn."""
    for path in sorted(folder.glob(pattern)):
        text = path.read_text(encoding="utf-8")
        found = next(
            (it for it in SENTENCE.finditer(text) if "{{" not in text[it.start() - 3 :][:9]), None
        )
        if found:
            other = "T" if found[0] != "T" else "W"
            path.write_text(text[: found.start()] + other + text[found.end() :], encoding="utf-8")
            return
    raise SystemExit(f"no sentence in {folder}")


def flip(project: Path) -> None:
    """Tick or untick one box of one response, on which no sentence of the commentary rests."""
    path = project / "data" / "rounds" / ROUND / "responses.txt"
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").split("\n")]
    at = rows[1].index("ACT_SQ008")
    rows[7][at] = "" if rows[7][at] == "Y" else "Y"
    path.write_text("\n".join("\t".join(row) for row in rows), encoding="utf-8")


# --- what is compared with --------------------------------------------------------------------


def sequential(project: str) -> None:
    """Run the chapters by papermill, one after the other, and export them by nbconvert."""
    import nbformat  # noqa: PLC0415
    import papermill  # noqa: PLC0415
    from nbconvert import HTMLExporter  # noqa: PLC0415

    merged = nbformat.v4.new_notebook()
    with tempfile.TemporaryDirectory() as folder:
        for path in notebooks(project):
            out = Path(folder) / path.name
            papermill.execute_notebook(
                path, out, {"round_id": ROUND}, cwd=path.parent, progress_bar=False
            )
            merged.cells += nbformat.read(out, as_version=4).cells
        page, _ = HTMLExporter(exclude_input=True).from_notebook_node(merged)
        (Path(folder) / "report.html").write_text(page, encoding="utf-8")


def limit(project: str) -> None:
    """Run the code cells of all chapters in this process; print how long the cells took."""
    import os  # noqa: PLC0415

    from IPython.core.interactiveshell import InteractiveShell  # noqa: PLC0415
    from IPython.utils.capture import capture_output  # noqa: PLC0415

    os.chdir(Path(project) / "notebooks")
    shell = InteractiveShell.instance()
    run_cell(shell, "import pandas, seaborn, matplotlib.pyplot, escp_analysis.commentary")
    run_cell(shell, "from escp_analysis import figures, forms, metrics, narrative, tables")
    start = time.perf_counter()
    for path in notebooks(project):
        shell.reset()
        for source in code_cells(path):
            with capture_output():
                run_cell(shell, source)
    print(time.perf_counter() - start)


def run_cell(shell: object, source: str) -> None:
    """Run a cell, which must succeed."""
    shell.run_cell(source, store_history=False).raise_error()  # type: ignore[attr-defined]


def notebooks(project: str | Path) -> list[Path]:
    """Return the chapters in order."""
    return sorted((Path(project) / "notebooks").glob("*.ipynb"))


def code_cells(path: Path) -> list[str]:
    """Return the code of a chapter."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


# --- rendering, a hundred executions, growth ----------------------------------------------------


def rendering(project: Path) -> None:
    """Print how long each format takes of the last report."""
    print("\nrendering, medians of 5")
    print(timed([sys.executable, __file__, "render", str(project)], project)[1], end="", flush=True)


def render(project: str) -> None:
    """Time HTML, PDF and both of the executed chapters, in a process that has all imported."""
    import nbformat  # noqa: PLC0415

    from escp_analysis.report.about import read_about  # noqa: PLC0415
    from escp_analysis.report.html import DOCUMENT, EscpHTMLExporter  # noqa: PLC0415
    from escp_analysis.report.pdf import EscpPDFExporter  # noqa: PLC0415
    from escp_analysis.report.stitch import document_of, stitch  # noqa: PLC0415

    folder = Path(project) / "output" / ROUND / "chapters"
    chapters = {it.stem: nbformat.read(it, as_version=4) for it in sorted(folder.glob("*.ipynb"))}
    about = read_about(chapters["01_introduction"].metadata["escp"]["about"])
    whole = stitch(chapters, about)

    def as_format(exporter: type) -> None:
        exporter().from_notebook_node(whole, {DOCUMENT: document_of(whole)})

    works = {
        "document": lambda: document_of(whole),
        "HTML": lambda: as_format(EscpHTMLExporter),
        "PDF": lambda: as_format(EscpPDFExporter),
    }
    for name, work in works.items():
        print(f"{name:>9} {statistics.median(seconds(work) for _ in range(5)):.2f} s")


def executions(project: Path) -> None:
    """Print the spread of a hundred executions of one chapter."""
    print("\na hundred executions of chapter 1, one at a time")
    print(
        timed([sys.executable, __file__, "hundred", str(project)], project)[1], end="", flush=True
    )


def hundred(project: str) -> None:
    """Run chapter 1 a hundred times in forked kernels; print median and slowest."""
    from escp_analysis.kernels.warm import WarmServer  # noqa: PLC0415
    from escp_analysis.report.workers import run_chapters  # noqa: PLC0415

    times = []
    with WarmServer() as server:
        server.ready(60)
        for _ in range(101):
            (run,) = run_chapters(jobs(project)[:1], server, 1, lambda _: None)
            assert run.kernel == "forked" and run.status == "done", run.error
            times.append(run.seconds)
    median, slowest = statistics.median(times[1:]), max(times[1:])
    print(f"median {median:.3f} s, slowest {slowest:.3f} s, {slowest / median:.2f} times")


def growing(project: Path) -> None:
    """Print how the time of executing grows with the number of chapters."""
    print("\nexecuting copies of all chapters, server and imports included")
    print(" copies  ours s  sequential s  ratio")
    for copies in (1, 2, 4, 8):
        command = [sys.executable, __file__, "growth"]
        ours, _ = timed([*command, "ours", str(copies), str(project)], project)
        plain, _ = timed([*command, "sequential", str(copies), str(project)], project)
        print(f"{copies:>7} {ours:>7.2f} {plain:>13.2f} {ours / plain:>6.3f}", flush=True)


def growth(which: str, copies: str, project: str) -> None:
    """Execute copies of all chapters in one of two ways."""
    if which == "sequential":
        for _ in range(int(copies)):
            sequential(project)
        return
    from escp_analysis.kernels.warm import WarmServer  # noqa: PLC0415
    from escp_analysis.report.workers import run_chapters  # noqa: PLC0415

    with WarmServer(project=Path(project), round_id=ROUND) as server:
        runs = run_chapters(jobs(project) * int(copies), server, 8, lambda _: None)
    assert {run.status for run in runs} == {"done"}


def jobs(project: str) -> list[object]:
    """Return the chapters as jobs for the runner."""
    import nbformat  # noqa: PLC0415

    from escp_analysis.report.execute import ChapterJob  # noqa: PLC0415

    told = {"round_id": ROUND}
    reads = Path(tempfile.mkdtemp())
    return [
        ChapterJob(
            path.stem,
            nbformat.read(path, as_version=4),
            told,
            path.parent,
            Path(project),
            reads / path.stem,
        )
        for path in notebooks(project)
    ]


def seconds(work: Callable[[], object]) -> float:
    """Return how long a piece of work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main(sys.argv[1:])
