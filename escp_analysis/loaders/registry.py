"""The registry: which partnerships exist, under which names, and whom a round invited."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

import pandas as pd
import pycountry
from rapidfuzz import fuzz, process

from escp_analysis.errors import Fault, RoundError
from escp_analysis.loaders.ledger import Ledger, place
from escp_analysis.loaders.plain_csv import cells, read_table
from escp_analysis.loaders.wording import advice, key

PARTNERSHIP_COLUMNS = (
    *("name", "full_name", "programme", "generation", "call", "strand"),
    *("coordinator", "countries", "sectors", "source", "confidence"),
)
ALIAS_COLUMNS = ("name", "alias", "relation", "note", "source")
ROSTER_COLUMNS = ("partnership", "strand", "note")

PROGRAMMES = ("ESCP-4i", "ESCP-4i dual use", "ESCP-S3")
GENERATIONS = ("1", "2")
STRANDS = ("1", "2", "voluntary")
ROSTER_STRANDS = ("1", "2")
CONFIDENCES = ("high", "medium", "low")
SAME, RELATED, AMBIGUOUS, ORGANISATION = "same", "related", "ambiguous", "organisation"
RELATIONS = (SAME, RELATED, AMBIGUOUS, ORGANISATION)

_OTHER_CODES: Mapping[str, str] = MappingProxyType({"UK": "GB", "EL": "GR"})
_NEAR = 60
_SUGGESTED = 3


@dataclass(frozen=True, eq=False)
class Registry:
    """The partnerships and the names they are seen under; every cell is text, blank if unknown.

    ``partnerships``: one row per partnership, with ``PARTNERSHIP_COLUMNS``; countries (ISO
    3166 alpha-2) and sectors are separated by ``;``. ``aliases``: one row per name seen, with
    ``ALIAS_COLUMNS``; ``same`` resolves, ``related`` links and never merges, ``ambiguous`` has
    one row per candidate, ``organisation`` names what is no partnership.
    """

    partnerships: pd.DataFrame
    aliases: pd.DataFrame

    @property
    def names(self) -> tuple[str, ...]:
        """Return the registered names in the order of the file."""
        return tuple(self.partnerships["name"])

    def match(self, text: str, where: str = "the registry") -> str | Fault:
        """Return the registered name ``text`` stands for, or the fault that says why none does.

        A registered name typed exactly is that name. Otherwise case, blanks, dashes and the form
        of digits do not count, and an ambiguous, related, foreign or unknown name is a fault.
        """
        wanted = text.strip()
        if self._by_relation[""].get(key(wanted)) == wanted:
            return wanted
        if key(wanted) in self._candidates:
            return self._ambiguous(wanted, where)
        for relation in ("", SAME):
            if key(wanted) in self._by_relation[relation]:
                return self._by_relation[relation][key(wanted)]
        return self._refusal(wanted, where)

    def resolve(self, text: str, where: str = "the registry") -> str:
        """Return the registered name ``text`` stands for; raises ``RoundError`` as ``match``."""
        found = self.match(text, where)
        if isinstance(found, Fault):
            raise RoundError([found])
        return found

    def resolve_all(self, texts: Iterable[str], where: str = "the registry") -> tuple[str, ...]:
        """Return the registered name of each text; raises one ``RoundError`` for all of them."""
        found = [self.match(text, where) for text in texts]
        faults = [result for result in found if isinstance(result, Fault)]
        if faults:
            raise RoundError(faults)
        return tuple(result for result in found if isinstance(result, str))

    def candidates(self, text: str) -> tuple[str, ...]:
        """Return the registered names an ambiguous name may stand for; none where it is not."""
        return self._candidates.get(key(text), ())

    def organisation(self, text: str) -> str | None:
        """Return the organisation ``text`` names where the aliases know one, else ``None``."""
        return self._by_relation[ORGANISATION].get(key(text))

    def related(self, name: str) -> tuple[str, ...]:
        """Return the names linked with a registered name, in either direction; they stay apart.

        A linked name need not be registered (a successor, a legal entity). Raises ``RoundError``
        where ``name`` does not resolve.
        """
        own = self.resolve(name)
        links = self.aliases.loc[self.aliases["relation"] == RELATED, ["name", "alias"]]
        forth = links.loc[links["name"] == own, "alias"]
        back = links.loc[links["alias"] == own, "name"]
        return tuple(dict.fromkeys([*forth, *back]))

    @cached_property
    def _by_relation(self) -> Mapping[str, Mapping[str, str]]:
        found: dict[str, dict[str, str]] = {relation: {} for relation in ("", *RELATIONS)}
        found[""] = {key(name): name for name in self.names}
        for row in self.aliases.itertuples():
            found[str(row.relation)][key(str(row.alias))] = str(row.name)
        for name in list(found[ORGANISATION].values()):
            found[ORGANISATION][key(name)] = name
        return found

    @cached_property
    def _candidates(self) -> Mapping[str, tuple[str, ...]]:
        rows = self.aliases.loc[self.aliases["relation"] == AMBIGUOUS]
        groups = rows.groupby(rows["alias"].map(key), sort=False)["name"]
        return {str(alias): tuple(names) for alias, names in groups}

    def _ambiguous(self, text: str, where: str) -> Fault:
        names = " or ".join(self._candidates[key(text)])
        what = f"{text!r} may be {names}"
        return Fault(
            what, where, "a name of one partnership", "decide which it is and write that name"
        )

    def _refusal(self, text: str, where: str) -> Fault:
        organisation = self.organisation(text)
        if organisation:
            what = f"{text!r} is no partnership but the organisation {organisation}"
            return Fault(what, where, "the name of a partnership")
        if key(text) in self._by_relation[RELATED]:
            other = self._by_relation[RELATED][key(text)]
            what = f"{text!r} is related to {other} but is not that partnership"
            return Fault(what, where, "the name of a partnership")
        names = ", ".join(self._nearest(text))
        what = f"no partnership is known as {text!r}"
        do = f"did you mean: {names}?" if names else "add it to partnerships.csv or aliases.csv"
        return Fault(what, where, "a name of the registry or one of its aliases", do)

    def _nearest(self, text: str) -> tuple[str, ...]:
        same = self.aliases.loc[self.aliases["relation"] == SAME]
        known = dict(zip(same["alias"], same["name"], strict=True))
        known |= {name: name for name in self.names}
        found = process.extract(
            text, list(known), scorer=fuzz.WRatio, processor=key, score_cutoff=_NEAR, limit=None
        )
        return tuple(dict.fromkeys(known[seen] for seen, _, _ in found))[:_SUGGESTED]


def read_registry(folder: Path) -> Registry:
    """Return the registry kept in ``partnerships.csv`` and ``aliases.csv`` of ``folder``.

    Raises ``RoundError`` with every fault of both files at once, each with its row and column.
    """
    ledger = Ledger()
    partnerships = _table(folder / "partnerships.csv", PARTNERSHIP_COLUMNS, ledger)
    aliases = _table(folder / "aliases.csv", ALIAS_COLUMNS, ledger)
    _check_partnerships(partnerships, ledger)
    if len(partnerships):
        _check_aliases(aliases, list(partnerships["name"]), ledger)
    ledger.settle()
    return Registry(partnerships.reset_index(drop=True), aliases.reset_index(drop=True))


def read_roster(path: Path, registry: Registry) -> pd.DataFrame:
    """Return the frame of a round: one row per invited partnership, in the order of the file.

    Columns: partnership, programme, generation, strand (``1``, ``2`` or missing where it was not
    published). Raises ``RoundError`` with every fault at once: an unknown or double partnership,
    a strand that does not exist or that the registry contradicts.
    """
    ledger = Ledger()
    roster = _table(path, ROSTER_COLUMNS, ledger)
    found = [
        registry.match(name, place(path.name, row, "partnership"))
        for row, name in cells(roster, "partnership")
    ]
    ledger.faults.extend(result for result in found if isinstance(result, Fault))
    roster = roster.assign(partnership=[r if isinstance(r, str) else "" for r in found])
    _check_roster(roster, registry, path.name, ledger)
    ledger.settle()
    known = registry.partnerships.set_index("name")
    return pd.DataFrame(
        {
            "partnership": roster["partnership"],
            "programme": roster["partnership"].map(known["programme"]),
            "generation": roster["partnership"].map(known["generation"]),
            "strand": roster["strand"].mask(roster["strand"] == ""),
        },
        dtype="str",
    ).reset_index(drop=True)


def _table(path: Path, columns: tuple[str, ...], ledger: Ledger) -> pd.DataFrame:
    """Return a table, empty where it could not be read, which the ledger then says."""
    table = ledger.attempt(lambda: read_table(path, columns))
    return pd.DataFrame(columns=list(columns), dtype="str") if table is None else table


def _check_partnerships(table: pd.DataFrame, ledger: Ledger) -> None:
    file = "partnerships.csv"
    _check_words(table, "programme", PROGRAMMES, file, ledger)
    _check_words(table, "generation", GENERATIONS, file, ledger)
    _check_words(table, "strand", ("", *STRANDS), file, ledger)
    for column in ("name", "source"):
        for row, cell in cells(table, column):
            if not cell:
                ledger.fault(f"{column} is blank", place(file, row, column), "a text")
    _check_twice(table, "name", file, ledger, key)
    for row, countries in cells(table, "countries"):
        _check_countries(countries, place(file, row, "countries"), ledger)
    for row, sectors in cells(table, "sectors"):
        _check_list(sectors, place(file, row, "sectors"), ledger)
    for row, confidence in cells(table, "confidence"):
        if not confidence.startswith(CONFIDENCES):
            where = place(file, row, "confidence")
            expected = f"{', '.join(CONFIDENCES)}, then a reason if there is one"
            ledger.fault(f"{confidence!r} is no confidence", where, expected)


def _check_words(
    table: pd.DataFrame, column: str, words: tuple[str, ...], file: str, ledger: Ledger
) -> None:
    expected = f"one of {', '.join(word or 'blank' for word in words)}"
    for row, word in cells(table, column):
        if word not in words:
            where = place(file, row, column)
            ledger.fault(f"{word!r} is no {column}", where, expected, advice(word, words))


def _check_twice(
    table: pd.DataFrame,
    column: str,
    file: str,
    ledger: Ledger,
    same: Callable[[str], str] = str,
) -> None:
    first: dict[str, int] = {}
    for row, cell in cells(table, column):
        if cell and same(cell) in first:
            what = f"{cell!r} stands in row {first[same(cell)]} as well"
            ledger.fault(what, place(file, row, column), f"one row per {column}")
        first.setdefault(same(cell), row)


def _check_list(cell: str, where: str, ledger: Ledger) -> list[str]:
    """Return the items of a cell that holds a list; blank and double items are faults."""
    items = cell.split(";") if cell else []
    for item in items:
        if not item or item != item.strip():
            ledger.fault(
                f"{item!r} is an item of the list", where, "items with ; between, no blanks"
            )
    for item in sorted({item for item in items if items.count(item) > 1}):
        ledger.fault(f"{item!r} stands twice", where, "each item once")
    return items


def _check_countries(cell: str, where: str, ledger: Ledger) -> None:
    expected = "ISO 3166 two-letter codes with ; between them"
    for code in _check_list(cell, where, ledger):
        if code in _OTHER_CODES:
            ledger.fault(f"{code!r} is no ISO code", where, expected, f"write {_OTHER_CODES[code]}")
        elif code.strip() and pycountry.countries.get(alpha_2=code) is None:
            ledger.fault(f"{code!r} is no country", where, expected)


def _check_aliases(table: pd.DataFrame, names: list[str], ledger: Ledger) -> None:
    file = "aliases.csv"
    _check_words(table, "relation", RELATIONS, file, ledger)
    for row, alias in cells(table, "alias"):
        if not key(alias):
            ledger.fault("alias is blank", place(file, row, "alias"), "a name as seen")
    for row, name in cells(table.loc[table["relation"] != ORGANISATION], "name"):
        if name not in names:
            where = place(file, row, "name")
            expected = "a name of partnerships.csv, letter by letter"
            ledger.fault(f"{name!r} is not registered", where, expected, advice(name, names))
    pairs = table.assign(alias=table["name"] + " = " + table["alias"])
    _check_twice(pairs, "alias", file, ledger)
    _check_meanings(table, {key(name): name for name in names}, ledger)


def _check_meanings(table: pd.DataFrame, names: Mapping[str, str], ledger: Ledger) -> None:
    """Note the aliases that would lead to two partnerships without saying so."""
    meanings = table.loc[table["relation"] != RELATED]
    for _, rows in meanings.groupby(meanings["alias"].map(key), sort=False):
        ledger.faults.extend(_meaning_faults(rows, names))


def _meaning_faults(rows: pd.DataFrame, names: Mapping[str, str]) -> Iterator[Fault]:
    row, alias = cells(rows, "alias")[-1]
    where = place("aliases.csv", row, "alias")
    owners, relations = list(dict.fromkeys(rows["name"])), set(rows["relation"])
    registered = names.get(key(alias))
    if registered is not None and registered not in owners:
        what = f"{alias!r} is the registered name of {registered}, not a name of {owners[-1]}"
        yield Fault(what, where, "a name that is not registered", "make the relation related")
    elif AMBIGUOUS in relations and len(owners) < 2:
        expected = "a row for each partnership it may stand for"
        yield Fault(f"{alias!r} is ambiguous but has one candidate", where, expected)
    if relations != {AMBIGUOUS} and len(owners) > 1:
        what = f"{alias!r} leads to {' and '.join(owners)}"
        yield Fault(what, where, "one partnership, or the relation ambiguous in every row")


def _check_roster(roster: pd.DataFrame, registry: Registry, file: str, ledger: Ledger) -> None:
    _check_words(roster, "strand", ("", *ROSTER_STRANDS), file, ledger)
    _check_twice(roster, "partnership", file, ledger)
    strands = dict(zip(registry.names, registry.partnerships["strand"], strict=True))
    named = dict(cells(roster, "partnership"))
    for row, strand in cells(roster, "strand"):
        known = strands.get(named[row], "")
        if strand and known and strand != known:
            what = f"{named[row]} is of strand {strand} here, {known} in the registry"
            ledger.fault(what, place(file, row, "strand"), known, "mend one of the two")
