from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from drawn_survey import first_round, questionnaire, refusal, registry

from escp_analysis.loaders.recodes import read_recodes

HEADER = "response,question,raw_text,action,target,coder,date,reason"
KNOWN = registry(("Alpha", "Beta"), [("Beta", "The Betas", "same")])


def written(folder: Path, *lines: str) -> Path:
    path = folder / "recodes.csv"
    path.write_text("\n".join([HEADER, *lines, ""]), encoding="utf-8", newline="")
    return path


def read(path: Path) -> pd.DataFrame:
    return read_recodes(path, KNOWN, questionnaire())


def test_a_round_without_the_file_has_made_no_decision(tmp_path: Path) -> None:
    assert read(tmp_path / "recodes.csv").empty


def test_names_are_resolved_and_what_was_written_stays(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "the betas,collaborations,Alfa,read as,ALPHA,a coder,2019-03-04,a misprint",
        "Alpha,collaborations,Beta,set aside,,a coder,2019-03-04,a first contact",
        "Alpha,agreements.country,Brasil,read as,Brazil,a coder,2019-03-04,a dialect",
    )
    table = read(path)
    assert list(table["response"]) == ["Beta", "Alpha", "Alpha"]
    assert list(table["raw_text"]) == ["Alfa", "Beta", "Brasil"]
    assert list(table["target"]) == ["Alpha", "", "Brazil"]


def test_every_fault_is_named_at_once_with_its_place(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "Alpha,colaborations,Beta,set aside,,a coder,2019-03-04,a reason",
        "Alpha,collaborations,Gamma,set asid,,a coder,2019-03-04,a reason",
        "Alpha,agreements.country,Brasil,not a partnership,,a coder,2019-03-04,a reason",
        "Alpha,collaborations,Delta,set aside,,a coder,2019-03-04,",
        "Alhpa,collaborations,Beta,set aside,,a coder,2019-03-04,a reason",
        "Alpha,collaborations,Beta,read as,Betta,a coder,2019-03-04,a reason",
    )
    question, action, foreign, reason, response, target = refusal(lambda: read(path))
    assert "'colaborations' is not known" in question
    assert "where:    recodes.csv, row 2, column question" in question
    assert "did you mean 'collaborations'?" in question
    assert "recodes.csv, row 3, column action" in action
    assert "expected: one of read as, set aside, not a partnership" in action
    assert "did you mean 'set aside'?" in action
    assert "row 4, column action\n  expected: one of read as, set aside" in foreign
    assert "the reason is missing" in reason
    assert "row 5, column reason" in reason
    assert "no partnership is known as 'Alhpa'" in response
    assert "row 6, column response" in response
    assert "no partnership is known as 'Betta'" in target
    assert "row 7, column target" in target


def test_the_first_edition_left_three_contacts_of_c4w_out() -> None:
    table = first_round().recodes
    aside = table.loc[table["action"] == "set aside"]
    assert set(aside["raw_text"]) == {"PIMAP", "LASER-GO first generation", "AdPack²"}
    assert set(aside["response"]) == {"C4W"}


def test_a_text_under_other_is_read_as_an_option_by_its_id_or_its_label(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "Alpha,barriers.other,policy,read as,policy_makers,a coder,2019-03-04,the same",
        "Alpha,activities.other,mentors,read as,SME Mentoring,a coder,2019-03-04,the same",
        "Beta,agreements.organisation_type.other,uni,read as,university,a coder,2019-03-04,short",
        "Beta,sme_examples.benefits.other,-,set aside,,a coder,2019-03-04,says nothing",
    )
    assert list(read(path)["target"]) == ["policy_makers", "sme_mentoring", "university", ""]


def test_a_response_is_named_by_its_number_and_need_not_name_a_partnership(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        ",response,12,set aside,,a coder,2019-03-04,a test",
        "Beta,response,13,set aside,,a coder,2019-03-04,sent twice",
    )
    assert list(read(path)["response"]) == ["", "Beta"]


@pytest.mark.parametrize(
    ("line", "place", "words"),
    [
        ("Alpha,barriers.other,x,read as,policy,c,d,r", "target", "did you mean 'policy_makers'?"),
        ("Alpha,barriers.other,x,read as,other,c,d,r", "target", "'other' is no option"),
        ("Alpha,barriers.other,x,read as,,c,d,r", "target", "'' is no option"),
        ("Alpha,barriers.other,x,set aside,policy_makers,c,d,r", "target", "has no target"),
        ("Alpha,barriers.other,x,not a partnership,,c,d,r", "action", "one of read as, set aside"),
        ("Alpha,barrier.other,x,set aside,,c,d,r", "question", "did you mean 'barriers.other'?"),
        ("Alpha,collaborations.other,x,set aside,,c,d,r", "question", "is not known"),
        ("Alpha,response,twelve,set aside,,c,d,r", "raw_text", "'twelve' is no number"),
        ("Alpha,response,12,read as,Beta,c,d,r", "action", "expected: one of set aside"),
        (",barriers.other,x,set aside,,c,d,r", "response", "no partnership is known as ''"),
    ],
)
def test_a_decision_that_cannot_be_followed(
    tmp_path: Path, line: str, place: str, words: str
) -> None:
    (fault,) = refusal(lambda: read(written(tmp_path, line)))
    assert f"recodes.csv, row 2, column {place}" in fault
    assert words in fault


def test_a_text_is_decided_on_once(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "Alpha,barriers.other,x,set aside,,c,d,r",
        "Beta,barriers.other,x,set aside,,c,d,r",
        "alpha,barriers.other,x,read as,policy_makers,c,d,r",
    )
    (fault,) = refusal(lambda: read(path))
    assert fault.startswith("row 2 decides on the same text")
    assert "recodes.csv, row 4" in fault
