"""The industrial focus of partnerships, counted from a registry drawn by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import pytest
from drawn_survey import first_round, refusal, survey

from escp_analysis import metrics
from escp_analysis.loaders import Registry, Survey
from escp_analysis.loaders.registry import ALIAS_COLUMNS, PARTNERSHIP_COLUMNS

SECTORS = (("food", "Food"), ("agrifood", "Food"), ("solar", "Energy"))
PARTNERSHIPS = (
    ("A", "ESCP-4i", "2", "food;agrifood"),
    ("B", "ESCP-4i", "2", "food; solar"),
    ("C", "ESCP-4i", "2", ""),
    ("D", "ESCP-4i", "1", "solar"),
    ("E", "ESCP-4i dual use", "2", "solar"),
)


def drawn(partnerships: Sequence[tuple[str, str, str, str]] = PARTNERSHIPS) -> Survey:
    columns = ["name", "programme", "generation", "sectors"]
    table = pd.DataFrame(partnerships, columns=columns, dtype="str")
    known = table.reindex(columns=list(PARTNERSHIP_COLUMNS), fill_value="")
    aliases = pd.DataFrame(columns=list(ALIAS_COLUMNS), dtype="str")
    totals = [{"name": "first", "value": "4"}, {"name": "second", "value": "2"}]
    sectors = [{"term": term, "focus": focus} for term, focus in SECTORS]
    return replace(survey(facts=totals, sectors=sectors), registry=Registry(known, aliases))


def test_a_partnership_counts_once_in_each_of_its_focuses() -> None:
    focus = metrics.industrial_focus(drawn(), ["ESCP-4i"], "2", ["first"])
    # A names food twice over; B names two focuses; C has no source; D and E are not asked for.
    assert focus.to_dict("records") == [
        {"focus": "Food", "partnerships": 2, "covered": 2, "selected": 4},
        {"focus": "Energy", "partnerships": 1, "covered": 2, "selected": 4},
    ]


def test_programmes_are_counted_together_and_ties_stand_by_name() -> None:
    both = metrics.industrial_focus(
        drawn(), ["ESCP-4i", "ESCP-4i dual use"], "2", ["first", "second"]
    )
    assert list(zip(both["focus"], both["partnerships"], strict=True)) == [
        ("Energy", 2),
        ("Food", 2),
    ]
    assert set(both["covered"]) == {3}
    assert set(both["selected"]) == {6}


def test_every_unknown_sector_is_named_at_once_with_the_nearest_known() -> None:
    odd = drawn([("A", "ESCP-4i", "2", "agri-foods; quilting")])
    faults = refusal(lambda: metrics.industrial_focus(odd, ["ESCP-4i"], "2", ["first"]))
    assert len(faults) == 2
    assert faults[0].startswith("the sector 'agri-foods' has no industrial focus\n")
    assert "data/registry/sectors.csv" in faults[0]
    assert "did you mean 'agrifood'?" in faults[0]
    assert "add the sector with its focus" in faults[1]


def test_a_total_without_a_cited_fact_is_refused_with_the_nearest() -> None:
    faults = refusal(lambda: metrics.industrial_focus(drawn(), ["ESCP-4i"], "2", ["secnd"]))
    assert faults[0].startswith("there is no cited fact 'secnd'\n")
    assert "did you mean 'second'?" in faults[0]


@pytest.mark.parametrize(
    ("programme", "generation"), [("ESCP-4i", "1"), ("ESCP-4i", "2"), ("ESCP-S3", "1")]
)
def test_the_vocabulary_covers_the_registry(programme: str, generation: str) -> None:
    given = first_round()
    focus = metrics.industrial_focus(given, [programme], generation, ["gen1_total"])
    table = given.registry.partnerships
    sourced = table.loc[
        (table["programme"] == programme)
        & (table["generation"] == generation)
        & (table["sectors"] != "")
    ]
    assert set(focus["covered"]) == {len(sourced)}
