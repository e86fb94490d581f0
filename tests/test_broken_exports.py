"""Every way a round's files can be wrong, each with the words a person reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sample_round
from sample_round import (
    FIRST,
    cell,
    change,
    digests,
    faults,
    load,
    make_project,
    parameters,
    responses_file,
    round_data,
)

from escp_analysis.loaders import Survey


@pytest.fixture(autouse=True)
def unchanged(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hold in every test that a reading, refused or not, leaves each file byte for byte."""
    read, readings = sample_round.load_round, []

    def watched(round_id: str, project: Path) -> Survey:
        before = digests(project)
        readings.append(len(before))
        try:
            return read(round_id, project)
        finally:
            assert digests(project) == before, "reading changed a file"

    monkeypatch.setattr(sample_round, "load_round", watched)
    yield
    assert readings and min(readings) > 0, "the test reads no round"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make_project(tmp_path)


def form(project: Path, old: str, new: str) -> None:
    """Change one wording of the structure, where it stands once."""
    change(round_data(project, "structure.lss"), old, new)


def only_fault(project: Path) -> str:
    found = faults(project)
    assert len(found) == 1, "\n\n".join(found)
    return found[0]


def test_the_sample_itself_has_no_fault(project: Path) -> None:
    assert len(load(project).responses) == len(FIRST) - 1


@pytest.mark.parametrize("name", ["responses.txt", "structure.lss", "roster.csv"])
def test_a_missing_file(project: Path, name: str) -> None:
    round_data(project, name).unlink()
    fault = only_fault(project)
    assert "the file is missing" in fault
    assert f"2018-10/{name}" in fault


def test_a_round_that_is_not_there(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    parameters(project).unlink()
    assert "2018-10/round.yaml" in only_fault(project)


def test_a_link_out_of_the_folder(project: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    responses_file(project).rename(outside)
    responses_file(project).symlink_to(outside)
    fault = only_fault(project)
    assert "a link out of the round's folder" in fault
    assert "2018-10/responses.txt" in fault


def test_a_folder_instead_of_a_file(project: Path) -> None:
    responses_file(project).unlink()
    responses_file(project).mkdir()
    assert "the file cannot be read: Is a directory" in only_fault(project)


def test_an_export_saved_as_windows_1252(project: Path) -> None:
    path = responses_file(project)
    text = path.read_text(encoding="utf-8")
    path.write_bytes(text.encode("cp1252", errors="replace"))
    fault = only_fault(project)
    assert "is not UTF-8" in fault
    assert "responses.txt, line 3" in fault


def test_a_csv_export_of_another_survey(project: Path) -> None:
    responses_file(project).write_text('"id","submitdate"\n"1","2018-11-01 10:00:00"\n')
    fault = only_fault(project)
    assert "responses and structure do not belong together: 272 of 272" in fault
    assert "export structure (.lss) and responses of the same survey" in fault


def test_a_row_cut_short(project: Path) -> None:
    path = responses_file(project)
    lines = path.read_text(encoding="utf-8").split("\n")
    lines[4] = lines[4].rsplit("\t", 1)[0]
    path.write_text("\n".join(lines), encoding="utf-8", newline="")
    fault = only_fault(project)
    assert "the row has 277 cells" in fault
    assert "responses.txt, row 5" in fault
    assert "278 cells" in fault


def test_a_column_that_was_renamed(project: Path) -> None:
    change(responses_file(project), "\tACT_SQ001\t", "\tACT_SQ01\t")
    fault = only_fault(project)
    assert "column ACT_SQ001 is missing" in fault
    assert "responses.txt, row 2" in fault
    assert "did you mean 'ACT_SQ01'?" in fault


def test_a_column_that_stands_twice(project: Path) -> None:
    change(responses_file(project), "\tACT_SQ001\t", "\tACT_SQ002\t")
    assert "heading ACT_SQ002 stands 2 times" in only_fault(project)


def test_a_personal_column_may_be_taken_out(project: Path) -> None:
    path = responses_file(project)
    lines = [line.split("\t") for line in path.read_text(encoding="utf-8").split("\n")]
    at = lines[1].index("EMAIL")
    kept = ["\t".join(line[:at] + line[at + 1 :]) for line in lines]
    path.write_text("\n".join(kept), encoding="utf-8", newline="")
    assert len(load(project).responses) == len(FIRST) - 1


def test_a_question_code_the_form_lacks(project: Path) -> None:
    change(parameters(project), "  BAR: barriers", "  BARS: barriers")
    fault = only_fault(project)
    assert "the structure has no question BARS" in fault
    assert "round.yaml, key questions.BARS" in fault
    assert "did you mean 'BAR'?" in fault


def test_a_question_the_questionnaire_lacks(project: Path) -> None:
    change(parameters(project), "  BAR: barriers", "  BAR: bariers")
    fault = only_fault(project)
    assert "bariers" in fault
    assert "round.yaml, key questions.BAR" in fault
    assert "barriers" in fault.split("do:")[1]


def test_a_field_the_block_lacks(project: Path) -> None:
    change(parameters(project), "agreements.objective", "agreements.objectives")
    found = faults(project)
    assert len(found) == 5  # one for each copy of the block in the form
    assert "objectives" in found[0]
    assert "did you mean 'objective'?" in found[0]


def test_a_form_without_a_question_for_the_partnership(project: Path) -> None:
    change(parameters(project), "  NAME: partnership\n", "")
    fault = only_fault(project)
    assert "no question of the form leads to partnership" in fault


def test_an_option_the_questionnaire_lacks(project: Path) -> None:
    form(project, "<![CDATA[SME mentoring]]>", "<![CDATA[SME coaching]]>")
    fault = only_fault(project)
    assert "the questionnaire has no option 'SME coaching'" in fault
    assert "structure.lss, question ACT, code SQ008" in fault
    assert "did you mean 'SME mentoring'?" in fault


def test_two_options_of_one_wording(project: Path) -> None:
    form(project, "<![CDATA[SME mentoring]]>", "<![CDATA[Intelligence gathering]]>")
    found = "\n".join(faults(project))
    assert "'Intelligence gathering' and 'Intelligence gathering' are one" in found


def test_a_partnership_the_registry_lacks(project: Path) -> None:
    (partnerships := project / "data/registry/partnerships.csv").write_text(
        partnerships.read_text(encoding="utf-8").replace("SampleWave", "SampleWaves"),
        encoding="utf-8",
    )
    change(round_data(project, "roster.csv"), "SampleWave", "SampleWaves")
    change(project / "data/registry/aliases.csv", "C4W,Cosmetics4Wellbeing (C4W),", "C4W,C 4 W,")
    found = faults(project)
    assert len(found) == 4  # two names, each an answer of NAME and an option of DIALESCP
    assert "no partnership is known as 'SampleWave'" in "\n".join(found)
    assert "structure.lss, question NAME, code E21" in "\n".join(found)
    assert "did you mean: SampleWaves?" in "\n".join(found)


def test_a_partnership_that_is_not_on_the_roster(project: Path) -> None:
    change(round_data(project, "roster.csv"), "SampleWave,,\n", "")
    fault = only_fault(project)
    assert "SampleWave is not on the roster" in fault
    assert "responses.txt, row 14" in fault


def test_a_strand_that_disagrees_with_the_roster(project: Path) -> None:
    change(round_data(project, "roster.csv"), "DemoPack²,2,", "DemoPack²,1,")
    fault = only_fault(project)
    assert "DemoPack² answered as strand 2" in fault
    assert "strand 1, as roster.csv has it" in fault


@pytest.mark.parametrize(
    ("column", "text", "expected"),
    [
        ("ACT_SQ001", "X", "Y, or blank"),
        ("SMEBEN1_SQ001", "1", "Y, or blank"),
        ("COOP", "A1", "Y, N, or blank"),
        ("NCOOP", "many", "a number, or blank"),
        ("NCOOP", "5,5", "a number, or blank"),
        ("NCOOP", "٣", "a number, or blank"),
        ("CTYPE1", "A9", "an answer code of the structure, or blank"),
        ("NAME", "E99", "an answer code of the structure, or blank"),
        ("submitdate", "21.11.2018", "YYYY-MM-DD HH:MM:SS"),
        ("submitdate", "2018-11-31 10:00:00", "YYYY-MM-DD HH:MM:SS"),
        ("lastpage", "two", "a page number"),
        ("id", "", "the number of a response"),
    ],
)
def test_a_value_its_question_cannot_have(
    project: Path, column: str, text: str, expected: str
) -> None:
    row = cell(project, "2", column, text)
    fault = only_fault(project)
    assert "the value is not legal here" in fault
    assert f"responses.txt, row {row}, column {column}" in fault
    assert expected in fault


def test_a_wrong_value_is_never_repeated(project: Path) -> None:
    cell(project, "2", "ACT_SQ001", "secret@example.org")
    assert "secret" not in only_fault(project)


def test_one_fault_per_column_lists_its_rows(project: Path) -> None:
    for response in ("2", "3", "4"):
        cell(project, response, "ACT_SQ001", "N")
    assert "responses.txt, rows 3, 4, 5, column ACT_SQ001" in only_fault(project)


def test_a_number_of_a_response_that_stands_twice(project: Path) -> None:
    cell(project, "3", "id", "2")
    fault = only_fault(project)
    assert "responses.txt, rows 3, 4, column id" in fault
    assert "each number once" in fault


@pytest.mark.parametrize("column", ["NAME", "STRAND"])
def test_a_response_that_names_no_partnership(project: Path, column: str) -> None:
    row = cell(project, "2", column, "")
    fault = only_fault(project)
    assert f"responses.txt, row {row}, column {column}" in fault
    assert "the response names no" in fault


def test_a_form_of_another_questionnaire(project: Path) -> None:
    path = round_data(project, "structure.lss")
    text = path.read_text(encoding="utf-8").replace("<title><![CDATA[", "<title><![CDATA[Q")
    path.write_text(text, encoding="utf-8", newline="")
    fault = only_fault(project)
    assert "the structure belongs to another questionnaire: 28 of 28 question codes" in fault
    assert "structure.lss" in fault
    assert "the form of escp-4i-2018" in fault


def test_a_form_with_other_wordings(project: Path) -> None:
    path = round_data(project, "structure.lss")
    text = path.read_text(encoding="utf-8").replace("ESCP", "Member").replace("SME", "Firm")
    path.write_text(text, encoding="utf-8", newline="")
    found = "\n".join(faults(project))
    assert "the structure belongs to another questionnaire: the wordings of" in found


def test_another_type_of_question(project: Path) -> None:
    change(parameters(project), "  COOP: has_agreements", "  COOP: forum_advantages")
    change(parameters(project), "  FORUMADV: forum_advantages", "  FORUMADV: has_agreements")
    found = "\n".join(faults(project))
    assert "the form's question is of type 'Y'" in found
    assert "forum_advantages is a text question" in found


def test_a_structure_that_is_none(project: Path) -> None:
    round_data(project, "structure.lss").write_text("<html></html>")
    assert "not the structure of a LimeSurvey survey" in only_fault(project)


def test_faults_of_all_files_come_at_once(project: Path) -> None:
    round_data(project, "structure.lss").unlink()
    change(round_data(project, "roster.csv"), "DIA,,", "DIA,7,")
    change(project / "data/registry/../questionnaire/escp-4i-2018.yaml", "slots: 5", "slots: x")
    found = faults(project)
    assert len(found) == 3


def test_faults_of_the_form_and_of_the_answers_come_at_once(project: Path) -> None:
    form(project, "<![CDATA[SME mentoring]]>", "<![CDATA[SME coaching]]>")
    cell(project, "2", "NCOOP", "many")
    cell(project, "3", "BAR_SQ001", "X")
    assert len(faults(project)) == 3


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("barrier,other,1,,0,14,,", "'barrier' is no question of escp-4i-2018"),
        ("barriers,policy,1,,0,14,,", "unknown option 'policy'"),
        ("barriers,other,3,,0,14,,", "'3' is not a strand"),
        ("barriers,other,1,few,0,14,,", "'few' is not a count"),
        ("barriers,other,1,15,0,14,,", "the count is out of its bounds"),
        ("barriers,policy_makers,1,,0,14,,", "the bar stands twice"),
    ],
)
def test_published_counts_that_cannot_be(project: Path, row: str, words: str) -> None:
    change(parameters(project), "collected", "reconstructed")
    round_data(project, "published.csv").write_text(
        "question,option,strand,selected,lowest,highest,claims,note\n"
        f"barriers,policy_makers,1,,0,14,,\n{row}\n"
    )
    fault = only_fault(project)
    assert words.split("'", maxsplit=1)[0] in fault
    assert words.rsplit("'", maxsplit=1)[-1] in fault
    assert "published.csv, row 3" in fault
