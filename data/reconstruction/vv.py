"""The VV export of LimeSurvey 3.14 (version 2): what a response looks like on disk."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from form import Form, Page

NULL = "{question_not_shown}"
NOT_A_DATE = "1980-01-01 00:00:00"  # what LimeSurvey stores as submitted when date stamps are off
SYSTEM = {
    "id": "Response ID",
    "token": "token",
    "submitdate": "Date submitted",
    "lastpage": "Last page",
    "startlanguage": "Start language",
    "seed": "Seed",
}


@dataclass(frozen=True)
class Response:
    """One row of the export: what was stored, and the last section sent."""

    number: int
    last_section: str
    complete: bool
    stored: Mapping[str, str]


def vv(form: Form, responses: Iterable[Response]) -> str:
    """Return the VV export, version 2: labels, codes, then one line per response."""
    questions = [q for page in form.pages for q in page.questions]
    labels = [*SYSTEM.values(), *(_plain(q.wording) for q in questions for _ in q.vv_columns)]
    codes = [*SYSTEM, *(code for q in questions for code in q.vv_columns)]
    # The two heading lines of LimeSurvey end in a tab, the lines of answers do not.
    lines = ["\t".join(labels) + "\t", "\t".join(codes) + "\t"]
    lines += ["\t".join(_cells(form, response)) for response in responses]
    return "\n".join(lines) + "\n"


def _cells(form: Form, response: Response) -> list[str]:
    system = [
        str(response.number),
        NULL,
        NOT_A_DATE if response.complete else NULL,
        str(_last_page(form, response)),
        "en",
        NULL,
    ]
    return [*system, *(cell for page in form.pages for cell in _page_cells(page, response))]


def _page_cells(page: Page, response: Response) -> Iterable[str]:
    sent = page.section <= response.last_section and _shown(page.shown_if, response.stored)
    for question in page.questions:
        shown = sent and _shown(question.shown_if, response.stored)
        for code in question.vv_columns:
            yield _escape(response.stored.get(code, "")) if shown else NULL


def _last_page(form: Form, response: Response) -> int:
    """Count the pages before the one the respondent stood on, hidden pages included."""
    for number, page in enumerate(form.pages):
        if page.section > response.last_section and _shown(page.shown_if, response.stored):
            return number
    return len(form.pages)


def _shown(conditions: Mapping[str, str], stored: Mapping[str, str]) -> bool:
    return all(
        float(stored.get(code) or 0) >= float(value)
        if value.isdigit()
        else stored.get(code) == value
        for code, value in conditions.items()
    )


def _escape(text: str) -> str:
    escaped = text.strip().replace("{", "{lbrace}").replace("\t", "{tab}")
    escaped = escaped.replace("\n", "{newline}").replace("\r", "{cr}")
    return re.sub(r'^"', "{quote}", escaped)


def _plain(wording: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", wording)).replace("\n", " ").strip()
