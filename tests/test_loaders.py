from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sample_round import (
    DATA,
    DATASETS,
    FIRST,
    REPOSITORY,
    ROUND,
    SECOND,
    TRUTH,
    change,
    digests,
    load,
    make_project,
    parameters,
    responses_file,
    told,
)

from escp_analysis.errors import RoundError
from escp_analysis.loaders import Survey, export, load_round
from escp_analysis.loaders.survey import SCHEMAS

SENT = {  # the round leaves these out: nobody knows whose they are
    "r13"
}
MULTIPLE = {
    "ACT": "activities",
    "BAR": "barriers",
    "RESCL": "cluster_results",
    "RESSME": "sme_results",
    "DIALESCP": "collaborations",
}
ONE_VALUE = {
    "COOP": "has_agreements",
    "NCOOP": "agreement_count",
    "SMECOOP": "sme_has_agreements",
    "NSMECOOP": "sme_agreement_count",
    "DIAL": "dialogue",
    "FORUM": "forum_use",
    "FORUMADV": "forum_advantages",
    "SMEINV": "sme_involvement",
    "SMEINVTXT": "sme_involvement_description",
}
SECTION_OF_GROUP = {1: "A", 2: "B", 3: "C", 4: "D", 10: "E", 11: "F", 12: "G", 13: "H"}
NAMES = {"Cosmetics4Wellbeing (C4W)": "C4W"}
REACHED = ("answered", "blank")

Cells = dict[tuple[Any, ...], Any]


@pytest.fixture(scope="module", params=DATASETS)
def sample(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def surveys(sample: str, tmp_path_factory: pytest.TempPathFactory) -> list[Survey]:
    """Nobody answered three times, so two rounds hold all answers without a double one."""
    return [
        load(make_project(tmp_path_factory.mktemp(sample), sample, keys))
        for keys in (FIRST, SECOND)
    ]


def respondents() -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Yield each respondent: in which of the two rounds, the partnership, the answers."""
    for number, keys in enumerate((FIRST, SECOND)):
        for key in keys:
            if key not in SENT:
                answers = told(key)["questions"]
                name = answers["NAME"]["label"]
                yield number, NAMES.get(name, name), answers


def table(surveys: list[Survey], name: str, keys: list[str], values: list[str]) -> Cells:
    """Return a table of both rounds as mappings from its keys to its values."""
    found: Cells = {}
    for number, survey in enumerate(surveys):
        for row in getattr(survey, name).to_dict("records"):
            cell = tuple(None if pd.isna(row[value]) else row[value] for value in values)
            found[(number, *(row[part] for part in keys))] = cell
        assert len(found) == sum(len(getattr(it, name)) for it in surveys[: number + 1])
    return found


def labelled(surveys: list[Survey], question: str) -> dict[str, str]:
    labels = surveys[0].questionnaire.question(question).labels
    return {label: option for option, label in labels.items()}


def option_of(surveys: list[Survey], question: str, label: str) -> str:
    if question == "collaborations":
        return NAMES.get(label, label)
    return labelled(surveys, question)[label]


def test_every_option_is_selected_or_not_as_the_respondents_did(surveys: list[Survey]) -> None:
    expected: Cells = {}
    for number, name, answers in respondents():
        for code, question in MULTIPLE.items():
            answer, asked = answers[code], TRUTH["questions"][code]
            reached = answer["status"] in REACHED
            for part, label in asked["subquestions"].items():
                comment = answer.get("comments", {}).get(part)
                selected = part in answer.get("ticked", ()) if reached else None
                option = option_of(surveys, question, label)
                expected[(number, name, question, option)] = (reached, selected, comment, None)
            if asked["other"]:
                other, comment = answer.get("other"), answer.get("other_comment")
                selected = other is not None if reached else None
                expected[(number, name, question, "other")] = (reached, selected, comment, other)
    found = table(
        surveys,
        "choices",
        ["partnership", "question", "option"],
        ["reached", "selected", "comment", "other_text"],
    )
    assert found == expected


def test_every_answer_with_one_value(surveys: list[Survey]) -> None:
    words = {"Y": "yes", "N": "no"}
    expected: Cells = {}
    for number, name, answers in respondents():
        for code, question in ONE_VALUE.items():
            value = answers[code].get("value")
            figure = float(value) if value and code in ("NCOOP", "NSMECOOP") else None
            if figure is not None:
                value = str(Decimal(value).normalize())
            elif TRUTH["questions"][code]["type"] == "Y":
                value = words.get(value)
            reached = answers[code]["status"] in REACHED
            expected[(number, name, question)] = (reached, value, figure)
    found = table(surveys, "answers", ["partnership", "question"], ["reached", "value", "number"])
    assert found == expected


def test_a_number_is_printed_without_needless_zeros(surveys: list[Survey]) -> None:
    answers = surveys[0].answers
    of_r06 = answers.loc[answers["partnership"].str.startswith("TESTA")].set_index("question")
    assert tuple(of_r06.loc["sme_agreement_count", ["value", "number"]]) == ("2.5", 2.5)
    assert tuple(of_r06.loc["agreement_count", ["value", "number"]]) == ("3", 3.0)


def test_every_agreement(surveys: list[Survey]) -> None:
    types = TRUTH["questions"]["CTYPE1"]["answers"]
    fields = surveys[0].questionnaire.question("agreements").parts("organisation_type")
    ids = {option.label: option.id for option in fields[0].options}
    expected: Cells = {}
    for number, name, answers in respondents():
        for case in range(1, 6):
            kind, objective = answers[f"CTYPE{case}"], answers[f"COBJ{case}"]
            parts = answers[f"CORG{case}"].get("parts", {})
            if kind["status"] != "answered":
                continue
            code = kind["code"]
            expected[(number, name, case)] = (
                "other" if code == "-oth-" else ids[types[code]],
                kind.get("other"),
                *(parts.get(part) for part in ("SQ001", "SQ002", "SQ003")),
                objective.get("value"),
            )
    found = table(
        surveys,
        "agreements",
        ["partnership", "case"],
        [
            *("organisation_type", "organisation_type_other", "counterpart"),
            *("country", "sector", "objective"),
        ],
    )
    assert len(expected) > 10
    assert found == expected


def test_every_example_and_its_benefits(surveys: list[Survey]) -> None:
    fields = surveys[0].questionnaire.question("sme_examples").parts("benefits")
    ids = {label: option for option, label in fields[0].labels.items()}
    labels = TRUTH["questions"]["SMEBEN1"]["subquestions"]
    examples: Cells = {}
    benefits: Cells = {}
    for number, name, answers in respondents():
        for example in range(1, 4):
            given = [answers[f"{code}{example}"] for code in ("SMENAME", "SMEBEN", "SMEDESC")]
            if all(answer["status"] != "answered" for answer in given):
                continue
            named, chosen, described = given
            examples[(number, name, example)] = (named.get("value"), described.get("value"))
            for code, label in labels.items():
                selected = code in chosen.get("ticked", ())
                benefits[(number, name, example, ids[label])] = (selected, None)
            other = chosen.get("other")
            benefits[(number, name, example, "other")] = (other is not None, other)
    assert len(examples) > 10
    assert (
        table(surveys, "sme_examples", ["partnership", "example"], ["name", "description"])
        == examples
    )
    found = table(
        surveys, "sme_benefits", ["partnership", "example", "option"], ["selected", "other_text"]
    )
    assert found == benefits


def test_every_event(surveys: list[Survey]) -> None:
    expected: Cells = {}
    for number, name, answers in respondents():
        for code, question in (("EVEU", "events_europe"), ("EVOUT", "events_beyond")):
            for row, cells in answers[code].get("cells", {}).items():
                texts = tuple(cells.get(part) for part in ("NAME", "LOC", "DATE", "TOPIC"))
                expected[(number, name, question, int(row[2:]))] = texts
    found = table(
        surveys,
        "events",
        ["partnership", "question", "event"],
        ["name", "location", "date", "topic"],
    )
    assert len(expected) > 50
    assert found == expected


def test_a_section_is_reached_where_its_page_was_sent(surveys: list[Survey]) -> None:
    expected: Cells = {}
    for number, keys in enumerate((FIRST, SECOND)):
        for key in set(keys) - SENT:
            response = told(key)
            name = response["questions"]["NAME"]["label"]
            sent = {SECTION_OF_GROUP.get(group) for group in response["groups_sent"]}
            if key == "r26":  # imported: has no pages, and nothing for C and F
                sent = set("ABDEGH")
            for letter in "ABCDEFGH":
                expected[(number, NAMES.get(name, name), letter)] = (letter in sent,)
    assert table(surveys, "sections", ["partnership", "section"], ["reached"]) == expected


def test_every_response_is_complete_or_not(surveys: list[Survey], sample: str) -> None:
    expected: Cells = {}
    for number, keys in enumerate((FIRST, SECOND)):
        for key in set(keys) - SENT:
            response = told(key)
            name = response["questions"]["NAME"]["label"]
            expected[(number, str(response["ids"][DATASETS[sample]]))] = (
                NAMES.get(name, name),
                response["questions"]["STRAND"]["code"][1:],
                response["state"] == "complete",
                response["last_page"],
            )
    found = table(
        surveys, "responses", ["response"], ["partnership", "strand", "complete", "last_page"]
    )
    assert found == expected


def test_dates_where_the_survey_kept_them(surveys: list[Survey], sample: str) -> None:
    dates = pd.concat([survey.responses for survey in surveys])["submitted"]
    complete = pd.concat([survey.responses for survey in surveys])["complete"]
    if sample == "limesurvey-3.14":  # 1980 means no date; only the imported response has one
        assert list(dates.dropna()) == [pd.Timestamp("2018-11-20 15:00:00")]
    else:
        assert list(dates.notna()) == list(complete)
        assert dates.min() == pd.Timestamp("2018-10-29 10:43:21")
    assert complete.sum() == 20


def test_the_frame_is_the_roster_answered_or_not(surveys: list[Survey]) -> None:
    frame = surveys[0].frame
    assert len(frame) == 27
    assert "Example Textiles" in set(frame["partnership"])
    assert list(frame.loc[frame["partnership"] == "DemoPack²", "strand"]) == ["2"]
    assert frame.loc[frame["partnership"] == "DIA", "strand"].isna().all()
    assert "DIA" not in set(surveys[0].responses["partnership"])


def personal(sample: str) -> set[str]:
    """Return the personal texts of the sample's file that nobody typed anywhere else."""
    text = (DATA / sample / "vv_version2.txt").read_text(encoding="utf-8")
    header, *body = text[text.index("\nid\t") + 1 :].rstrip("\n").split("\n")
    headings = header.split("\t")
    wanted = {"ORG", "CONTACT", "EMAIL", "token", "ipaddr", "refurl", "seed"} & set(headings)
    cells = {line.split("\t")[headings.index(name)].strip('" ') for line in body for name in wanted}
    elsewhere = str(
        [
            answer
            for response in TRUTH["responses"]
            for code, answer in response["questions"].items()
            if code not in wanted
        ]
    )
    return {cell for cell in cells if cell not in elsewhere and cell != "{question_not_shown}"}


def test_nothing_personal_reaches_the_survey(surveys: list[Survey], sample: str) -> None:
    planted = personal(sample)
    assert {"person1@example.org", "Test Person 1", "Invented Cluster 1"} <= planted
    if sample == "limesurvey-6.4":
        assert {"tkr01Ab9", "127.0.0.1"} <= planted
    for survey in surveys:
        text = "\n".join(
            str(cell)
            for name in SCHEMAS
            for column in getattr(survey, name)
            for cell in getattr(survey, name)[column]
        )
        assert [cell for cell in planted if cell in text] == []
        assert "@example.org" not in text


def test_no_code_of_the_form_reaches_the_tables(surveys: list[Survey]) -> None:
    codes = {"SQ001", "A1", "E10", "S2", "ACT", "ACT_SQ001", "-oth-", "NAME"}
    for survey in surveys:
        for name in set(SCHEMAS) - {"findings"}:
            for column in set(SCHEMAS[name]) - {"comment"}:  # r06 typed codes as comments
                assert codes.isdisjoint({str(cell) for cell in getattr(survey, name)[column]})


def test_words_that_look_like_nothing_are_answers(surveys: list[Survey]) -> None:
    choices = surveys[0].choices
    of_r06 = choices.loc[choices["partnership"].str.startswith("TESTA")]
    comments = of_r06.loc[of_r06["question"] == "sme_results", "comment"]
    assert {"0", "N/A", "NULL", "-", "TRUE", "N"} <= set(comments)


def test_loading_leaves_every_file_as_it_is(tmp_path: Path) -> None:
    project = make_project(tmp_path)

    before = digests(project)
    load(project)
    assert digests(project) == before


def test_answers_kept_as_categories_make_the_same_survey(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = load(make_project(tmp_path / "one"))
    monkeypatch.setattr(export, "_MANY", 0)
    # Another folder, since a round that was read is not read again.
    categories = load(make_project(tmp_path / "other"))
    for name in SCHEMAS:
        pd.testing.assert_frame_equal(getattr(categories, name), getattr(texts, name))


def test_the_rows_of_the_file_may_stand_in_any_order(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    survey = load(project)
    path = responses_file(project)
    lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    turned = [*lines[:2], *reversed(lines[2:]), ""]
    path.write_text("\n".join(turned), encoding="utf-8", newline="")
    other = load(project)
    for name in ("responses", "choices", "answers", "agreements", "events"):
        by = list(SCHEMAS[name])
        pd.testing.assert_frame_equal(
            getattr(other, name).sort_values(by, ignore_index=True),
            getattr(survey, name).sort_values(by, ignore_index=True),
        )


def test_a_round_without_responses_has_empty_tables_of_the_same_types(tmp_path: Path) -> None:
    survey = load(make_project(tmp_path, keys=()))
    assert survey.responses.empty
    assert survey.choices.empty
    assert len(survey.frame) == 27


def test_the_project_around_the_reader_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = make_project(tmp_path)
    monkeypatch.chdir(project / "data")
    assert len(load_round(ROUND).responses) == len(FIRST) - 1


def test_the_round_of_the_first_edition_loads_without_a_doubt() -> None:
    survey = load_round(ROUND, REPOSITORY)
    assert survey.findings.empty
    assert len(survey.frame) == 23
    reached = survey.sections.loc[survey.sections["reached"]].groupby("section").size()
    assert dict(reached) == {"A": 21, "B": 21, "C": 20} | dict.fromkeys("DEFGH", 19)
    assert survey.responses["complete"].sum() == 19


class TestReadOnce:
    def test_each_survey_has_tables_of_its_own(self, tmp_path: Path) -> None:
        project = make_project(tmp_path)
        first = load(project)
        first.responses.loc[:, "strand"] = "spoiled"
        assert "spoiled" not in set(load(project).responses["strand"])

    def test_a_changed_file_is_read_anew(self, tmp_path: Path) -> None:
        project = make_project(tmp_path)
        before = load(project)
        change(parameters(project), "provenance: collected", "provenance: synthetic")
        assert (before.round.provenance, load(project).round.provenance) == (
            "collected",
            "synthetic",
        )

    def test_a_fault_is_not_remembered(self, tmp_path: Path) -> None:
        project = make_project(tmp_path)
        change(parameters(project), "provenance:", "provenanse:")
        for _ in range(2):
            with pytest.raises(RoundError, match="provenanse"):
                load(project)
        change(parameters(project), "provenanse:", "provenance:")
        assert len(load(project).responses)

    def test_a_round_too_large_to_remember_is_read_each_time(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        project = make_project(tmp_path)
        before = load(project)
        monkeypatch.setattr("escp_analysis.loaders.reading._REMEMBERED", 10)
        monkeypatch.setattr("escp_analysis.loaders.reading._read_once", None)
        assert load(project).responses.equals(before.responses)
