from __future__ import annotations

import json
from pathlib import Path

import pytest

from escp_analysis.errors import RoundError
from escp_analysis.loaders.structure import Item, Structure, parse_structure, read_structure
from escp_analysis.loaders.wording import key, nearest, plain

DATA = Path(__file__).parent / "data"
TRUTH = json.loads((DATA / "limesurvey-3.14" / "truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module", params=["limesurvey-3.14", "limesurvey-6.4"])
def folder(request: pytest.FixtureRequest) -> Path:
    return DATA / str(request.param)


@pytest.fixture(scope="module")
def structure(folder: Path) -> Structure:
    return read_structure(folder / "survey.lss")


def lss(**tables: list[dict[str, str]]) -> bytes:
    """Write a structure as LimeSurvey does, from rows of cells."""
    parts = ["<document><LimeSurveyDocType>Survey</LimeSurveyDocType><DBVersion>355</DBVersion>"]
    for name, rows in tables.items():
        parts.append(f"<{name}><rows>")
        for row in rows:
            cells = "".join(f"<{cell}><![CDATA[{text}]]></{cell}>" for cell, text in row.items())
            parts.append(f"<row>{cells}</row>")
        parts.append(f"</rows></{name}>")
    return "".join([*parts, "</document>"]).encode()


SURVEY = {"sid": "7", "language": "en", "format": "G"}
GROUP = {"gid": "1", "group_order": "1", "group_name": "A", "language": "en"}
QUESTION = {"qid": "5", "gid": "1", "type": "S", "title": "Q1", "question_order": "1"}


def one(**cells: str) -> Item:
    (item,) = parse_structure(
        lss(surveys=[SURVEY], groups=[GROUP], questions=[QUESTION | cells]), "x.lss"
    ).items
    return item


def labels(pairs: dict[str, str]) -> list[tuple[str, str]]:
    return list(pairs.items())


def test_every_question_is_that_of_the_form(structure: Structure) -> None:
    assert [item.code for item in structure.items] == list(TRUTH["questions"])
    for item in structure.items:
        told = TRUTH["questions"][item.code]
        group = TRUTH["groups"][told["group"] - 1]
        assert item.kind == told["type"]
        assert item.text == plain(told["text"])
        assert item.page == told["group"]
        assert item.group == group["name"]
        assert item.mandatory is told["mandatory"]
        assert item.other is told["other"]
        assert item.always is (told["relevance"] is None and group["relevance"] is None)
        parts = told.get("subquestions") or told.get("rows", {})
        assert [(part.code, part.text) for part in item.parts] == labels(parts)
        columns = told.get("columns", {})
        assert [(column.code, column.text) for column in item.columns] == labels(columns)
        answers = told.get("answers", {})
        assert [(answer.code, answer.text) for answer in item.answers] == labels(answers)


def test_the_columns_are_those_of_the_responses(structure: Structure, folder: Path) -> None:
    text = (folder / "vv_version2.txt").read_text(encoding="utf-8")
    header = text[text.index("\nid\t") + 1 :].split("\n", 1)[0].rstrip("\t").split("\t")
    first = header.index("NAME")
    assert [column.name for column in structure.columns] == header[first:]


def test_the_database_names_are_those_of_version_1() -> None:
    folder = DATA / "limesurvey-3.14"
    header = (folder / "vv_version1.csv").read_text(encoding="utf-8").split("\n")[1]
    names = header.rstrip("\t").split("\t")
    structure = read_structure(folder / "survey.lss")
    assert [column.database for column in structure.columns] == names[6:]


def test_the_survey_itself(structure: Structure) -> None:
    assert structure.title == "ESCP-4i progress survey"
    assert structure.survey_id == "518264"
    assert structure.paging == "G"
    assert structure.version in (355, 620)
    assert structure.languages == ("en",)


@pytest.mark.parametrize(
    ("cells", "parts", "expected"),
    [
        ({"type": "S"}, [], ["Q1"]),
        ({"type": "O"}, [], ["Q1", "Q1_comment"]),
        ({"type": "L", "other": "Y"}, [], ["Q1", "Q1_other"]),
        ({"type": "S", "other": "Y"}, [], ["Q1"]),
        ({"type": "|"}, [], ["Q1", "Q1_filecount"]),
        ({"type": "M", "other": "Y"}, ["a"], ["Q1_a", "Q1_other"]),
        (
            {"type": "P", "other": "Y"},
            ["a"],
            ["Q1_a", "Q1_acomment", "Q1_other", "Q1_othercomment"],
        ),
        ({"type": "Q"}, ["a", "b"], ["Q1_a", "Q1_b"]),
        ({"type": "1"}, ["a"], ["Q1_a_0", "Q1_a_1"]),
    ],
)
def test_the_columns_of_each_kind(
    cells: dict[str, str], parts: list[str], expected: list[str]
) -> None:
    rows = [
        {"parent_qid": "5", "title": part, "question_order": str(at), "question": part}
        for at, part in enumerate(parts)
    ]
    content = lss(surveys=[SURVEY], groups=[GROUP], questions=[QUESTION | cells], subquestions=rows)
    assert [column.name for column in parse_structure(content, "x.lss").columns] == expected


def test_only_the_base_language_is_read() -> None:
    rows = [
        QUESTION | {"question": "Nom", "language": "fr"},
        QUESTION | {"question": "Name", "language": "en"},
    ]
    groups = [GROUP, GROUP | {"language": "fr"}]
    content = lss(surveys=[SURVEY | {"additional_languages": "fr"}], groups=groups, questions=rows)
    structure = parse_structure(content, "x.lss")
    assert [item.text for item in structure.items] == ["Name"]
    assert structure.languages == ("en", "fr")


def test_questions_stand_in_the_order_of_the_form_not_of_the_file() -> None:
    groups = [GROUP | {"gid": "2", "group_order": "9"}, GROUP | {"gid": "1", "group_order": "3"}]
    questions = [
        QUESTION | {"qid": "1", "gid": "2", "title": "LAST"},
        QUESTION | {"qid": "2", "gid": "1", "title": "SECOND", "question_order": "10"},
        QUESTION | {"qid": "3", "gid": "1", "title": "FIRST", "question_order": "9"},
    ]
    structure = parse_structure(lss(surveys=[SURVEY], groups=groups, questions=questions), "x.lss")
    assert [(item.code, item.page) for item in structure.items] == [
        ("FIRST", 1),
        ("SECOND", 1),
        ("LAST", 2),
    ]


@pytest.mark.parametrize(
    ("cells", "always"),
    [({}, True), ({"relevance": "1"}, True), ({"relevance": 'COOP == "Y"'}, False)],
)
def test_a_condition_makes_a_question_one_not_always_asked(
    cells: dict[str, str], always: bool
) -> None:
    assert one(**cells).always is always


def test_soft_mandatory_is_mandatory() -> None:
    assert [one(mandatory=flag).mandatory for flag in "YSN"] == [True, True, False]


BOMB = (
    b'<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    b"<document><LimeSurveyDocType>&b;</LimeSurveyDocType></document>"
)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"id\ttoken\n", "the structure is not XML"),
        (b"<document><a></document>", "x.lss, line 1, column 16"),
        (BOMB, "declares XML entities"),
        (b"<document><LimeSurveyDocType>Responses</LimeSurveyDocType></document>", "not the str"),
        (b"<html><body/></html>", "not the structure of a LimeSurvey survey"),
        (lss(surveys=[SURVEY]), "the structure has no groups and no questions"),
        (
            lss(surveys=[SURVEY], groups=[GROUP], questions=[QUESTION, QUESTION | {"qid": "6"}]),
            "question code Q1 stands twice",
        ),
        (
            lss(surveys=[SURVEY], groups=[{"gid": "1"}], questions=[QUESTION]),
            "the structure is damaged: a row lacks a value it needs or holds another "
            "('group_order')",
        ),
    ],
)
def test_what_is_no_structure_says_so(content: bytes, words: str) -> None:
    with pytest.raises(RoundError) as error:
        parse_structure(content, "x.lss")
    text = str(error.value)
    assert words in text
    assert "x.lss" in text
    assert "Survey structure (.lss)" in text


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("Knowledge sharing & information", "Knowledge sharing & information"),
        ("R&amp;D&nbsp;now", "R&D now"),
        ("shortly.<br />\nPlease", "shortly. Please"),
        ("<p>one</p><p>two</p>", "one two"),
        ("<strong>EU</strong>RO", "EURO"),
        ("\u00c1gora<Lab>", "\u00c1gora<Lab>"),
        ("a < b and c > d", "a < b and c > d"),
        ("<script>alert(1)</script>words", "words"),
    ],
)
def test_the_words_of_a_label(label: str, words: str) -> None:
    assert plain(label) == words


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Organisation of events/ missions", "Organisation of Events/Missions", True),
        ("AdPack\u00b2", "adpack2", True),
        ("caf\u00e9", "cafe\u0301", True),
        ("EC2i", "ECi", False),
        ("???", "!!!", False),
    ],
)
def test_which_wordings_are_one(one: str, other: str, same: bool) -> None:
    assert (key(one) == key(other)) is same


@pytest.mark.parametrize(
    ("search", "found"), [("BARS", "BAR"), ("Laser-Go", "LASER-GO GLOBAL"), ("qqqq", "")]
)
def test_the_nearest_wording(search: str, found: str) -> None:
    assert nearest(search, ["BAR", "ACT", "LASER-GO GLOBAL"]) == found
