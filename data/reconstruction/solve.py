"""Numbers of ticks, and who ticked, that fit every statement: the only user of OR-tools.

Two steps. First how many: one whole number per question, option and strand. Then who: the ticks of
one question and strand, with those numbers given. Both have one best solution, because equally good
ones are told apart by weights drawn from the seed; so any solver finds the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from ortools.sat.python import cp_model

STRANDS = ("1", "2")
FIRST = 10**10  # what must come first in an objective outweighs all weights together
WEIGHTS = 10**6


class Cell(NamedTuple):
    """One option of one question in one strand."""

    question: str
    option: str
    strand: str


@dataclass(frozen=True)
class Statement:
    """One statement or judgement of constraints.yaml."""

    question: str
    options: tuple[str, ...]
    strands: tuple[str, ...]
    relation: str
    value: Any
    rest: tuple[str, ...]
    claims: tuple[str, ...] = ()
    reading: str = ""


@dataclass(frozen=True)
class Problem:
    """What is known: options and respondents of each question, and what is said about them."""

    options: Mapping[str, tuple[str, ...]]
    respondents: Mapping[tuple[str, str], tuple[str, ...]]
    statements: tuple[Statement, ...]
    judgements: tuple[Statement, ...]
    seed: str

    @property
    def said(self) -> tuple[Statement, ...]:
        """The published statements and the judgements together."""
        return (*self.statements, *self.judgements)

    @property
    def cells(self) -> list[Cell]:
        """Every option (Other last) of every question, per strand."""
        return [
            Cell(question, option, strand)
            for question, options in self.options.items()
            for option in (*options, "other")
            for strand in STRANDS
        ]

    def base(self, question: str, strand: str) -> int:
        """Return how many partnerships of the strand reached the question."""
        return len(self.respondents[question, strand])

    def weight(self, *key: str) -> int:
        """Return a number below WEIGHTS drawn from the seed and the key."""
        text = "|".join((self.seed, *key))
        return int(hashlib.sha256(text.encode()).hexdigest(), 16) % WEIGHTS


# --- How many -----------------------------------------------------------------------------------


class Counts:
    """A model with one whole number per cell, to which statements are added."""

    def __init__(self, problem: Problem, statements: Iterable[Statement]) -> None:
        self.problem = problem
        self.model = cp_model.CpModel()
        self.ticks = {
            cell: self.model.new_int_var(0, problem.base(cell.question, cell.strand), str(cell))
            for cell in problem.cells
        }
        for statement in statements:
            COUNTED[statement.relation](self, statement)

    def total(self, question: str, options: Iterable[str], strands: Iterable[str] = STRANDS) -> Any:
        """Return the sum of ticks over options and strands."""
        strands = tuple(strands)
        return sum(self.ticks[Cell(question, o, s)] for o in options for s in strands)

    def each(self, statement: Statement) -> Iterable[Any]:
        """Yield the ticks of each option that the statement names."""
        for option in statement.options:
            yield self.total(statement.question, [option], statement.strands)

    def pairs(self, statement: Statement) -> Iterable[tuple[Any, Any]]:
        """Yield the ticks of each named option with those of each it is compared to."""
        compared = statement.rest if statement.value == "rest" else statement.value
        for named in self.each(statement):
            for option in compared:
                yield named, self.total(statement.question, [option])


def _equals(counts: Counts, statement: Statement) -> None:
    for ticks in counts.each(statement):
        counts.model.add(ticks == statement.value)


def _at_least(counts: Counts, statement: Statement) -> None:
    for ticks in counts.each(statement):
        counts.model.add(ticks >= statement.value)


def _at_most(counts: Counts, statement: Statement) -> None:
    for ticks in counts.each(statement):
        counts.model.add(ticks <= statement.value)


def _above(counts: Counts, statement: Statement) -> None:
    for named, other in counts.pairs(statement):
        counts.model.add(named > other)


def _below(counts: Counts, statement: Statement) -> None:
    for named, other in counts.pairs(statement):
        counts.model.add(named < other)


def _not_below(counts: Counts, statement: Statement) -> None:
    for named, other in counts.pairs(statement):
        counts.model.add(named >= other)


def _not_above(counts: Counts, statement: Statement) -> None:
    for named, other in counts.pairs(statement):
        counts.model.add(named <= other)


def _total_ticks(counts: Counts, statement: Statement) -> None:
    options = counts.problem.options[statement.question]
    ticks = counts.total(statement.question, options, statement.strands)
    counts.model.add(ticks == statement.value)


def _total_at_most(counts: Counts, statement: Statement) -> None:
    options = counts.problem.options[statement.question]
    ticks = counts.total(statement.question, options, statement.strands)
    counts.model.add(ticks <= statement.value)


def _none_selected(counts: Counts, statement: Statement) -> None:
    # The others tick at least once and at most once each: that is all a count can say about it.
    for strand in statement.strands:
        ticking = counts.problem.base(statement.question, strand) - statement.value
        options = (*counts.problem.options[statement.question], "other")
        for option in options:
            counts.model.add(counts.ticks[Cell(statement.question, option, strand)] <= ticking)
        counts.model.add(counts.total(statement.question, options, [strand]) >= ticking)


def _fewer_ticks_than(counts: Counts, statement: Statement) -> None:
    options = counts.problem.options
    here = counts.total(statement.question, options[statement.question])
    counts.model.add(here < counts.total(statement.value, options[statement.value]))


def _no_more_than_in(counts: Counts, statement: Statement) -> None:
    for option in statement.options:
        for strand in statement.strands:
            here = counts.ticks[Cell(statement.question, option, strand)]
            counts.model.add(here <= counts.ticks[Cell(statement.value, option, strand)])


def _ticked_by(counts: Counts, statement: Statement) -> None:
    for option in statement.options:
        for strand in STRANDS:
            named = _named(counts.problem, statement, strand)
            counts.model.add(counts.ticks[Cell(statement.question, option, strand)] >= len(named))


def _not_ticked_by(counts: Counts, statement: Statement) -> None:
    for option in statement.options:
        for strand in STRANDS:
            left = counts.problem.base(statement.question, strand)
            left -= len(_named(counts.problem, statement, strand))
            counts.model.add(counts.ticks[Cell(statement.question, option, strand)] <= left)


def _only_by(counts: Counts, statement: Statement) -> None:
    for option in statement.options:
        for strand in STRANDS:
            named = _named(counts.problem, statement, strand)
            counts.model.add(counts.ticks[Cell(statement.question, option, strand)] <= len(named))


def _named(problem: Problem, statement: Statement, strand: str) -> set[str]:
    return set(statement.value) & set(problem.respondents[statement.question, strand])


COUNTED: dict[str, Callable[[Counts, Statement], None]] = {
    "equals": _equals,
    "at_least": _at_least,
    "at_most": _at_most,
    "above": _above,
    "below": _below,
    "not_below": _not_below,
    "not_above": _not_above,
    "total_ticks": _total_ticks,
    "total_at_most": _total_at_most,
    "none_selected": _none_selected,
    "fewer_ticks_than": _fewer_ticks_than,
    "no_more_than_in": _no_more_than_in,
    "ticked_by": _ticked_by,
    "not_ticked_by": _not_ticked_by,
    "only_by": _only_by,
}


def ranges(problem: Problem) -> dict[Cell, tuple[int, int]]:
    """Return the lowest and highest number of ticks that the published statements admit."""
    counts = Counts(problem, problem.statements)
    return {cell: (_bound(counts, cell, +1), _bound(counts, cell, -1)) for cell in problem.cells}


def totals(problem: Problem) -> dict[Cell, tuple[int, int]]:
    """Return the range that the published statements admit for each option's total.

    The strand of these cells is ``all``. A total can be published whose split is not.
    """
    counts = Counts(problem, problem.statements)
    found = {}
    for cell in problem.cells[:: len(STRANDS)]:
        ticks = counts.total(cell.question, [cell.option])
        found[cell._replace(strand="all")] = (_least(counts, ticks, 1), _least(counts, ticks, -1))
    return found


def _bound(counts: Counts, cell: Cell, sign: int) -> int:
    return _least(counts, counts.ticks[cell], sign)


def _least(counts: Counts, ticks: Any, sign: int) -> int:
    counts.model.minimize(sign * ticks)
    return int(_solve(counts.model).value(ticks))


def most_moderate(problem: Problem, admitted: Mapping[Cell, tuple[int, int]]) -> dict[Cell, int]:
    """Return the numbers nearest to the middle of their ranges (least squares)."""
    counts = Counts(problem, problem.said)
    objective = []
    for cell, ticks in counts.ticks.items():
        low, high = admitted[cell]
        steps = _steps(counts.model, ticks, problem.base(cell.question, cell.strand))
        # From n - 1 to n ticks, the square of twice the distance to the middle grows by this.
        growth = [4 * (2 * n - 1) - 4 * (low + high) for n in range(1, len(steps) + 1)]
        distance = sum(more * step for more, step in zip(growth, steps, strict=True))
        objective.append(FIRST * distance + problem.weight(*cell) * ticks)
    counts.model.minimize(sum(objective))
    solver = _solve(counts.model)
    return {cell: solver.value(ticks) for cell, ticks in counts.ticks.items()}


# --- Who ----------------------------------------------------------------------------------------


def who_ticked(problem: Problem, counts: Mapping[Cell, int]) -> set[tuple[str, str, str]]:
    """Return (question, option, partnership) for every tick, spread evenly over partnerships."""
    return {
        (question, option, name)
        for question, strand in problem.respondents
        for option, name in _ticks(problem, counts, question, strand)
    }


def _ticks(
    problem: Problem, counts: Mapping[Cell, int], question: str, strand: str
) -> list[tuple[str, str]]:
    model = cp_model.CpModel()
    names = problem.respondents[question, strand]
    options = (*problem.options[question], "other")
    boxes = {(o, n): model.new_bool_var(f"{o} {n}") for o in options for n in names}
    for option in options:
        model.add(sum(boxes[option, n] for n in names) == counts[Cell(question, option, strand)])
    rows = {n: [boxes[o, n] for o in options] for n in names}
    _add_named(model, problem, question, boxes)
    _add_nothing_ticked(model, problem, (question, strand), rows)
    weights = sum(problem.weight(question, o, n) * box for (o, n), box in boxes.items())
    model.minimize(FIRST * sum(_square(model, row) for row in rows.values()) + weights)
    solver = _solve(model)
    return [key for key, box in boxes.items() if solver.value(box)]


def _add_named(
    model: cp_model.CpModel,
    problem: Problem,
    question: str,
    boxes: Mapping[tuple[str, str], cp_model.IntVar],
) -> None:
    said = [s for s in problem.said if s.question == question]
    for (option, name), box in boxes.items():
        for statement in said:
            if option in statement.options and statement.relation in NAMED:
                _tell(model, box, NAMED[statement.relation](name in statement.value))


# What each relation says of a box when the partnership is, or is not, among those it names.
NAMED: dict[str, Callable[[bool], bool | None]] = {
    "ticked_by": lambda named: True if named else None,
    "not_ticked_by": lambda named: False if named else None,
    "only_by": lambda named: None if named else False,
}


def _tell(model: cp_model.CpModel, box: cp_model.IntVar, ticked: bool | None) -> None:
    if ticked is not None:
        model.add(box == int(ticked))


def _add_nothing_ticked(
    model: cp_model.CpModel,
    problem: Problem,
    place: tuple[str, str],
    rows: Mapping[str, list[cp_model.IntVar]],
) -> None:
    question, strand = place
    for statement in problem.said:
        here = statement.question == question and strand in statement.strands
        if here and statement.relation == "none_selected":
            nothing = {name: model.new_bool_var(f"nothing {name}") for name in rows}
            for name, row in rows.items():
                model.add(sum(row) == 0).only_enforce_if(nothing[name])
                model.add(sum(row) >= 1).only_enforce_if(~nothing[name])
            model.add(sum(nothing.values()) == statement.value)


def _square(model: cp_model.CpModel, row: list[cp_model.IntVar]) -> Any:
    """Return the square of the row's ticks, which is 1 + 3 + 5 + ... with one step per tick."""
    steps = _steps(model, sum(row), len(row))
    return sum((2 * number + 1) * step for number, step in enumerate(steps))


def _steps(model: cp_model.CpModel, amount: Any, highest: int) -> list[cp_model.IntVar]:
    """Return boxes of which ``amount`` are ticked, the first ones first."""
    steps = [model.new_bool_var("") for _ in range(highest)]
    model.add(sum(steps) == amount)
    for earlier, later in pairwise(steps):
        model.add_implication(later, earlier)
    return steps


def _solve(model: cp_model.CpModel) -> cp_model.CpSolver:
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 0
    status = solver.solve(model)
    if status != cp_model.OPTIMAL:
        raise ValueError(f"no answers fit the statements ({solver.status_name(status)})")
    return solver
