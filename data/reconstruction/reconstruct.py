"""Reconstructs the answers of round 2018-10 from what its report says about them.

    python data/reconstruction/reconstruct.py            writes data/rounds/2018-10/
    python data/reconstruction/reconstruct.py --check    says whether the files there are these

Reads constraints.yaml (what is said) and form.yaml (what was asked); writes the responses and the
structure as LimeSurvey 3.14 exports them, and published.csv: which counts are published at all.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml
from form import Form, read_form
from lss import structure
from solve import (
    COUNTED,
    STRANDS,
    Cell,
    Problem,
    Statement,
    most_moderate,
    ranges,
    totals,
    who_ticked,
)
from vv import Response, vv

HERE = Path(__file__).resolve().parent
ROUND = HERE.parent / "rounds" / "2018-10"
QUESTIONS = ("activities", "barriers", "cluster_results", "sme_results")
SECTIONS = "ABCDEFGH"
STATEMENT_KEYS = {
    "question",
    "option",
    "strand",
    "except",
    "claims",
    "section",
    "reading",
    "reason",
}
PUBLISHED_COLUMNS = (
    "question",
    "option",
    "strand",
    "selected",
    "lowest",
    "highest",
    "claims",
    "note",
)

Raw = Mapping[str, Any]


def build(said: Raw, form: Form) -> dict[str, str]:
    """Return the text of each file of the round, by its name."""
    problem = read_problem(said, form)
    admitted = ranges(problem)
    ticks = who_ticked(problem, most_moderate(problem, admitted))
    return {
        "responses.txt": vv(form, responses(said, form, ticks, problem)),
        "structure.lss": structure(form),
        "published.csv": published(problem, admitted, totals(problem)),
    }


# --- What is said -------------------------------------------------------------------------------


def read_problem(said: Raw, form: Form) -> Problem:
    """Return the statements and respondents of constraints.yaml as the solver wants them."""
    _check_bases(said)
    options = {question: tuple(form.question(question).options) for question in QUESTIONS}
    sections = {q.id: page.section for page in form.pages for q in page.questions if q.id}
    judgements = [*said["judgements"], *(_as_tick(comment) for comment in said["comments"])]
    return Problem(
        options=options,
        respondents={
            (question, strand): tuple(_reached(said, sections[question], strand))
            for question in QUESTIONS
            for strand in STRANDS
        },
        statements=tuple(s for raw in said["statements"] for s in _statements(raw, options)),
        judgements=tuple(s for raw in judgements for s in _statements(raw, options)),
        seed=said["seed"],
    )


def _statements(raw: Raw, options: Mapping[str, tuple[str, ...]]) -> list[Statement]:
    unknown = set(raw) - STATEMENT_KEYS - set(COUNTED)
    if unknown:
        raise ValueError(f"constraints.yaml: {sorted(unknown)} in {dict(raw)} is not known")
    named = tuple(_listed(raw.get("option", [])))
    excepted = {*named, *raw.get("except", [])}
    for option in excepted - {*options[raw["question"]], "other"}:
        raise ValueError(f"constraints.yaml: {raw['question']} has no option {option!r}")
    return [
        Statement(
            question=raw["question"],
            options=named,
            strands=(raw["strand"],) if "strand" in raw else STRANDS,
            relation=relation,
            value=raw[relation],
            rest=tuple(o for o in options[raw["question"]] if o not in excepted),
            claims=tuple(raw.get("claims", ())),
            reading=raw.get("reading", ""),
        )
        for relation in COUNTED
        if relation in raw
    ]


def _as_tick(comment: Raw) -> Raw:
    return {
        "question": comment["question"],
        "option": comment["option"],
        "ticked_by": [comment["partnership"]],
    }


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _reached(said: Raw, section: str, strand: str | None = None) -> list[str]:
    return [
        p["name"]
        for p in said["partnerships"]
        if p["reached"] in SECTIONS and p["reached"] >= section and strand in (None, p["strand"])
    ]


def _check_bases(said: Raw) -> None:
    for base in said["bases"]:
        for strand, expected in base["strands"].items():
            found = len(_reached(said, base["section"], strand))
            if found != expected:
                raise ValueError(
                    f"constraints.yaml: {found} partnerships of strand {strand} reached section"
                    f" {base['section']}, {expected} are published ({', '.join(base['claims'])})"
                )


# --- What each partnership answered -------------------------------------------------------------


def responses(
    said: Raw, form: Form, ticks: Iterable[tuple[str, str, str]], problem: Problem
) -> list[Response]:
    """Return one response per partnership that answered, in an order drawn from the seed."""
    stored = _stored(said, form, ticks)
    reached = {p["name"]: p["reached"] for p in said["partnerships"]}
    order = sorted(_reached(said, "A"), key=lambda name: problem.weight("order", name))
    return [
        Response(number, reached[name], reached[name] == SECTIONS[-1], stored[name])
        for number, name in enumerate(order, start=1)
    ]


def _stored(
    said: Raw, form: Form, ticks: Iterable[tuple[str, str, str]]
) -> dict[str, dict[str, str]]:
    stored = {p["name"]: _identity(form, p) for p in said["partnerships"]}
    for question, option, name in ticks:
        stored[name][form.question(question).part(option)] = "Y"
    for comment in said["comments"]:
        part = form.question(comment["question"]).part(comment["option"])
        stored[comment["partnership"]][f"{part}comment"] = comment["text"]
    for reporter in said["agreements"]:
        stored[reporter["partnership"]] |= _agreements(form, reporter["rows"])
    for name in {mention["partnership"] for mention in said["collaborations"]}:
        mentions = [m for m in said["collaborations"] if m["partnership"] == name]
        stored[name] |= _collaborations(form, mentions)
    for example in said["sme_examples"]:
        stored[example["partnership"]]["SMEDESC1"] = example["text"]
    return stored


def _identity(form: Form, partnership: Raw) -> dict[str, str]:
    """Return section A, and No where only a Yes is reported one by one."""
    return {
        "NAME": form.question("NAME").answer_code(partnership["name"]),
        "STRAND": form.question("STRAND").answer_code(partnership["strand"]),
        "COOP": "N",
        "DIAL": "N",
    }


def _agreements(form: Form, rows: list[Raw]) -> dict[str, str]:
    answers = {"COOP": "Y", "NCOOP": f"{len(rows)}.0000000000"}
    objective = ""
    for n, row in enumerate(rows, start=1):
        kind, counterpart = form.question(f"CTYPE{n}"), form.question(f"CORG{n}")
        objective = objective if row.get("objective") == "above" else row.get("objective", "")
        answers |= {
            kind.code: kind.answer_code(row["type"]),
            kind.part("other"): row.get("other", ""),
            f"COBJ{n}": objective,
            **{counterpart.part(part): row[part] for part in ("name", "country", "sector")},
        }
    return answers


def _collaborations(form: Form, mentions: list[Raw]) -> dict[str, str]:
    question = form.question("collaborations")
    answers = {"DIAL": "Y"}
    for mention in (m for m in mentions if "with" in m):
        part = question.part(mention["with"])
        answers |= {part: "Y", f"{part}comment": mention.get("purpose", "")}
    others = [m for m in mentions if "other" in m]
    purposes = [m["purpose"] for m in others if "purpose" in m]
    part = question.part("other")
    return answers | {
        part: "; ".join(m["other"] for m in others),
        f"{part}comment": "; ".join(purposes),
    }


# --- What is published --------------------------------------------------------------------------


def published(
    problem: Problem,
    admitted: Mapping[Cell, tuple[int, int]],
    summed: Mapping[Cell, tuple[int, int]],
) -> str:
    """Return one CSV row per cell: the count if a single one fits, and the range in any case.

    A total has a row, its strand ``all``, where it is fixed and its split by strand is not.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(PUBLISHED_COLUMNS)
    for cell, (lowest, highest) in [*admitted.items(), *_totals_only(admitted, summed)]:
        about = [s for s in problem.statements if _is_about(s, cell)]
        claims = sorted({claim for statement in about for claim in statement.claims})
        selected = lowest if lowest == highest else ""
        writer.writerow([*cell, selected, lowest, highest, ";".join(claims), _note(about, cell)])
    return text.getvalue()


def _totals_only(
    admitted: Mapping[Cell, tuple[int, int]], summed: Mapping[Cell, tuple[int, int]]
) -> list[tuple[Cell, tuple[int, int]]]:
    return [
        (cell, (lowest, highest))
        for cell, (lowest, highest) in summed.items()
        if lowest == highest
        and any(len(set(admitted[cell._replace(strand=strand)])) > 1 for strand in STRANDS)
    ]


def _is_about(statement: Statement, cell: Cell) -> bool:
    return (
        statement.question == cell.question
        and cell.option in statement.options
        and cell.strand in (*statement.strands, "all")
    )


def _note(about: list[Statement], cell: Cell) -> str:
    readings = "; ".join(dict.fromkeys(s.reading for s in about if s.reading))
    if cell.option == "other":
        return "no text under Other is printed"
    return readings if about else "no number or bound is printed"


# --- Command ------------------------------------------------------------------------------------


def main(arguments: list[str] | None = None) -> int:
    """Write or check the files of the round; return the exit code."""
    parser = argparse.ArgumentParser(description="Reconstruct the answers of round 2018-10.")
    parser.add_argument("--check", action="store_true", help="compare only; exit 1 if different")
    parser.add_argument("--out", type=Path, default=ROUND, help="folder of the round's files")
    chosen = parser.parse_args(arguments)
    files = build(_yaml("constraints.yaml"), read_form(_yaml("form.yaml")))
    if chosen.check:
        return _compare(files, chosen.out)
    chosen.out.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (chosen.out / name).write_bytes(text.encode())
        print(f"wrote {name}")
    return 0


def _yaml(name: str) -> Any:
    return yaml.safe_load((HERE / name).read_text(encoding="utf-8"))


def _compare(files: Mapping[str, str], folder: Path) -> int:
    different = [name for name, text in files.items() if _content(folder / name) != text.encode()]
    for name in different:
        print(f"{name} is not what the constraints give; run reconstruct.py without --check")
    if not different:
        print("the files of the round are the ones the constraints give")
    return 1 if different else 0


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


if __name__ == "__main__":
    sys.exit(main())
