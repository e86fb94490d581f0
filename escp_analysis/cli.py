"""The command line: each command is a thin shell over one documented function."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from threading import Thread
from typing import Any

import click

from escp_analysis.errors import INTERRUPTED, EscpError, UsageError

_SECONDS = click.IntRange(min=1)


def _without_iri_grammar() -> None:
    """Keep jsonschema from building a grammar for IRIs, which takes a second at its import.

    It checks the format of IRIs where the grammar is there; a notebook's schema has none.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


def _told(command: Callable[..., int]) -> Callable[..., None]:
    """Turn an error meant for the user into its text and its exit code, without a traceback."""

    @wraps(command)
    def shell(*args: Any, **kwargs: Any) -> None:
        _without_iri_grammar()
        # Nearly all that a command makes lives to its end: looking for garbage finds none.
        gc.set_threshold(200_000, 20, 20)
        # A scheduler's request to end is an interrupt: kernels end, nothing is half-written.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            code = command(*args, **kwargs)
            gc.freeze()  # ending, Python would look through all of it once more
        except EscpError as error:
            click.echo(f"escp: {error}", err=True)
            sys.exit(error.exit_code)
        except KeyboardInterrupt:
            click.echo("escp: interrupted; what was built before is untouched", err=True)
            sys.exit(INTERRUPTED)
        sys.exit(code)

    return shell


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="escp-analysis")
def main() -> None:
    """Turn a round of the progress survey into its published report."""


@main.command()
@click.argument("round_id", metavar="ROUND")
@click.option("--only", multiple=True, metavar="CHAPTER", help="Build this chapter only (repeat).")
@click.option(
    "--format", "formats", default="html,pdf", show_default=True, help="Formats, with commas."
)
@click.option("--jobs", type=click.IntRange(min=1), help="Chapters run side by side.")
@click.option("--force", is_flag=True, help="Run every chapter, whatever is kept.")
@click.option(
    "--kernel",
    type=click.Choice(["forked", "fresh"]),
    default="forked",
    show_default=True,
    help="Kernels forked from a warm server where the system can, or each started anew.",
)
@click.option(
    "-p",
    "--parameter",
    "parameters",
    nargs=2,
    multiple=True,
    metavar="NAME VALUE",
    help="Set a chapter parameter (repeat).",
)
@click.option("--cell-limit", default=600, show_default=True, metavar="SECONDS", type=_SECONDS)
@click.option("--chapter-limit", default=1800, show_default=True, metavar="SECONDS", type=_SECONDS)
@click.option(
    "--wait", default=0.0, metavar="SECONDS", help="Wait for another run of the round to end."
)
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but how it ended.")
@click.option("--json", "as_json", is_flag=True, help="Tell each step as a line of JSON.")
@click.option(
    "--while-input", is_flag=True, help="Be interrupted when standard input ends, as by its owner."
)
@_told
def run(
    round_id: str,
    only: tuple[str, ...],
    formats: str,
    parameters: tuple[tuple[str, str], ...],
    quiet: bool,
    as_json: bool,
    while_input: bool,
    **how: Any,
) -> int:
    """Build output/ROUND: the report, its chapters, figures, tables and run record.

    What is there already as it would be built is not built again. Exit codes: 0 built; 1 a
    chapter or a gate failed; 2 wrong usage; 3 a fault in the input; 130 interrupted.
    """
    from escp_analysis.report.progress import fitting_style, shown  # noqa: PLC0415
    from escp_analysis.report.run import Options, build  # noqa: PLC0415

    if while_input:
        Thread(target=_interrupt_at_end_of_input, daemon=True).start()
    style = fitting_style(quiet=quiet, as_json=as_json)
    with shown(style, round_id, click.echo) as progress:
        result = build(
            round_id,
            only=only,
            formats=_names(formats),
            parameters=_unique(parameters),
            options=Options(**how),
            progress=progress,
        )
    if not as_json:
        click.echo(result.summary())
    return result.exit_code


@main.command()
@click.argument("round_id", metavar="ROUND")
@click.option("--port", type=click.IntRange(1024, 65535), help="A free one where none is given.")
@click.option("--open", "opens", is_flag=True, help="Show the page in the browser.")
@click.option(
    "--format", "formats", default="html,pdf", show_default=True, help="Formats, with commas."
)
@click.option("-q", "--quiet", is_flag=True, help="Of each build, say how it ended.")
@_told
def watch(round_id: str, port: int | None, opens: bool, formats: str, quiet: bool) -> int:
    """Build ROUND at each edit and show the report in the browser, on this machine alone.

    Ends with Ctrl-C, with exit code 0.
    """
    from escp_analysis.report.progress import fitting_style  # noqa: PLC0415
    from escp_analysis.report.watch import Terminal, watch  # noqa: PLC0415

    style = fitting_style(quiet=quiet, as_json=False)
    terminal = Terminal(style, click.echo, lambda text: click.echo(text, err=True))
    watch(round_id, terminal, formats=_names(formats), port=port or 0, opens=opens)
    return 0


@main.command()
@click.argument("round_id", metavar="ROUND")
@click.argument("chapters", nargs=-1, metavar="[CHAPTER]...")
@_told
def why(round_id: str, chapters: tuple[str, ...]) -> int:
    """Say what a run would build, and because of which input."""
    from escp_analysis.report.why import explain  # noqa: PLC0415

    click.echo(explain(round_id, chapters))
    return 0


@main.command()
@click.argument("round_id", metavar="ROUND")
@_told
def check(round_id: str) -> int:
    """List everything that is wrong with a round's input, without running a chapter."""
    from escp_analysis.report.check import check_report  # noqa: PLC0415

    result = check_report(round_id)
    click.echo(result.summary())
    return result.exit_code


@main.command()
@click.argument("round_id", metavar="ROUND")
@click.option("--export", "export", required=True, metavar="FILE", help="The responses.")
@click.option("--structure", metavar="FILE", help="The .lss; not needed with an .lsa.")
@click.option("--previous", default="", metavar="ROUND", help="Take codes and titles from it.")
@click.option("--opened", default="", metavar="DAY", help="YYYY-MM-DD.")
@click.option("--closed", default="", metavar="DAY", help="YYYY-MM-DD.")
@click.option("--provenance", default="collected", show_default=True)
@_told
def new(
    round_id: str,
    export: str,
    structure: str | None,
    previous: str,
    opened: str,
    closed: str,
    provenance: str,
) -> int:
    """Start a round: make its folders and match its questions to the questionnaire."""
    from escp_analysis.start import start_round  # noqa: PLC0415

    started = start_round(
        round_id,
        Path(export),
        Path(structure) if structure else None,
        previous=previous,
        opened=opened,
        closed=closed,
        provenance=provenance,
    )
    click.echo(started.summary())
    return 0


@main.command()
@click.argument("round_id", metavar="ROUND")
@click.argument("pattern", default="")
@_told
def values(round_id: str, pattern: str) -> int:
    """List every value of a round whose name holds PATTERN, with the call that prints it."""
    from escp_analysis.commentary import list_values  # noqa: PLC0415

    found = list_values(round_id, pattern)
    for row in found.to_dict("records"):
        click.echo(f"{row['name']}\n    {row['text']}\n    {row['call']}")
    if found.empty:
        raise UsageError(f"no value holds {pattern!r}; escp values {round_id} lists all of them")
    return 0


def _interrupt_at_end_of_input() -> None:
    """Wait until whoever started this process closes its input, or ends in whatever way."""
    while os.read(0, 4096):  # not through sys.stdin, whose lock would hang the end of Python
        pass
    os.kill(os.getpid(), signal.SIGTERM)  # to the process, so that its main thread wakes


def _names(listed: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in listed.split(","))


def _unique(parameters: tuple[tuple[str, str], ...]) -> dict[str, str]:
    names = [name for name, _ in parameters]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UsageError(f"parameter given twice: {', '.join(twice)}; give each one once")
    return dict(parameters)
