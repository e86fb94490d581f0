"""The questionnaire of Annex A as data, and every way its file can be wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from escp_analysis.errors import Fault, RoundError
from escp_analysis.loaders.question import KINDS, Condition
from escp_analysis.loaders.questionnaire import Questionnaire, read_questionnaire

ANNEX_A = Path(__file__).parents[1] / "data" / "questionnaire" / "escp-4i-2018.yaml"

SMALL = """\
id: small
title: A small form
source: drawn in the test
sections:
  - letter: A
    title: Agreements
    questions:
      - id: signed
        kind: yes/no
        wording: Signed any?
        options: {yes: Yes, no: No}
      - id: count
        kind: number
        wording: How many?
        condition: {question: signed, equals: yes}
      - id: cases
        kind: repeated block
        slots: 2
        slots_from: count
        headings:
          - {id: who, wording: "With whom?"}
        fields:
          - {id: name, kind: text, part_of: who, wording: "Case {n}: name"}
          - {id: aim, kind: text, wording: Aim}
  - letter: B
    title: Barriers
    questions:
      - id: barriers
        kind: multiple choice
        wording: Which barriers?
        options: {money: Money, people: People}
        exclusive: [people]
        other: true
      - id: plans
        kind: text grid
        wording: Plans?
        rows: {first: First}
        columns: {name: Name, place: Place}
"""


@pytest.fixture(scope="module")
def annex() -> Questionnaire:
    return read_questionnaire(ANNEX_A)


def small(folder: Path, old: str = "", new: str = "") -> Path:
    assert old in SMALL, "the test replaces a text that is not there"
    path = folder / "small.yaml"
    path.write_text(SMALL.replace(old, new, 1) if old else SMALL, encoding="utf-8")
    return path


def faults(path: Path) -> tuple[Fault, ...]:
    with pytest.raises(RoundError) as raised:
        read_questionnaire(path)
    return raised.value.faults


def test_sections_have_the_letters_and_titles_of_annex_a(annex: Questionnaire) -> None:
    assert [(section.letter, section.title) for section in annex.sections] == [
        ("A", "Identification of the ESCP-4i"),
        ("B", "Activities implemented by the ESCP-4i"),
        ("C", "Barriers and difficulties faced during the implementation of activities"),
        ("D", "Results achieved by the ESCP-4i"),
        ("E", "Results achieved by ESCP-4i SME members"),
        ("F", "Examples of SMEs benefited"),
        ("G", "Cooperation and dialogue with other ESCPs"),
        ("H", "Planned activities"),
    ]


def test_questions_stand_in_the_order_of_annex_a(annex: Questionnaire) -> None:
    assert {s.letter: [question.id for question in s.questions] for s in annex.sections} == {
        "A": [
            *("partnership", "strand", "cluster_organisation"),
            *("contact_person", "email", "consent"),
        ],
        "B": ["activities"],
        "C": ["barriers"],
        "D": ["cluster_results", "has_agreements", "agreement_count", "agreements"],
        "E": ["sme_results", "sme_has_agreements", "sme_agreement_count"],
        "F": ["sme_examples"],
        "G": ["dialogue", "collaborations", "forum_use", "forum_advantages"],
        "H": ["events_europe", "events_beyond", "sme_involvement", "sme_involvement_description"],
    }


@pytest.mark.parametrize(
    ("question", "closed"),
    [("activities", 13), ("barriers", 7), ("cluster_results", 13), ("sme_results", 13)],
)
def test_closed_options_are_as_many_as_annex_a_prints(
    annex: Questionnaire, question: str, closed: int
) -> None:
    labels = list(annex.question(question).labels)
    assert len(labels) == closed + 1
    assert labels[-1] == "other"


def test_labels_are_the_words_of_the_form_with_their_oddities(annex: Questionnaire) -> None:
    assert (
        annex.question("activities").labels["events_missions"] == "Organisation of events/ missions"
    )
    assert list(annex.question("barriers").labels.values()) == [
        "Collaboration between the clusters in the ESCP",
        "Collaboration with other ESCPs",
        "Access to knowledge of relevant third markets",
        "Access to relevant potential partners in target third markets",
        "Information and/or access to complementary funding sources",
        "Engagement of regional policy makers",
        "Engagement of SMEs in project activities",
        "Other",
    ]


def test_result_options_of_clusters_and_smes_differ_in_three_labels(annex: Questionnaire) -> None:
    cluster, sme = annex.question("cluster_results").labels, annex.question("sme_results").labels
    assert list(cluster) == list(sme)
    assert {cluster[name]: sme[name] for name in cluster if cluster[name] != sme[name]} == {
        "Merger and acquisition": "Merger and Acquisition",
        "Soft landing services": "Soft Landing services",
        "Business partnerships agreements": "Business partnerships agreements (indicate number)",
    }


def test_mandatory_questions_are_those_with_an_asterisk_in_annex_a(annex: Questionnaire) -> None:
    assert {question.id for question in annex.questions() if not question.mandatory} == {
        *("activities", "agreements", "sme_examples", "forum_advantages"),
        *("events_europe", "events_beyond", "sme_involvement", "sme_involvement_description"),
    }
    assert all(field.mandatory for field in annex.question("agreements").fields)
    assert not any(field.mandatory for field in annex.question("sme_examples").fields)


def test_personal_questions_are_organisation_person_address_and_consent(
    annex: Questionnaire,
) -> None:
    personal = [question.id for question in annex.questions() if question.personal]
    assert personal == ["cluster_organisation", "contact_person", "email", "consent"]


def test_cumulative_questions_ask_for_everything_since_the_start(annex: Questionnaire) -> None:
    assert [question.id for question in annex.questions() if question.cumulative] == [
        *("activities", "cluster_results", "has_agreements", "agreement_count", "agreements"),
        *("sme_results", "sme_has_agreements", "sme_agreement_count"),
        *("dialogue", "collaborations"),
    ]
    said = [question.id for question in annex.questions() if "so far" in question.wording]
    assert said == ["activities", "agreement_count", "sme_agreement_count"]


def test_follow_up_questions_depend_on_a_yes(annex: Questionnaire) -> None:
    found = {q.id: q.condition for q in annex.questions() if q.condition}
    assert found == {
        "agreement_count": Condition("has_agreements", "yes"),
        "agreements": Condition("has_agreements", "yes"),
        "sme_agreement_count": Condition("sme_has_agreements", "yes"),
        "collaborations": Condition("dialogue", "yes"),
        "forum_advantages": Condition("forum_use", "yes"),
        "sme_involvement_description": Condition("sme_involvement", "yes"),
    }


def test_both_wordings_are_kept_where_the_body_quotes_differently(annex: Questionnaire) -> None:
    both = {q.id: (q.wording, q.body_wording) for q in annex.questions() if q.body_wording}
    assert list(both) == ["activities", "barriers", "dialogue", "collaborations"]
    assert "has implemented so far" in both["activities"][0]
    assert both["activities"][1].endswith("your ESCP-4i implemented so far")
    assert both["collaborations"][0].startswith("Which other ESCP has your ESCP-4i initiated any")
    assert both["collaborations"][1].startswith("With which other ESCP has your ESCP-4i initiated")
    only_a_blank = both["dialogue"]
    assert only_a_blank[0].replace("dialogue/", "dialogue/ ") == only_a_blank[1]


def test_an_agreement_is_asked_in_three_questions_one_of_them_in_three_parts(
    annex: Questionnaire,
) -> None:
    block = annex.question("agreements")
    assert (block.slots, block.slots_from) == (5, "agreement_count")
    assert [field.id for field in block.fields] == [
        *("organisation_type", "name", "country", "sector", "objective")
    ]
    assert [part.wording for part in block.parts("counterpart")] == [
        "Name (or main activity if confidential)",
        "Country",
        "Sector",
    ]
    assert [part.id for part in block.parts("objective")] == ["objective"]
    (heading,) = block.headings
    assert heading.wording.startswith("Identify the organisation")
    assert heading.mandatory
    assert list(block.fields[0].labels.values()) == [
        "Cluster/Business network",
        "Research centre",
        "University",
        "Company",
        "Governmental authority",
        "Other",
    ]


def test_an_sme_example_offers_eight_benefits_and_other(annex: Questionnaire) -> None:
    block = annex.question("sme_examples")
    assert block.slots == 3
    (benefits,) = block.parts("benefits")
    assert benefits.kind == "multiple choice"
    assert len(benefits.options) == 8
    assert benefits.other


def test_a_copy_of_a_block_carries_its_number(annex: Questionnaire) -> None:
    second = annex.question("sme_examples").numbered(2)
    assert second.fields[0].wording == "Example 2 - SME Name"
    case = annex.question("agreements").numbered(3)
    assert case.wording == "Cooperation Case 3"
    assert "cooperation case 3" in case.introduction


def test_the_list_of_partnerships_is_marked_as_cut_off_after_nine(annex: Questionnaire) -> None:
    question = annex.question("collaborations")
    assert question.truncated
    assert "cut the list off after nine" in " ".join(question.note.split())
    assert [option.label for option in question.options] == [
        *("AdPack ²", "ALLIANCE", "COSMENERG-4i", "Cosmetics4Wellbeing (C4W)", "DIA", "EC2i"),
        *("ELBE", "ESCT Go Global", "EU-TEXTILE2030"),
    ]
    assert question.options[3].id == "C4W"
    cut = [q.id for q in annex.questions() if q.truncated]
    assert cut == ["partnership", "collaborations"]


def test_the_two_event_grids_have_five_rows_and_differ_in_two_headings(
    annex: Questionnaire,
) -> None:
    inside, outside = annex.question("events_europe"), annex.question("events_beyond")
    assert [row.label for row in inside.rows] == [f"Event {n}" for n in range(1, 6)]
    assert inside.rows == outside.rows
    assert [column.id for column in inside.columns] == ["name", "location", "date", "topic"]
    pairs = zip(inside.columns, outside.columns, strict=True)
    assert [(a.label, b.label) for a, b in pairs if a != b] == [
        ("Event location (city/ country)", "Event location (city/country)"),
        ("Event date", "Event dates"),
    ]


def test_sme_involvement_may_be_left_unanswered(annex: Questionnaire) -> None:
    assert annex.question("sme_involvement").labels == {
        "yes": "Yes",
        "no": "No",
        "no_answer": "No answer",
    }


def test_no_option_of_the_form_excludes_the_others(annex: Questionnaire) -> None:
    assert not any(option.exclusive for q in annex.questions() for option in q.options)


def test_tips_are_those_of_the_form(annex: Questionnaire) -> None:
    assert annex.question("barriers").help == (
        "Comment only when you choose an answer.",
        "Please select all the options that apply.",
    )
    assert annex.question("cluster_results").help[1] == "Please select all the options that apply"
    assert annex.question("sme_results").help == ("Comment only when you choose an answer.",)
    assert annex.question("agreement_count").help[0].startswith("Only numbers may be entered")


def test_introductions_are_kept(annex: Questionnaire) -> None:
    assert annex.introduction[0] == "Dear participant,"
    assert annex.introduction[-1].startswith("The European Cluster Collaboration Platform (ECCP)")
    with_introduction = [s.letter for s in annex.sections if s.introduction]
    assert with_introduction == ["E", "F", "H"]


def test_questions_are_found_by_id_kind_and_section(annex: Questionnaire) -> None:
    assert [question.id for question in annex.questions("number")] == [
        "agreement_count",
        "sme_agreement_count",
    ]
    assert annex.section_of("forum_use") == "G"
    used = {question.kind for question in annex.questions()} | {
        field.kind for block in annex.questions("repeated block") for field in block.fields
    }
    assert used == set(KINDS)


@pytest.mark.parametrize("method", ["question", "section_of"])
def test_an_unknown_question_names_the_nearest(annex: Questionnaire, method: str) -> None:
    with pytest.raises(RoundError) as raised:
        getattr(annex, method)("bariers")
    (fault,) = raised.value.faults
    assert fault.what == "'bariers' is no question of escp-4i-2018"
    assert fault.do == "did you mean 'barriers'?"


def test_an_unknown_field_names_the_nearest(annex: Questionnaire) -> None:
    with pytest.raises(RoundError, match="'counterparts' is no field of agreements") as raised:
        annex.question("agreements").parts("counterparts")
    assert raised.value.faults[0].do == "did you mean 'counterpart'?"


def test_a_small_form_is_read(tmp_path: Path) -> None:
    form = read_questionnaire(small(tmp_path))
    exclusive = {option.id: option.exclusive for option in form.question("barriers").options}
    assert exclusive == {"money": False, "people": True}
    assert form.question("barriers").labels == {
        "money": "Money",
        "people": "People",
        "other": "Other",
    }
    assert form.question("signed").labels == {"yes": "Yes", "no": "No"}
    assert str(form.question("count").condition) == "signed = yes"


@pytest.mark.parametrize(
    ("old", "new", "what", "where", "hint"),
    [
        (
            *("kind: number", "kind: numbr"),
            *("'numbr' is not legal here", "section A, question count, key kind"),
            "did you mean 'number'?",
        ),
        (
            *("        wording: How many?", "        wrding: How many?"),
            *("unknown key 'wrding'", "section A, question count"),
            "did you mean 'wording'?",
        ),
        (
            *("        kind: number\n", ""),
            *("key 'kind' is missing", "section A, question count"),
            "add the key",
        ),
        (
            *("title: Barriers\n", "tittle: Barriers\n"),
            *("unknown key 'tittle'", "section B"),
            "did you mean 'title'?",
        ),
        (
            *("question: signed", "question: singed"),
            *("there is no question 'singed'", "question count, key condition"),
            "did you mean 'signed'?",
        ),
        (
            *("equals: yes", "equals: maybe"),
            *("'maybe' is no option of signed", "question count, key condition"),
            "one of yes, no",
        ),
        (
            *("question: signed", "question: barriers"),
            *("question 'barriers' is not asked before", "question count, key condition"),
            "asked before",
        ),
        (
            *("- id: plans", "- id: barriers"),
            *("question 'barriers' stands 2 times", "small.yaml"),
            "one question of that name",
        ),
        (
            *("letter: B", "letter: A"),
            *("section 'A' stands 2 times", "small.yaml"),
            "one section of that name",
        ),
        (
            *("letter: B", "letter: b"),
            *("'b' is not legal here", "section b, key letter"),
            "one capital letter",
        ),
        (
            *("people: People", "people: MONEY"),
            *("label 'MONEY' stands twice", "question barriers, key options"),
            "matched by wording",
        ),
        (
            *("people: People", "money: People"),
            *("key 'money' stands twice", "small.yaml, line 31"),
            "mend the line",
        ),
        (
            *("people: People", "other: People"),
            *("'other' is listed as one of the options", "question barriers"),
            "say other: true instead",
        ),
        (
            *("people: People", "The people: People"),
            *("'The people' is not an id", "question barriers, key options"),
            "small letters",
        ),
        (
            *("exclusive: [people]", "exclusive: [peple]"),
            *("'peple' is no option", "question barriers, key exclusive"),
            "did you mean 'people'?",
        ),
        (
            *("other: true", "other: yes"),
            *("'yes' is not legal here", "question barriers, key other"),
            "true or false",
        ),
        (
            *("wording: How many?", "wording: [How, many]"),
            *("['How', 'many'] is not legal here", "question count, key wording"),
            "a text",
        ),
        (
            *("options: {money: Money, people: People}", "options: [Money, People]"),
            *("['Money', 'People'] is not legal here", "question barriers, key options"),
            "a mapping of id: label",
        ),
        (
            *("slots: 2", "slots: two"),
            *("'two' is not legal here", "question cases, key slots"),
            "a whole number, 1 or more",
        ),
        (
            *("slots_from: count", "slots_from: signed"),
            *("'signed' is no number", "question cases, key slots_from"),
            "a question of kind number",
        ),
        (
            *("part_of: who", "part_of: whom"),
            *("'whom' is no heading of the block", "question cases, field name, key part_of"),
            "did you mean 'who'?",
        ),
        (
            *("{id: aim, kind: text", "{id: name, kind: text"),
            *("field 'name' stands 2 times", "question cases"),
            "one field of that name",
        ),
        (
            *("{id: aim, kind: text", "{id: aim, kind: repeated block, slots: 1"),
            *("a block within a block", "question cases, field aim"),
            "a field of another kind",
        ),
        (
            *("kind: number", "kind: single choice"),
            *("key 'options' is missing", "question count"),
            "add the key",
        ),
        (
            *("kind: number", "kind: number\n        rows: {one: One}"),
            *("rows does not go with a question of kind number", "question count"),
            "only with text grid",
        ),
        (
            *("kind: number", "kind: number\n        part_of: who"),
            *("part_of outside a block", "question count"),
            "only fields of a block",
        ),
        (
            *("options: {yes: Yes, no: No}", "options: {no: No, yes: Yes}"),
            *("yes/no with other options", "question signed"),
            "yes and no",
        ),
        (
            *("id: small", "id: large"),
            *("the questionnaire is 'large'", "small.yaml, key id"),
            "'small', the name of the file",
        ),
        (
            *("condition: {question: signed, equals: yes}", "condition: signed"),
            *("'signed' is not legal here", "question count, key condition"),
            "{question: id of a question, equals: id of an option}",
        ),
    ],
)
def test_a_broken_form_is_refused_with_place_and_advice(
    tmp_path: Path, old: str, new: str, what: str, where: str, hint: str
) -> None:
    found = [f for f in faults(small(tmp_path, old, new)) if f.what == what]
    assert len(found) == 1
    assert found[0].where.startswith("small.yaml")
    assert found[0].where.endswith(where)
    assert hint in f"{found[0].expected} | {found[0].do}"


def test_all_faults_of_a_form_are_reported_at_once(tmp_path: Path) -> None:
    path = small(tmp_path)
    broken = SMALL.replace("kind: number", "kind: figure").replace("letter: B", "letter: 2")
    broken = broken.replace("equals: yes", "equals: ja").replace("slots: 2", "slots: 0")
    path.write_text(broken, encoding="utf-8")
    assert sorted(fault.what for fault in faults(path)) == [
        "'0' is not legal here",
        "'2' is not legal here",
        "'figure' is not legal here",
        "'ja' is no option of signed",
    ]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path / "nowhere.yaml")
    assert fault.what == "the file is missing"
    assert fault.where == f"{tmp_path.name}/nowhere.yaml"


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_bytes(SMALL.replace("Agreements", "Ångström").encode("latin-1"))
    (fault,) = faults(path)
    assert fault.what == f"byte {SMALL.index('Agreements') + 1} is not UTF-8"
    assert fault.do == "save the file again as UTF-8"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("", "the questionnaire is not a mapping"),
        ("- one\n- two\n", "the questionnaire is not a mapping"),
        ("id: small\ntitle: x\nsource: y\nsections: A\n", "the sections are not a list"),
        ("? [a]\n: b\n", "a key must be a single word"),
    ],
)
def test_a_file_of_another_shape_is_refused(tmp_path: Path, content: str, what: str) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(content, encoding="utf-8")
    assert what in [fault.what for fault in faults(path)]


def test_illegal_yaml_names_the_line(tmp_path: Path) -> None:
    path = small(tmp_path, "wording: How many?", "wording: How many: really?")
    (fault,) = faults(path)
    assert fault.where == "small.yaml, line 14"
    assert fault.expected == "legal YAML"
