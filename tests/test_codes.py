"""Codes are counted by respondents; two coders are held against each other."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from drawn_survey import survey
from test_comments import box

from escp_analysis import digest, metrics, narrative
from escp_analysis.loaders.survey import Survey

NAMES = tuple("abcdefghij")
CODEBOOK = [
    {"code": code, "label": code.title(), "definition": f"about {code}", "example": "as it were"}
    for code in ("money", "time", "people", "never")
]


def coded(*rows: tuple[str, str, str], silent: tuple[str, ...] = ()) -> Survey:
    """Return ten partnerships that commented on barriers, the ``silent`` ones excepted."""
    choices = [
        box(
            name,
            "1" if name < "g" else "2",
            "sme_engagement",
            True,
            None if name in silent else "x",
        )
        for name in NAMES
    ]
    coding = [
        {"response": who, "question": "barriers", "code": code, "coder": coder}
        for who, code, coder in rows
    ]
    return survey(NAMES, choices=choices, codebook=CODEBOOK, coding=coding)


def count(table: pd.DataFrame, code: str, strand: str = "all") -> tuple[Any, ...]:
    rows = table.loc[(table["code"] == code) & (table["strand"] == strand)]
    return tuple(rows[["respondents", "base", "coded"]].iloc[0])


def test_a_respondent_counts_once_per_code_whoever_coded_it() -> None:
    table = metrics.code_counts(
        coded(("a", "money", "A"), ("a", "money", "A"), ("a", "money", "B"), ("g", "time", "A"))
    )
    assert count(table, "money") == (1, 10, 2)
    assert count(table, "money", "1") == (1, 6, 1)
    assert count(table, "money", "2") == (0, 4, 1)
    assert list(table["code"].drop_duplicates()) == ["money", "time"]
    assert table["definition"].iloc[0] == "about money"


def test_the_base_is_those_who_wrote_something_on_the_question() -> None:
    table = metrics.code_counts(coded(("a", "money", "A"), ("j", "money", "A"), silent=("i", "j")))
    assert count(table, "money") == (1, 8, 1)
    assert count(table, "money", "2") == (0, 2, 0)


def test_named_values_hold_the_codes() -> None:
    values = metrics.values(coded(("a", "money", "A"))).set_index("name")
    row = values.loc["codes.barriers.money.all"]
    assert (row["count"], row["base"], row["unit"]) == (1, 10, "share of those who commented")


# Ten comments by hand: both give the code to four, A alone to one, B alone to two, neither to
# three. Observed agreement 7/10; A says yes 5 times, B 6: by chance .5 * .6 + .5 * .4 = .5;
# kappa = (.7 - .5) / (1 - .5) = .4.
BOTH, FIRST, SECOND, NEITHER = "abcd", "e", "fg", "hij"


def two_coders() -> Survey:
    rows = [(who, "money", coder) for who in BOTH for coder in "AB"]
    rows += [(who, "money", "A") for who in FIRST] + [(who, "time", "B") for who in FIRST]
    rows += [(who, "money", "B") for who in SECOND] + [(who, "time", "A") for who in SECOND]
    rows += [(who, "time", coder) for who in NEITHER for coder in "AB"]
    return coded(*rows)


def test_kappa_and_agreement_are_those_computed_by_hand() -> None:
    table = metrics.coder_agreement(two_coders()).set_index("code")
    row = table.loc["money"]
    assert (row["first"], row["second"], row["comments"]) == ("A", "B", 10)
    assert (row["both"], row["one"], row["neither"]) == (4, 3, 3)
    assert row["agreement"] == pytest.approx(0.7)
    assert row["kappa"] == pytest.approx(0.4)
    assert row["reason"] == ""
    assert list(table.index) == ["money", "time"]


def test_comments_that_one_of_them_coded_are_left_out() -> None:
    table = metrics.coder_agreement(
        coded(("a", "money", "A"), ("a", "time", "B"), ("b", "money", "A"), ("c", "money", "B"))
    ).set_index("code")
    assert table.loc["money", "comments"] == 1
    assert table.loc["money", "agreement"] == 0
    assert table.loc["money", "kappa"] == 0


def test_kappa_is_missing_with_a_reason_where_chance_would_agree_as_well() -> None:
    rows = [(who, "money", coder) for who in "ab" for coder in "AB"]
    table = metrics.coder_agreement(coded(*rows, ("c", "time", "A"))).set_index("code")
    assert table.loc["money", "agreement"] == 1
    assert pd.isna(table.loc["money", "kappa"])
    assert table.loc["money", "reason"] == "both coders gave the code to every comment"
    assert table.loc["time", "reason"] == ("neither coder gave the code to any of these comments")


def test_without_a_comment_coded_by_both_nothing_agrees() -> None:
    table = metrics.coder_agreement(coded(("a", "money", "A"), ("b", "money", "B")))
    assert list(table["comments"]) == [0]
    assert table["agreement"].isna().all() and table["kappa"].isna().all()
    assert list(table["reason"]) == ["no comments were coded by both"]
    told = narrative.agreement(table).text
    assert told == "No comment was coded by two coders, so that no agreement can be computed."


def test_one_coder_alone_agrees_with_nobody() -> None:
    table = metrics.coder_agreement(coded(("a", "money", "A")))
    assert table.empty
    assert narrative.agreement(table).text == ""


def test_the_table_names_coders_by_number() -> None:
    told = digest.coder_agreement(
        metrics.coder_agreement(two_coders()), name="t", caption="Agreement", source="s"
    ).text
    assert "1 and 2 | Money | 4 | 3 | 7 of 10 (70\u202f%) | 0.40" in told.splitlines()


def test_the_sentence_tells_how_many_were_coded() -> None:
    told = narrative.codes(metrics.code_counts(coded(("a", "money", "A"), ("b", "money", "A"))))
    assert told.text == (
        "Of 10 partnerships that commented, 2 were given a code; most often *Money* "
        "(2 of 10, 20\u202f%)."
    )
