"""A project in a temporary folder, made of the simulated survey's real exports."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from escp_analysis.errors import RoundError
from escp_analysis.loaders import Survey, load_round

REPOSITORY = Path(__file__).parents[1]
DATA = Path(__file__).parent / "data"
ROUND = "2018-10"
TRUTH: dict[str, Any] = json.loads(
    (DATA / "limesurvey-3.14" / "truth.json").read_text(encoding="utf-8")
)
DATASETS = {"limesurvey-3.14": "v3.14.9-plain", "limesurvey-6.4": "v6.4.2-tokens"}

PERSONAL = ("@example.org", "Test Person", "Invented Cluster", "secret")
SECOND = ("r19", "r20", "r21", "r22", "r23", "r25", "r26", "r27", "r28")
"""The respondents whose partnership answered before; nobody answered three times."""
FIRST = tuple(told["key"] for told in TRUTH["responses"] if told["key"] not in SECOND)


def told(key: str) -> dict[str, Any]:
    """Return what a respondent did."""
    return next(response for response in TRUTH["responses"] if response["key"] == key)


def make_project(
    folder: Path, sample: str = "limesurvey-3.14", keys: Iterable[str] = FIRST
) -> Path:
    """Write a project whose round holds the sample's responses of the respondents ``keys``."""
    data, settings = folder / "data/rounds" / ROUND, folder / "parameters" / ROUND
    registry, forms = folder / "data/registry", folder / "data/questionnaire"
    for new in (data, settings, registry, forms):
        new.mkdir(parents=True)
    source = DATA / "limesurvey-3.14"
    shutil.copy(source / "round.yaml", settings)
    shutil.copy(source / "roster.csv", data)
    for name in ("partnerships.csv", "aliases.csv"):
        shutil.copy(source / name, registry)
    shutil.copy(REPOSITORY / "data/questionnaire/escp-4i-2018.yaml", forms)
    shutil.copy(DATA / sample / "survey.lss", data / "structure.lss")
    shutil.copy(DATA / sample / "vv_version2.txt", data / "responses.txt")
    ids = {str(told(key)["ids"][DATASETS[sample]]) for key in keys}
    keep_responses(folder, ids)
    return folder


def round_data(project: Path, name: str) -> Path:
    """Return a file of the round's data folder."""
    return project / "data/rounds" / ROUND / name


def responses_file(project: Path) -> Path:
    """Return the round's file of responses."""
    return round_data(project, "responses.txt")


def parameters(project: Path) -> Path:
    """Return the file of the round's parameters."""
    return project / "parameters" / ROUND / "round.yaml"


def keep_responses(project: Path, ids: Iterable[str]) -> None:
    """Drop every response but those with the numbers ``ids``."""
    head, body = _split(project)
    kept = [line for line in body if line.split("\t", 1)[0] in set(ids)]
    _write(project, head, kept)


def cell(project: Path, response: str, column: str, text: str) -> int:
    """Overwrite a cell of a response and return its row in the file."""
    head, body = _split(project)
    headings = head.splitlines()[-1].split("\t")
    at = next(at for at, line in enumerate(body) if line.startswith(f"{response}\t"))
    cells = body[at].split("\t")
    cells[headings.index(column)] = text
    body[at] = "\t".join(cells)
    _write(project, head, body)
    return len(head.splitlines()) + at + 1


def decide(project: Path, *lines: str) -> None:
    """Write the round's decisions: response, question, raw text, action and target of each."""
    header = "response,question,raw_text,action,target,coder,date,reason"
    rows = [f"{line},a coder,2019-03-04,a reason" for line in lines]
    text = "\n".join([header, *rows, ""])
    round_data(project, "recodes.csv").write_text(text, encoding="utf-8", newline="")


def change(path: Path, old: str, new: str) -> None:
    """Replace a text of a file, which must hold it exactly once."""
    content = path.read_text(encoding="utf-8")
    assert content.count(old) == 1, f"{old!r} stands {content.count(old)} times"
    path.write_text(content.replace(old, new), encoding="utf-8", newline="")


def digests(project: Path) -> dict[Path, str]:
    """Return what each file of the project holds, as a digest."""
    files = [path for path in project.rglob("*") if path.is_file()]
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def load(project: Path) -> Survey:
    """Return the Survey of the project's round."""
    return load_round(ROUND, project)


def faults(project: Path) -> list[str]:
    """Return the texts of the faults of the project's round, which must have some."""
    try:
        load(project)
    except RoundError as error:
        found = [str(fault) for fault in error.faults]
        assert not any(word in text for word in PERSONAL for text in found)
        return found
    raise AssertionError("the round loaded without a fault")


def _split(project: Path) -> tuple[str, list[str]]:
    text = responses_file(project).read_text(encoding="utf-8")
    start = text.index("\nid\t") + 1
    end = text.index("\n", start) + 1
    return text[:end], text[end:].rstrip("\n").split("\n")


def _write(project: Path, head: str, body: list[str]) -> None:
    text = head + "".join(f"{line}\n" for line in body)
    responses_file(project).write_text(text, encoding="utf-8", newline="")
