"""Answers as words become answers as codes, the one form the rest of the package knows.

Whether a file holds codes or words is decided by its content. Words are those of the structure
(labels, tags taken out as LimeSurvey does) and LimeSurvey's own, in the languages listed here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import pandas as pd

from escp_analysis.loaders.ledger import Ledger
from escp_analysis.loaders.opened import BEST
from escp_analysis.loaders.structure import Column, Item, Structure

YES, NO, NOTHING, OTHER_WORD = 0, 1, 2, 3
WORDS: Mapping[str, tuple[str, str, str, str]] = MappingProxyType(
    {
        "en": ("Yes", "No", "N/A", "Other"),
        "fr": ("Oui", "Non", "N/A", "Autre"),
        "de": ("Ja", "Nein", "N/A", "Sonstiges"),
        "es": ("Sí", "No", "N/A", "Otro"),
        "it": ("Sì", "No", "N/A", "Altro"),
        "pt": ("Sim", "Não", "N/A", "Outro"),
    }
)
_FIXED: Mapping[tuple[str, str], Mapping[str, str]] = MappingProxyType(
    {
        ("en", "G"): {"Female": "F", "Male": "M", "N/A": ""},
        ("en", "C"): {"Yes": "Y", "Uncertain": "U", "No": "N"},
        ("en", "E"): {"Increase": "I", "Same": "S", "Decrease": "D"},
        ("fr", "G"): {"Féminin": "F", "Masculin": "M", "N/A": ""},
        ("fr", "C"): {"Oui": "Y", "Incertain": "U", "Non": "N"},
        ("fr", "E"): {"Augmenter": "I", "Diminuer": "D"},
    }
)
OTHER_CODE = "-oth-"
_LISTS, _CHOICES, _BOXES, _YES_NO = "L!O", "L!OFHR1", "MP", "Y"


@dataclass(frozen=True)
class Coded:
    """Cells as codes; ``style`` says what the file held: ``answer codes`` or ``full answers``."""

    cells: pd.DataFrame
    style: str


def as_codes(
    cells: pd.DataFrame, structure: Structure, language: str, file: str, ledger: Ledger
) -> Coded:
    """Return the cells as codes, whatever the file holds.

    Faults: a file in which *Yes* and *No* were converted to other values, which cannot be undone;
    answers in words of no language of the structure; two options of a question with one label.
    """
    columns = [it for it in structure.columns if it.name in cells.columns and it.role == "value"]
    boxes = [it.name for it in columns if structure.kind_of(it.question) in _BOXES]
    if _refuse_converted(cells, boxes, file, ledger):
        return Coded(cells, "answer codes")
    for tried in dict.fromkeys((language, *structure.languages)):
        words = WORDS.get(tried.split("-", maxsplit=1)[0])
        if words and _in_words(cells, columns, structure, tried, words):
            return _decoded(cells, columns, structure.in_language(tried), words, ledger)
    _refuse_foreign(cells, columns, structure, file, ledger)
    return Coded(cells, "answer codes")


def _refuse_converted(cells: pd.DataFrame, boxes: Sequence[str], file: str, ledger: Ledger) -> bool:
    values = set().union(*(_values(cells[name]) for name in boxes)) if boxes else set()
    converted = bool(values) and values <= {"0", "1", "2"}
    if converted:
        ledger.fault(
            "ticks were converted to numbers, and with them the comments: this cannot be undone",
            file,
            "Y for a box that is ticked",
            f"export without 'Convert Y to' and not for R or SPSS: {BEST}",
        )
    return converted


def _in_words(
    cells: pd.DataFrame,
    columns: Sequence[Column],
    structure: Structure,
    language: str,
    words: tuple[str, str, str, str],
) -> bool:
    """Return whether ticks and choices stand there in words of a language."""
    form = structure.in_language(language)
    for column in columns:
        item = form.item(column.question)
        if item.kind not in _BOXES + _YES_NO + _LISTS:
            continue
        values = _values(cells[column.name])
        if item.kind in _BOXES + _YES_NO and values & {words[YES], words[NO]} - {"Y", "N"}:
            return True
        codes = {label.code for label in item.answers} | {OTHER_CODE}
        if item.kind in _LISTS and values - codes and values & set(_labels(item)):
            return True
    return False


def _decoded(
    cells: pd.DataFrame,
    columns: Sequence[Column],
    form: Structure,
    words: tuple[str, str, str, str],
    ledger: Ledger,
) -> Coded:
    coded = cells.copy()
    for column in columns:
        item = form.item(column.question)
        if item.kind in _BOXES:
            told = {words[YES]: "Y", words[NO]: "", words[NOTHING]: None}
        elif item.kind == _YES_NO:
            told = {words[YES]: "Y", words[NO]: "N", words[NOTHING]: ""}
        elif item.kind in _CHOICES:
            told = _choices(item, column, words[OTHER_WORD], form, ledger)
        else:
            told = dict(_FIXED.get((form.language.split("-", maxsplit=1)[0], item.kind), {}))
        if told:
            coded[column.name] = _mapped(cells[column.name], told)
    return Coded(coded, "full answers")


def _mapped(cells: pd.Series, told: Mapping[str, str | None]) -> pd.Series:
    """Return the cells with every text that is told something put in its place."""
    found, texts = pd.factorize(cells, use_na_sentinel=True)
    codes = pd.Series([told.get(text, text) for text in texts], dtype="str")
    coded = pd.Series(codes.reindex(found).array, index=cells.index, dtype="str")
    return coded if cells.dtype == "str" else coded.astype("category")


def _choices(
    item: Item, column: Column, other: str, form: Structure, ledger: Ledger
) -> dict[str, str | None]:
    answers = item.second_answers if item.kind == "1" and column.column == "1" else item.answers
    labels = [label.stripped for label in answers]
    twins = sorted({text for text in labels if labels.count(text) > 1})
    for text in twins:
        ledger.fault(
            f"two answers of the question read {text!r}",
            f"{form.file}, question {item.code}",
            "a label of its own for each answer",
            f"export answer codes instead: {BEST}",
        )
    codes = [label.code for label in answers]
    told: dict[str, str | None] = dict(zip(labels, codes, strict=True))
    told |= {label.text: label.code for label in answers}
    return told | ({other: OTHER_CODE} if item.other and other not in told else {})


def _labels(item: Item) -> list[str]:
    return [label.stripped for label in item.answers]


def _values(cells: pd.Series[str]) -> set[str]:
    coded = isinstance(cells.dtype, pd.CategoricalDtype)
    texts = cells.cat.categories if coded else cells.unique()
    return {value for value in texts if isinstance(value, str) and value}


def _refuse_foreign(
    cells: pd.DataFrame,
    columns: Sequence[Column],
    structure: Structure,
    file: str,
    ledger: Ledger,
) -> None:
    """Refuse answers that are neither codes nor words of a language of the structure."""
    boxes = [it.name for it in columns if structure.kind_of(it.question) in _BOXES]
    seen = set().union(*(_values(cells[name]) for name in boxes)) if boxes else set()
    if seen and "Y" not in seen:
        ledger.fault(
            "the answers are in the words of a language that the structure does not have",
            file,
            f"answer codes, or full answers in {', '.join(structure.languages)}",
            f"choose the export language of the survey, or answer codes: {BEST}",
        )
