"""Sentences on one multiple choice question: counts before shares, ties and zeros named.

Where a function takes ``unpublished`` (option, strand), it marks the counts that no published
statement fixes with a dagger, as the figures do.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from escp_analysis.exhibits import Exhibit, prose
from escp_analysis.narrative.words import (
    UNPUBLISHED,
    escape,
    inside,
    listed,
    option_value,
    partnerships,
    rows_of,
)
from escp_analysis.origins import computed
from escp_analysis.rounding import percent, share_text

SMALL_BASE = 10
CONTRAST_POINTS = 30
NOBODY = "No partnership reached the question."
_OTHER = "other"


def most_selected(
    shares: pd.DataFrame, top: int = 1, *, unpublished: pd.DataFrame | None = None
) -> Exhibit:
    """Return which options were selected most, with counts, bases and every tie named.

    ``shares`` as ``metrics.option_shares`` returns it, of one question. With ``top``, the
    options of the ``top`` highest places; an option that ties with the last of them is named
    too, so that there may be more. Options nobody selected are never among them.
    """
    shares = _marked(shares, unpublished)
    ranked = _ranked(shares)
    edge = ranked["selected"].iloc[min(top, len(ranked)) - 1]
    first = ranked.loc[(ranked["selected"] >= edge) & (ranked["selected"] > 0)]
    if first.empty:
        return prose("Nobody selected any of the options.")
    if len(first) == 1:
        return prose(f"The option selected most is {_named(first.iloc[0])}{_split(shares, first)}.")
    return prose(
        f"The options selected most are {listed([_named(row) for row in rows_of(first)])}."
    )


def not_selected(shares: pd.DataFrame, *, unpublished: pd.DataFrame | None = None) -> Exhibit:
    """Return the listed options that no partnership selected; Other is not one of them."""
    total = _closed(_marked(shares, unpublished))
    if not total["base"].any():
        return prose(NOBODY)
    zero = [_quoted(row) + row["mark"] for row in rows_of(total.loc[total["selected"] == 0])]
    if not zero:
        return prose("Each of the listed options was selected by at least one partnership.")
    return prose(f"No partnership selected {listed(zero)}.")


def below(
    shares: pd.DataFrame, percent: int, *, unpublished: pd.DataFrame | None = None
) -> Exhibit:
    """Return the options selected by somebody, but by less than ``percent`` of the base."""
    total = _closed(_marked(shares, unpublished))
    few = total.loc[(total["selected"] > 0) & (total["selected"] * 100 < percent * total["base"])]
    if few.empty:
        return prose(f"No option was selected by some but fewer than {percent} % of the base.")
    return prose(
        f"Selected by less than {percent} % of the partnerships: "
        f"{listed([_named(row) for row in rows_of(few)])}."
    )


def option(
    shares: pd.DataFrame, option: str, *, unpublished: pd.DataFrame | None = None
) -> Exhibit:
    """Return how many partnerships selected one option, in all and by strand.

    Raises ``ValueError`` when the table does not hold the option.
    """
    shares = _marked(shares, unpublished)
    rows = shares.loc[shares["option"] == option]
    if rows.empty:
        raise ValueError(f"no option {option!r} in {', '.join(shares['option'].unique())}")
    total = rows.loc[rows["strand"] == "all"].iloc[0]
    return prose(
        f"{_quoted(total)} was selected by {_count(total)}{_split(shares, rows.iloc[:1])}."
    )


def any_selected(summary: pd.DataFrame) -> Exhibit:
    """Return how many partnerships selected anything at all, in all and by strand.

    ``summary`` as ``metrics.question_summary`` returns it, of one question.
    """
    rows = summary.set_index("strand")
    if not rows["base"].any():
        return prose(NOBODY)
    texts = {strand: _any(rows.loc[strand], strand) for strand in rows.index}
    strands = [f"{texts[s]} in strand-{s}" for s in texts if s != "all"]
    none = int(rows["none_selected"].loc["all"])
    nothing = _summed(partnerships(none), rows.loc["all"], "none_selected.all", none, "")
    closing = f" {nothing} selected nothing." if none else ""
    return prose(f"At least one was selected by {texts['all']}: {listed(strands)}.{closing}")


def mention(summary: pd.DataFrame) -> Exhibit:
    """Return the mention rate by strand: the mean share over the listed options.

    ``summary`` as ``metrics.question_summary`` returns it, of one question. A strand of nobody
    has no rate and is left out.
    """
    rows = summary.set_index("strand")
    strands = [strand for strand in rows.index if strand != "all" and rows.loc[strand, "base"]]
    if not strands:
        return prose(NOBODY)
    texts = [_mean(rows.loc[strand], str(strand)) for strand in strands]
    count = int(rows["options"].loc["all"])
    options = computed(
        str(count), f"summary.{rows['question'].iloc[0]}.options.all", count=count, unit="options"
    )
    return prose(f"On average over the {options} options, one was selected by {listed(texts)}.")


def strand_contrast(
    shares: pd.DataFrame, points: int = CONTRAST_POINTS, *, unpublished: pd.DataFrame | None = None
) -> Exhibit:
    """Return the options whose shares differ between the strands by at least ``points``.

    Points are percentage points on exact fractions. Where a base is below ``SMALL_BASE``, the
    sentence says how many points one answer makes. Other is left out; a strand of nobody cannot
    be compared.
    """
    wide = _closed_strands(_marked(shares, unpublished))
    if not (wide["base_1"] * wide["base_2"]).all():
        return prose("The strands cannot be compared: one of them did not reach the question.")
    gap = wide["selected_1"] * wide["base_2"] - wide["selected_2"] * wide["base_1"]
    far = wide.loc[gap.abs() * 100 >= points * wide["base_1"] * wide["base_2"]]
    if far.empty:
        text = f"On no option do the strands differ by {points} percentage points or more."
    else:
        each = [_contrast(row) for row in rows_of(far)]
        text = f"The strands differ by {points} percentage points or more on {'; '.join(each)}."
    return prose(f"{text} {_caveat(wide)}".strip())


def _ranked(shares: pd.DataFrame) -> pd.DataFrame:
    total = shares.loc[shares["strand"] == "all"]
    return total.sort_values("selected", ascending=False, kind="stable")


def _closed(shares: pd.DataFrame) -> pd.DataFrame:
    return shares.loc[(shares["strand"] == "all") & (shares["option"] != _OTHER)]


def _quoted(row: Any) -> str:
    return f"*{escape(str(row['label']))}*"


def _count(row: Any) -> str:
    text = share_text(int(row["selected"]), int(row["base"]))
    return option_value(text.replace(" ", f"{row['mark']} ", 1), row, row["mark"])


def _marked(shares: pd.DataFrame, unpublished: pd.DataFrame | None) -> pd.DataFrame:
    """Return the shares with a column ``mark``: a dagger where a count was not published."""
    if unpublished is None:
        return shares.assign(mark="")
    pairs = set(zip(unpublished["option"], unpublished["strand"], strict=True))
    keys = zip(shares["option"], shares["strand"], strict=True)
    return shares.assign(mark=[UNPUBLISHED if key in pairs else "" for key in keys])


def _named(row: Any) -> str:
    return f"{_quoted(row)} ({inside(_count(row))})"


def _split(shares: pd.DataFrame, one: pd.DataFrame) -> str:
    """Return an option's counts by strand, as an addition to the sentence that names it."""
    rows = shares.loc[(shares["option"] == one["option"].iloc[0]) & (shares["strand"] != "all")]
    texts = [f"{_plain_count(row)} in strand-{row['strand']}" for row in rows_of(rows)]
    return f", {listed(texts)}"


def _plain_count(row: Any) -> str:
    text = f"{int(row['selected'])}{row['mark']} of {int(row['base'])}"
    return option_value(text, row, row["mark"])


def _any(row: Any, strand: object) -> str:
    base = int(row["base"])
    any_ = base - int(row["none_selected"])
    return _summed(share_text(any_, base), row, f"any_tick.{strand}", any_)


def _summed(text: str, row: Any, name: str, count: int, unit: str = "share of partnerships") -> str:
    """Return a number that sums a question up, with its origin."""
    named = f"summary.{row['question']}.{name}"
    return computed(text, named, count=count, base=int(row["base"]), unit=unit or "partnerships")


def _mean(row: Any, strand: str) -> str:
    base, ticks, options = int(row["base"]), int(row["ticks"]), int(row["options"])
    share = computed(
        f"{percent(ticks, base * options)}\u202f%",
        f"summary.{row['question']}.mention_rate.{strand}",
        count=ticks,
        base=base * options,
        unit="mean share",
    )
    told = f"{ticks} ticks by {base} partnerships"
    all_ticks = _summed(told, row, f"mean_ticks.{strand}", ticks, "ticks per partnership")
    return f"{share} of strand-{strand} ({all_ticks})"


def _closed_strands(shares: pd.DataFrame) -> pd.DataFrame:
    closed = shares.loc[shares["option"] != _OTHER]
    first, second = (closed.loc[closed["strand"] == strand] for strand in ("1", "2"))
    who = ["question", "option", "label"]
    keep = [*who, "selected", "base", "mark"]
    return first[keep].merge(second[keep], on=who, suffixes=("_1", "_2"))


def _contrast(row: Any) -> str:
    texts = [f"{_plain_count(_side(row, strand))} in strand-{strand}" for strand in ("1", "2")]
    return f"{_quoted(row)} ({' against '.join(texts)})"


def _side(row: Any, strand: str) -> dict[str, Any]:
    counted = {name: row[f"{name}_{strand}"] for name in ("selected", "base", "mark")}
    return {"question": row["question"], "option": row["option"], "strand": strand} | counted


def _caveat(wide: pd.DataFrame) -> str:
    small = {s: int(wide[f"base_{s}"].iloc[0]) for s in ("1", "2")}
    question = wide["question"].iloc[0]
    each = [
        f"{_one_answer(question, strand, base)} in strand-{strand}"
        for strand, base in small.items()
        if 0 < base < SMALL_BASE
    ]
    return f"One answer makes {listed(each)}." if each else ""


def _one_answer(question: str, strand: str, base: int) -> str:
    name = f"summary.{question}.one_answer.{strand}"
    points = f"{percent(1, base)} points"
    return computed(points, name, count=1, base=base, unit="share of partnerships")
