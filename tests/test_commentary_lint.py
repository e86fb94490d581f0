"""The lint of prose: thirty stale or typed numbers and words are found, thirty innocents pass."""

from __future__ import annotations

from dataclasses import replace

import pytest
from drawn_survey import first_round

from escp_analysis.commentary import Language, Source, review, review_places, review_texts
from escp_analysis.loaders import Survey
from escp_analysis.loaders.survey import typed

PLANTED = (
    "Of the partnerships, 17 answered in full.",
    "In all, 21 agreements were signed.",
    "It was named by 4 of 6 partnerships of strand-2.",
    "It was named by 4 out of 6.",
    "Almost 60% of the agreements are with clusters.",
    "Some 57 % of the agreements are with clusters.",
    "Close to 40 per cent named a barrier.",
    "The mean was 2.5 ticks.",
    "The survey reached 1,200 SMEs.",
    "Eleven partnerships were in touch with others.",
    "Seven ESCPs signed agreements.",
    "Four out of the six of strand-2 said so.",
    "Twenty-one respondents chose target countries.",
    "Only one partnership exchanged staff.",
    "One in three named it.",
    "Two thirds of strand-2 name it.",
    "A third of the respondents named it.",
    "Three quarters took part.",
    "More than half of them took part.",
    "Half of the partnerships took part.",
    "A majority of partnerships named it.",
    "The vast majority signed nothing.",
    "Most partnerships signed nothing.",
    "Most of them signed nothing.",
    "All partnerships chose target countries.",
    "Almost all respondents chose target countries.",
    "None of the partnerships has a bankable proposal.",
    "No partnership has a bankable proposal.",
    "It is the most frequently cited barrier.",
    "Canada, China and Jordan follow in decreasing order.",
)
INNOCENT = (
    "The survey closed on 21 November 2018.",
    "From 29 October to 21 November 2018 the form was open.",
    "Work began in March 2019.",
    "The call of 2016 differed from that of 2017.",
    "The programme ran in 2014-2020.",
    "The meeting is on 14 to 16 May 2019.",
    "See Figure 12 and Table 2.",
    "Section 2.3.2 and chapter 4 say more.",
    "Figures 3, 5 and 7 show the form.",
    "Partnerships of strand-1 prepare, those of strand 2 act.",
    "The second generation follows the first.",
    "AdPack² works with C4W and NF4.",
    "SPACE2IDGO and EU-TEXTILE2030 met.",
    "The ESCP-4i and the ESCP-S3 met.",
    "The call COS-CLUSINT-2016-03-01 selected them.",
    "Deliverable D5.5 of WP5 holds it.",
    "As {ref}`table-2` shows, links exist.",
    "The file `values2.json` holds them.",
    "It was the 3rd mission.",
    "In Q2 they travel.",
    "On 1 June they travel.",
    "Third countries are where members go.",
    "A third country was chosen.",
    "They met one another.",
    "This one travelled, and that one stayed.",
    "The half-year was short.",
    "A two-way exchange began.",
    "Round 2018-10 is described.",
    "It happened on 04.03.2019.",
    "The most useful contacts came early.",
)


@pytest.fixture(scope="module")
def survey() -> Survey:
    return first_round()


def found(survey: Survey, text: str) -> list[str]:
    rows = typed("commentary", [{"file": "2.1.md", "section": "2.1", "markdown": text}])
    return [str(it) for it in review(replace(survey, commentary=rows))]


def test_thirty_of_each() -> None:
    assert len(set(PLANTED)) == len(set(INNOCENT)) == 30


@pytest.mark.parametrize("sentence", PLANTED)
def test_a_typed_number_or_an_unbound_word_is_found(survey: Survey, sentence: str) -> None:
    (fault, *_) = found(survey, f"An innocent sentence. {sentence} Another one follows.")
    assert f"2.1.md, line 1: {sentence}" in fault


@pytest.mark.parametrize("sentence", INNOCENT)
def test_what_is_no_result_passes(survey: Survey, sentence: str) -> None:
    assert found(survey, sentence) == []


def test_thirty_planted_among_thirty_innocents_in_one_file(survey: Survey) -> None:
    lines = [line for pair in zip(PLANTED, INNOCENT, strict=True) for line in pair]
    faults = found(survey, "\n\n".join(lines))
    told = {line for line in PLANTED if any(f": {line}\n" in fault for fault in faults)}
    assert told == set(PLANTED)
    assert not [line for line in INNOCENT if any(f": {line}\n" in fault for fault in faults)]


def test_the_value_to_use_is_named_that_the_sentence_speaks_of(survey: Survey) -> None:
    (fault,) = found(survey, "In strand-2, 4 of 6 report business agreements of clusters.")
    assert '{{ share("cluster_results", "business_agreements", strand=2) }}' in fault


@pytest.mark.parametrize("sentence", ["In strand-2, 4 said so.", "In section 2 and 4 others."])
def test_a_number_beside_a_reference_is_no_part_of_it(survey: Survey, sentence: str) -> None:
    assert ["'4'" in fault for fault in found(survey, sentence)] == [True]


def test_a_word_is_bound_by_a_check_in_its_own_sentence_only(survey: Survey) -> None:
    check = '{{ check_all("activities", "target_third_countries") }}'
    assert found(survey, f"All partnerships chose target countries{check}.") == []
    assert len(found(survey, f"All partnerships chose. Target countries{check}.")) == 1
    # A number beside it is no check: it changes and the word stays.
    share = '{{ share("activities", "target_third_countries") }}'
    assert len(found(survey, f"All partnerships chose, {share}.")) == 1


def test_a_deliberate_number_has_a_reason(survey: Survey) -> None:
    call = '{{ literal("twelve", because="months of a year") }}'
    assert found(survey, f"The grant runs for {call} months.") == []


@pytest.mark.parametrize("private", ["jo.doe@example.org", "+351 226 076 400", "0049 30 1234567"])
def test_an_address_or_a_telephone_number_is_told_and_not_repeated(
    survey: Survey, private: str
) -> None:
    faults = found(survey, f"Ask {private} about it.")
    assert faults == [
        "an e-mail address or a telephone number\n"
        "  where:    2.1.md, line 1\n"
        "  expected: no personal data\n"
        "  do:       take it out"
    ]


def test_the_chapters_own_words_hold_no_typed_result(survey: Survey) -> None:
    where = "02_x.ipynb, cell 3"
    texts = [Source(where, "Which activities?\n\nAs 18 of 21 say, it is done by each partnership.")]
    (fault,) = review_texts(texts, Language(survey))
    assert fault.where == f"{where}, line 3: As 18 of 21 say, it is done by each partnership."


def test_commentary_that_no_chapter_shows_is_told(survey: Survey) -> None:
    (fault, *_) = review_places(
        survey, ["2.1", "2.3.1", "2.3.2", "3.1", "3.2", "4.1", "4.2", "4.3", "4.5"]
    )
    assert fault.what == "no chapter shows section 2.2"
    assert fault.where == "commentary/2.2.md"
    assert "name the file after such a section" in fault.do
