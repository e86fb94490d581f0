from __future__ import annotations

from pathlib import Path

from drawn_survey import first_round, refusal, registry

from escp_analysis.loaders.recodes import read_recodes

HEADER = "response,question,raw_text,action,target,coder,date,reason"
KNOWN = registry(("Alpha", "Beta"), [("Beta", "The Betas", "same")])


def written(folder: Path, *lines: str) -> Path:
    path = folder / "recodes.csv"
    path.write_text("\n".join([HEADER, *lines, ""]), encoding="utf-8", newline="")
    return path


def test_a_round_without_the_file_has_made_no_decision(tmp_path: Path) -> None:
    assert read_recodes(tmp_path / "recodes.csv", KNOWN).empty


def test_names_are_resolved_and_what_was_written_stays(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "the betas,collaborations,Alfa,read as,ALPHA,a coder,2019-03-04,a misprint",
        "Alpha,collaborations,Beta,set aside,,a coder,2019-03-04,a first contact",
        "Alpha,agreements.country,Brasil,read as,Brazil,a coder,2019-03-04,a dialect",
    )
    table = read_recodes(path, KNOWN)
    assert list(table["response"]) == ["Beta", "Alpha", "Alpha"]
    assert list(table["raw_text"]) == ["Alfa", "Beta", "Brasil"]
    assert list(table["target"]) == ["Alpha", "", "Brazil"]


def test_every_fault_is_named_at_once_with_its_place(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "Alpha,colaborations,Beta,set aside,,a coder,2019-03-04,a reason",
        "Alpha,collaborations,Beta,set asid,,a coder,2019-03-04,a reason",
        "Alpha,agreements.country,Brasil,set aside,,a coder,2019-03-04,a reason",
        "Alpha,collaborations,Beta,set aside,,a coder,2019-03-04,",
        "Alhpa,collaborations,Beta,set aside,,a coder,2019-03-04,a reason",
        "Alpha,collaborations,Beta,read as,Betta,a coder,2019-03-04,a reason",
    )
    question, action, foreign, reason, response, target = refusal(lambda: read_recodes(path, KNOWN))
    assert "'colaborations' is not known" in question
    assert "where:    recodes.csv, row 2, column question" in question
    assert "did you mean 'collaborations'?" in question
    assert "recodes.csv, row 3, column action" in action
    assert "expected: one of read as, set aside, not a partnership" in action
    assert "did you mean 'set aside'?" in action
    assert "row 4, column action\n  expected: one of read as" in foreign
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
