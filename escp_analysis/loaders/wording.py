"""Wording: the plain text of a label, the form in which two wordings compare, the nearest one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from rapidfuzz import fuzz, process

_TAGS = re.compile(
    r"a|abbr|acronym|b|big|blockquote|br|center|cite|code|dd|del|dfn|div|dl|dt|em|font|h[1-6]|hr|i|"
    r"img|ins|kbd|li|mark|ol|p|pre|q|s|samp|script|small|span|strike|strong|style|sub|sup|table|"
    r"tbody|td|tfoot|th|thead|tr|tt|u|ul|var|video|audio|iframe|object|embed",
    re.IGNORECASE,
)
_TAG = re.compile(r"<(?=/?([A-Za-z][A-Za-z0-9]*))|<(?=[^/A-Za-z!?])")
_BREAKS = ("br", "p", "div", "li", "td", "th", "tr", "h1", "h2", "h3", "h4", "h5", "h6")
_NEAR = 60


def plain(label: str) -> str:
    """Return the words of a label: tags removed, entities decoded, blanks made single.

    What merely looks like a tag (``Ágora<Lab>``, ``a < b``) is wording and stays.
    """
    if "<" not in label and "&" not in label:
        return " ".join(label.split())
    from bs4 import BeautifulSoup  # noqa: PLC0415 (slow to import, and few labels hold markup)

    soup = BeautifulSoup(_TAG.sub(_kept_if_html, label), "html.parser")
    for tag in soup.find_all(_BREAKS):
        tag.insert_after(" ")
    return " ".join(soup.get_text().split())


def key(wording: str) -> str:
    """Return the form in which two wordings compare: letters and digits only, case folded.

    ``Organisation of events/ missions`` and ``Organisation of Events/Missions`` are one. A
    wording without letters and digits compares as it stands.
    """
    folded = unicodedata.normalize("NFKC", wording).casefold()
    return "".join(sign for sign in folded if sign.isalnum()) or folded.strip()


def nearest(wording: str, known: Iterable[str]) -> str:
    """Return the known wording that reads most like ``wording``; empty where none is near."""
    found = process.extractOne(
        wording, list(known), scorer=fuzz.WRatio, processor=key, score_cutoff=_NEAR
    )
    return found[0] if found else ""


def advice(wording: str, known: Iterable[str], otherwise: str = "") -> str:
    """Return what to do about an unknown wording: the nearest known one, else ``otherwise``."""
    near = nearest(wording, known)
    return f"did you mean {near!r}?" if near else otherwise


def _kept_if_html(match: re.Match[str]) -> str:
    name = match.group(1)
    return "<" if name and _TAGS.fullmatch(name) else "&lt;"
