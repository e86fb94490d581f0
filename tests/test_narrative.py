"""Sentences, word for word, from tables drawn by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from escp_analysis import narrative


def shares(*bars: tuple[str, str, int, int], bases: tuple[int, int] = (14, 6)) -> pd.DataFrame:
    sizes = {"all": sum(bases), "1": bases[0], "2": bases[1]}
    rows = [
        {
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
        unpublished = pd.DataFrame({"option": ["a"], "strand": ["2"]})
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
    return pd.DataFrame(rows, columns=columns)


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
    counts = pd.DataFrame([{"strand": "all", "yes": 0, "no": 0, "blank": 3, "base": 3}])
    assert said(narrative.answered(counts, "use the forum")) == (
        "Whether partnerships use the forum is not in the data: the question is blank."
    )
    some = pd.DataFrame([{"strand": "all", "yes": 1, "no": 1, "blank": 1, "base": 3}])
    assert said(narrative.answered(some, "use the forum")) == (
        "1 of 3 (33 %) use the forum. 1 partnership left the question blank."
    )
