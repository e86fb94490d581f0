from __future__ import annotations

import csv
from typing import Any

import pytest
from drawn_survey import ROOT, first_round, refusal, survey

from escp_analysis.loaders import Survey
from escp_analysis.metrics.collaborations import (
    collaboration_reporters,
    collaboration_totals,
    collaborations,
    collaborations_not_shown,
    reports,
)

PRINTED = list(
    csv.DictReader(
        (ROOT / "tests/data/reconstruction/table_2.csv").read_text(encoding="utf-8").splitlines()
    )
)
# Alpha to Delta were invited and Delta did not answer; Old is a partnership of another round.
NAMES = ("Alpha", "Beta", "Gamma", "Delta", "Old")
INVITED = NAMES[:4]


def named(reporter: str, option: str, comment: str | None = None, **told: Any) -> dict[str, Any]:
    tick = {"question": "collaborations", "option": option, "reached": True, "selected": True}
    return {"partnership": reporter, "strand": "1", "comment": comment} | tick | told


def typed_in(reporter: str, names: str, purposes: str | None = None) -> dict[str, Any]:
    return named(reporter, "other", purposes, other_text=names)


def asked(partnership: str, value: str | None = "yes", strand: str = "1") -> dict[str, Any]:
    answer = {"question": "dialogue", "reached": True, "value": value}
    return {"partnership": partnership, "strand": strand} | answer


def decided(response: str, raw_text: str, action: str, reason: str, target: str = "") -> Any:
    decision = {"question": "collaborations", "action": action, "target": target}
    return decision | {"response": response, "raw_text": raw_text, "reason": reason}


def drawn(
    *choices: dict[str, Any], recodes: tuple[Any, ...] = (), aliases: tuple[Any, ...] = ()
) -> Survey:
    return survey(
        NAMES,
        aliases=aliases,
        frame=[{"partnership": name, "strand": "1"} for name in INVITED],
        answers=[asked(name) for name in ("Alpha", "Beta", "Gamma")],
        choices=choices,
        recodes=recodes,
    )


def pairs(round_: Survey) -> list[tuple[Any, ...]]:
    table = collaborations(round_)
    return list(table.itertuples(index=False, name=None))


def left_out(round_: Survey) -> list[tuple[str, str, str]]:
    rows = collaborations_not_shown(round_).to_dict("records")
    return [(row["reporter"], row["counterpart"], row["reason"]) for row in rows]


def test_one_that_names_itself_does_not_confirm_another() -> None:
    round_ = drawn(named("Alpha", "Beta", "mission"), named("Beta", "Beta", "ourselves"))
    assert pairs(round_) == [("Alpha", "Beta", "unconfirmed", "mission")]


def test_the_four_states() -> None:
    round_ = drawn(
        named("Alpha", "Beta", "mission"),
        named("Beta", "Alpha"),
        named("Alpha", "Gamma", "panel"),
        named("Alpha", "Delta", "talks"),
        named("Alpha", "Old", "advice"),
    )
    assert pairs(round_) == [
        ("Alpha", "Beta", "mutual", "mission"),
        ("Alpha", "Delta", "silent", "talks"),
        ("Alpha", "Gamma", "unconfirmed", "panel"),
        ("Alpha", "Old", "outside", "advice"),
    ]


def test_one_that_answered_an_earlier_section_only_is_silent() -> None:
    unreached = asked("Delta") | {"reached": False, "value": None}
    round_ = survey(
        NAMES,
        frame=[{"partnership": name, "strand": "1"} for name in INVITED],
        answers=[asked("Alpha"), unreached],
        choices=[named("Alpha", "Delta", "talks")],
    )
    assert pairs(round_)[0][2] == "silent"


def test_one_that_reached_the_question_and_left_it_blank_answered() -> None:
    round_ = survey(
        NAMES,
        frame=[{"partnership": name, "strand": "1"} for name in INVITED],
        answers=[asked("Alpha"), asked("Delta", None)],
        choices=[named("Alpha", "Delta", "talks")],
    )
    assert pairs(round_)[0][2] == "unconfirmed"


def test_the_side_that_gives_the_purpose_reports_the_pair() -> None:
    round_ = drawn(named("Alpha", "Beta"), named("Beta", "Alpha", "mission"))
    assert pairs(round_) == [("Beta", "Alpha", "mutual", "mission")]
    assert left_out(round_) == []


def test_two_purposes_stand_in_one_row_each_with_its_reporter() -> None:
    round_ = drawn(named("Beta", "Alpha", "a panel"), named("Alpha", "Beta", "a mission"))
    assert pairs(round_) == [("Alpha", "Beta", "mutual", "Alpha: a mission; Beta: a panel")]


def test_a_pair_nobody_describes_is_not_shown() -> None:
    round_ = drawn(named("Alpha", "Beta"), named("Beta", "Alpha"), named("Gamma", "Old", "talks"))
    assert pairs(round_) == [("Gamma", "Old", "outside", "talks")]
    assert left_out(round_) == [
        ("Alpha", "Beta", "no purpose was given"),
        ("Beta", "Alpha", "no purpose was given"),
    ]


def test_what_was_not_ticked_is_no_report() -> None:
    unticked = named("Alpha", "Beta", "a comment without a tick") | {"selected": False}
    unasked = named("Gamma", "Beta") | {"reached": False, "selected": None}
    assert reports(drawn(unticked, unasked)).empty


def test_a_partnership_that_names_itself_collaborates_with_nobody() -> None:
    round_ = drawn(named("Alpha", "Alpha", "our own group"))
    assert pairs(round_) == []
    assert left_out(round_) == [("Alpha", "Alpha", "the partnership itself")]


def test_names_typed_under_other_are_split_with_their_purposes() -> None:
    round_ = drawn(
        typed_in("Alpha", "the old ones; gamma", "advice ; joint panel"),
        aliases=(("Old", "The Old Ones", "same"),),
    )
    assert pairs(round_) == [
        ("Alpha", "Gamma", "unconfirmed", "joint panel"),
        ("Alpha", "Old", "outside", "advice"),
    ]


def test_a_comment_of_another_number_of_parts_belongs_to_every_name() -> None:
    round_ = drawn(typed_in("Alpha", "Old; Gamma", "missions; panels; talks"))
    assert [row[3] for row in pairs(round_)] == ["missions; panels; talks"] * 2


def test_one_name_keeps_its_whole_comment() -> None:
    round_ = drawn(typed_in("Alpha", "Old", "missions; panels"))
    assert pairs(round_) == [("Alpha", "Old", "outside", "missions; panels")]


def test_a_blank_part_is_no_name_and_no_purpose() -> None:
    round_ = drawn(typed_in("Alpha", "Old; Gamma;", "; a panel;"))
    assert pairs(round_) == [("Alpha", "Gamma", "unconfirmed", "a panel")]
    assert left_out(round_) == [("Alpha", "Old", "no purpose was given")]


def test_an_aside_removes_the_report_and_says_why() -> None:
    aside = decided("Alpha", "Beta", "set aside", "a first contact only")
    round_ = drawn(
        named("Alpha", "Beta", "hello"), named("Gamma", "Beta", "panel"), recodes=(aside,)
    )
    assert pairs(round_) == [("Gamma", "Beta", "unconfirmed", "panel")]
    assert left_out(round_) == [("Alpha", "Beta", "a first contact only")]


def test_an_aside_of_one_side_still_confirms_the_other() -> None:
    # Beta did name Alpha; what was set aside is Beta's own row.
    aside = decided("Beta", "Alpha", "set aside", "a first contact only")
    round_ = drawn(
        named("Alpha", "Beta", "mission"), named("Beta", "Alpha", "hello"), recodes=(aside,)
    )
    assert pairs(round_) == [("Alpha", "Beta", "mutual", "mission")]
    assert left_out(round_) == [("Beta", "Alpha", "a first contact only")]


def test_a_company_is_kept_as_written_and_not_shown() -> None:
    company = decided("Alpha", "Nano Ltd", "not a partnership", "a company")
    round_ = drawn(typed_in("Alpha", "Nano Ltd; Old", "link; advice"), recodes=(company,))
    assert pairs(round_) == [("Alpha", "Old", "outside", "advice")]
    assert left_out(round_) == [("Alpha", "Nano Ltd", "a company")]


def test_an_ambiguous_name_is_read_as_the_round_decided() -> None:
    either = (("Old", "The Group", "ambiguous"), ("Beta", "The Group", "ambiguous"))
    told = typed_in("Alpha", "The Group", "advice")
    assert (
        "'The Group' may be Old or Beta"
        in refusal(lambda: collaborations(drawn(told, aliases=either)))[0]
    )
    reading = decided("Alpha", "The Group", "read as", "typed, so not on the list", "Old")
    round_ = drawn(told, aliases=either, recodes=(reading,))
    assert pairs(round_) == [("Alpha", "Old", "outside", "advice")]


def test_a_decision_holds_for_the_response_it_names() -> None:
    company = decided("Alpha", "Nano Ltd", "not a partnership", "a company")
    round_ = drawn(typed_in("Beta", "Nano Ltd", "link"), recodes=(company,))
    assert "no partnership is known as 'Nano Ltd'" in refusal(lambda: collaborations(round_))[0]


@pytest.mark.parametrize("call", [collaborations, collaborations_not_shown, collaboration_totals])
def test_every_unknown_name_stops_with_the_nearest(call: Any) -> None:
    round_ = drawn(typed_in("Alpha", "Gama; Dela"), typed_in("Beta", "Zyx"))
    gamma, delta, neither = refusal(lambda: call(round_))
    assert "no partnership is known as 'Gama'" in gamma
    assert "where:    the collaborations reported by Alpha" in gamma
    assert "did you mean: Gamma" in gamma
    assert "did you mean: Delta" in delta
    assert "the collaborations reported by Beta" in neither


def test_totals_keep_the_states_without_a_pair() -> None:
    round_ = drawn(named("Alpha", "Old", "advice"), named("Beta", "Old", "advice"))
    table = collaboration_totals(round_)
    assert list(table.itertuples(index=False, name=None)) == [
        ("mutual", 0, 2), ("unconfirmed", 0, 2), ("silent", 0, 2), ("outside", 2, 2),
    ]  # fmt: skip


def test_a_round_without_a_report() -> None:
    assert pairs(drawn()) == []
    assert left_out(drawn()) == []
    assert list(collaboration_totals(drawn())["base"]) == [0, 0, 0, 0]
    assert list(collaborations(drawn()).columns) == ["reporter", "counterpart", "state", "purpose"]


def test_reporters_by_strand_over_those_that_reached_the_question() -> None:
    left = asked("Delta") | {"reached": False, "value": None}
    answers = [asked("Alpha"), asked("Beta", "no"), asked("Gamma", None), left]
    table = collaboration_reporters(survey(NAMES, answers=answers))
    assert list(table["reporters"]) == [1, 1, 0]
    assert list(table["base"]) == [3, 3, 0]
    assert table.loc[0, "share"] == 1 / 3
    assert table["share"].isna().tolist() == [False, False, True]


# From here on: the first edition. The states are not printed there but follow from who answered.
MUTUAL = {
    ("EC2i", "NF4"), ("MobiGoIn-Action", "EC2i"), ("MobiGoIn-Action", "NF4"),
    ("LASER-GO GLOBAL", "MAGIA"), ("SpaceWave", "IDEEO"),
}  # fmt: skip
SILENT = {"AdPack²", "SPACE2IDGO", "ESCT Go Global"}
OUTSIDE = {"ALLIANCE", "bioXclusters plus", "SmartCityTech"}


def test_table_2_of_the_first_edition_pair_by_pair() -> None:
    round_ = first_round()
    resolve = round_.registry.resolve
    printed = {(row["reporter"], resolve(row["counterpart"])): row["purpose"] for row in PRINTED}
    table = collaborations(round_)
    found = {
        (row["reporter"], row["counterpart"]): row["purpose"] for row in table.to_dict("records")
    }
    assert len(table) == 17
    assert found == printed


def test_the_states_of_the_first_edition() -> None:
    for reporter, counterpart, state, _ in pairs(first_round()):
        expected = "unconfirmed"
        if (reporter, counterpart) in MUTUAL:
            expected = "mutual"
        elif counterpart in SILENT:
            expected = "silent"
        elif counterpart in OUTSIDE:
            expected = "outside"
        assert state == expected, (reporter, counterpart)
    assert list(collaboration_totals(first_round())["pairs"]) == [5, 1, 6, 5]


def test_what_the_first_edition_mentions_and_does_not_show() -> None:
    left = left_out(first_round())
    undescribed = {(who, name) for who, name, reason in left if reason == "no purpose was given"}
    assert undescribed == {
        ("FoodPackLab", "C4W"), ("FoodPackLab", "COSMENERG-4i"), ("FoodPackLab", "FoodNet"),
        ("GCA", "EU4SportsClusters Alliance"), ("GCA", "MobiGoIn"), ("NF4", "AdPack²"),
    }  # fmt: skip
    decided_ = {name: reason for who, name, reason in left if who == "C4W"}
    assert set(decided_) == {"PIMAP", "LASER-GO", "AdPack²", "NANOPHARM"}
    assert decided_["NANOPHARM"] == "a company"
    assert all("less relevant" in decided_[name] for name in ("PIMAP", "LASER-GO", "AdPack²"))
    assert len(left) == 10


def test_the_reporters_of_the_first_edition() -> None:
    table = collaboration_reporters(first_round())
    assert list(zip(table["reporters"], table["base"], strict=True)) == [(11, 19), (7, 13), (4, 6)]
