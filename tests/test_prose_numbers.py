"""Every number in the report's prose stands in values.json or is a cited fact.

The prose is taken from the executed chapters, the numbers from values.json, and the two are
compared by what the sentences look like: no function of the package takes part.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
import yaml
from project_copy import ROOT

MIME = "application/vnd.escp.block+json"
DATE = r"\d{1,2} [A-Z][a-z]+ 20\d\d"
OF = re.compile(r"(\d+)†? of (?:the )?(\d+)(?:(?:,| partnerships invited)? \(?(\d+)\s%)?")
# What is no number of a result: dates, names, references, and limits that a chapter's code sets.
NOT_RESULTS = re.compile(
    rf"{DATE}|\d{{1,2}} (?:October|November) to|strand-[12]|ESCP-4i|ESCP-S3|-4i\b|\b20\d\d-\d\d\b"
    r"|fair of 20\d\d"
    r"|AdPack²|EU-TEXTILE2030|NF4|by 30 percentage points or more|less than 25 %|D5\.5"
    r"|COS-CLUS\w+-\d{4}-\d-\d\d|COS-CLUS\w+-\d{4}-\d\d-\d{1,2}|\{ref\}`[^`]*`"
)

ROLE = re.compile(r"\{value\}`((?:[^`\\<>]|\\.)*) <[^`]*>`")

Values = Mapping[str, Mapping[str, Any]]


def prose(built: Path) -> Iterator[str]:
    """Yield the computed sentences, the boxes and the Markdown of the executed chapters."""
    for path in sorted((built / "chapters").glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown":
                yield cell.source
            for output in cell.get("outputs", []):
                block = output.get("data", {}).get(MIME, {})
                for shown in [block, *block.get("blocks", [])]:
                    if shown.get("kind") in ("prose", "callout"):
                        yield ROLE.sub(r"\1", shown["markdown"])


@pytest.fixture(scope="module")
def values(built: Path) -> Values:
    named: Values = json.loads((built / "values.json").read_text(encoding="utf-8"))
    return named


def half_up(count: int, base: int) -> int:
    return (200 * count + base) // (2 * base)


def unexplained(text: str, values: Values, facts: set[str]) -> list[str]:
    """Return the numbers of a text that no value and no fact accounts for."""
    kept = NOT_RESULTS.sub(" ", text)
    pairs = {(it["count"], it["base"]) for it in values.values() if it["base"]}
    wrong = []
    for count, base, share in OF.findall(kept):
        pair = int(count), int(base)
        if pair not in pairs or (share and int(share) != half_up(*pair)):
            wrong.append(f"{count} of {base}")
    shares = {str(half_up(*pair)) for pair in pairs if pair[0] is not None}
    counts = {str(it["count"]) for it in values.values()}
    for number, percent in re.findall(r"(\d+)(\s(?:%|points))?", OF.sub(" ", kept)):
        if number not in (shares if percent else counts | facts):
            wrong.append(number)
    return wrong


def facts() -> set[str]:
    told = yaml.safe_load((ROOT / "parameters" / "facts.yaml").read_text(encoding="utf-8"))
    return set(re.findall(r"value: '?\"?(\d+)", yaml.safe_dump(told)))


def test_every_number_in_prose_is_a_value_or_a_fact(built: Path, values: Values) -> None:
    texts = list(prose(built))
    assert sum(bool(OF.search(text)) for text in texts) > 15
    wrong = {text: found for text in texts if (found := unexplained(text, values, facts()))}
    assert not wrong


def test_no_number_of_a_sentence_stands_without_its_origin(built: Path) -> None:
    """In what the package says and the analyst wrote, digits stand in a role, or are no result."""
    checked = 0
    for path in sorted((built / "chapters").glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            for output in cell.get("outputs", []):
                block = output.get("data", {}).get(MIME, {})
                for shown in [block, *block.get("blocks", [])]:
                    if shown.get("kind") in ("prose", "callout"):
                        left = NOT_RESULTS.sub(" ", ROLE.sub(" ", shown["markdown"]))
                        assert re.findall(r"(?<![\w.])\d+(?!\w)", left) == [], left
                        checked += len(ROLE.findall(shown["markdown"]))
    assert checked > 150


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("19 of the 23 partnerships invited (83 %) answered.", []),
        ("19 of the 23 partnerships invited (82 %) answered.", ["19 of 23"]),
        ("18 of the 22 partnerships answered.", ["18 of 22"]),
        ("They signed 997 agreements.", ["997"]),
        ("The survey closed on 21 November 2018.", []),
    ],
)
def test_the_search_finds_a_number_that_nothing_accounts_for(
    text: str, wrong: list[str], values: Values
) -> None:
    assert unexplained(text, values, set()) == wrong


def test_a_sentence_on_an_option_prints_the_value_of_that_option(
    built: Path, values: Values
) -> None:
    """``*label* (4 of 21``: the count and base must be those of an option with that label."""
    shares = pd.read_csv(built / "tables" / "option_shares.csv", dtype=str)
    found = 0
    for text in prose(built):
        for label, count, base in re.findall(r"\*([^*]+)\* \((\d+)†? of (\d+),", text):
            named = shares.loc[shares["label"] == label.replace("\\", "")]
            told = [
                values[f"options.{row.question}.{row.option}.all"] for row in named.itertuples()
            ]
            if told:  # organisation types of agreements look alike and are no options here
                found += 1
                assert {"count": int(count), "base": int(base)} in [
                    {"count": it["count"], "base": it["base"]} for it in told
                ]
    assert found > 10
