"""Starting a round from a real export: what is matched, what is asked, and nothing left behind."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
import yaml
from project_copy import escp
from sample_round import DATA, FIRST, make_project, told

from escp_analysis.errors import RoundError, UsageError
from escp_analysis.loaders import load_round, read_questionnaire
from escp_analysis.loaders.proposal import propose
from escp_analysis.loaders.structure import parse_structure, read_structure
from escp_analysis.loaders.survey import SCHEMAS
from escp_analysis.start import start_round

ROUND = "2018-11"
LSS = DATA / "limesurvey-3.14" / "survey.lss"
VV = DATA / "limesurvey-3.14" / "vv_version2.txt"
LSA = DATA / "exports" / "3.14" / "survey.lsa"
FORM = read_questionnaire(Path(__file__).parents[1] / "data/questionnaire/escp-4i-2018.yaml")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make_project(tmp_path)


def written(project: Path, round_id: str = ROUND) -> str:
    return (project / "parameters" / round_id / "round.yaml").read_text(encoding="utf-8")


def questions(text: str) -> dict[str, str]:
    return dict(yaml.safe_load(text)["questions"])


def by_hand() -> dict[str, str]:
    text = (DATA / "limesurvey-3.14" / "round.yaml").read_text(encoding="utf-8")
    return questions(text)


def changed(*pairs: tuple[str, str]) -> bytes:
    text = LSS.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text.encode()


def lines(content: bytes, previous: dict[str, str] | None = None) -> dict[str, str]:
    form = parse_structure(content, "structure.lss")
    return {it.code or it.target: it.how for it in propose(form, FORM, previous or {})}


class TestProposal:
    def test_by_the_codes_of_an_earlier_round_all_is_as_by_hand(self) -> None:
        found = propose(read_structure(LSS), FORM, by_hand())
        sure = {it.code: it.target for it in found if it.how == "matched by code and wording"}
        open_ = {it.code: it.target for it in found if it.how == "changed wording"}
        assert sure | open_ == by_hand()
        # The form of the sample ends the sentence on personal data early.
        assert set(open_) == {"CONSENT"}

    def test_without_an_earlier_round_the_wording_finds_the_same(self) -> None:
        found = propose(read_structure(LSS), FORM, {})
        by_wording = {it.code: it.target for it in found if it.how == "matched by wording only"}
        assert by_wording == {k: v for k, v in by_hand().items() if k != "CONSENT"}

    def test_other_codes_are_a_matter_of_data(self) -> None:
        content = changed(
            ("<title><![CDATA[ACT]]>", "<title><![CDATA[Q07]]>"),
            ("<title><![CDATA[CTYPE", "<title><![CDATA[KIND"),
        )
        found = propose(parse_structure(content, "s.lss"), FORM, by_hand())
        told_ = {it.target: (it.code, it.how) for it in found}
        assert told_["activities"] == ("Q07", "matched by wording only")
        kind = ("KIND{n}", "matched by wording only")
        assert told_["agreements.organisation_type"] == kind

    def test_a_changed_wording_is_shown_and_not_bound(self) -> None:
        content = changed(
            ("Please select which kind of barriers/difficulties", "Tell us which barriers")
        )
        (line,) = [
            it for it in propose(parse_structure(content, "s.lss"), FORM, {}) if it.code == "BAR"
        ]
        assert (line.target, line.how) == ("barriers", "changed wording")
        assert 70 <= line.likeness < 100
        assert line.asked.startswith("Tell us which barriers")
        assert line.known.startswith("Please select which kind of barriers")

    def test_new_and_missing_questions_are_told(self) -> None:
        content = changed(
            ("Do you use the ESCP-4i forum on the ECCP?", "Which colour is your logo, please?")
        )
        found = lines(content)
        assert found["FORUM"] == "new in the form"
        assert found["forum_use"] == "missing in the form"

    def test_options_that_differ_are_told_with_their_question(self) -> None:
        content = changed(("Joint communication actions", "Common communication actions"))
        (line,) = [
            it for it in propose(parse_structure(content, "s.lss"), FORM, {}) if it.code == "ACT"
        ]
        (told_,) = line.options
        assert "'Common communication actions' reads 'Joint communication actions'" in told_

    def test_a_question_asked_twice_is_bound_once(self) -> None:
        content = changed(
            ("Will SME members be involved in the activities mentioned?",
             "Do you use the ESCP-4i forum on the ECCP?")
        )  # fmt: skip
        found = lines(content)
        assert [found["FORUM"], found["SMEINV"]] == ["matched by wording only", "changed wording"]


class TestStart:
    def test_confirmed_and_filled_in_it_loads_like_the_round_made_by_hand(
        self, project: Path
    ) -> None:
        ids = {str(told(key)["ids"]["v3.14.9-plain"]) for key in FIRST}
        export = project / "export.txt"
        text = VV.read_text(encoding="utf-8")
        head, *rows = text.split("\n")
        kept = [row for row in rows if not row[:1].isdigit() or row.split("\t")[0] in ids]
        export.write_text("\n".join([head, *kept]), encoding="utf-8", newline="")
        start_round(ROUND, export, LSS, previous="2018-10", project=project)
        file = project / "parameters" / ROUND / "round.yaml"
        filled = written(project)
        for key, value in {
            "opened:": "opened: 2018-11-01", "closed:": "closed: 2018-11-21",
            "reminders:": "reminders: 3", "  deliverable:": "  deliverable: D5.6",
            "  date:": "  date: 2019-09-01",
        }.items():  # fmt: skip
            filled = re.sub(rf"^{key}$", value, filled, flags=re.MULTILINE)
        filled = filled.replace("  # CONSENT: consent  # changed", "  CONSENT: consent  # changed")
        file.write_text(filled, encoding="utf-8")
        made, hand = load_round(ROUND, project), load_round("2018-10", project)
        for name in SCHEMAS:
            if name not in ("findings", "published"):
                assert getattr(made, name).equals(getattr(hand, name)), name

    def test_what_is_not_known_is_blank_and_asked_for(self, project: Path) -> None:
        started = start_round(ROUND, LSA, project=project)
        with pytest.raises(RoundError) as caught:
            load_round(ROUND, project)
        told_ = str(caught.value)
        for key in ("opened", "closed", "reminders", "report.title", "report.date"):
            assert f"round.yaml, key {key}" in told_
        assert set(started.open_keys) == {
            *("opened", "closed", "reminders", "report.title", "report.deliverable"),
            *("report.date", "report.work_package", "report.contract"),
        }

    def test_the_raw_files_are_copied_byte_by_byte(self, project: Path) -> None:
        start_round(ROUND, LSA, project=project)
        copy = project / "data/rounds" / ROUND / "responses.lsa"
        assert hashlib.sha256(copy.read_bytes()).digest() == hashlib.sha256(
            LSA.read_bytes()
        ).digest()  # fmt: skip
        assert "responses: responses.lsa\n  structure: responses.lsa" in written(project)

    def test_the_roster_of_the_earlier_round_is_taken_over(self, project: Path) -> None:
        start_round(ROUND, VV, LSS, previous="2018-10", project=project)
        rosters = [
            (project / "data/rounds" / name / "roster.csv").read_bytes()
            for name in (ROUND, "2018-10")
        ]
        assert rosters[0] == rosters[1]

    def test_the_command_says_what_to_do_next(self, project: Path) -> None:
        done = escp(project, "new", ROUND, "--export", str(LSA), "--previous", "2018-10")
        assert done.returncode == 0, done.stderr
        assert "27 matched by code and wording" in done.stdout
        assert "changed wording: CONSENT perhaps asks consent (95 %)" in done.stdout
        assert "missing" not in done.stdout
        assert f"escp check {ROUND}" in done.stdout


class TestRefusals:
    def snapshot(self, project: Path) -> set[str]:
        return {str(path.relative_to(project)) for path in project.rglob("*")}

    @pytest.mark.parametrize(
        ("arguments", "code", "told_"),
        [
            (["2018-10", "--export", str(LSA)], 2, "data/rounds/2018-10 exists already"),
            ([ROUND, "--export", "nothing.lsa"], 2, "there is no file 'nothing.lsa'"),
            ([ROUND, "--export", str(VV)], 2, "the structure is missing; add --structure FILE"),
            ([ROUND, "--export", str(LSA), "--provenance", "real"], 2, "no provenance 'real'"),
            (["../x", "--export", str(LSA)], 3, "'../x' is not the name of a round"),
            ([ROUND, "--export", str(VV), "--structure", str(VV)], 3, "the structure is not XML"),
            ([ROUND, "--export", str(LSA), "--previous", "2017-01"], 3, "is missing"),
        ],
    )
    def test_nothing_is_left_behind(
        self, project: Path, arguments: list[str], code: int, told_: str
    ) -> None:
        before = self.snapshot(project)
        done = escp(project, "new", *arguments)
        assert done.returncode == code
        assert told_ in done.stderr
        assert "Traceback" not in done.stderr
        assert self.snapshot(project) == before

    def test_a_disk_that_refuses_leaves_nothing(
        self, project: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: object) -> None:
            raise OSError(28, "No space left on device")

        before = self.snapshot(project)
        monkeypatch.setattr("shutil.copyfile", refuse)
        with pytest.raises(UsageError, match="No space left on device"):
            start_round(ROUND, LSA, project=project)
        assert self.snapshot(project) == before
