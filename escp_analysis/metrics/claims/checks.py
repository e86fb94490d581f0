"""The vocabulary of checks: what each word asks of the evidence, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from escp_analysis.loaders.claims import listed, whole_number
from escp_analysis.metrics.claims.evidence import Measure
from escp_analysis.metrics.granularity import counts_allowed, total_ticks_allowed
from escp_analysis.metrics.options import OTHER
from escp_analysis.rounding import percent, share_text

ALMOST = 5
"""How many percentage points below the printed value ``almost`` may lie."""


@dataclass(frozen=True)
class Outcome:
    """What a check found: the computed value, whether the printed one holds and is fixed by it.

    ``fixes`` is whether a check that holds determines the printed value, and not only admits it.
    """

    computed: str
    holds: bool
    fixes: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Case:
    """One printed value and all that can be held against it.

    ``evidence``: every value of the round by name; ``printed``: the printed value of every claim.
    """

    published: str
    evidence: Mapping[str, Measure]
    printed: Mapping[str, str]

    @property
    def number(self) -> int:
        """Return the one whole number of the printed value; the reader has seen to it."""
        found = whole_number(self.published)
        if found is None:
            raise ValueError(f"{self.published!r} is not one whole number")
        return found

    def count(self, name: str) -> int:
        """Return a value that is a number."""
        return int(self.evidence[name].value)

    def share(self, name: str) -> tuple[int, int]:
        """Return a number with its base, zero where it has none."""
        return self.count(name), self.evidence[name].base or 0

    def counts(self, pattern: str) -> dict[str, Measure]:
        """Return the values a pattern names, by what ``*`` stands for; never ``other``."""
        return family(self.evidence, pattern)


def family(evidence: Mapping[str, Measure], pattern: str) -> dict[str, Measure]:
    """Return the values whose name differs from ``pattern`` in the part ``*`` only.

    The key is that part; the option ``other`` is none of the listed ones and is left out.
    """
    head, _, tail = pattern.partition("*")
    found = {
        name[len(head) : len(name) - len(tail)]: measure
        for name, measure in evidence.items()
        if name.startswith(head) and name.endswith(tail) and len(name) > len(head) + len(tail)
    }
    return {item: measure for item, measure in found.items() if "." not in item and item != OTHER}


def _equals(case: Case, *names: str) -> Outcome:
    found = [case.evidence[name] for name in names]
    values = [str(measure.value) for measure in found]
    computed = values[0] if len(set(values)) == 1 else "; ".join(values)
    return _compared(case, computed)


def _each(case: Case, *names: str) -> Outcome:
    computed = [str(case.evidence[name].value) for name in names]
    differ = f"{case.published} is printed, the data give {'; '.join(computed)}"
    holds = computed == listed(case.published)
    return Outcome("; ".join(computed), holds, True, () if holds else (differ,))


def _sum(case: Case, *names: str) -> Outcome:
    counts = [case.count(name) for name in names]
    return _compared(case, str(sum(counts)), " + ".join(map(str, counts)))


def _difference(case: Case, whole: str, part: str) -> Outcome:
    first, second = case.count(whole), case.count(part)
    return _compared(case, str(first - second), f"{first} - {second}")


def _compared(case: Case, computed: str, note: str = "") -> Outcome:
    holds = computed == case.published
    differ = "" if holds else f"{case.published} is printed, the data give {computed}"
    return Outcome(computed, holds, True, tuple(text for text in (note, differ) if text))


def _percentage(case: Case, name: str) -> Outcome:
    count, base = case.share(name)
    if not base:
        return _no_base(count)
    return _rounded(case.number, count, base, counts_allowed(case.number, base))


def _rounded(printed: int, count: int, base: int, allowed: list[int]) -> Outcome:
    """Hold a printed percentage against a count, and say which counts could have been printed."""
    holds = count in allowed
    could = " or ".join(str(number) for number in allowed) or "no count"
    only = "only " if len(allowed) == 1 else ""
    note = f"{only}{could} of {base} can be printed as {printed} %"
    fixes = len(allowed) == 1
    return Outcome(str(percent(count, base)), holds, fixes, (share_text(count, base), note))


def _mean_share(case: Case, question: str, strand: str) -> Outcome:
    boxes = case.evidence[f"summary.{question}.mention_rate.{strand}"]
    anybody = case.evidence[f"summary.{question}.any_tick.{strand}"]
    base, ticks = case.count(f"summary.{question}.base.{strand}"), int(boxes.value)
    if not base or not boxes.base:
        return _no_base(ticks)
    options = boxes.base // base
    allowed = total_ticks_allowed(case.number, base, options)
    found = _rounded(case.number, ticks, boxes.base, allowed)
    literal = f"with any tick: {share_text(int(anybody.value), base)}"
    reading = f"{ticks} ticks of {base} respondents on {options} options"
    notes = (reading, found.notes[1], literal)
    return Outcome(found.computed, found.holds, found.fixes, notes)


def _gap(case: Case, first: str, second: str) -> Outcome:
    shares = [case.share(name) for name in (first, second)]
    if not all(base for _, base in shares):
        return _no_base(shares[0][0])
    printed = [percent(count, base) for count, base in shares]
    note = " against ".join(share_text(count, base) for count, base in shares)
    return _compared(case, str(printed[0] - printed[1]), note)


def _less_than_percent(case: Case, name: str) -> Outcome:
    count, base = case.share(name)
    if not base:
        return _no_base(count)
    most = max((k for k in range(base + 1) if 100 * k < case.number * base), default=-1)
    bound = f"at most {most} of {base}" if most >= 0 else f"no count of {base}"
    note = f"{bound} is less than {case.number} %"
    return Outcome(share_text(count, base), count <= most, notes=(note,))


def _almost_percent(case: Case, name: str) -> Outcome:
    count, base = case.share(name)
    if not base:
        return _no_base(count)
    share = Fraction(100 * count, base)
    holds = case.number - ALMOST <= share < case.number
    note = f"almost is read as less than {case.number} % by no more than {ALMOST} points"
    return Outcome(share_text(count, base), holds, notes=(note,))


def _no_base(count: int) -> Outcome:
    return Outcome(share_text(count, 0), False, notes=("a share of nobody does not exist",))


def _top(case: Case, pattern: str, *items: str) -> Outcome:
    return _extreme(case.counts(pattern), items, 1, "most")


def _bottom(case: Case, pattern: str, *items: str) -> Outcome:
    return _extreme(case.counts(pattern), items, -1, "least")


def _extreme(counts: dict[str, Measure], items: tuple[str, ...], sign: int, word: str) -> Outcome:
    """Compare the named items with those that stand first, all that tie for the last place too."""
    ranked = sorted(counts, key=lambda item: -sign * int(counts[item].value))
    last = sign * int(counts[ranked[len(items) - 1]].value)
    first = [item for item in ranked if sign * int(counts[item].value) >= last]
    holds = set(first) == set(items)
    notes = _ties(counts, first)
    if not holds:
        notes += (f"{word} named: {_shown(counts, first, ', ')}",)
    return Outcome(_shown(counts, first), holds, True, notes)


def _decreasing(case: Case, pattern: str, *items: str) -> Outcome:
    counts = case.counts(pattern)
    values = [int(counts[item].value) for item in items]
    ranks = [item for item in counts if item in items or int(counts[item].value) >= min(values)]
    ordered = values == sorted(values, reverse=True)
    level = [int(counts[item].value) for item in ranks if item not in items]
    holds = ordered and max(level, default=0) <= min(values)
    strict = not level and len(set(values)) == len(values)
    ranked = sorted(ranks, key=lambda item: -int(counts[item].value))
    notes = _ties(counts, ranked)
    if not holds:
        notes += (f"the data give {_shown(counts, ranked, ', ')}",)
    return Outcome(_shown(counts, list(items)), holds, strict, notes)


def _rank(case: Case, pattern: str, item: str, place: str) -> Outcome:
    counts = case.counts(pattern)
    own = int(counts[item].value)
    rank = 1 + sum(int(measure.value) > own for measure in counts.values())
    level = [name for name in counts if int(counts[name].value) == own]
    differ = () if rank == int(place) else (f"place {place} is printed, the data give {rank}",)
    return Outcome(str(rank), rank == int(place), True, _ties(counts, level) + differ)


def _ties(counts: dict[str, Measure], items: list[str]) -> tuple[str, ...]:
    level: dict[int, list[str]] = {}
    for item in items:
        level.setdefault(int(counts[item].value), []).append(counts[item].label or item)
    return tuple(
        f"{', '.join(names[:-1])} and {names[-1]} tie at {value}"
        for value, names in sorted(level.items(), reverse=True)
        if len(names) > 1
    )


def _shown(counts: dict[str, Measure], items: list[str], between: str = "; ") -> str:
    return between.join(f"{counts[item].label or item} {counts[item].value}" for item in items)


def _at_least(case: Case, name: str) -> Outcome:
    count = case.count(name)
    holds = count >= case.number
    return Outcome(str(count), holds, notes=() if holds else (f"fewer than {case.number}",))


def _all(case: Case, name: str) -> Outcome:
    count, base = case.share(name)
    holds = bool(base) and count == base
    note = share_text(count, base)
    return Outcome(note, holds, notes=() if holds else (f"not all: {note}",))


def _majority(case: Case, name: str) -> Outcome:
    count, base = case.share(name)
    holds = 2 * count > base
    return Outcome(share_text(count, base), holds, notes=() if holds else ("not more than half",))


def _some(case: Case, *names: str) -> Outcome:
    counts = [case.count(name) for name in names]
    labels = [case.evidence[name].label or name for name in names]
    none = [label for label, count in zip(labels, counts, strict=True) if not count]
    notes = (f"nobody: {', '.join(none)}",) if none else ()
    return Outcome("; ".join(map(str, counts)), not none, notes=notes)


def _none(case: Case, name: str) -> Outcome:
    measure = case.evidence[name]
    count = int(measure.value)
    of = f" of {measure.base}" if measure.base is not None else ""
    cases = f": {', '.join(measure.cases)}" if measure.cases else ""
    notes = (f"the wording leaves out {count}{of}{cases}",) if count else ()
    return Outcome(str(count), not count, notes=notes)


def _more(case: Case, first: str, second: str) -> Outcome:
    shares = [case.share(name) for name in (first, second)]
    computed = " against ".join(share_text(count, base) for count, base in shares)
    if not all(base for _, base in shares):
        return _no_base(shares[0][0])
    ahead = Fraction(*shares[0]) > Fraction(*shares[1])
    return Outcome(computed, ahead, notes=() if ahead else (f"not more: {computed}",))


def _one_reading(case: Case, name: str) -> Outcome:
    found = _compared(case, str(case.count(name)))
    cases = case.evidence[name].cases
    notes = (f"counted: {', '.join(cases)}",) if cases else ()
    return Outcome(found.computed, found.holds, False, found.notes + notes)


def _mentions(case: Case, name: str, *phrases: str) -> Outcome:
    text = " ".join(str(case.evidence[name].value).casefold().split())
    missing = [phrase for phrase in phrases if phrase.casefold() not in text]
    found = [phrase for phrase in phrases if phrase not in missing]
    notes = (f"the text does not say {', '.join(missing)}",) if missing else ()
    return Outcome("; ".join(found), not missing, notes=notes)


def _restated(case: Case, value: str, where: str) -> Outcome:
    return Outcome(value, value == case.published, notes=(f"compared with {where}",))


def _agrees(case: Case, claim: str) -> Outcome:
    other = case.printed[claim]
    holds = other == case.published
    note = "printed alike" if holds else f"{case.published} is printed here, {other}"
    return Outcome(other, holds, notes=(f"{note} in {claim}",))


def _adds_up(case: Case, *claims: str) -> Outcome:
    parts = [whole_number(case.printed[claim]) or 0 for claim in claims]
    total = sum(parts)
    holds = total == case.number
    note = f"{' + '.join(map(str, parts))} = {total}"
    note += f" in {', '.join(claims)}" if holds else f" in {', '.join(claims)}, not {case.number}"
    return Outcome(str(total), holds, notes=(note,))


def _still_to_come(case: Case, day: str) -> Outcome:
    today = str(case.evidence["report.date"].value)
    return Outcome(day, day > today, notes=(f"the report is dated {today}",))


CHECKS: Mapping[str, Callable[..., Outcome]] = MappingProxyType(
    {
        "equals": _equals,
        "each": _each,
        "sum": _sum,
        "difference": _difference,
        "percentage": _percentage,
        "mean-share": _mean_share,
        "gap": _gap,
        "top": _top,
        "bottom": _bottom,
        "decreasing": _decreasing,
        "rank": _rank,
        "less-than-percent": _less_than_percent,
        "almost-percent": _almost_percent,
        "at-least": _at_least,
        "all": _all,
        "majority": _majority,
        "some": _some,
        "none": _none,
        "more": _more,
        "one-reading": _one_reading,
        "mentions": _mentions,
        "restated": _restated,
        "agrees": _agrees,
        "adds-up": _adds_up,
        "still-to-come": _still_to_come,
    }
)
"""What each word of ``loaders.claims.VOCABULARY`` does that asks something of the evidence."""
