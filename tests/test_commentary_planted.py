"""Thirty wrong numbers and words in a copy of the commentary are found, thirty innocents pass.

The sentences are such as an analyst writes. The two further pairs try the lint on sixty more of
each kind, so that it is not fitted to the first sixty alone.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from drawn_survey import first_round
from project_copy import copy_project, escp

from escp_analysis.commentary import Language, Source, review
from escp_analysis.commentary.lint import complaints
from escp_analysis.commentary.template import calls
from escp_analysis.loaders import load_round
from escp_analysis.loaders.survey import typed

PLANTED = (
    "All 21 respondents have identified the third countries they want to reach.",
    "Joint communication is reported by 18 partnerships.",
    "The response rate was 83%, which is high for a survey of this length.",
    "Four out of seven strand-2 partnerships run joint communication.",
    "Eleven of the nineteen partnerships are in touch with another partnership.",
    "Roughly two-thirds of strand-2 have started a dialogue.",
    "Just over half of strand-1 (54 per cent) have done so.",
    "Almost sixty per cent of the agreements are with clusters.",
    "Canada leads with three agreements, ahead of China.",
    "Between 5 and 7 partnerships mention a lack of market knowledge.",
    "A quarter of the respondents offer mentoring to SMEs.",
    "Twelve partnerships have not signed anything yet.",
    "Fewer than 25 % of the partnerships look for additional funding.",
    "On average, respondents ticked 1.8 barriers.",
    "The most frequently mentioned barrier is market knowledge.",
    "Most strand-1 partnerships are still choosing their target market.",
    "None has defined a bankable proposal.",
    "Nobody in strand-1 runs a representative office.",
    "Every partnership has a communication plan.",
    "Only strand-2 reports exports.",
    "In a majority of cases the counterpart is a cluster.",
    "Twice as many agreements come from strand-2 as from strand-1.",
    "Every second partnership plans a mission to China.",
    'Market knowledge is the problem met most{{ check_most("barriers", "market_knowledge") }}.',
    '{{ check_value("collaborations.mutual", 6) }}Six links are confirmed from both ends.',
    'Engagement is low: {{ share("barriers", "sme_participation") }} name it.',
    "Of the agreements, about a dozen are with business networks.",
    "The agreements rank, in descending order: Canada, China, Jordan.",
    "One partnership in three has someone abroad.",
    "A total of **five** pairs\nconfirm each other.",
)
INNOCENT = (
    "The form stayed open from 29 October to 21 November 2018.",
    "A second reminder went out on 12/11/2018, the last one on 19.11.2018.",
    "The call closed on 2016-03-01 and work began in January 2018.",
    "Projects of the 2014-2020 programme end in the early 2020s.",
    "Since 2018 partnerships report twice a year.",
    "See sections 2.1 and 2.3.2, chapter 4 and Annex A.",
    "Figure 4 shows the activities; figures 10 and 12 the results.",
    "Table 2, on p. 19, marks both sides of a link.",
    "Partnerships of strand 1 and strand 2 differ by design.",
    "The first generation handed over to the second.",
    "AdPack² and NF4 plan a mission with SPACE2IDGO, C4W and EC2i.",
    "LASER-GO GLOBAL exhibits at the 3rd edition of the fair.",
    "Regulation (EU) No 1287/2013 establishes the programme.",
    "The contract EASME/COSME/2016/035 covers this work.",
    "Grant agreement 783163 funds the network.",
    "Horizon 2020 and Industry 4.0 are named as reference points.",
    "ISO 9001 certification helps members in Asia.",
    "The help desk answers 24/7, the webinar begins at 10:30 CET.",
    "The panel met at 9 a.m. and closed at 14.00 h.",
    "More at https://example.org/2019/12/report-34 and www.example.org/7.",
    "B2B meetings and C2C events are prepared together.",
    "LimeSurvey version 3.15 was used, later release 4.",
    "As the first edition says [^3], the field is young.",
    "1. First, partners meet.\n2. Then they plan.",
    "The file `values2.json` and the value `options.barriers.other.2` hold it.",
    "One way or another, members must see the use of it.",
    "In the first half of 2019 members travel to a third country.",
    "A one-stop shop would help; a two-way exchange has begun.",
    "Work package 5, task 5.3, deliverable D5.5 deal with this.",
    "The COVID-19 years were far away, and 5G was new.",
)
OTHER_WRONG = (
    "Seventy percent of strand-1 have decided on their markets.",
    "The majority did not sign a memorandum.",
    "Nearly all respondents hold joint events.",
    "They report 15 agreements with third countries and 6 within Europe.",
    "Close to half have no agreement.",
    "Contacts with business networks make up 12/21 of the total.",
    "In strand-1, 2 of 13 have signed something.",
    "A handful of partnerships work on technology transfer.",
    "A single partnership exchanged staff.",
    "Two in five strand-2 partnerships face barriers.",
    "Research and development was named by five.",
    "Strand-1: 18 %; strand-2: 40 %.",
    "The rate fell from 90 to 83 per cent.",
    "Fourteen partnerships belong to strand-1, seven to strand-2.",
    "No barrier was left unnamed.",
    "Policy makers come last.",
    "Each respondent ticked at least one activity.",
    "More partnerships name SME engagement than any other barrier, namely 7.",
    "Some 2,000 SMEs benefited from the first generation.",
    "Thirteen options were offered.",
    "Strand-2 partnerships have signed three times as many agreements.",
    "The response was complete for 82.6 % of those invited.",
    "The two strands differ: 4 against 1.",
    "About one-fifth name policy makers.",
    "Partnerships with agreements: 7.",
    "Mentoring is offered by the fewest, only 4.",
    "There were eleven reporters, five of whom confirmed each other.",
    "Over 60 % of those surveyed have signed nothing.",
    "Virtually everybody runs joint communication.",
    "Joint business events are the top result for SMEs.",
)
OTHER_INNOCENT = (
    "The EU and its Member States share the cost.",
    "A 3D printing cluster joined the consortium.",
    "The meeting of 15 November took place in Brussels.",
    "In spring 2019 the first results are due.",
    "Fieldwork ran for the first time in 2018.",
    "This is the first of several reports.",
    "SMEs come second to none in flexibility.",
    "EC2i and EU KETs4Dual-Use were both present.",
    "The Directive 2014/24/EU governs tenders.",
    "Members visited the CES 2019 fair in Las Vegas.",
    "Chapter 3.2 explains what SMEs gain; Section 4.1 what follows.",
    "Figures 4-6 and Tables 1-2 hold the detail.",
    "For details, see box 2 and row 7 of Table 1.",
    "A more detailed analysis comes with the second edition.",
    "They are ready for the fourth industrial revolution.",
    "The 2018-2019 work plan foresees more missions.",
    "On Monday 29 October 2018 the invitation went out.",
    "DG GROW, unit F.2, and EASME follow the work.",
    "The partners hold a call once a month.",
    "Half of the work lies ahead.",
    "Strand-1 and strand-2 differ in aims.",
    "Both LASER-GO GLOBAL and MAGIA join the panel.",
    "All in all, the start has been good.",
    "Most of all, SMEs need time.",
    "One can only hope that this continues.",
    "It is one of those things that take time.",
    "At least the first steps were taken.",
    "GPT-4 and CO2 emissions play no role here.",
    "The Web 2.0 forum is open to members.",
    "What matters most is trust.",
)
MORE_WRONG = (
    "Nine in ten partnerships answered the first section.",
    "The survey reached 23 ESCPs, of which nineteen completed it.",
    "A slim majority of respondents talk to other consortia.",
    "Some 57% of memoranda involve cluster organisations.",
    "Strand-1 partnerships account for six agreements; strand-2 ones for fifteen.",
    "All but two of the invited partnerships took part.",
    "Not a single partnership reports a joint venture.",
    "Half the respondents have met with difficulties in access to funding.",
    "The share of strand-2 is 13 percentage points higher.",
    "Three partnerships did not name any barrier.",
    "Funding is a concern for one quarter.",
    "Less than a third mention partners in third markets.",
    "The least common activity is SME mentoring.",
    "Knowledge sharing tops the list, named by 9/19.",
    "SME engagement ranks first among the barriers.",
    "Neither strand has signed with a university.",
    "Everyone identified target markets.",
    "As many as 17 of 20 met at least one barrier.",
    "The number of agreements doubled since the last round.",
    "Thirty-five ticks were made in total.",
    "In this round 12 of the partnerships had no agreement.",
    "The agreements are with clusters (12), research centres (3) and companies (2).",
    "They count some twenty agreements\nsigned in\n21. months.",
    "The largest number of agreements comes from COSMENERG-4i, with 5.",
    "Both strands name SME engagement.",
    "Strand-2 alone reports soft landing.",
    "Two partnerships have a representative abroad.",
    "Only one partnership reported staff exchanges.",
    "It is ½ of what was hoped for.",
    "Over a dozen countries are covered: 14, to be exact.",
)
MORE_INNOCENT = (
    "The second round opens in April 2019, the third in October.",
    "By mid-2019 the strategy should stand.",
    "Between 2016 and 2018 the first generation was at work.",
    "The conference takes place on 14 to 16 May 2019 in Bucharest.",
    "On 4 March 2019 the first edition was published.",
    "Deliverable D5.5 (WP5) was accepted.",
    "COSMENERG-4i, LASER-GO GLOBAL and ESCT Go Global are strand-2 partnerships.",
    "EU-TEXTILE2030 returns to Colombiatex 2019.",
    "Question 3 of section C asks for barriers.",
    "Footnote 2 and note 5 explain the base.",
    "Fig. 6 and pp. 12-14 give details.",
    "The twenty-first century brought new routes.",
    "SMEs are the first to gain and the last to be asked.",
    "A member of a third party joined on the 2nd day.",
    "The NUTS 2 regions and TRL 6 are the units used.",
    "The COS-CLUSINT-2016-03-01 call and the COS-CLUSTPARTNS-2017-3-02 call differ.",
    "The 1990s saw the first clusters.",
    "Contact points are open from 9:00 to 17:00.",
    "On the one hand they travel, on the other they host.",
    "One of the aims is to bring members together.",
    "Version 2.0.1 of the tool reads Excel.",
    "Unit F.2 of the Directorate-General runs the initiative.",
    "The next survey follows in the third quarter of 2019.",
    "Strand-1 prepares and strand-2 acts.",
    "## 2.4 A heading with its number",
    "[The page](https://example.org/a1/b22) tells more.",
    "See {ref}`table-2` and {ref}`figure-10`.",
    "The H2020 project ran parallel to the EU4Sports alliance.",
    "The half-day workshop was held at the year's end.",
    "Many partnerships share target markets; some have begun to travel together.",
)


def as_file(sentences: Sequence[str]) -> tuple[str, list[range]]:
    """Return a file of these paragraphs, and the lines each of them stands in."""
    lines, at = [], 1
    for sentence in sentences:
        end = at + sentence.count("\n") + 1
        lines.append(range(at, end))
        at = end + 1
    return "\n\n".join(sentences) + "\n", lines


def lines_told(text: str) -> list[int]:
    """Return the line of each fault that a message places in the planted file."""
    return [int(line) for line in re.findall(r"commentary/2\.1-planted\.md, line (\d+)", text)]


def found_and_missed(sentences: Sequence[str], told: Sequence[int]) -> tuple[list[str], list[str]]:
    _, lines = as_file(sentences)
    found = [s for s, at in zip(sentences, lines, strict=True) if any(it in at for it in told)]
    return found, [s for s in sentences if s not in found]


def checked(tmp_path: Path, sentences: Sequence[str]) -> str:
    """Return what ``escp check`` says of a copy of the project with these sentences added."""
    project = copy_project(tmp_path)
    file = project / "parameters/2018-10/commentary/2.1-planted.md"
    file.write_text(as_file(sentences)[0], encoding="utf-8")
    return escp(project, "check", "2018-10").stdout


def test_thirty_of_thirty_wrong_ones_are_found_each_at_its_line(tmp_path: Path) -> None:
    found, missed = found_and_missed(PLANTED, lines_told(checked(tmp_path, PLANTED)))
    assert missed == []
    assert len(found) == 30


def test_none_of_thirty_innocents_is_taken_for_a_result(tmp_path: Path) -> None:
    told = checked(tmp_path, INNOCENT)
    alarms, passed = found_and_missed(INNOCENT, lines_told(told))
    assert alarms == []
    assert len(passed) == 30
    assert told.startswith("Round 2018-10: nothing wrong with the input")


@pytest.mark.parametrize(
    ("wrong", "innocent"),
    [(MORE_WRONG, MORE_INNOCENT), (OTHER_WRONG, OTHER_INNOCENT)],
    ids=["more", "other"],
)
def test_sixty_more_of_each_kind(wrong: Sequence[str], innocent: Sequence[str]) -> None:
    for sentences, expected in ((wrong, 30), (innocent, 0)):
        text, _ = as_file(sentences)
        row = {"file": "commentary/2.1-planted.md", "section": "2.1", "markdown": text}
        survey = replace(first_round(), commentary=typed("commentary", [row]))
        told = lines_told("\n".join(fault.where for fault in review(survey)))
        found, _ = found_and_missed(sentences, told)
        assert len(found) == expected, found_and_missed(sentences, told)


@pytest.fixture(scope="module")
def two_rounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project with an earlier round, in which one less offered mentoring to SMEs."""
    project = copy_project(tmp_path_factory.mktemp("two"))
    for folder in ("data/rounds", "parameters"):
        shutil.copytree(project / folder / "2018-10", project / folder / "2018-04")
    shutil.rmtree(project / "parameters/2018-04/commentary")
    (project / "data/rounds/2018-04/published.csv").unlink()
    file = project / "parameters/2018-04/round.yaml"
    text = file.read_text(encoding="utf-8").replace("round_id: 2018-10", "round_id: 2018-04")
    text = text.replace("provenance: reconstructed", "provenance: synthetic")
    text = text.replace("opened: 2018-10-29", "opened: 2018-04-02")
    file.write_text(text.replace("closed: 2018-11-21", "closed: 2018-04-27"), encoding="utf-8")
    untick_mentoring(project / "data/rounds/2018-04/responses.txt")
    return project


def untick_mentoring(path: Path) -> None:
    """Take one tick of SME mentoring, the eighth activity of the form, out of an export."""
    lines = path.read_text(encoding="utf-8").split("\n")
    start = next(at for at, line in enumerate(lines) if line.startswith("id\t"))
    headings = lines[start].split("\t")
    column = [it for it in headings if re.fullmatch(r"ACT_[A-Za-z0-9]+(?<!comment)", it)][7]
    for at in range(start + 1, len(lines)):
        cells = lines[at].split("\t")
        if cells[headings.index(column)] == "Y":
            cells[headings.index(column)] = ""
            lines[at] = "\t".join(cells)
            break
    path.write_text("\n".join(lines), encoding="utf-8")


class TestRoundBefore:
    def told(self, project: Path, sentence: str) -> str:
        survey = load_round("2018-10", project)
        row = {"file": "commentary/2.1.md", "section": "2.1", "markdown": sentence}
        survey = replace(survey, commentary=typed("commentary", [row]))
        (fault,) = review(survey, language=Language(survey, project=project))
        return fault.do

    def test_a_number_of_the_round_before_is_told_with_the_number_now(
        self, two_rounds: Path
    ) -> None:
        told = self.told(two_rounds, "SME mentoring is offered by 3 of 21 partnerships.")
        assert told == (
            "it is 4 of 21 (19\u202f%) now, was 3 of 21 (14\u202f%) in 2018-04: "
            '{{ share("activities", "sme_mentoring") }}'
        )

    def test_a_round_that_cannot_be_counted_is_passed_over(
        self, two_rounds: Path, tmp_path: Path
    ) -> None:
        project = tmp_path / "broken"
        shutil.copytree(two_rounds, project)
        (project / "data/rounds/2018-04/responses.txt").write_text("nothing", encoding="utf-8")
        told = self.told(project, "SME mentoring is offered by 3 of 21 partnerships.")
        assert "2018-04" not in told
        assert told.startswith('it nearly equals {{ share("activities", "sme_mentoring") }}')

    def test_the_check_of_a_project_looks_at_the_round_before(self, two_rounds: Path) -> None:
        file = two_rounds / "parameters/2018-10/commentary/2.1-stale.md"
        file.write_text("Mentoring of SMEs is offered by 14 % of them.\n", encoding="utf-8")
        told = escp(two_rounds, "check", "2018-10").stdout
        file.unlink()
        assert "'14 %' is typed, not computed" in told
        assert "was 3 of 21 (14" in told
        assert "commentary/2.1-stale.md, line 1: Mentoring of SMEs" in told


@pytest.mark.parametrize(
    ("sentence", "do"),
    [
        (
            "In strand-2, 5 of 6 report business agreements of clusters.",
            'it nearly equals {{ share("cluster_results", "business_agreements", strand=2) }}, '
            "which prints 4 of 6 (67\u202f%)",
        ),
        ("Canada leads with 4 agreements.", 'nearly equals {{ value("agreements.country.Canada.'),
        ("Some 2,000 SMEs benefited.", 'it equals {{ fact("gen1_smes") }}'),
        ("Seventy-seven flew.", 'write {{ literal("...", because="...") }} if it is none'),
        ("About two thirds of strand-2 have started a dialogue.", '"dialogue.reporters.2"'),
    ],
)
def test_the_value_to_use_is_named(sentence: str, do: str) -> None:
    row = {"file": "2.1.md", "section": "2.1", "markdown": sentence}
    survey = replace(first_round(), commentary=typed("commentary", [row]))
    (fault,) = review(survey)
    assert do in fault.do


def test_a_limit_that_a_listing_sets_may_be_typed_beside_it() -> None:
    call = '{{ listing("activities", under="25 %") }}'
    language = Language(first_round())
    source = Source("x.md", f"Less than 25 % do these: {call}. Only 25 % do more.")
    faults = list(complaints(source, calls(source)[0], language))
    assert [fault.where for fault in faults] == ["x.md, line 1: Only 25 % do more."]
