"""Applying decisions: what ``recodes.csv`` does to the tables, and which of its rows do nothing.

Only an Other's text is recoded here; how a name or a country is read is decided where it is
counted. The text itself stays in the tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
from rapidfuzz import fuzz, process

from escp_analysis.loaders.answers import Answers
from escp_analysis.loaders.binding import Bound
from escp_analysis.loaders.boxes import Boxes, written
from escp_analysis.loaders.ledger import Ledger, place
from escp_analysis.loaders.question import OTHER
from escp_analysis.loaders.recodes import (
    COLLABORATIONS,
    COMMENT_NAME,
    COUNTRY,
    FILE,
    READ_AS,
    RESPONSE,
    names_typed,
    numbered,
)
from escp_analysis.loaders.wording import advice, key

_NEAR = 60
_OTHER_NAME = f".{OTHER}"
_ORGANISATION_TYPE = "agreements.organisation_type.other"
_BENEFITS = "sme_examples.benefits.other"

Written = tuple[int, str, str]
"""A text that somebody wrote: row and column of the file, and the text without outer blanks."""


def is_decided(recodes: pd.DataFrame, partnership: str, question: str, text: str) -> bool:
    """Return whether ``recodes.csv`` decides on a text of a partnership."""
    return bool(len(_decisions(recodes, partnership, question, text)))


def check_used(given: Answers, who: pd.DataFrame, recodes: pd.DataFrame, ledger: Ledger) -> None:
    """Note each decision on a text that nobody wrote, and how many texts under Other are recoded.

    Findings: a doubt per decision that does nothing, with the place of the text nearest to it (a
    finding repeats nothing that somebody typed); a note per question whose Other was recoded.
    Fault: an option that the form does not offer. Decisions on a ``response`` are followed
    before.
    """
    for question in recodes["question"].drop_duplicates():
        if question == RESPONSE:
            continue
        written = {
            name: list(_written(given, rows, str(question)))
            for name, rows in _rows_of(given, who, recodes)
        }
        actions = []
        for row, decision in numbered(recodes, str(question)):
            texts = written.get(decision["response"], [])
            found = [text for text in texts if text[2] == decision["raw_text"]]
            if not found:
                _report_stale(given.file, row, decision, texts, ledger)
                continue
            actions += [decision["action"]] * len(found)
            if str(question).endswith(_OTHER_NAME) and decision["action"] == READ_AS:
                _check_offered(given, row, str(question), decision["target"], ledger)
        if actions and str(question).endswith(_OTHER_NAME):
            _report_recoded(str(question), actions, ledger)


def recoded_boxes(boxes: Boxes, recodes: pd.DataFrame) -> Boxes:
    """Return the boxes with every text under Other as it was decided on.

    Read as an option: the option is selected and Other is not; a comment on Other goes to the
    option, behind the option's own. Set aside: Other is not selected. The text stays.
    """
    selected, texts = boxes.selected.copy(order="F"), boxes.texts
    for response, other, decision in _decided_boxes(boxes, recodes):
        selected[response, other] = False
        target = (boxes.options[other][0], decision["target"])
        if decision["action"] == READ_AS and target in boxes.options:
            option = boxes.options.index(target)
            selected[response, option] = True
            texts = _comment_moved(texts, response, other, option)
    return replace(boxes, selected=selected, texts=texts)


def recoded_benefits(benefits: pd.DataFrame, recodes: pd.DataFrame) -> pd.DataFrame:
    """Return the table ``sme_benefits`` with its texts under Other as they were decided on."""
    table = benefits.copy()
    others = _others(table, recodes, _BENEFITS, table["option"].eq(OTHER) & table["selected"])
    for at, row in others.iterrows():
        text = str(row["other_text"]).strip()
        decided = _decisions(recodes, row["partnership"], _BENEFITS, text)
        if not len(decided):
            continue
        table.loc[at, "selected"] = False
        if decided.iloc[0]["action"] == READ_AS:
            same = table["partnership"].eq(row["partnership"]) & table["example"].eq(row["example"])
            table.loc[same & table["option"].eq(decided.iloc[0]["target"]), "selected"] = True
    return table


def recoded_agreements(agreements: pd.DataFrame, recodes: pd.DataFrame) -> pd.DataFrame:
    """Return the table ``agreements`` with its types under Other as they were decided on.

    Read as an option: that is the type. Set aside: the type is missing. The text stays.
    """
    table = agreements.copy()
    others = _others(table, recodes, _ORGANISATION_TYPE, table["organisation_type"].eq(OTHER))
    for at, row in others.iterrows():
        text = str(row["organisation_type_other"]).strip()
        decided = _decisions(recodes, row["partnership"], _ORGANISATION_TYPE, text)
        if len(decided):
            read_as = decided.iloc[0]["action"] == READ_AS
            table.loc[at, "organisation_type"] = decided.iloc[0]["target"] if read_as else pd.NA
    return table


def _decided_boxes(
    boxes: Boxes, recodes: pd.DataFrame
) -> Iterator[tuple[int, int, pd.Series[str]]]:
    """Yield response and place of each Other selected that is decided on, with the decision."""
    names = boxes.who["partnership"]
    decided_on = names.isin(recodes["response"])[boxes.texts["response"]].to_numpy(dtype=bool)
    for row in boxes.texts.loc[decided_on].to_dict("records"):
        response, place = row["response"], row["option"]
        question, option = boxes.options[place]
        if option == OTHER and boxes.selected[response, place]:
            text = str(row["other_text"]).strip()
            decided = _decisions(recodes, names[response], question + _OTHER_NAME, text)
            if len(decided):
                yield response, place, decided.iloc[0]


def _comment_moved(texts: pd.DataFrame, response: int, other: int, option: int) -> pd.DataFrame:
    """Return the texts with a response's comment on Other behind that on an option."""
    of_response = texts["response"].eq(response)
    at_other, at_option = (of_response & texts["option"].eq(place) for place in (other, option))
    comment = texts.loc[at_other, "comment"].dropna()
    if other == option or comment.empty:
        return texts
    told = "; ".join([*texts.loc[at_option, "comment"].dropna(), *comment])
    kept = texts.assign(comment=texts["comment"].mask(at_other)).loc[~at_option]
    moved = {"response": response, "option": option, "comment": told, "other_text": None}
    return written([kept, pd.DataFrame([moved])])


def _others(
    table: pd.DataFrame, recodes: pd.DataFrame, question: str, other: pd.Series[bool]
) -> pd.DataFrame:
    decided = recodes.loc[recodes["question"] == question, "response"]
    return table.loc[other & table["partnership"].isin(decided)]


def _decisions(recodes: pd.DataFrame, partnership: str, question: str, text: str) -> pd.DataFrame:
    own = (recodes["response"] == partnership) & (recodes["question"] == question)
    return recodes.loc[own & (recodes["raw_text"] == text)]


def _rows_of(
    given: Answers, who: pd.DataFrame, recodes: pd.DataFrame
) -> Iterator[tuple[str, list[int]]]:
    for name in recodes["response"].drop_duplicates():
        yield str(name), given.rows(who["partnership"].eq(name))


def _written(given: Answers, rows: Sequence[int], question: str) -> Iterator[Written]:
    """Yield the texts that decisions on a question are about, as the rows of a partnership have.

    A comment is told by the option it stands beside.
    """
    for bound in _columns(given, question):
        texts = given.text_of(bound.column)
        for row in rows:
            text: Any = texts[row]
            if question == COLLABORATIONS and bound.role == "value":
                if text == "Y":
                    yield row, bound.column, bound.part
            elif question == COLLABORATIONS:
                yield from ((row, bound.column, name) for name in names_typed(text))
            elif pd.notna(text):
                about = question.endswith(COMMENT_NAME)
                yield row, bound.column, bound.part if about else str(text).strip()


def _columns(given: Answers, question: str) -> list[Bound]:
    if question == COLLABORATIONS:
        return [it for it in given.of(question) if it.role in ("value", "other")]
    if question.endswith(COMMENT_NAME):
        asked = given.of(question.removesuffix(COMMENT_NAME))
        return [it for it in asked if it.role.endswith("comment")]
    block, _, field = question.removesuffix(_OTHER_NAME).partition(".")
    role = "value" if question == COUNTRY else "other"
    return [it for it in given.of(block) if it.field == field and it.role == role]


def _report_stale(
    file: str, row: int, decision: Mapping[str, str], texts: Sequence[Written], ledger: Ledger
) -> None:
    """Note a decision on a text that is not there, and where the text most like it stands."""
    name, raw = decision["response"], decision["raw_text"]
    near = process.extractOne(
        raw, [text for _, _, text in texts], scorer=fuzz.WRatio, processor=key, score_cutoff=_NEAR
    )
    do = "take the row out of recodes.csv"
    if near:
        at, column, _ = texts[near[2]]
        do = f"write the text as it stands in {place(file, at, column)}, the one most like it"
    elif not texts:
        do = f"{do}: {name} wrote nothing there in the response that counts"
    ledger.doubt(
        "stale-decision",
        f"the decision changes nothing: {name} did not write this text",
        do,
        file=FILE,
        row=row,
        column="raw_text",
        partnership=name,
        question=decision["question"],
    )


def _check_offered(given: Answers, row: int, question: str, option: str, ledger: Ledger) -> None:
    block, _, field = question.removesuffix(_OTHER_NAME).partition(".")
    asked = [it for it in given.of(block) if it.field == field]
    offered = {it.part for it in asked} | {
        it for bound in asked for it in (bound.answers or {}).values()
    }
    if option not in offered:
        known = sorted(offered - {"", OTHER})
        ledger.fault(
            f"the form of the round does not offer {option!r}",
            place(FILE, row, "target"),
            f"one of {', '.join(known)}",
            advice(option, known, "set the text aside, or leave it under Other"),
        )


def _report_recoded(question: str, actions: Sequence[str], ledger: Ledger) -> None:
    read_as = sum(action == READ_AS for action in actions)
    texts = f"{len(actions)} text{'' if len(actions) == 1 else 's'} under Other"
    ledger.note(
        "recoded",
        f"{texts} recoded: {read_as} read as an option, {len(actions) - read_as} set aside",
        "nothing; recodes.csv says why",
        file=FILE,
        question=question.removesuffix(_OTHER_NAME),
    )
