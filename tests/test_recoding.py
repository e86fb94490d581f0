"""Decisions on texts: what they do to the tables, and the ones that do nothing."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from project_copy import copy_project
from sample_round import (
    FIRST,
    REPOSITORY,
    cell,
    change,
    decide,
    faults,
    load,
    make_project,
    responses_file,
)

from escp_analysis.loaders import Survey
from escp_analysis.metrics import agreements, option_shares, question_summary

FOOD, BLOT, NORD = "Fiktiv Food & Feed", "BløtGrid", "NORDLYS-4i"
NONE = f"{FOOD},barriers.other,none,set aside,"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make_project(tmp_path)


def option(survey: Survey, partnership: str, question: str, option: str) -> Any:
    rows = survey.choices
    rows = rows.loc[(rows["partnership"] == partnership) & (rows["question"] == question)]
    (row,) = rows.loc[rows["option"] == option].to_dict("records")
    return row


def share(survey: Survey, question: str, option: str) -> tuple[int, int]:
    shares = option_shares(survey, question)
    row = shares.loc[(shares["option"] == option) & (shares["strand"] == "all")].iloc[0]
    return int(row["selected"]), int(row["base"])


def found(project: Path, code: str) -> pd.DataFrame:
    findings = load(project).findings
    return findings.loc[findings["code"] == code].reset_index(drop=True)


class TestOther:
    def test_a_text_set_aside_takes_the_selection_and_leaves_text_and_base(
        self, project: Path
    ) -> None:
        before = share(load(project), "barriers", "other")
        decide(project, NONE)
        survey = load(project)
        assert share(survey, "barriers", "other") == (before[0] - 1, before[1])
        row = option(survey, FOOD, "barriers", "other")
        assert (row["reached"], row["selected"], row["other_text"]) == (True, False, "none")
        assert row["comment"] == "@ the Example fair"

    def test_a_text_read_as_an_option_moves_to_it_with_its_comment(self, project: Path) -> None:
        cell(project, "4", "ACT_other", "Mentoring of firms")
        cell(project, "4", "ACT_othercomment", "about Other")
        cell(project, "4", "ACT_SQ008", "")
        cell(project, "4", "ACT_SQ008comment", "")
        before = load(project)
        decide(project, f"{BLOT},activities.other,Mentoring of firms,read as,sme_mentoring")
        after = load(project)
        for name, change_ in (("sme_mentoring", 1), ("other", -1)):
            selected, base = share(before, "activities", name)
            assert share(after, "activities", name) == (selected + change_, base)
        moved = option(after, BLOT, "activities", "sme_mentoring")
        assert (moved["selected"], moved["comment"]) == (True, "about Other")
        other = option(after, BLOT, "activities", "other")
        assert (other["selected"], other["other_text"]) == (False, "Mentoring of firms")
        assert pd.isna(other["comment"])

    def test_an_option_that_is_selected_already_is_counted_once(self, project: Path) -> None:
        cell(project, "4", "ACT_other", "Mentoring of firms")
        cell(project, "4", "ACT_othercomment", "about Other")
        cell(project, "4", "ACT_SQ008", "Y")
        cell(project, "4", "ACT_SQ008comment", "about mentoring")
        before = share(load(project), "activities", "sme_mentoring")
        decide(project, f"{BLOT},activities.other,Mentoring of firms,read as,SME mentoring")
        survey = load(project)
        assert share(survey, "activities", "sme_mentoring") == before
        assert (
            option(survey, BLOT, "activities", "sme_mentoring")["comment"]
            == "about mentoring; about Other"
        )

    def test_only_the_partnership_and_the_question_named_are_recoded(self, project: Path) -> None:
        for response in ("4", "6"):
            cell(project, response, "ACT_other", "Mentoring of firms")
            cell(project, response, "BAR_other", "Mentoring of firms")
        before = load(project).choices
        decide(project, f"{BLOT},activities.other,Mentoring of firms,set aside,")
        after = load(project).choices
        differ = before["selected"].fillna(False) != after["selected"].fillna(False)
        assert after.loc[differ, ["partnership", "question", "option"]].to_numpy().tolist() == [
            [BLOT, "activities", "other"]
        ]

    def test_outer_blanks_do_not_count(self, project: Path) -> None:
        cell(project, "5", "BAR_other", "  none ")
        decide(project, NONE)
        assert not option(load(project), FOOD, "barriers", "other")["selected"]
        assert found(project, "stale-decision").empty

    def test_a_type_of_organisation(self, project: Path) -> None:
        quoted = '"non-profit; ""hub"""'
        name = "agreements.organisation_type.other"
        decide(project, f"{NORD},{name},{quoted},read as,research_centre")
        survey = load(project)
        types = survey.agreements.loc[survey.agreements["partnership"] == NORD]
        assert types["organisation_type"].iloc[0] == "research_centre"
        assert types["organisation_type_other"].iloc[0] == 'non-profit; "hub"'
        decide(project, f"{NORD},{name},{quoted},set aside,")
        types = load(project).agreements
        assert types.loc[types["partnership"] == NORD, "organisation_type"].isna().iloc[0]

    def test_a_benefit_of_an_example(self, project: Path) -> None:
        row = cell(project, "4", "SMENAME1", "An example")
        cell(project, "4", "SMEBEN1_SQ001", "")
        cell(project, "4", "SMEBEN1_other", "New customers")
        decide(project, f"{BLOT},sme_examples.benefits.other,New customers,read as,new_clients")
        benefits = load(project).sme_benefits
        own = benefits.loc[(benefits["partnership"] == BLOT) & (benefits["example"] == 1)]
        own = own.set_index("option")
        assert own.loc["new_clients", "selected"]
        assert not own.loc["other", "selected"]
        assert own.loc["other", "other_text"] == "New customers"
        assert own["selected"].dtype == bool
        assert row == 5

    def test_how_many_were_recoded_is_noted(self, project: Path) -> None:
        cell(project, "4", "BAR_other", "policy")
        decide(project, NONE, f"{BLOT},barriers.other,policy,read as,policy_makers")
        note = found(project, "recoded").iloc[0]
        assert (note["severity"], note["file"], note["question"]) == (
            "note", "recodes.csv", "barriers",
        )  # fmt: skip
        assert note["what"] == "2 texts under Other recoded: 1 read as an option, 1 set aside"

    def test_what_is_decided_is_no_doubt_any_more(self, project: Path) -> None:
        cell(project, "4", "ACT_other", "SME mentoring")
        doubted = found(project, "other-means-none")  # r09 typed a dash under activities
        assert list(doubted["question"]) == ["activities", "barriers"]
        assert len(found(project, "other-is-listed")) == 1
        decide(project, NONE, f"{BLOT},activities.other,SME mentoring,read as,sme_mentoring")
        assert list(found(project, "other-means-none")["question"]) == ["activities"]
        assert found(project, "other-is-listed").empty

    def test_an_option_the_form_of_the_round_lacks(self, project: Path) -> None:
        path = project / "data/rounds/2018-10/structure.lss"
        text = path.read_text(encoding="utf-8")
        # Take the sub-question SME mentoring out of the form, and its columns out of the export.
        start = text.rindex("<row>", 0, text.index("<![CDATA[SME mentoring]]>"))
        end = text.index("</row>", start) + len("</row>")
        path.write_text(text[:start] + text[end:], encoding="utf-8", newline="")
        cell(project, "4", "ACT_other", "Mentors")
        decide(project, f"{BLOT},activities.other,Mentors,read as,sme_mentoring")
        (fault,) = faults(project)
        assert "the form of the round does not offer 'sme_mentoring'" in fault
        assert "recodes.csv, row 2, column target" in fault

    def test_no_base_and_no_count_is_impossible_after_recoding(self, project: Path) -> None:
        decide(project, NONE)
        summary = question_summary(load(project))
        assert (summary["ticks"] <= summary["base"] * summary["options"]).all()


class TestStale:
    def test_a_text_that_was_changed_leads_to_the_nearest_one(self, project: Path) -> None:
        decide(project, f"{FOOD},barriers.other,None.,set aside,")
        stale = found(project, "stale-decision").iloc[0]
        assert (stale["severity"], stale["file"], stale["row"]) == ("doubt", "recodes.csv", 2)
        assert (stale["partnership"], stale["question"]) == (FOOD, "barriers.other")
        assert stale["what"] == f"the decision changes nothing: {FOOD} did not write this text"
        assert stale["do"] == (
            "write the text as it stands in responses.txt, row 6, column BAR_other, "
            "the one most like it"
        )
        assert option(load(project), FOOD, "barriers", "other")["selected"]

    def test_a_partnership_that_wrote_nothing(self, project: Path) -> None:
        decide(project, f"{BLOT},barriers.other,none,set aside,", "DIA,barriers.other,x,set aside,")
        stale = found(project, "stale-decision")
        assert list(stale["row"]) == [2, 3]
        assert stale.loc[1, "do"] == (
            "take the row out of recodes.csv: DIA wrote nothing there in the response that counts"
        )

    def test_nothing_is_near(self, project: Path) -> None:
        decide(project, f"{FOOD},barriers.other,regional ministries,set aside,")
        assert found(project, "stale-decision").loc[0, "do"] == "take the row out of recodes.csv"

    def test_a_text_of_a_response_that_does_not_count(self, tmp_path: Path) -> None:
        project = make_project(tmp_path, keys=("r17", "r25"))
        cell(project, "20", "BAR_other", "customs")
        decide(project, "Dummy Rail,barriers.other,customs,set aside,")
        assert len(found(project, "stale-decision")) == 1

    def test_a_country(self, project: Path) -> None:
        decide(
            project,
            f"{NORD},agreements.country,N/A,set aside,",
            f"{NORD},agreements.country,Nowhere land,read as,Norway",
        )
        stale = found(project, "stale-decision")
        assert list(stale["row"]) == [3]
        assert "N/A" not in stale.to_string()

    def test_the_decisions_of_the_first_edition_are_all_used(self, tmp_path: Path) -> None:
        project = copy_project(tmp_path)
        assert found(project, "stale-decision").empty
        file = project / "data/rounds/2018-10/recodes.csv"
        change(file, "C4W,collaborations,PIMAP,", "C4W,collaborations,PIMEP,")
        change(file, "GCA,collaborations,Mobi-Going,", "GCA,collaborations,Mobigoing,")
        change(file, "C4W,collaborations,NANOPHARM,", "C4W,collaborations,MAGIA,")
        stale = found(project, "stale-decision")
        assert list(stale["row"]) == [2, 5, 6]
        at = "write the text as it stands in responses.txt, row"
        assert stale.loc[0, "do"].startswith(at)
        assert stale.loc[2, "do"].startswith(at)
        assert "column DIALESCP_other" in stale.loc[2, "do"]


def test_a_country_set_aside_is_no_country_and_stays_as_written(project: Path) -> None:
    shutil.copy(REPOSITORY / "data/registry/eu_membership.csv", project / "data/registry")
    decide(
        project,
        f"{NORD},agreements.country,N/A,set aside,",
        "Dummy Rail,agreements.country,United States (US),read as,US",
    )
    table = agreements(load(project))
    row = table.loc[table["country"] == "N/A"].iloc[0]
    assert pd.isna(row["country_code"])
    assert pd.isna(row["country_group"])
    assert list(table.loc[table["country"] == "United States (US)", "country_code"]) == ["US"]


def test_without_decisions_nothing_is_recoded(tmp_path: Path) -> None:
    one, two = make_project(tmp_path / "one"), make_project(tmp_path / "two", keys=FIRST)
    decide(two)
    assert responses_file(one).read_bytes() == responses_file(two).read_bytes()
    for name in ("choices", "agreements", "sme_benefits", "findings"):
        pd.testing.assert_frame_equal(getattr(load(one), name), getattr(load(two), name))
