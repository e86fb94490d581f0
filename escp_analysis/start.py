"""Starting a round: its folders, its files, and the parameters that a person confirms."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from escp_analysis.errors import Fault, RoundError, UsageError
from escp_analysis.loaders.parameters import Round, read_round
from escp_analysis.loaders.project import RoundPaths, find_project
from escp_analysis.loaders.proposal import CHANGED, MISSING, NEW, SURE, Line, propose
from escp_analysis.loaders.question import Questionnaire
from escp_analysis.loaders.questionnaire import read_questionnaire
from escp_analysis.loaders.registry import ROSTER_COLUMNS
from escp_analysis.loaders.structure import Structure, read_structure
from escp_analysis.loaders.survey import SCHEMAS

PROVENANCES = ("collected", "reconstructed", "synthetic")


@dataclass(frozen=True)
class Started:
    """A round that was started: where, and how its questions were matched."""

    round_id: str
    lines: tuple[Line, ...]
    open_keys: tuple[str, ...]

    def summary(self) -> str:
        """Return what was matched, what is open and what to do next, for a terminal."""
        counts = [f"  {len(those)} {how}" for how, those in _by_kind(self.lines).items()]
        told = [f"  {_words(line)}" for line in self.lines if line.how not in SURE]
        told += [
            f"  {line.target}: {text}"
            for line in self.lines
            if line.target
            for text in line.options
        ]
        steps = [
            f"  confirm the lines marked in parameters/{self.round_id}/round.yaml",
            f"  fill in {', '.join(self.open_keys)} there" if self.open_keys else "",
            f"  list who was invited in data/rounds/{self.round_id}/roster.csv",
            f"  escp check {self.round_id}",
        ]
        parts = [f"Round {self.round_id} was started.", *counts, *told, "Next:", *steps]
        return "\n".join(part for part in parts if part)


def start_round(
    round_id: str,
    export: Path,
    structure: Path | None = None,
    *,
    previous: str = "",
    opened: str = "",
    closed: str = "",
    provenance: str = "collected",
    project: Path | None = None,
) -> Started:
    """Make the folders of a round from an export and its structure; nothing is overwritten.

    Without ``structure`` the export is an archive that holds it. ``previous`` is a round whose
    codes, titles and roster are taken over. What is not known is left blank, so that
    ``escp check`` asks for it; a question that only resembles one of the questionnaire is
    written as a comment. Raises ``UsageError`` for a round that exists, a file that does not or
    another provenance, ``RoundError`` for a structure that cannot be read. After an error
    nothing is left behind.
    """
    paths = RoundPaths(project or find_project(), round_id)
    _check_usage(paths, export, structure, provenance)
    before = _previous(paths, previous)
    form = read_structure(structure or export)
    questionnaire = _questionnaire(paths, form, before)
    lines = propose(form, questionnaire, before.questions if before else {})
    dates = {"opened": opened, "closed": closed}
    files = _files(export, structure)
    text = "\n".join(_yaml(round_id, provenance, dates, before, questionnaire, files, lines)) + "\n"
    try:
        _write(paths, text, export, structure, files, _roster(paths, previous))
    except OSError as error:
        raise UsageError(f"the round cannot be written: {error.strerror}") from error
    return Started(round_id, lines, tuple(_open_keys(dates, before)))


def _open_keys(dates: Mapping[str, str], before: Round | None) -> Iterator[str]:
    """Yield the keys of round.yaml that are left blank."""
    yield from (name for name, day in dates.items() if not day)
    yield from ("reminders", "report.deliverable", "report.date")
    if before is None:
        yield from ("report.title", "report.work_package", "report.contract")


def _check_usage(paths: RoundPaths, export: Path, structure: Path | None, provenance: str) -> None:
    for folder in (paths.data, paths.parameters):
        if folder.exists():
            shown = folder.relative_to(paths.project)
            raise UsageError(
                f"{shown} exists already; a round is started once, nothing was changed"
            )
    for path in (export, structure):
        if path is not None and not path.is_file():
            raise UsageError(
                f"there is no file {path.name!r}; give the export as it was downloaded"
            )
    if structure is None and export.suffix != ".lsa":
        raise UsageError("the structure is missing; add --structure FILE (.lss), or give an .lsa")
    if provenance not in PROVENANCES:
        raise UsageError(f"no provenance {provenance!r}; one of {', '.join(PROVENANCES)}")


def _previous(paths: RoundPaths, previous: str) -> Round | None:
    return read_round(RoundPaths(paths.project, previous).round_file) if previous else None


def _questionnaire(paths: RoundPaths, form: Structure, before: Round | None) -> Questionnaire:
    """Return the earlier round's questionnaire, else the one that has most of the questions."""
    if before is not None:
        return read_questionnaire(paths.questionnaire(before.questionnaire))
    folder = paths.project / "data" / "questionnaire"
    known = [read_questionnaire(path) for path in sorted(folder.glob("*.yaml"))]
    if not known:
        expected = "a questionnaire such as escp-4i-2018.yaml"
        raise RoundError([Fault("there is no questionnaire", "data/questionnaire", expected)])
    return max(known, key=lambda it: sum(line.how in SURE for line in propose(form, it, {})))


def _files(export: Path, structure: Path | None) -> tuple[str, str]:
    """Return what the raw files are called in the round; an archive is both at once."""
    responses = f"responses{export.suffix.lower()}"
    return responses, f"structure{structure.suffix.lower()}" if structure else responses


def _yaml(
    round_id: str,
    provenance: str,
    dates: Mapping[str, str],
    before: Round | None,
    questionnaire: Questionnaire,
    files: tuple[str, str],
    lines: Sequence[Line],
) -> Iterator[str]:
    report = before.report if before else None
    yield "# Blank keys are not known: fill them in. Lines of questions that begin with # are not"
    yield "# read: take the # away where the line is right, or correct it."
    yield f"round_id: {round_id}"
    yield f"title: {_plain(before.title if before else questionnaire.title)}"
    yield f"questionnaire: {questionnaire.id}"
    yield f"provenance: {provenance}"
    yield f"opened: {dates['opened']}".rstrip()
    yield f"closed: {dates['closed']}".rstrip()
    yield "reminders:"
    yield "\nreport:"
    yield f"  title: {_plain(report.title) if report else ''}".rstrip()
    yield "  deliverable:"
    yield f"  work_package: {_plain(report.work_package) if report else ''}".rstrip()
    yield f"  contract: {_plain(report.contract) if report else ''}".rstrip()
    yield "  date:"
    yield f"\nexport:\n  responses: {files[0]}\n  structure: {files[1]}"
    yield "\n# LimeSurvey question code: question of the questionnaire."
    yield "# {n} counts the copies of a block."
    yield "questions:"
    yield from _question_lines(lines)


def _question_lines(lines: Sequence[Line]) -> Iterator[str]:
    for line in lines:
        if line.how in SURE:
            yield f"  {line.code}: {line.target}  # {line.how}"
        elif line.how == CHANGED:
            told = f"{line.how}, likeness {line.likeness} %: confirm"
            yield f"  # {line.code}: {line.target}  # {told}"
            yield f"  #     the form:          {_one_line(line.asked)}"
            yield f"  #     the questionnaire: {_one_line(line.known)}"
        elif line.how == NEW:
            yield f"  # {line.code}:  # {line.how}: {_one_line(line.asked)}"
        else:
            yield f"  # CODE: {line.target}  # {line.how}: {_one_line(line.known)}"
        yield from (f"  #     {_one_line(text)}" for text in line.options)


def _plain(text: str) -> str:
    """Return a text as YAML holds it: in quotes where a sign could mean something else."""
    return text if re.fullmatch(r"[A-Za-z0-9][\w /().-]*", text) else json.dumps(text)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _roster(paths: RoundPaths, previous: str) -> str:
    """Return the earlier round's roster to start from, else its header alone."""
    file = RoundPaths(paths.project, previous).data / "roster.csv" if previous else None
    if file is not None and file.exists():
        return file.read_text(encoding="utf-8")
    return ",".join(ROSTER_COLUMNS) + "\n"


def _readme(round_id: str, provenance: str, names: Sequence[str]) -> str:
    return (
        f"# Round {round_id}\n\nThe responses are {provenance}. Raw files, as they were "
        f"downloaded and never edited: {', '.join(f'`{name}`' for name in dict.fromkeys(names))}.\n"
        "Who downloaded them, from where and when:\n"
    )


def _write(
    paths: RoundPaths,
    text: str,
    export: Path,
    structure: Path | None,
    files: tuple[str, str],
    roster: str,
) -> None:
    """Write both folders aside and put them in place, or leave nothing."""
    with tempfile.TemporaryDirectory(dir=paths.project, prefix=".new-round-") as aside:
        data, parameters = Path(aside) / "data", Path(aside) / "parameters"
        data.mkdir()
        (parameters / "commentary").mkdir(parents=True)
        shutil.copyfile(export, data / files[0])
        if structure is not None:
            shutil.copyfile(structure, data / files[1])
        (data / "roster.csv").write_text(roster, encoding="utf-8")
        header = ",".join(SCHEMAS["recodes"]) + "\n"
        (data / "recodes.csv").write_text(header, encoding="utf-8")
        readme = _readme(paths.round_id, _provenance(text), files)
        (data / "README.md").write_text(readme, encoding="utf-8")
        (parameters / "round.yaml").write_text(text, encoding="utf-8")
        _place(data, paths.data, parameters, paths.parameters)


def _provenance(text: str) -> str:
    return text.partition("provenance: ")[2].partition("\n")[0]


def _place(data: Path, to_data: Path, parameters: Path, to_parameters: Path) -> None:
    to_data.parent.mkdir(parents=True, exist_ok=True)
    data.replace(to_data)
    try:
        parameters.replace(to_parameters)
    except OSError:
        shutil.rmtree(to_data)
        raise


def _by_kind(lines: Sequence[Line]) -> dict[str, list[Line]]:
    return {
        how: those
        for how in (*SURE, CHANGED, NEW, MISSING)
        if (those := [line for line in lines if line.how == how])
    }


def _words(line: Line) -> str:
    if line.how == MISSING:
        return f"{line.how}: {line.target}"
    if line.how == NEW:
        return f"{line.how}: {line.code}, {_short(line.asked)!r}"
    return (
        f"{line.how}: {line.code} perhaps asks {line.target} ({line.likeness} %); both wordings "
        "stand in round.yaml"
    )


def _short(text: str) -> str:
    """Return a wording as one line of a terminal."""
    return textwrap.shorten(text, 70, placeholder=" ...")
