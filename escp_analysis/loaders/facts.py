"""Cited outside facts: numbers the survey does not measure, each with its source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from escp_analysis.errors import Fault, RoundError
from escp_analysis.loaders.survey import typed

_KEYS = {"group", "label", "value", "qualifier", "unit", "source", "note"}


def read_facts(path: Path) -> pd.DataFrame:
    """Return the cited facts of ``facts.yaml``, one row per fact.

    Columns: name, group, label, value (text as printed, thousands with commas), qualifier
    (how the source hedges), unit, source (document and section in words), note (what speaks
    against it). Blank where the file is silent; a project without the file cites nothing.
    Raises ``RoundError`` with every fault at once.
    """
    if not path.exists():
        return typed("facts", [])
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    sources, facts = content.get("sources", {}), content.get("facts", {})
    faults = [fault for name, fact in facts.items() for fault in _faults(path, name, fact, sources)]
    if faults:
        raise RoundError(faults)
    rows = [_row(name, fact, sources) for name, fact in facts.items()]
    return typed("facts", rows)


def _faults(
    path: Path, name: str, fact: Mapping[str, Any], sources: Mapping[str, str]
) -> Iterator[Fault]:
    where = f"{path.name}, fact {name}"
    for key in sorted(set(fact) - _KEYS):
        yield Fault(f"unknown key {key!r}", where, f"one of {', '.join(sorted(_KEYS))}")
    for key in ("label", "value", "unit"):
        if key not in fact:
            yield Fault(f"{key} is missing", where, "a label, a value, a unit and a source")
    source = fact.get("source", {})
    if source.get("document") not in sources or not source.get("section"):
        yield Fault(
            "the fact has no source",
            where,
            f"source: {{document: …, section: …}} with a document of {', '.join(sources)}",
            "cite where the number is published, or leave the fact out",
        )


def _row(name: str, fact: Mapping[str, Any], sources: Mapping[str, str]) -> dict[str, str]:
    value = fact["value"]
    printed = f"{value:,}" if isinstance(value, int) else str(value)
    source = fact["source"]
    return {
        "name": name,
        "group": fact.get("group", ""),
        "label": fact["label"],
        "value": printed,
        "qualifier": fact.get("qualifier", ""),
        "unit": fact["unit"],
        "source": f"{sources[source['document']]}, section {source['section']}",
        "note": fact.get("note", ""),
    }
