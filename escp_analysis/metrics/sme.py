"""What partnerships report of their SMEs, and yes/no questions by strand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from escp_analysis.metrics.options import OTHER

if TYPE_CHECKING:
    from escp_analysis.loaders.survey import Survey


def yes_no(survey: Survey, question: str) -> pd.DataFrame:
    """Return how a yes/no question was answered, by strand.

    One row per strand (``all``, ``1``, ``2``). Columns: question, strand, yes, no, blank
    (partnerships that reached the question and left it blank), base (partnerships that reached
    it). Raises ``RoundError`` for a question the questionnaire does not have.
    """
    name = survey.questionnaire.question(question).id
    asked = survey.answers.loc[(survey.answers["question"] == name) & survey.answers["reached"]]
    rows = [
        _counted(strand, asked if strand == "all" else asked.loc[asked["strand"] == strand])
        for strand in ("all", "1", "2")
    ]
    return pd.DataFrame([{"question": name} | row for row in rows])


def sme_agreements(survey: Survey) -> pd.DataFrame:
    """Return how many agreements partnerships report of their SMEs, by strand.

    One row per strand (``all``, ``1``, ``2``). Columns: strand, partnerships (that answered that
    SMEs signed agreements), counted (those of them that gave a number), agreements (the sum of
    the numbers; missing where nobody gave one). Source: section F of Annex A.
    """
    answers = survey.answers
    yes = answers.loc[
        (answers["question"] == "sme_has_agreements") & (answers["value"] == "yes"),
        ["partnership", "strand"],
    ]
    numbers = answers.loc[answers["question"] == "sme_agreement_count", ["partnership", "number"]]
    told = yes.merge(numbers, on="partnership", how="left")
    rows = [
        _summed(strand, told if strand == "all" else told.loc[told["strand"] == strand])
        for strand in ("all", "1", "2")
    ]
    return pd.DataFrame(rows).astype({"agreements": "Float64"})


def sme_examples(survey: Survey) -> pd.DataFrame:
    """Return the examples of SMEs that benefited, one row per example given.

    Columns: partnership, strand, name (missing where the answer gave none), benefits (labels in
    questionnaire order, separated by semicolons, ``Other`` with its text; blank when none was
    ticked), description. Source: section F of Annex A.
    """
    labels = survey.questionnaire.question("sme_examples").parts("benefits")[0].labels
    ticked = survey.sme_benefits.loc[survey.sme_benefits["selected"]]
    own = (": " + ticked["other_text"]).where(ticked["option"] == OTHER).fillna("")
    told = ticked.assign(label=ticked["option"].map(labels) + own)
    keys = ["partnership", "strand", "example"]
    benefits = told.groupby(keys, sort=False)["label"].agg("; ".join).rename("benefits")
    joined = survey.sme_examples.merge(benefits.reset_index(), on=keys, how="left")
    order = joined["partnership"].str.casefold()
    rows = joined.loc[order.sort_values(kind="stable").index].fillna({"benefits": ""})
    return rows[["partnership", "strand", "name", "benefits", "description"]].reset_index(drop=True)


def _counted(strand: str, answers: pd.DataFrame) -> dict[str, Any]:
    values = answers["value"]
    yes, no, base = int((values == "yes").sum()), int((values == "no").sum()), len(answers)
    return {"strand": strand, "yes": yes, "no": no, "blank": base - yes - no, "base": base}


def _summed(strand: str, told: pd.DataFrame) -> dict[str, Any]:
    numbers = told["number"].dropna()
    total = numbers.sum() if len(numbers) else pd.NA
    size, counted = len(told), len(numbers)
    return {"strand": strand, "partnerships": size, "counted": counted, "agreements": total}
