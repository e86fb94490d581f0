"""On which industries partnerships focus, as public sources say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from escp_analysis.errors import Fault, RoundError
from escp_analysis.loaders.wording import advice

if TYPE_CHECKING:
    from escp_analysis.loaders.survey import Survey


def industrial_focus(
    survey: Survey, programmes: Sequence[str], generation: str, totals: Sequence[str]
) -> pd.DataFrame:
    """Return how many partnerships focus on each industry, counted from the registry.

    One row per industry of ``data/registry/sectors.csv`` that any partnership of the programmes
    and generation works in. Columns: focus, partnerships (with at least one sector in it),
    covered (partnerships whose sectors a source gives), selected (partnerships selected, the sum
    of the cited facts ``totals``). A partnership with several focuses counts once in each, one
    without a source in none. Raises ``RoundError`` with every sector that the vocabulary lacks.
    Source: Figures 1 and 2 of D5.5, whose values were never published.
    """
    table = survey.registry.partnerships
    chosen = table.loc[
        table["programme"].isin(list(programmes)) & (table["generation"] == generation)
    ]
    terms = chosen.set_index("name")["sectors"].str.split(";").explode().str.strip()
    named = terms.loc[terms.fillna("") != ""]
    pairs = pd.DataFrame({"name": named.index, "focus": _focuses(survey, named)}).drop_duplicates()
    counts = pairs["focus"].value_counts().rename_axis("focus").reset_index(name="partnerships")
    ordered = counts.sort_values(["partnerships", "focus"], ascending=[False, True])
    covered = int(pairs["name"].nunique())
    selected = _selected(survey, totals)
    return ordered.assign(covered=covered, selected=selected).reset_index(drop=True)


def _selected(survey: Survey, totals: Sequence[str]) -> int:
    facts = survey.facts.set_index("name")["value"]
    unknown = [total for total in totals if total not in facts.index]
    if unknown:
        raise RoundError(
            Fault(
                f"there is no cited fact {total!r}",
                "parameters/facts.yaml",
                "how many partnerships were selected, with its source",
                advice(total, facts.index),
            )
            for total in unknown
        )
    return sum(int(facts[total]) for total in totals)


def _focuses(survey: Survey, terms: pd.Series[str]) -> list[str]:
    known = dict(zip(survey.sectors["term"], survey.sectors["focus"], strict=True))
    unknown = [term for term in terms.unique() if term not in known]
    if unknown:
        raise RoundError(
            Fault(
                f"the sector {term!r} has no industrial focus",
                "data/registry/sectors.csv",
                "one row per sector of partnerships.csv",
                advice(term, known, "add the sector with its focus"),
            )
            for term in unknown
        )
    return [known[term] for term in terms]
