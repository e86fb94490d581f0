"""Sentences, word for word, from tables drawn by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from escp_analysis import narrative


def shares(*bars: tuple[str, str, int, int], bases: tuple[int, int] = (14, 6)) -> pd.DataFrame:
    sizes = {"all": sum(bases), "1": bases[0], "2": bases[1]}
    rows = [
        {
            "question": "barriers",
            "option": option,
            "label": label,
            "strand": strand,
            "selected": count,
            "base": sizes[strand],
            "share": count / sizes[strand],
        }
        for option, label, first, second in bars
        for strand, count in (("all", first + second), ("1", first), ("2", second))
    ]
    return pd.DataFrame(rows)


A, B = ("a", "Alpha", 5, 4), ("b", "Beta", 7, 2)
C, ZERO, OTHER = ("c", "Gamma", 1, 0), ("z", "Zeta", 0, 0), ("other", "Other", 0, 0)


def said(exhibit: narrative.Exhibit) -> str:
    return exhibit.text.replace("\u202f", " ")


class TestMostSelected:
    def test_names_the_option_with_its_strands(self) -> None:
        text = said(narrative.most_selected(shares(A, C, ZERO)))
        assert text == (
            "The option selected most is *Alpha* (9 of 20, 45 %), 5 of 14 in strand-1 and 4 of 6 "
            "in strand-2."
        )

    def test_names_every_tie(self) -> None:
        text = said(narrative.most_selected(shares(A, B, C)))
        assert text == (
            "The options selected most are *Alpha* (9 of 20, 45 %) and *Beta* (9 of 20, 45 %)."
        )

    def test_does_not_call_an_option_of_nobody_selected(self) -> None:
        text = said(narrative.most_selected(shares(C, ZERO), top=2))
        assert "Zeta" not in text
        assert said(narrative.most_selected(shares(ZERO))) == "Nobody selected any of the options."

    def test_marks_counts_that_were_not_published(self) -> None:
        unpublished = pd.DataFrame({"option": ["a", "a"], "strand": ["2", "all"]})
        text = said(narrative.most_selected(shares(A, C), unpublished=unpublished))
        assert "(9† of 20, 45 %), 5 of 14 in strand-1 and 4† of 6 in strand-2" in text


class TestZeroAndFew:
    def test_lists_the_options_of_nobody_but_not_other(self) -> None:
        assert said(narrative.not_selected(shares(A, ZERO, OTHER))) == (
            "No partnership selected *Zeta*."
        )

    def test_says_when_there_is_none(self) -> None:
        assert said(narrative.not_selected(shares(A, OTHER))).startswith("Each of the listed")

    def test_below_is_strict_and_leaves_zero_out(self) -> None:
        quarter = ("q", "Quarter", 3, 2)
        text = said(narrative.below(shares(quarter, C, ZERO), 25))
        assert text == "Selected by less than 25 % of the partnerships: *Gamma* (1 of 20, 5 %)."
        assert "No option" in said(narrative.below(shares(quarter), 25))


def test_one_option_is_told_by_strand_and_an_unknown_one_refused() -> None:
    assert said(narrative.option(shares(A), "a")) == (
        "*Alpha* was selected by 9 of 20 (45 %), 5 of 14 in strand-1 and 4 of 6 in strand-2."
    )
    with pytest.raises(ValueError, match="no option 'x' in a"):
        narrative.option(shares(A), "x")


class TestContrast:
    def test_names_what_differs_and_what_one_answer_makes(self) -> None:
        text = said(narrative.strand_contrast(shares(A, C, OTHER)))
        assert text == (
            "The strands differ by 30 percentage points or more on *Alpha* (5 of 14 in strand-1 "
            "against 4 of 6 in strand-2). One answer makes 17 points in strand-2."
        )

    def test_says_when_nothing_differs_and_needs_no_caveat_for_large_bases(self) -> None:
        text = said(narrative.strand_contrast(shares(C, bases=(20, 10))))
        assert text == "On no option do the strands differ by 30 percentage points or more."


def summary() -> pd.DataFrame:
    rows = [("all", 20, 7, 35, 3), ("1", 14, 7, 18, 3), ("2", 6, 7, 17, 0)]
    columns = ["strand", "base", "options", "ticks", "none_selected"]
    return pd.DataFrame(rows, columns=columns).assign(question="barriers")


def test_any_tick_and_mean_share_are_told_apart() -> None:
    assert said(narrative.any_selected(summary())) == (
        "At least one was selected by 17 of 20 (85 %): 11 of 14 (79 %) in strand-1 and 6 of 6 "
        "(100 %) in strand-2. 3 partnerships selected nothing."
    )
    assert said(narrative.mention(summary())) == (
        "On average over the 7 options, one was selected by 18 % of strand-1 (18 ticks by 14 "
        "partnerships) and 40 % of strand-2 (17 ticks by 6 partnerships)."
    )


def test_participation_tells_full_partial_and_silent() -> None:
    rows = [
        (section, strand, 23 if strand == "all" else pd.NA, count)
        for section, counts in [("B", (21, 14, 7)), ("C", (20, 14, 6)), ("complete", (19, 13, 6))]
        for strand, count in zip(("all", "1", "2"), counts, strict=True)
    ]
    funnel = pd.DataFrame(rows, columns=["section", "strand", "invited", "reached"])
    assert said(narrative.participation(funnel)) == (
        "19 of the 23 partnerships invited (83 %) answered in full: 13 of strand-1 and 6 of "
        "strand-2. More answered in part: 21 reached section B and 20 reached section C. "
        "2 partnerships did not answer any section."
    )


def test_labels_cannot_write_markdown() -> None:
    hostile = ("h", "*bold* {ref}`x` <b> [a](http://b)", 1, 0)
    text = said(narrative.not_selected(shares((*hostile[:2], 0, 0))))
    assert r"\*bold\* \{ref\}\`x\` \<b\> \[a\](http://b)" in text


def test_yes_no_questions_say_when_they_are_blank() -> None:
    counts = pd.DataFrame(
        [{"question": "forum_use", "strand": "all", "yes": 0, "no": 0, "blank": 3, "base": 3}]
    )
    assert said(narrative.answered(counts, "use the forum")) == (
        "Whether partnerships use the forum is not in the data: the question is blank."
    )
    some = pd.DataFrame(
        [{"question": "forum_use", "strand": "all", "yes": 1, "no": 1, "blank": 1, "base": 3}]
    )
    assert said(narrative.answered(some, "use the forum")) == (
        "1 of 3 (33 %) use the forum. 1 partnership left the question blank."
    )


def nobody() -> pd.DataFrame:
    zero = [("all", 0, 7, 0, 0), ("1", 0, 7, 0, 0), ("2", 0, 7, 0, 0)]
    columns = ["strand", "base", "options", "ticks", "none_selected"]
    return pd.DataFrame(zero, columns=columns).assign(question="barriers")


def test_an_unpublished_zero_is_marked() -> None:
    unpublished = pd.DataFrame({"option": ["z", "z"], "strand": ["1", "all"]})
    second = ("y", "Ypsilon", 0, 0)
    text = said(narrative.not_selected(shares(A, second, ZERO), unpublished=unpublished))
    assert text == "No partnership selected *Ypsilon* and *Zeta*†."


@pytest.mark.parametrize(("first", "second"), [(7, 4), (9, 6), (8, 5), (4, 1), (1, 4)])
def test_the_threshold_holds_on_exact_fractions(first: int, second: int) -> None:
    # Three of ten apart: exactly 30 points, whatever 0.7 - 0.4 is in binary.
    text = said(narrative.strand_contrast(shares(("a", "Alpha", first, second), bases=(10, 10))))
    assert text == (
        "The strands differ by 30 percentage points or more on *Alpha* "
        f"({first} of 10 in strand-1 against {second} of 10 in strand-2)."
    )


def test_a_strand_of_nobody_is_neither_compared_nor_averaged() -> None:
    table = shares(A).assign(base=[14, 14, 0])
    assert said(narrative.strand_contrast(table)) == (
        "The strands cannot be compared: one of them did not reach the question."
    )
    one = summary().assign(base=[14, 14, 0], ticks=[18, 18, 0])
    assert said(narrative.mention(one)) == (
        "On average over the 7 options, one was selected by 18 % of strand-1 (18 ticks by 14 "
        "partnerships)."
    )


def test_a_question_nobody_reached_is_said_to_be_one() -> None:
    told = "No partnership reached the question."
    assert said(narrative.mention(nobody())) == told
    assert said(narrative.any_selected(nobody())) == told
    assert said(narrative.not_selected(shares(ZERO).assign(base=0))) == told


def test_nobody_silent_is_not_counted_as_zero_partnerships() -> None:
    rows = [
        (section, strand, 3 if strand == "all" else pd.NA, count)
        for section in ("B", "complete")
        for strand, count in zip(("all", "1", "2"), (3, 2, 1), strict=True)
    ]
    funnel = pd.DataFrame(rows, columns=["section", "strand", "invited", "reached"])
    assert said(narrative.participation(funnel)) == (
        "3 of the 3 partnerships invited (100 %) answered in full: 2 of strand-1 and 1 of strand-2."
    )


def totals(*rows: tuple[str, str, int]) -> pd.DataFrame:
    columns = ["dimension", "group", "agreements", "partnerships", "counterparts"]
    counted = [(dimension, group, many, 2, many) for dimension, group, many in rows]
    return pd.DataFrame(counted, columns=columns)


def test_agreements_name_ties_and_cannot_be_written_into_by_a_country() -> None:
    text = said(
        narrative.agreements(
            totals(
                ("all", "all", 6), ("strand", "1", 6), ("organisation_type", "Company", 3),
                ("organisation_type", "University", 3), ("country_group", "EU", 1),
                ("country_group", "third", 5), ("country", "[x](http://y)", 2),
                ("country", "Chile", 2), ("country", "Peru", 1), ("country", "EU", 1),
            )
        )
    )  # fmt: skip
    assert text == (
        "2 partnerships reported 6 cooperation agreements: 6 by 2 partnerships of strand-1. The "
        "counterparts named most are *Company* and *University* (3 of 6, 50 %). 1 of 6 are inside "
        "the European Union and 5 with third countries. More than one was signed with these "
        r"countries: 2 each with \[x\](http://y) and Chile."
    )


def test_shared_targets_are_told_by_country_and_quarter() -> None:
    planned = pd.DataFrame({"partnership": ["A", "B", "B"]})
    met = [{"country_code": "CN", "country": "China", "quarter": "2019-Q2", "partnerships": "A, B"}]
    assert said(narrative.shared_events(planned, pd.DataFrame(met))) == (
        "2 partnerships plan 3 events. Third countries that several plan in the same quarter: "
        "China in 2019-Q2 (A, B)."
    )


def sme_totals(*rows: tuple[str, int, int, float | None]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["strand", "partnerships", "counted", "agreements"])


def test_agreements_of_smes_name_who_gave_no_number() -> None:
    totals = sme_totals(("all", 3, 2, 5), ("1", 2, 1, 3), ("2", 1, 1, 2))
    assert said(narrative.sme_agreements(totals)) == (
        "The agreements of SMEs add up to 5: 3 in strand-1 and 2 in strand-2. 1 partnership gave "
        "no number."
    )
    unknown = sme_totals(("all", 1, 0, None), ("1", 1, 0, None), ("2", 0, 0, None))
    assert said(narrative.sme_agreements(unknown)) == "None of them gives a number."
    nobody = sme_totals(("all", 0, 0, None), ("1", 0, 0, None), ("2", 0, 0, None))
    assert said(narrative.sme_agreements(nobody)) == ""
