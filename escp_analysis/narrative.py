"""Sentences computed from result tables: counts before shares, ties and zeros named.

Where a function takes ``unpublished`` (option, strand), it marks the counts that no published
statement fixes with a dagger, as the figures do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from escp_analysis.exhibits import Exhibit, callout, prose
from escp_analysis.rounding import percent, share_text

SMALL_BASE = 10
CONTRAST_POINTS = 30
UNPUBLISHED = "†"
NOBODY = "No partnership reached the question."
_OTHER = "other"


def escape(text: str) -> str:
    """Return a text with every character that Markdown could read made plain."""
    return re.sub(r"([\\`*_{}\[\]<>#|~!&$^])", r"\\\1", " ".join(text.split()))


def listed(items: Sequence[str]) -> str:
    """Return items as English lists them: ``a``, ``a and b``, ``a, b and c``."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def participation(funnel: pd.DataFrame) -> Exhibit:
    """Return how many of the invited partnerships answered, in full and in part.

    ``funnel`` as ``metrics.response_funnel`` returns it. Source: section 1.1 of D5.5.
    """
    full = _stage(funnel, "complete", "all")
    invited, complete = int(full["invited"]), int(full["reached"])
    strands = _by_strand(funnel, "complete")
    first = funnel["section"].iloc[0]
    begun = int(_stage(funnel, first, "all")["reached"])
    lines = [
        f"{complete} of the {invited} partnerships invited "
        f"({percent(complete, invited)}\u202f%) answered in full: {strands}.",
        _partial(funnel, complete),
        f"{_partnerships(invited - begun)} did not answer any section." if invited > begun else "",
    ]
    return prose(" ".join(line for line in lines if line))


def fieldwork(events: pd.DataFrame) -> Exhibit:
    """Return when the survey was opened, how many reminders followed and when it closed.

    ``events`` as ``metrics.fieldwork`` returns it. Source: section 1.1 of D5.5.
    """
    dated = events.set_index("event")["date"]
    reminders = int((events["event"] == "reminder").sum())
    opened, closed = dated["invitation"], dated["closing"]
    sent = f"{reminders} reminder{'s' if reminders != 1 else ''}"
    return prose(
        f"The invitation was sent on {_day(opened)}. {sent} followed to those that had not "
        f"answered, and the survey was closed on {_day(closed)}, after {(closed - opened).days} "
        "days."
    )


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
    return prose(f"The options selected most are {listed([_named(row) for row in _rows(first)])}.")


def not_selected(shares: pd.DataFrame, *, unpublished: pd.DataFrame | None = None) -> Exhibit:
    """Return the listed options that no partnership selected; Other is not one of them."""
    total = _closed(_marked(shares, unpublished))
    if not total["base"].any():
        return prose(NOBODY)
    zero = [_quoted(row) + row["mark"] for row in _rows(total.loc[total["selected"] == 0])]
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
        f"{listed([_named(row) for row in _rows(few)])}."
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
    texts = {strand: _any(rows.loc[strand]) for strand in rows.index}
    none = int(rows["none_selected"].loc["all"])
    strands = [f"{texts[s]} in strand-{s}" for s in texts if s != "all"]
    closing = f" {_partnerships(none)} selected nothing." if none else ""
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
    texts = [_mean(rows.loc[strand], f"strand-{strand}") for strand in strands]
    options = int(rows["options"].loc["all"])
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
        each = [_contrast(row) for row in _rows(far)]
        text = f"The strands differ by {points} percentage points or more on {'; '.join(each)}."
    return prose(f"{text} {_caveat(wide)}".strip())


def _stage(funnel: pd.DataFrame, section: str, strand: str) -> Any:
    return funnel.loc[(funnel["section"] == section) & (funnel["strand"] == strand)].iloc[0]


def _by_strand(funnel: pd.DataFrame, section: str) -> str:
    strands = [strand for strand in funnel["strand"].unique() if strand != "all"]
    return listed([f"{int(_stage(funnel, section, s)['reached'])} of strand-{s}" for s in strands])


def _partial(funnel: pd.DataFrame, complete: int) -> str:
    """Return the sections more partnerships reached than finished, each with its number."""
    rows = funnel.loc[(funnel["strand"] == "all") & (funnel["reached"] > complete)]
    if rows.empty:
        return ""
    each = [f"{int(row['reached'])} reached section {row['section']}" for row in _rows(rows)]
    return f"More answered in part: {listed(each)}."


def _partnerships(count: int) -> str:
    return f"{count} partnership{'' if count == 1 else 's'}"


def _day(day: Any) -> str:
    return f"{day.day} {day:%B %Y}"


def _rows(table: pd.DataFrame) -> Iterator[Any]:
    yield from (row for _, row in table.iterrows())


def _ranked(shares: pd.DataFrame) -> pd.DataFrame:
    total = shares.loc[shares["strand"] == "all"]
    return total.sort_values("selected", ascending=False, kind="stable")


def _closed(shares: pd.DataFrame) -> pd.DataFrame:
    return shares.loc[(shares["strand"] == "all") & (shares["option"] != _OTHER)]


def _quoted(row: Any) -> str:
    return f"*{escape(str(row['label']))}*"


def _count(row: Any) -> str:
    text = share_text(int(row["selected"]), int(row["base"]))
    return text.replace(" ", f"{row['mark']} ", 1)


def _marked(shares: pd.DataFrame, unpublished: pd.DataFrame | None) -> pd.DataFrame:
    """Return the shares with a column ``mark``: a dagger where a count was not published.

    A total is marked when one of its strands is.
    """
    if unpublished is None:
        return shares.assign(mark="")
    pairs = set(zip(unpublished["option"], unpublished["strand"], strict=True))
    pairs |= {(option, "all") for option, _ in pairs}
    keys = zip(shares["option"], shares["strand"], strict=True)
    return shares.assign(mark=[UNPUBLISHED if key in pairs else "" for key in keys])


def _named(row: Any) -> str:
    return f"{_quoted(row)} ({_inside(_count(row))})"


def _inside(share: str) -> str:
    """Return a printed share as it stands inside brackets: ``4 of 6, 67 %``."""
    return share.replace(" (", ", ").removesuffix(")")


def _split(shares: pd.DataFrame, one: pd.DataFrame) -> str:
    """Return an option's counts by strand, as an addition to the sentence that names it."""
    rows = shares.loc[(shares["option"] == one["option"].iloc[0]) & (shares["strand"] != "all")]
    texts = [
        f"{int(r['selected'])}{r['mark']} of {int(r['base'])} in strand-{r['strand']}"
        for r in _rows(rows)
    ]
    return f", {listed(texts)}"


def _any(row: Any) -> str:
    base = int(row["base"])
    return share_text(base - int(row["none_selected"]), base)


def _mean(row: Any, who: str) -> str:
    base, ticks, options = int(row["base"]), int(row["ticks"]), int(row["options"])
    share = percent(ticks, base * options)
    return f"{share}\u202f% of {who} ({ticks} ticks by {base} partnerships)"


def _closed_strands(shares: pd.DataFrame) -> pd.DataFrame:
    closed = shares.loc[shares["option"] != _OTHER]
    first, second = (closed.loc[closed["strand"] == strand] for strand in ("1", "2"))
    keep = ["option", "label", "selected", "base", "mark"]
    return first[keep].merge(second[keep], on=["option", "label"], suffixes=("_1", "_2"))


def _contrast(row: Any) -> str:
    texts = [
        f"{row[f'selected_{s}']}{row[f'mark_{s}']} of {row[f'base_{s}']} in strand-{s}"
        for s in ("1", "2")
    ]
    return f"{_quoted(row)} ({' against '.join(texts)})"


def _caveat(wide: pd.DataFrame) -> str:
    small = {s: int(wide[f"base_{s}"].iloc[0]) for s in ("1", "2")}
    each = [
        f"{percent(1, base)} points in strand-{strand}"
        for strand, base in small.items()
        if 0 < base < SMALL_BASE
    ]
    return f"One answer makes {listed(each)}." if each else ""


def agreements(totals: pd.DataFrame) -> Exhibit:
    """Return how many agreements were reported, by whom, with whom and where.

    ``totals`` as ``metrics.agreement_totals`` returns it. Source: section 2.3.1 of D5.5.
    """
    whole = totals.loc[totals["dimension"] == "all"].iloc[0]
    count = int(whole["agreements"])
    if not count:
        return prose("No cooperation agreement was reported.")
    strands = totals.loc[totals["dimension"] == "strand"].sort_values("group")
    each = [
        f"{int(row['agreements'])} by {_partnerships(int(row['partnerships']))} of "
        f"strand-{row['group']}"
        for row in _rows(strands)
    ]
    kind = _first(totals, "organisation_type")
    return prose(
        f"{_partnerships(int(whole['partnerships']))} reported {count} cooperation agreements: "
        f"{listed(each)}. The counterparts named most are {_tied(kind, count)}. "
        f"{_countries(totals, count)}"
    )


def collaborations(reporters: pd.DataFrame, totals: pd.DataFrame) -> Exhibit:
    """Return how many partnerships report a dialogue, and how many pairs are in each state.

    Tables as ``metrics.collaboration_reporters`` and ``metrics.collaboration_totals`` return
    them. Source: section 2.3.2 of D5.5.
    """
    pairs = int(totals["base"].iloc[0]) if len(totals) else 0
    states = [f"{int(row['pairs'])} {row['state']}" for row in _rows(totals)]
    closing = f" They described {pairs} pairs: {listed(states)}." if pairs else ""
    return prose(_reporters(reporters) + closing)


def dialogue(reporters: pd.DataFrame) -> Exhibit:
    """Return how many partnerships report a dialogue with another, in all and by strand."""
    return prose(_reporters(reporters))


def answered(counts: pd.DataFrame, what: str) -> Exhibit:
    """Return how a yes/no question was answered; ``what`` words a yes, as in ``use the forum``.

    ``counts`` as ``metrics.yes_no`` returns it.
    """
    row = counts.loc[counts["strand"] == "all"].iloc[0]
    base, blank = int(row["base"]), int(row["blank"])
    if base == blank:
        return prose(f"Whether partnerships {what} is not in the data: the question is blank.")
    left = f" {_partnerships(blank)} left the question blank." if blank else ""
    return prose(f"{share_text(int(row['yes']), base)} {what}.{left}")


def shared_events(events: pd.DataFrame, targets: pd.DataFrame) -> Exhibit:
    """Return how many events are planned, and where several partnerships could go together.

    Tables as ``metrics.events`` and ``metrics.shared_targets`` return them.
    """
    if events.empty:
        return prose("No planned event is in the data of this round.")
    met = [
        f"{escape(row['country'])} in {row['quarter']} ({escape(row['partnerships'])})"
        for row in _rows(targets)
    ]
    closing = listed(met) if met else "none, as far as countries and dates can be read"
    return prose(
        f"{_partnerships(events['partnership'].nunique())} plan {len(events)} events. Third "
        f"countries that several plan in the same quarter: {closing}."
    )


def _first(totals: pd.DataFrame, dimension: str) -> pd.DataFrame:
    """Return the groups of a dimension that share the highest number of agreements."""
    groups = totals.loc[totals["dimension"] == dimension]
    most = int(groups["agreements"].max())
    return groups.loc[groups["agreements"] == most].copy()


def _tied(groups: pd.DataFrame, base: int) -> str:
    names = [f"*{escape(str(name))}*" for name in groups["group"]]
    return f"{listed(names)} ({_inside(share_text(int(groups['agreements'].iloc[0]), base))})"


def _countries(totals: pd.DataFrame, count: int) -> str:
    """Return the split by country group, and the third countries by number, ties together."""
    groups = totals.loc[totals["dimension"] == "country_group"].set_index("group")["agreements"]
    inside, third = int(groups.get("EU", 0)), int(groups.get("third", 0))
    countries = totals.loc[(totals["dimension"] == "country") & (totals["agreements"] > 1)]
    countries = countries.loc[countries["group"] != "EU"]
    places = [
        f"{number}{' each' if (same := countries['agreements'] == number).sum() > 1 else ''} with "
        f"{listed([escape(str(name)) for name in countries.loc[same, 'group']])}"
        for number in countries["agreements"].unique()
    ]
    named = (
        f" More than one was signed with these countries: {'; '.join(places)}." if places else ""
    )
    split = f"{inside} of {count} are inside the European Union and {third} with third countries."
    return split + named


def _reporters(reporters: pd.DataFrame) -> str:
    rows = reporters.set_index("strand")
    texts = {
        strand: share_text(int(row["reporters"]), int(row["base"]))
        for strand, row in rows.iterrows()
    }
    strands = [f"{texts[s]} of strand-{s}" for s in texts if s != "all"]
    return (
        f"{texts['all']} partnerships report a dialogue or collaboration with another "
        f"partnership: {listed(strands)}."
    )


def verdicts(totals: pd.DataFrame) -> Exhibit:
    """Return how many published statements have each verdict.

    ``totals`` as ``metrics.claim_totals`` returns it.
    """
    count = int(totals["claims"].sum())
    each = [f"{int(row['claims'])} {row['verdict']}" for row in _rows(totals) if row["claims"]]
    return prose(f"Of {count} statements, {listed(each)}.")


def box(commentary: pd.DataFrame, name: str) -> Exhibit:
    """Return a box of the analyst's commentary on the round: good practice, on the way, important.

    ``commentary`` as ``survey.commentary`` holds it. Raises ``ValueError`` for a name it does
    not hold.
    """
    found = commentary.loc[commentary["name"] == name]
    if found.empty:
        raise ValueError(f"no commentary {name!r}, use one of {', '.join(commentary['name'])}")
    row = found.iloc[0]
    return callout(row["style"], row["title"], row["markdown"])


def provenance(provenance: str, source: str) -> Exhibit:
    """Return how the data of the round came to be, in one paragraph."""
    told = {
        "collected": "The partnerships gave these answers in the survey.",
        "reconstructed": (
            "The answers of the partnerships were never published. The data behind this report "
            "were reconstructed so that they agree with every statement published about the "
            "round. Who ticked what is one possibility among many; counts that no published "
            f"statement fixes carry a dagger ({UNPUBLISHED})."
        ),
        "synthetic": "Nobody gave these answers; they are synthetic and show the method only.",
    }
    return prose(f"{told[provenance]} Source: {escape(source)}.")
