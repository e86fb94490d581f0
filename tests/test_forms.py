from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from drawn_survey import questionnaire, refusal

from escp_analysis.exhibits import MIME, Exhibit
from escp_analysis.forms import form, section_form
from escp_analysis.loaders import Questionnaire
from escp_analysis.loaders.question import Heading, Option, Question, Section

FIGURES = {
    "form-activities": (["activities"], 14),
    "form-barriers": (["barriers"], 8),
    "form-results-clusters": (["cluster_results"], 14),
    "form-results-smes": (["sme_results"], 14),
}
YES_NO = (Option("yes", "Yes"), Option("no", "No"))


def drawn(*questions: Question, introduction: str = "") -> Questionnaire:
    sections = (Section("K", "Kites", introduction, questions),)
    return Questionnaire("kites-2018", "A survey", "a report, Annex K", (), sections)


def shown(*questions: Question, introduction: str = "") -> Exhibit:
    return section_form(drawn(*questions, introduction=introduction), "K")


def items(exhibit: Exhibit) -> list[dict[str, Any]]:
    return list(exhibit.block["items"])


def tips(exhibit: Exhibit) -> list[str]:
    return [tip for item in items(exhibit) for tip in item["help"]]


def test_a_question_with_boxes_comments_and_other() -> None:
    options = (Option("red", "Red & blue"), Option("old", "Old <kites>"))
    flown = Question(
        "flown", "multiple choice with comments", "Which kites?", mandatory=True,
        help=("Comment only when you choose an answer.",), options=options, other=True,
    )  # fmt: skip
    exhibit = form(drawn(flown), ["flown"], name="form-kites", caption="Question on kites")
    assert items(exhibit) == [
        {
            "introduction": "",
            "wording": "Which kites?",
            "mandatory": True,
            "kind": "multiple choice with comments",
            "help": ["Comment only when you choose an answer."],
            "options": [
                {"label": "Red & blue", "mark": "box", "other": False, "comment": True},
                {"label": "Old <kites>", "mark": "box", "other": False, "comment": True},
                {"label": "Other:", "mark": "box", "other": True, "comment": True},
            ],
            "rows": [],
            "columns": [],
            "fields": [],
        }
    ]
    block = exhibit._repr_mimebundle_()[MIME]
    assert (block["kind"], block["numbered"], block["title"]) == ("form", True, "K. Kites")
    assert block["source"] == "a report, Annex K"


@pytest.mark.parametrize(
    ("kind", "mark", "comment"),
    [
        ("yes/no", "radio", False),
        ("single choice", "radio", False),
        ("multiple choice", "box", False),
        ("multiple choice with comments", "box", True),
    ],
)
def test_the_mark_and_the_comment_follow_the_kind(kind: str, mark: str, comment: bool) -> None:
    exhibit = shown(Question("flown", kind, "Flown?", options=YES_NO, other=True))
    options = items(exhibit)[0]["options"]
    assert {option["mark"] for option in options} == {mark}
    assert {option["comment"] for option in options} == {comment}
    assert [option["other"] for option in options] == [False, False, True]


def test_a_grid_keeps_its_rows_and_columns() -> None:
    grid = Question(
        "when", "text grid", "When?",
        rows=(Option("r1", "Event 1"), Option("r2", "Event 2")),
        columns=(Option("c1", "Name"), Option("c2", "Date")),
    )  # fmt: skip
    assert (items(shown(grid))[0]["rows"], items(shown(grid))[0]["columns"]) == (
        ["Event 1", "Event 2"],
        ["Name", "Date"],
    )
    assert "  Event 2 | Name | Date" in str(shown(grid)).splitlines()


def test_a_block_shows_its_first_copy_and_joins_the_parts_of_a_heading() -> None:
    block = Question(
        "cases", "repeated block", "Case {n}", introduction="Tell us of case {n}.",
        headings=(Heading("who", "Who is it?", mandatory=True, help=("All parts.",)),),
        fields=(
            Question("type", "single choice", "Type", options=YES_NO),
            Question("name", "text", "Name of {n}", part_of="who"),
            Question("place", "text", "Place", part_of="who"),
            Question("why", "text", "Why?", mandatory=True),
        ),
    )  # fmt: skip
    kind, who, why = items(shown(block))
    assert kind["introduction"] == "Case 1. Tell us of case 1."
    assert kind["wording"] == "Type"
    assert (who["wording"], who["mandatory"], who["help"]) == ("Who is it?", True, ["All parts."])
    assert who["fields"] == ["Name of 1", "Place"]
    assert who["introduction"] == ""
    assert (why["wording"], why["fields"], why["mandatory"]) == ("Why?", [], True)


def test_the_introduction_of_a_section_opens_it() -> None:
    first = Question("a", "text", "A?")
    second = Question("b", "text", "B?")
    opened = items(shown(first, second, introduction="Please answer."))
    assert [item["introduction"] for item in opened] == ["Please answer.", ""]


def test_a_list_that_is_not_published_whole_says_so_in_brackets() -> None:
    cut = Question("who", "multiple choice", "Who?", options=YES_NO, other=True, truncated=True)
    whole = Question("who", "multiple choice", "Who?", options=YES_NO)
    assert tips(shown(cut)) == [
        "[The list of partnerships is published only as far as printed here.]"
    ]
    assert tips(shown(whole)) == []
    assert [option["label"] for option in items(shown(cut))[0]["options"]] == ["Yes", "No"]


def test_what_is_our_note_is_no_part_of_the_form() -> None:
    noted = Question("who", "text", "Who?", note="A misprint stands here.")
    assert "misprint" not in str(shown(noted)) + shown(noted).html


def test_the_text_of_a_form_is_the_same_each_time() -> None:
    asked = Question("who", "yes/no", "Who?", mandatory=True, help=("One only.",), options=YES_NO)
    lines = ["K. Kites", "* Who?", "  (One only.)", "  ( ) Yes", "  ( ) No"]
    assert str(shown(asked)).splitlines() == lines
    named = form(drawn(asked), ["who"], name="form-who", caption="Question on who")
    assert str(named).splitlines() == ["Question on who [form-who]", *lines]


def test_the_html_is_lists_and_escapes_what_it_prints() -> None:
    asked = Question("k", "multiple choice", "<i>Kites</i>?", options=(Option("a", "A & <b>"),))
    exhibit = form(drawn(asked), ["k"], name="form-k", caption="Kites & co")
    assert "<i>Kites" not in exhibit.html
    soup = BeautifulSoup(exhibit.html, "html.parser")
    assert soup.find("figcaption").get_text() == "Kites & co"  # type: ignore[union-attr]
    assert [entry.get_text().strip() for entry in soup.select("ol > li > ul > li")] == ["☐ A & <b>"]
    assert not soup.find_all(["img", "svg", "pre"])
    hidden = soup.select_one("[aria-hidden=true]")
    assert hidden is not None and hidden.get_text() == "☐"


def test_an_unknown_question_is_refused_with_the_nearest() -> None:
    text = refusal(lambda: form(questionnaire(), ["barrier"], name="f", caption="c"))[0]
    assert "did you mean 'barriers'?" in text


def test_an_unknown_section_is_refused() -> None:
    with pytest.raises(ValueError, match="no section 'Z' in escp-4i-2018"):
        section_form(questionnaire(), "Z")


@pytest.mark.parametrize("name", FIGURES)
def test_the_form_of_a_multiple_choice_figure(name: str) -> None:
    questions, count = FIGURES[name]
    exhibit = form(questionnaire(), questions, name=name, caption="Question")
    assert len(items(exhibit)) == 1
    options = items(exhibit)[0]["options"]
    assert len(options) == count
    assert options[-1] == {"label": "Other:", "mark": "box", "other": True, "comment": True}


def test_figure_7_asks_for_the_agreements() -> None:
    asked = ["has_agreements", "agreement_count", "agreements"]
    exhibit = form(questionnaire(), asked, name="form-agreements", caption="Question")
    assert [item["wording"] for item in items(exhibit)] == [
        "Has your ESCP-4i signed any cooperation agreement or memorandum of understanding (MoU)?",
        "How many cooperation agreements or MoUs have been established by the ESCP-4i so far?",
        "Type of organisation the ESCP-4i has established cooperation with.",
        "Identify the organisation the ESCP-4i has established cooperation with.",
        "Please briefly explain the cooperation objective(s) and activity(ies) explored, "
        "initiated or established and indicate any specific action planned.",
    ]
    assert items(exhibit)[3]["fields"] == [
        "Name (or main activity if confidential)", "Country", "Sector",
    ]  # fmt: skip
    assert all(item["mandatory"] for item in items(exhibit))


def test_figure_8_shows_nine_partnerships_and_says_the_list_is_cut() -> None:
    asked = ["dialogue", "collaborations"]
    exhibit = form(questionnaire(), asked, name="form-collaborations", caption="Question")
    listed = [option["label"] for option in items(exhibit)[1]["options"]]
    assert listed == [
        "AdPack ²", "ALLIANCE", "COSMENERG-4i", "Cosmetics4Wellbeing (C4W)", "DIA", "EC2i",
        "ELBE", "ESCT Go Global", "EU-TEXTILE2030",
    ]  # fmt: skip
    assert "[The list of partnerships is published only as far as printed here.]" in tips(exhibit)


def test_annex_a_holds_every_wording_option_and_help() -> None:
    whole = questionnaire()
    for section in whole.sections:
        text = str(section_form(whole, section.letter))
        assert text.startswith(f"{section.letter}. {section.title}\n")
        assert section.introduction in text
        for question in section.questions:
            copy = question.numbered(1)
            parts = copy.fields or (copy,)
            wanted = [copy.wording, copy.introduction, *(head.wording for head in copy.headings)]
            wanted += [words for part in parts for words in (part.wording, *part.help)]
            wanted += [
                o.label for part in parts for o in (*part.options, *part.rows, *part.columns)
            ]
            missing = [words for words in wanted if words not in text]
            assert missing == [], (section.letter, question.id)


def test_a_section_takes_no_number() -> None:
    block = section_form(questionnaire(), "A").block
    assert (block["numbered"], block["name"], block["caption"]) == (False, "", "")
