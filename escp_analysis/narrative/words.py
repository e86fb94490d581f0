"""Words that the sentences share: lists, days, counts inside brackets, text made plain."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from escp_analysis.origins import computed, reworded

UNPUBLISHED = "†"
OPEN = "no published statement fixes this count"


def escape(text: str) -> str:
    """Return a text with every character that Markdown could read made plain."""
    return re.sub(r"([\\`*_{}\[\]<>#|~!&$^])", r"\\\1", " ".join(text.split()))


def listed(items: Sequence[str]) -> str:
    """Return items as English lists them: ``a``, ``a and b``, ``a, b and c``."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def partnerships(count: int) -> str:
    """Return a number of partnerships in words: ``1 partnership``, ``2 partnerships``."""
    return f"{count} partnership{'' if count == 1 else 's'}"


def day_text(day: Any) -> str:
    """Return a day as the report prints it: ``4 March 2019``."""
    return f"{day.day} {day:%B %Y}"


def rows_of(table: pd.DataFrame) -> Iterator[Any]:
    """Yield the rows of a table, cells by column name."""
    yield from (row for _, row in table.iterrows())


def inside(share: str) -> str:
    """Return a printed share as it stands inside brackets: ``4 of 6, 67 %``."""
    return reworded(share, unbracketed) if share.startswith("{value}") else unbracketed(share)


def unbracketed(share: str) -> str:
    """Return a printed share without the brackets around its per cent."""
    return share.replace(" (", ", ").removesuffix(")")


def option_value(text: str, row: Any, mark: str = "") -> str:
    """Return a number of an option with its origin; ``mark`` says that it was not published."""
    return computed(
        text,
        f"options.{row['question']}.{row['option']}.{row['strand']}",
        count=row["selected"],
        base=row["base"],
        unit="share of partnerships",
        note=OPEN if mark else "",
    )
