"""The analyst's words: what a call prints, what is refused, and where the fault is told."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from commentary_texts import faults, say, with_text
from drawn_survey import first_round
from project_copy import copy_project, escp

from escp_analysis import metrics, show_commentary
from escp_analysis.commentary import Source, list_values, review
from escp_analysis.commentary.language import Language
from escp_analysis.commentary.sections import pieces, spoken
from escp_analysis.commentary.template import UnsaidError, calls, evaluate
from escp_analysis.loaders import Survey, load_round
from escp_analysis.loaders.boxes import Boxes
from escp_analysis.loaders.commentary import read_permissions
from escp_analysis.loaders.survey import typed
from escp_analysis.origins import ROLE, parts, without_origins
from escp_analysis.report.exhibit_blocks import read_exhibit

THIN = "\u202f"


@pytest.fixture(scope="module")
def survey() -> Survey:
    return first_round()


class TestCalls:
    """Counts of the first edition: 14 of 14 and 4 of 7 joint communication, 1 of 13 and 4 of 6
    business agreements, 21 agreements by 7 partnerships, 3 of 20 without a barrier."""

    @pytest.mark.parametrize(
        ("call", "text"),
        [
            ('share("activities", "joint_communication", strand=2)', f"4 of 7 (57{THIN}%)"),
            ('share("activities", "joint_communication", 1)', f"14 of 14 (100{THIN}%)"),
            ('share("activities", "bankable_proposals")', f"0 of 21 (0{THIN}%)"),
            ('count("cluster_results", "business_agreements", "2")', "4"),
            ('base("barriers", 2)', "6"),
            ('percentage("cluster_results", "business_agreements", 2)', f"67{THIN}%"),
            ('label("activities", "events_missions")', "*Organisation of events/ missions*"),
            ('value("summary.barriers.none_selected.all")', "3"),
            ('value("funnel.complete.rate.all")', f"19 of 23 (83{THIN}%)"),
            ('plural("agreements.all.all.agreements", "agreement")', "21 agreements"),
            ('plural("collaborations.unconfirmed", "pair")', "1 pair"),
            ('plural("collaborations.mutual", "country", "countries")', "5 countries"),
            ('literal("12", because="months of a year")', "12"),
            ('check_all("activities", "target_third_countries")', ""),
            ('check_none("activities", "bankable_proposals")', ""),
            ('check_majority("cluster_results", "business_agreements", 2)', ""),
            ('check_least("barriers", "policy_makers")', ""),
            ('check_over_half("answers.has_agreements.no.all")', ""),
            ('check_value("collaborations.mutual", 5)', ""),
            ('check_order("activities", ["target_third_countries", "bankable_proposals"])', ""),
            ('check_options("barriers", at_least=1)', ""),
            ('check_largest("agreements.country.Canada.agreements")', ""),
            ('check_equal(["collaborations.mutual", "collaborations.outside"])', ""),
            ('check_descending(["collaborations.silent", "collaborations.mutual"])', ""),
            ('rank("activities", "target_third_countries")', "1st of 13"),
            ('rank("activities", "joint_communication")', "2nd of 13"),
            ('rank("activities", "bankable_proposals")', "13th of 13"),
            ('rank("activities", "third_country_representative")', "12th of 13"),
            (
                'rank("barriers", "sme_engagement")',
                "joint 1st of 7 (with *Collaboration between the clusters in the ESCP*)",
            ),
            (
                'listing("cluster_results", strand=2, at_least=4)',
                f"*Business partnerships agreements* (4 of 6, 67{THIN}%)",
            ),
            (
                'listing("cluster_results", over=0, under="10 %")',
                f"*Staff exchange* (1 of 19, 5{THIN}%)",
            ),
        ],
    )
    def test_a_call_prints_what_the_round_holds(self, survey: Survey, call: str, text: str) -> None:
        assert say(survey, f"{{{{ {call} }}}}") == text

    def test_a_listing_names_ties_by_the_form_and_leaves_nobody_out(self, survey: Survey) -> None:
        """Half of 14 is 7: at least that many, but not all, of strand-1; zeros are not listed."""
        told = say(survey, '{{ listing("activities", strand=1, at_least="50 %", at_most=13) }}')
        assert re.findall(r"\*([^*]+)\*", told) == [
            "Intelligence gathering",
            "Organisation of events/ missions",
            "Identification of strategic partners in Europe",
            "Identification of strategic partners in third countries",
            "Partnership building activities",
            "Consultation of cluster members",
        ]
        few = say(survey, '{{ listing("activities", under="10 %") }}')
        assert few == f"*Establishment of a representative in third countries* (2 of 21, 10{THIN}%)"

    @pytest.mark.parametrize(
        ("call", "origin"),
        [
            (
                'share("activities", "joint_communication", strand=2)',
                f"options.activities.joint_communication.2: count 4, base 7, share 57{THIN}%, "
                "unit: share of partnerships",
            ),
            ('base("barriers", 2)', "summary.barriers.base.2: count 6, unit: partnerships"),
            (
                'plural("collaborations.mutual", "pair")',
                f"collaborations.mutual: count 5, base 17, share 29{THIN}%, unit: pairs",
            ),
            (
                'rank("activities", "joint_communication")',
                "rank of options.activities.joint_communication.all: count 18, base 21, "
                f"share 86{THIN}%",
            ),
        ],
    )
    def test_a_number_says_where_it_comes_from(
        self, survey: Survey, call: str, origin: str
    ) -> None:
        told = spoken(Source("x.md", f"{{{{ {call} }}}}"), Language(survey))
        assert [parts(it)[1] for it in ROLE.finditer(told)] == [origin]

    def test_an_unpublished_count_says_so_and_a_fact_says_its_source(self, survey: Survey) -> None:
        told = spoken(
            Source("x.md", '{{ count("barriers", "sme_engagement") }} {{ fact("gen1_orgs") }}'),
            Language(survey),
        )
        count, fact = (parts(it)[1] for it in ROLE.finditer(told))
        assert count.endswith("no published statement fixes this count")
        assert fact.startswith("fact gen1_orgs, cited: Cluster organisations, about 150 organisat")
        assert "section 1.3; about 140 at the launch of March 2016" in fact

    def test_counts_that_were_not_published_carry_a_dagger(self, survey: Survey) -> None:
        assert "†" in say(survey, '{{ share("barriers", "sme_engagement") }}')
        assert "†" not in say(survey, '{{ share("cluster_results", "staff_exchange") }}')

    def test_no_partnership_selected_these(self, survey: Survey) -> None:
        told = say(survey, '{{ unselected("activities") }}')
        assert told == "*Definition of bankable proposals for investments*"

    def test_a_share_in_brackets_has_none_of_its_own(self, survey: Survey) -> None:
        told = say(survey, 'some ({{ share("activities", "bankable_proposals") }}) say')
        assert told == f"some (0 of 21, 0{THIN}%) say"

    def test_a_fact_is_cited_below(self, survey: Survey) -> None:
        shown = show_commentary(with_text(survey, 'With {{ fact("gen1_smes") }} SMEs.'), "2.1")
        prose, note = shown.block["blocks"]
        assert without_origins(prose["markdown"]) == "With about 2,000¹ SMEs."
        assert note["kind"] == "note"
        assert note["text"].startswith("1 Progress Report on the European Strategic Cluster")
        assert note["text"].endswith("section 1.3")


class TestBoxes:
    def test_a_box_stands_between_its_paragraphs(self) -> None:
        found = pieces("Before.\n\n:::{on-the-way} Title\nInside.\n:::\nAfter.")
        assert [(it.style, it.title, it.text) for it in found] == [
            ("", "", "Before."),
            ("on the way", "Title", "Inside."),
            ("", "", "After."),
        ]

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            (":::{good-practise} T\nx\n:::", "did you mean 'good-practice'?"),
            (":::{important}\nx\n:::", "the box has no title"),
            (":::{important} T\nx", "the box is not closed\n  where:    commentary/2.1.md, line 1"),
            ("x\n:::", "::: closes no box"),
            (":::{important} T\n:::{important} U\n:::", "a box begins within a box"),
        ],
    )
    def test_a_broken_box_is_told(self, survey: Survey, text: str, told: str) -> None:
        assert any(told in fault for fault in faults(survey, text))


class TestQuotations:
    def quoted(self, survey: Survey, comment: str, permitted: bool) -> str:
        rows = survey.choices.copy()
        at = rows.index[(rows["partnership"] == "DIA") & (rows["option"] == "sme_mentoring")][0]
        rows.loc[at, "comment"] = comment
        given = {"response": "DIA", "question": "activities", "option": "sme_mentoring"}
        allowed = typed("permissions", [given] if permitted else [])
        changed = replace(survey, boxes=Boxes.of_table(rows), permissions=allowed)
        call = '{{ quote("DIA", "activities", "sme_mentoring") }}'
        (source,) = [Source("x", call)]
        return evaluate(calls(source)[0][0], Language(changed).functions)

    def test_a_quotation_is_word_for_word_and_harmless(self, survey: Survey) -> None:
        told = self.quoted(survey, "we *did* <b>it</b> {{ x }}", permitted=True)
        assert told == "“we \\*did\\* \\<b\\>it\\</b\\> \\{\\{ x \\}\\}” (DIA)"

    def test_without_a_permission_nobody_is_quoted(self, survey: Survey) -> None:
        with pytest.raises(UnsaidError, match="DIA has not permitted to quote its comment"):
            self.quoted(survey, "words", permitted=False)

    @pytest.mark.parametrize("private", ["ask jo@example.org", "call +351 226 076 400"])
    def test_an_address_in_it_is_refused(self, survey: Survey, private: str) -> None:
        with pytest.raises(UnsaidError, match="e-mail address or a telephone number"):
            self.quoted(survey, private, permitted=True)


class TestShown:
    def test_complaints_stand_beneath_the_prose(self, survey: Survey) -> None:
        text = 'All is well.\n\nAs 4 of 6 say, {{ share("activities", "sme_mentoring") }} do it.'
        shown = show_commentary(with_text(survey, text), "2.1")
        assert shown.text.startswith("All is well.\n\nAs 4 of 6 say, 4† of 21 (19")
        prose, complaint = shown.text.index("do it."), shown.text.index("'4 of 6' is typed")
        assert prose < complaint
        assert "where:    commentary/2.1.md, line 3: As 4 of 6 say, {{ share(" in shown.text
        assert shown.html.index("do it.</p>") < shown.html.index("<pre")
        assert len(shown.block["complaints"]) == 1

    def test_a_call_that_says_nothing_stands_as_it_was_written(self, survey: Survey) -> None:
        text = 'Named by {{ share("barriers", "sme_engagment") }} and {{ base("barriers") }}.'
        shown = show_commentary(with_text(survey, text), "2.1")
        assert shown.text.startswith(
            'Named by `{{ share("barriers", "sme_engagment") }}` and 20.\n\nthere is no option'
        )

    def test_a_chapter_with_complaints_stops_the_build(self, survey: Survey) -> None:
        block = show_commentary(with_text(survey, "As 4 of 6 say."), "2.1").block
        blocks, stopping = read_exhibit(block, "", "02_x.ipynb, cell 3")
        assert len(blocks) == 1
        assert [fault.where for fault in stopping] == ["02_x.ipynb, cell 3"]
        assert "'4 of 6' is typed" in stopping[0].what

    def test_a_section_without_commentary_shows_nothing_but_says_whose_place_it_is(
        self, survey: Survey
    ) -> None:
        block = show_commentary(survey, "9.9").block
        assert (block["blocks"], block["commentary"]) == ([], "9.9")

    def test_values_counted_before_are_used(self, survey: Survey) -> None:
        counted = metrics.result_values(survey)
        counted.loc[counted["name"] == "collaborations.mutual", ["value", "count"]] = 99
        shown = show_commentary(
            with_text(survey, '{{ value("collaborations.mutual") }} links.'), "2.1", counted
        )
        assert shown.text == "99 links."

    def test_the_same_text_says_the_same_twice(self, survey: Survey) -> None:
        assert show_commentary(survey, "2.3.2") == show_commentary(survey, "2.3.2")

    def test_the_commentary_of_the_round_is_without_fault(self, survey: Survey) -> None:
        assert review(survey) == ()
        assert set(survey.commentary["section"]) >= {
            "2.1",
            "2.2",
            "2.3.1",
            "2.3.2",
            "3.1",
            "3.2",
            "4",
            "4.4",
        }


class TestList:
    def test_values_come_with_their_text_and_the_call_that_prints_them(self) -> None:
        found = list_values("2018-10", "joint_communication").set_index("name")
        row = found.loc["options.activities.joint_communication.2"]
        assert row["text"] == f"4 of 7 (57{THIN}%)"
        assert row["call"] == '{{ share("activities", "joint_communication", strand=2) }}'

    def test_every_call_listed_prints_its_text(self, survey: Survey) -> None:
        language = Language(survey)
        listed = list_values("2018-10").sample(40, random_state=1)
        for row in listed.to_dict("records"):
            if row["text"] == "no value" or str(row["name"]).startswith("fact "):
                continue
            (call,), _ = calls(Source("x", row["call"]))
            told = without_origins(evaluate(call, language.functions))
            assert told.replace("†", "") == row["text"]


def test_one_answer_changed_every_sentence_that_rests_on_it_changes_or_is_named(
    tmp_path: Path,
) -> None:
    project = copy_project(tmp_path)
    path = project / "data/rounds/2018-10/responses.txt"
    lines = path.read_text(encoding="utf-8").split("\n")
    start = next(at for at, line in enumerate(lines) if line.startswith("id\t"))
    headings = lines[start].split("\t")
    form = load_round("2018-10", project)
    options = [h for h in headings if h.startswith("ACT_") and not h.endswith("comment")]
    column = options[
        list(form.questionnaire.question("activities").labels).index("bankable_proposals")
    ]
    cells = lines[start + 1].split("\t")
    cells[headings.index(column)] = "Y"
    lines[start + 1] = "\t".join(cells)
    path.write_text("\n".join(lines), encoding="utf-8")
    done = escp(project, "check", "2018-10")
    assert done.returncode == 3
    assert "no longer true: 1 selected bankable_proposals" in done.stdout
    assert "commentary/2.1.md, line 3: Nobody has a bankable proposal yet" in done.stdout


def test_values_are_listed_at_the_command_line(tmp_path: Path) -> None:
    project = copy_project(tmp_path)
    done = escp(project, "values", "2018-10", "Canada.agreements")
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "agreements.country.Canada.agreements",
        "    3",
        '    {{ value("agreements.country.Canada.agreements") }}',
    ]
    nothing = escp(project, "values", "2018-10", "Kanada")
    assert nothing.returncode == 2
    assert "no value holds 'Kanada'" in nothing.stderr


def test_permissions_are_read_as_a_table(tmp_path: Path) -> None:
    assert read_permissions(tmp_path / "permissions.csv").empty
    path = tmp_path / "permissions.csv"
    path.write_text("response,question,option,permitted_by,date\nDIA,a,b,e-mail,2018-12-01\n")
    assert isinstance(read_permissions(path), pd.DataFrame)
    assert list(read_permissions(path)["response"]) == ["DIA"]
