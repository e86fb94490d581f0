"""Runs cells in a kernel, as the runner does, and returns what they show, chance left out."""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode
from papermill import execute_notebook

from escp_analysis.kernels.kernel import Kernel


@contextmanager
def as_outside_of_pytest() -> Iterator[None]:
    """Hide that pytest runs: ipykernel looks for it, and then lets the plain output be."""
    told = os.environ.pop("PYTEST_CURRENT_TEST", None)
    try:
        yield
    finally:
        if told is not None:
            os.environ["PYTEST_CURRENT_TEST"] = told


def notebook(cells: Sequence[str]) -> NotebookNode:
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])


def run(kernel: Kernel, *cells: str, **options: Any) -> list[str]:
    """Run cells in a kernel to its end and return what each printed, in one text per cell."""
    return [
        "".join(printed(output) for output in each) for each in outputs(kernel, *cells, **options)
    ]


def outputs(kernel: Kernel, *cells: str, **options: Any) -> list[list[NotebookNode]]:
    """Run cells in a kernel to its end and return the outputs of each."""
    book = notebook(cells)
    with kernel:
        done = execute_notebook(
            book, None, kernel_name="python3", progress_bar=False, **options, **kernel.options
        )
    return [cell.outputs for cell in done.cells]


def all_outputs(kernel: Kernel, *cells: str) -> list[list[NotebookNode]]:
    """Return the outputs of cells that go on after an error, which papermill does not allow."""
    book = notebook(cells)
    with kernel:
        all_outputs_of(kernel, book)
    return [cell.outputs for cell in book.cells]


def all_outputs_of(kernel: Kernel, book: NotebookNode, **options: Any) -> None:
    """Run a notebook in a kernel that goes on living."""
    client = NotebookClient(
        book, allow_errors=True, coalesce_streams=True, **options, **kernel.options
    )
    with client.setup_kernel():
        for number, cell in enumerate(book.cells):
            client.execute_cell(cell, number)


def printed(output: NotebookNode) -> str:
    if output.output_type == "stream":
        return str(output.text)
    if output.output_type == "error":
        return f"{output.ename}: {output.evalue}"
    return str(output.data.get("text/plain", ""))


def without_chance(value: Any, pid: int) -> Any:
    """Return outputs without numbers of processes, addresses in memory and names of sockets."""
    if isinstance(value, dict):
        return {key: without_chance(each, pid) for key, each in value.items()}
    if isinstance(value, list):
        return [without_chance(each, pid) for each in value]
    if isinstance(value, str):
        value = re.sub(rf"(?<!\d){pid}(?!\d)", "PID", value)
        return re.sub(
            r"0x[0-9a-f]{6,}", "0xADDRESS", re.sub(r"/\S*/connection\.json", "FILE", value)
        )
    return value


def runs(pid: int) -> bool:
    """Return whether there is such a process, and it is not only waiting to be reaped."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def wait_until(what: Callable[[], bool], seconds: float = 20.0) -> bool:
    """Return whether something came true in time."""
    end = time.monotonic() + seconds
    while not what():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def later(seconds: float, what: Callable[[], None]) -> None:
    """Do something in another thread after some seconds."""
    threading.Timer(seconds, what).start()
