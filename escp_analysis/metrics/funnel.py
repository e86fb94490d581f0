"""How many partnerships were invited, reached each section, and finished."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from escp_analysis.loaders.survey import Survey

STRANDS = ("all", "1", "2")


def response_funnel(survey: Survey) -> pd.DataFrame:
    """Return how far the invited partnerships got through the survey.

    One row per section of Annex A from B on, and ``complete``, by strand (``all``, ``1``,
    ``2``), sections in the order of the form. Columns: section, strand, invited (partnerships in
    the frame; missing where the frame does not give every partnership's strand), reached
    (partnerships; zero where nobody did, so that a round without responses has its funnel too),
    rate (reached / invited, a fraction; missing with invited). Source: section 1.1 of D5.5.
    """
    stages = pd.concat([_by_section(survey), _complete(survey)])
    came = stages.loc[stages["reached"]]
    counted = came.groupby(["section", "strand"])["partnership"].nunique().to_dict()
    for section, count in came.groupby("section")["partnership"].nunique().items():
        counted[section, STRANDS[0]] = count
    rows = [
        {"section": section, "strand": strand, "reached": int(counted.get((section, strand), 0))}
        for section in [*_letters(survey), "complete"]
        for strand in STRANDS
    ]
    funnel = pd.DataFrame(rows)
    funnel.insert(2, "invited", funnel["strand"].map(invited(survey)).astype("Int64"))
    return funnel.assign(rate=(funnel["reached"] / funnel["invited"]).astype("Float64"))


def invited(survey: Survey) -> dict[str, int | None]:
    """Return how many partnerships were invited, in all and by strand.

    A strand's number is missing (``None``) while the strand of any invited partnership is.
    """
    strand = survey.frame["strand"]
    known = bool(strand.notna().all())
    sizes = {name: int((strand == name).sum()) if known else None for name in STRANDS[1:]}
    return {"all": len(survey.frame), **sizes}


def in_strand(table: pd.DataFrame, strand: str) -> pd.DataFrame:
    """Return the rows of one strand, or every row for ``all``."""
    return table if strand == "all" else table.loc[table["strand"] == strand]


def _letters(survey: Survey) -> list[str]:
    """Return the sections asked, in the order of the form: all of it while nobody has answered."""
    form = [letter for letter in survey.questionnaire.titles if letter != "A"]
    asked = set(survey.sections["section"]) or set(form)
    return [letter for letter in form if letter in asked]


def _by_section(survey: Survey) -> pd.DataFrame:
    asked = survey.sections.loc[survey.sections["section"] != "A"]
    return asked[["section", "strand", "partnership", "reached"]]


def _complete(survey: Survey) -> pd.DataFrame:
    rows = survey.responses[["strand", "partnership", "complete"]]
    return rows.rename(columns={"complete": "reached"}).assign(section="complete")
