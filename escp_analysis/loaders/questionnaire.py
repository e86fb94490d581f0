"""The file of a questionnaire: how it is read, and every way it can be wrong."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from escp_analysis.errors import Fault, RoundError
from escp_analysis.loaders.plain_yaml import key_faults, read_yaml
from escp_analysis.loaders.question import (
    BLOCK,
    COMMENTED,
    GRID,
    KINDS,
    MULTIPLE,
    NUMBER,
    OTHER,
    SINGLE,
    TEXT,
    YES_NO,
    Condition,
    Heading,
    Option,
    Question,
    Questionnaire,
    Section,
)
from escp_analysis.loaders.wording import advice, key

__all__ = [
    "Condition",
    "Heading",
    "Option",
    "Question",
    "Questionnaire",
    "Section",
    "read_questionnaire",
]

_ID = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
_YES_NO = (["yes", "no"], ["yes", "no", "no_answer"])
_CHOICES = (SINGLE, MULTIPLE, COMMENTED)
_ONLY_FOR: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "options": (*_CHOICES, YES_NO),
        **dict.fromkeys(("options_from", "truncated", "other"), _CHOICES),
        **dict.fromkeys(("rows", "columns"), (GRID,)),
        **dict.fromkeys(("headings", "fields", "slots", "slots_from"), (BLOCK,)),
    }
)
_NEEDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **dict.fromkeys((NUMBER, TEXT), ("wording",)),
        **dict.fromkeys((*_CHOICES, YES_NO), ("wording", "options")),
        GRID: ("wording", "rows", "columns"),
        BLOCK: ("fields", "slots"),
    }
)


def read_questionnaire(path: Path) -> Questionnaire:
    """Return the questionnaire whose file is ``path``, which is named after its id.

    Raises ``RoundError`` with every fault at once: unknown or missing keys (with the nearest
    name), values of the wrong type, an unknown kind, ids or labels that stand twice, what does
    not go with a question's kind, conditions on questions or options that do not exist.
    """
    faults: list[Fault] = []
    found = _typed(read_yaml(path), _QUESTIONNAIRE, path.name, faults)
    sections = tuple(_sections(found.pop("sections", []), path.name, faults))
    questionnaire = Questionnaire(**_blank(Questionnaire) | found | {"sections": sections})
    faults.extend(_contradictions(questionnaire, path))
    if faults:
        raise RoundError(faults)
    return questionnaire


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("a text")
    return value.strip()


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise ValueError("a list of texts")
    return tuple(_text(item) for item in value)


def _flag(value: Any) -> bool:
    if value not in ("true", "false"):
        raise ValueError("true or false")
    return bool(value == "true")


def _count(value: Any) -> int:
    if not isinstance(value, str) or not value.isdecimal() or int(value) < 1:
        raise ValueError("a whole number, 1 or more")
    return int(value)


def _id(value: Any) -> str:
    if not _ID.fullmatch(_text(value)):
        raise ValueError("small letters, digits and underscores")
    return _text(value)


def _letter(value: Any) -> str:
    if not re.fullmatch("[A-Z]", _text(value)):
        raise ValueError("one capital letter")
    return _text(value)


def _one_of(*words: str) -> Callable[[Any], str]:
    def reader(value: Any) -> str:
        """Return the word; raises ``ValueError`` for any other."""
        if _text(value) not in words:
            raise ValueError(f"one of {', '.join(words)}", advice(value, words))
        return _text(value)

    return reader


def _options(value: Any) -> tuple[Option, ...]:
    if not isinstance(value, dict) or not value:
        raise ValueError("a mapping of id: label")
    return tuple(Option(name, _text(label)) for name, label in value.items())


def _condition(value: Any) -> Condition:
    if not isinstance(value, dict) or set(value) != {"question", "equals"}:
        raise ValueError("{question: id of a question, equals: id of an option}")
    return Condition(_text(value["question"]), _text(value["equals"]))


def _as_it_is(value: Any) -> Any:
    return value


@dataclass(frozen=True)
class _Spec:
    """The keys of one kind of entry: how each is read, which it needs, which names it."""

    word: str
    named: str
    needed: tuple[str, ...]
    readers: Mapping[str, Callable[[Any], Any]]


_QUESTIONNAIRE = _Spec(
    *("questionnaire", "id", ("id", "title", "source", "sections")),
    MappingProxyType(
        {"id": _text, "title": _text, "source": _text}
        | {"introduction": _texts, "sections": _as_it_is}
    ),
)
_SECTION = _Spec(
    *("section", "letter", ("letter", "title", "questions")),
    MappingProxyType(
        {"letter": _letter, "title": _text, "introduction": _text, "questions": _as_it_is}
    ),
)
_HEADING = _Spec(
    *("heading", "id", ("id", "wording")),
    MappingProxyType({"id": _id, "wording": _text, "mandatory": _flag, "help": _texts}),
)
_QUESTION = _Spec(
    *("question", "id", ("id", "kind")),
    MappingProxyType(
        {"id": _id, "kind": _one_of(*KINDS), "part_of": _id, "slots": _count, "slots_from": _id}
        | dict.fromkeys(("wording", "body_wording", "introduction", "placeholder", "note"), _text)
        | dict.fromkeys(("mandatory", "truncated", "other", "cumulative", "personal"), _flag)
        | dict.fromkeys(("help", "exclusive"), _texts)
        | dict.fromkeys(("options", "rows", "columns"), _options)
        | dict.fromkeys(("headings", "fields"), _as_it_is)
        | {"options_from": _one_of("partnerships"), "condition": _condition}
    ),
)


def _typed(value: Any, spec: _Spec, where: str, faults: list[Fault]) -> dict[str, Any]:
    """Return the values that could be read, by key; what is wrong goes to ``faults``."""
    if not isinstance(value, dict):
        faults.append(Fault(f"the {spec.word} is not a mapping", where, "key: value"))
        return {}
    faults.extend(key_faults(value, spec.readers, _needed(value, spec), where))
    found = {}
    for name, reader in spec.readers.items():
        if name not in value:
            continue
        try:
            found[name] = reader(value[name])
        except ValueError as error:
            what = f"{value[name]!r} is not legal here"
            faults.append(Fault(what, f"{where}, key {name}", *error.args))
    return found


def _needed(entry: Mapping[str, Any], spec: _Spec) -> Iterator[str]:
    """Yield the keys an entry must have; options may come from the registry instead."""
    yield from spec.needed
    kind = str(entry.get("kind")) if "kind" in spec.needed else ""
    for name in _NEEDS.get(kind, ()):
        if not (name == "options" and "options_from" in entry):
            yield name


def _entries(
    value: Any, spec: _Spec, where: str, faults: list[Fault], word: str = ""
) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield each entry of a list, typed, with its place."""
    word = word or spec.word
    if not isinstance(value, list):
        faults.append(Fault(f"the {word}s are not a list", where, f"one entry per {word}"))
        return
    for number, entry in enumerate(value, start=1):
        name = entry.get(spec.named) if isinstance(entry, dict) else None
        place = f"{where}, {word} {name or f'number {number}'}"
        yield _typed(entry, spec, place, faults), place


def _sections(value: Any, where: str, faults: list[Fault]) -> Iterator[Section]:
    for found, place in _entries(value, _SECTION, where, faults):
        questions = tuple(_questions(found.pop("questions", []), place, faults))
        yield Section(**_blank(Section) | found | {"questions": questions})


def _questions(
    value: Any, where: str, faults: list[Fault], word: str = "question"
) -> Iterator[Question]:
    for found, place in _entries(value, _QUESTION, where, faults, word):
        inner = tuple(_questions(found.pop("fields", []), place, faults, "field"))
        read = _entries(found.pop("headings", []), _HEADING, place, faults)
        headings = tuple(Heading(**_blank(Heading) | heading) for heading, _ in read)
        exclusive = found.pop("exclusive", ())
        options = found.pop("options", ())
        faults.extend(
            Fault(
                f"{name!r} is no option",
                f"{place}, key exclusive",
                "ids of options of the question",
                advice(name, [option.id for option in options]),
            )
            for name in exclusive
            if name not in [option.id for option in options]
        )
        marked = tuple(replace(item, exclusive=item.id in exclusive) for item in options)
        found |= {"options": marked, "headings": headings, "fields": inner}
        yield Question(**_blank(Question) | found)


def _blank(entry: type[Any]) -> dict[str, str]:
    """Return a blank for each field that must be given, so that faulty entries can be built."""
    return {item.name: "" for item in fields(entry) if item.default is MISSING}


def _contradictions(form: Questionnaire, path: Path) -> Iterator[Fault]:
    """Yield what is legal by itself but does not go together."""
    if form.id and form.id != path.stem:
        expected = f"{path.stem!r}, the name of the file"
        yield Fault(f"the questionnaire is {form.id!r}", f"{path.name}, key id", expected)
    yield from _doubles((section.letter for section in form.sections), "section", path.name)
    yield from _doubles((question.id for question in form.questions()), "question", path.name)
    asked: dict[str, Question] = {}
    known = {question.id: question for question in form.questions()}
    for section in form.sections:
        for question in section.questions:
            place = f"{path.name}, section {section.letter}, question {question.id}"
            yield from _question_faults(question, place)
            yield from _reference_faults(question, place, asked, known)
            asked[question.id] = question


def _doubles(names: Iterable[str], word: str, where: str) -> Iterator[Fault]:
    for name, count in Counter(name for name in names if name).items():
        if count > 1:
            yield Fault(f"{word} {name!r} stands {count} times", where, f"one {word} of that name")


def _question_faults(question: Question, where: str) -> Iterator[Fault]:
    yield from _kind_faults(question, where)
    for word in ("options", "rows", "columns"):
        yield from _label_faults(getattr(question, word), word, where, question.options_from)
    if question.kind == YES_NO and [option.id for option in question.options] not in _YES_NO:
        yield Fault("yes/no with other options", where, "yes and no, perhaps no_answer, in order")
    if question.part_of:
        yield Fault("part_of outside a block", where, "only fields of a block are parts")
    yield from _field_faults(question, where)


def _kind_faults(question: Question, where: str) -> Iterator[Fault]:
    for name, kinds in _ONLY_FOR.items():
        if question.kind and getattr(question, name) and question.kind not in kinds:
            expected = f"only with {', '.join(kinds)}"
            yield Fault(
                f"{name} does not go with a question of kind {question.kind}", where, expected
            )


def _label_faults(
    options: Iterable[Option], word: str, where: str, from_registry: str
) -> Iterator[Fault]:
    listed = list(options)
    for name in (option.id for option in listed):
        if name == OTHER:
            do = "say other: true instead"
            yield Fault(f"{OTHER!r} is listed as one of the {word}", where, "other ids", do)
        elif not from_registry and not _ID.fullmatch(name):
            expected = "small letters, digits and underscores"
            yield Fault(f"{name!r} is not an id", f"{where}, key {word}", expected)
    counts = Counter(key(option.label) for option in listed)
    for label in (option.label for option in listed if counts[key(option.label)] > 1):
        expected = "labels that can be told apart, since they are matched by wording"
        yield Fault(f"label {label!r} stands twice", f"{where}, key {word}", expected)


def _field_faults(question: Question, where: str) -> Iterator[Fault]:
    headings = [heading.id for heading in question.headings]
    yield from _doubles([*(item.id for item in question.fields), *headings], "field", where)
    for item in question.fields:
        place = f"{where}, field {item.id}"
        yield from _question_faults(replace(item, part_of=""), place)
        if item.kind == BLOCK:
            yield Fault("a block within a block", place, "a field of another kind")
        if item.part_of and item.part_of not in headings:
            what = f"{item.part_of!r} is no heading of the block"
            yield Fault(what, f"{place}, key part_of", "a heading", advice(item.part_of, headings))
    for name in headings:
        if name not in [item.part_of for item in question.fields]:
            yield Fault(f"no field is part of {name!r}", where, "fields with part_of", "add them")


def _reference_faults(
    question: Question, where: str, asked: Mapping[str, Question], known: Mapping[str, Question]
) -> Iterator[Fault]:
    """Yield conditions and counts that lead to no question, a later one, or no option."""
    conditions = [(question.condition, where)] if question.condition else []
    conditions += [
        (item.condition, f"{where}, field {item.id}") for item in question.fields if item.condition
    ]
    for condition, place in conditions:
        at = f"{place}, key condition"
        yield from _asked_before(condition.question, at, asked, known)
        options = known[condition.question].labels if condition.question in known else None
        if options is not None and condition.equals not in options:
            what = f"{condition.equals!r} is no option of {condition.question}"
            yield Fault(what, at, f"one of {', '.join(options)}", advice(condition.equals, options))
    if question.slots_from:
        at = f"{where}, key slots_from"
        yield from _asked_before(question.slots_from, at, asked, known)
        if question.slots_from in known and known[question.slots_from].kind not in ("", NUMBER):
            yield Fault(f"{question.slots_from!r} is no number", at, "a question of kind number")


def _asked_before(
    name: str, where: str, asked: Mapping[str, Question], known: Mapping[str, Question]
) -> Iterator[Fault]:
    if name not in known:
        expected = "the id of a question asked before"
        yield Fault(f"there is no question {name!r}", where, expected, advice(name, asked))
    elif name not in asked:
        expected = "a question asked before this one"
        yield Fault(f"question {name!r} is not asked before", where, expected)
