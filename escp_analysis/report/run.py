"""One command from a round to its report, and the check that needs no kernel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from escp_analysis.errors import UsageError
from escp_analysis.kernels.private import sweep
from escp_analysis.loaders.project import RoundPaths, find_project
from escp_analysis.loaders.wording import advice
from escp_analysis.report.cache import CHAPTERS, Cache, surely_stale
from escp_analysis.report.inputs import read_inputs
from escp_analysis.report.last import FORMATS, LAST, LastBuild, Request, read_last, reports
from escp_analysis.report.locking import one_run
from escp_analysis.report.progress import Progress, silent
from escp_analysis.report.result import BuildResult

if TYPE_CHECKING:
    from escp_analysis.kernels.warm import WarmServer
    from escp_analysis.report.check import CheckResult

__all__ = ["FORMATS", "BuildResult", "Options", "build", "check"]

KernelChoice = Literal["forked", "fresh"]


@dataclass(frozen=True)
class Options:
    """How a report is built, which changes nothing in it.

    ``jobs``: chapters run side by side (where none is given four per processor in forked
    kernels, else one more than processors).
    ``force``: run every chapter, whatever is kept. ``kernel``: ``forked`` from a warm server
    where the system can, or ``fresh``. ``wait``: seconds to wait for another run of the round.
    ``cell_limit``, ``chapter_limit``: seconds after which a cell, a chapter is ended.
    """

    jobs: int | None = None
    force: bool = False
    kernel: KernelChoice = "forked"
    wait: float = 0
    cell_limit: int = 600
    chapter_limit: int = 1800


def build(
    round_id: str,
    *,
    project: Path | None = None,
    only: Sequence[str] = (),
    formats: Sequence[str] = FORMATS,
    parameters: Mapping[str, str] | None = None,
    options: Options | None = None,
    progress: Progress = silent,
) -> BuildResult:
    """Build the report of a round and everything else in ``output/<round>/``.

    ``only`` names chapters to build alone, into ``output/<round>/partial/``, with the numbers
    they have in the whole report. ``parameters``: values for the chapters' parameters cells.
    ``progress`` is told of each step.

    What would come out as it is there already is not done again: chapters whose inputs are as
    they were are kept, and where all inputs are, nothing is built. A chapter that fails does not
    stop the others: the report is then ``report.incomplete.html`` and ``.pdf``, and the last good
    report stays. Raises ``UsageError`` for an unknown format, chapter or parameter and
    ``RoundError`` for faults in the input, before a chapter runs; ``RoundError`` also where the
    chapters' outputs refer to unknown names; ``BuildError`` where another run holds the round or
    the disk refuses. In each case the output folder stays as it was.
    """
    started, chosen = datetime.now(UTC), options or Options()
    _check_formats(formats)
    paths = RoundPaths(project or find_project(), round_id)
    names = tuple(name.removesuffix(".ipynb") for name in only)
    request = Request(round_id, names, tuple(formats), dict(parameters or {}))
    _check_request(request, paths)
    with one_run(paths.cache, round_id, request.command, chosen.wait, progress):
        sweep()  # a run that was killed left its folder of sockets
        inputs = read_inputs(paths)
        last = None if chosen.force else read_last(paths.cache / LAST)
        if last and _holds(last, request, paths.output) and not last.changes(inputs):
            return _nothing_to_do(last, request, paths.output, progress)
        with ExitStack() as stack:
            server = None
            if chosen.force or surely_stale(_notebooks(paths, names), inputs, _cache(paths)):
                # It imports what chapters use while this process imports what a build does.
                server = stack.enter_context(kernels(paths, chosen))
            from escp_analysis.report.building import build_anew  # noqa: PLC0415 (see above)

            return build_anew(request, paths, inputs, chosen, server, started, progress)


def kernels(paths: RoundPaths, options: Options) -> WarmServer:
    """Return where kernels come from: started as a context, at once, and ended with it."""
    from escp_analysis.kernels.warm import WarmServer  # noqa: PLC0415 (a run may need none)

    fork = options.kernel == "forked"
    return WarmServer(fork=fork, project=paths.project, round_id=paths.round_id)


def _notebooks(paths: RoundPaths, only: Sequence[str]) -> Iterator[Path]:
    for path in (paths.project / "notebooks").glob("*.ipynb"):
        if not only or path.stem in only:
            yield path


def _cache(paths: RoundPaths) -> Cache:
    return Cache(paths.cache / CHAPTERS)


def check(round_id: str, project: Path | None = None) -> CheckResult:
    """Return everything that is wrong with a round's input, as far as no kernel is needed.

    Raises nothing for faults of the input: they are in the result.
    """
    from escp_analysis.report.check import check_report  # noqa: PLC0415 (a run may not need it)

    return check_report(round_id, project)


def _holds(last: LastBuild, request: Request, folder: Path) -> bool:
    return last.command == request.command and last.is_whole(folder)


def _nothing_to_do(
    last: LastBuild, request: Request, folder: Path, progress: Progress
) -> BuildResult:
    found = reports(folder, request.formats, "report")
    result = BuildResult(request.round_id, folder, found, unchanged=last.when())
    progress(result.end())
    return result


def _check_formats(formats: Sequence[str]) -> None:
    unknown = [name for name in formats if name not in FORMATS]
    if unknown or not formats:
        name = unknown[0] if unknown else ""
        near = advice(name, FORMATS, f"there are {', '.join(FORMATS)}")
        raise UsageError(f"unknown format {name!r}; {near}")


def _check_request(request: Request, paths: RoundPaths) -> None:
    """Raise for what can be told before the output folder is touched."""
    if not paths.round_file.is_file():
        from escp_analysis.loaders.parameters import read_round  # noqa: PLC0415

        read_round(paths.round_file)
    if request.only or request.parameters:
        from escp_analysis.report.chapters import check_asked  # noqa: PLC0415

        notebooks = paths.project / "notebooks"
        check_asked(notebooks, request.only, request.parameters, request.round_id)
