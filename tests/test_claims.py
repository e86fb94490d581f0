"""The published claims: the file, its reader, each word of a check, the verdicts on the round."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from drawn_survey import ROOT, first_round, refusal

from escp_analysis.loaders import Survey
from escp_analysis.loaders.boxes import Boxes
from escp_analysis.loaders.claims import (
    COLUMNS,
    UNANSWERED,
    VOCABULARY,
    Check,
    parse_checks,
    read_claims,
    whole_number,
)
from escp_analysis.loaders.project import RoundPaths
from escp_analysis.metrics.claims import claim_totals, claims, claims_note
from escp_analysis.metrics.claims.checks import CHECKS
from escp_analysis.metrics.claims.evidence import Measure
from escp_analysis.metrics.claims.verdicts import VERDICTS, verdicts

FILE = RoundPaths(ROOT, "2018-10").claims

# Read off the facts by hand: which claims Table 1 and Table 2 of the report can bear out.
TABLE_1 = [*range(99, 101), 102, 103, *range(105, 111), *range(112, 141), 195]
TABLE_2 = range(152, 173)
CONTRADICTED = "F007 F013 F045 F048 F094 F106 F172 F173 F217 F230"
NOT_IN_THE_DATA = "F027 F052 F057 F075 F079 F093 F197 F204 F208 F211 F212 F231"


def named(number: int) -> str:
    return f"F{number:03d}"


@pytest.fixture(scope="module")
def published() -> pd.DataFrame:
    return read_claims(FILE)


@pytest.fixture(scope="module")
def table(published: pd.DataFrame) -> pd.DataFrame:
    return claims(first_round(), published).set_index("id")


def untick(survey: Survey, partnership: str, question: str, option: str) -> Survey:
    """Return the survey in which one partnership no longer ticks one option."""
    choices = survey.choices.copy()
    row = (choices["partnership"] == partnership) & (choices["option"] == option)
    row &= (choices["question"] == question) & choices["selected"].fillna(False)
    assert row.sum() == 1, "the answer to flip is not a tick"
    choices.loc[row, "selected"] = False
    return replace(survey, boxes=Boxes.of_table(choices))


class TestFirstEdition:
    def test_has_one_row_per_claim_in_the_order_of_the_file(self, table: pd.DataFrame) -> None:
        assert list(table.index) == [named(number) for number in range(1, 232)]

    def test_has_the_promised_columns_all_text(self, published: pd.DataFrame) -> None:
        rows = claims(first_round(), published)
        promised = ["id", "section", "claim", "published", "computed", "verdict", "note"]
        assert list(rows.columns) == [*promised, "unit", "computed_from"]
        assert set(rows.dtypes.astype(str)) == {"str"}
        assert not rows.isna().any(axis=None)

    def test_every_verdict_is_of_the_vocabulary(self, table: pd.DataFrame) -> None:
        words = "reproduced, consistent, contradicted, not checkable, not in the data"
        assert words.split(", ") == list(VERDICTS)
        assert set(table["verdict"]) == set(VERDICTS)

    @pytest.mark.parametrize("number", [*TABLE_1, *TABLE_2])
    def test_what_the_tables_can_bear_out_is_reproduced_or_says_why_not(
        self, table: pd.DataFrame, number: int
    ) -> None:
        row = table.loc[named(number)]
        assert row["verdict"] == "reproduced" or row["note"]

    def test_only_wordings_of_the_tables_are_not_reproduced(self, table: pd.DataFrame) -> None:
        rows = table.loc[[named(number) for number in (*TABLE_1, *TABLE_2)]]
        others = rows.loc[rows["verdict"] != "reproduced", "verdict"]
        # almost 60 %; energy and logistics; the order of countries; themes; Table 2's caption
        assert dict(others) == {
            "F105": "consistent",
            "F106": "contradicted",
            "F108": "consistent",
            "F110": "not checkable",
            "F172": "contradicted",
        }

    def test_the_contradictions_of_the_report_are_named_and_no_others(
        self, table: pd.DataFrame
    ) -> None:
        found = table.loc[table["verdict"] == "contradicted"]
        assert list(found.index) == CONTRADICTED.split()
        assert (found["note"] != "").all()

    @pytest.mark.parametrize(
        ("claim", "computed", "note"),
        [
            ("F048", "2018-10", "2018-10 in F013"),
            ("F013", "2019-10", "2019-10 in F048"),
            ("F045", "25", "4 of 25: Albania, North Macedonia, Serbia, Türkiye"),
            ("F106", "logistics 3; energy 2; agro-food 2", "energy and agro-food tie at 2"),
            ("F172", "5", "leaves out 5: DIA and ALLIANCE, EC2i and SmartCityTech"),
            ("F173", "2", "leaves out 2: DIA and ALLIANCE, LASER-GO GLOBAL and C4W"),
            ("F217", "2018-11-15", "the report is dated 2019-03-04"),
            ("F230", "4", "activities, barriers, dialogue, collaborations"),
        ],
    )
    def test_a_contradiction_shows_what_speaks_against_it(
        self, table: pd.DataFrame, claim: str, computed: str, note: str
    ) -> None:
        assert table.loc[claim, "computed"] == computed
        assert note in table.loc[claim, "note"]

    @pytest.mark.parametrize(
        ("claim", "computed", "note"),
        [
            (
                "F108",
                "Canada 3; China 2; Jordan 2; United States 2",
                "China, Jordan and United States tie at 2",
            ),
            (
                "F050",
                "France 15; Spain 11; Belgium 9; Germany 9; Italy 6",
                "Belgium and Germany tie at 9",
            ),
            ("F105", "12 of 21 (57\u202f%)", "by no more than 5 points"),
            ("F068", "4 of 21 (19\u202f%)", "at most 5 of 21 is less than 25 %"),
            ("F111", "12 of 19 (63\u202f%)", ""),
            ("F179", "7", "C4W and LASER-GO"),
            ("F203", "52 of 247 (21\u202f%) against 38 of 247 (15\u202f%)", "fewer ticks"),
            ("F078", "communication skills; first steps in foreign markets", "webinar"),
        ],
    )
    def test_a_wording_is_consistent_and_shows_what_it_rests_on(
        self, table: pd.DataFrame, claim: str, computed: str, note: str
    ) -> None:
        row = table.loc[claim]
        assert row["verdict"] == "consistent"
        assert row["computed"].startswith(computed)
        assert note in row["note"]

    @pytest.mark.parametrize(
        ("claim", "note"),
        [
            ("F020", "only 19 of 23 can be printed as 83 %"),
            (
                "F085",
                "17 ticks of 6 respondents on 7 options; only 17 of 42 can be printed as 40 %",
            ),
            ("F085", "with any tick: 6 of 6 (100\u202f%)"),
            ("F086", "only 18 of 98 can be printed as 18 %; with any tick: 11 of 14 (79\u202f%)"),
            ("F143", "11 + 8"),
            ("F152", "5 + 12 = 17 in F150, F151"),
            ("F099", "5 + 4 + 4 + 2 + 2 + 2 + 2 = 21"),
            ("F083", "tie at 7"),
            ("F107", "four rows name a member state, two only the EU"),
            ("F174", "NANOPHARM"),
        ],
    )
    def test_a_reproduced_value_carries_its_arithmetic_and_its_reading(
        self, table: pd.DataFrame, claim: str, note: str
    ) -> None:
        assert table.loc[claim, "verdict"] == "reproduced"
        assert note in table.loc[claim, "note"]

    def test_what_was_never_printed_is_not_in_the_data(self, table: pd.DataFrame) -> None:
        found = table.loc[table["verdict"] == "not in the data"]
        assert list(found.index) == NOT_IN_THE_DATA.split()
        assert (found["computed"] == "").all()
        # Figure 10: 13 of the 14 x 2 bars, Other included, follow from section 3.1
        assert found.loc["F197", "note"].startswith("13 of 28 bars are fixed")

    def test_what_cannot_be_checked_says_why(self, table: pd.DataFrame) -> None:
        silent = table.loc[table["verdict"].isin(["not checkable", "not in the data"])]
        assert (silent["note"] != "").all()

    def test_a_plain_value_that_is_reproduced_is_the_published_one(
        self, table: pd.DataFrame
    ) -> None:
        rows = table.loc[table["verdict"] == "reproduced"]
        differ = rows.index[rows["published"] != rows["computed"]]
        assert list(differ) == ["F083", "F084", "F183", "F200"]  # sets of options, by label

    @pytest.mark.parametrize(
        ("claim", "source"),
        [
            ("F001", "document"),
            ("F008", "registry"),
            ("F019", "reconstructed answers"),
            ("F026", "registry and reconstructed answers"),
            ("F031", "document"),
            ("F058", "form"),
            ("F085", "reconstructed answers"),
            ("F112", "published tables"),
            ("F150", "reconstructed answers"),
            ("F155", "published tables"),
            ("F211", ""),
        ],
    )
    def test_each_row_says_where_its_value_was_computed_from(
        self, table: pd.DataFrame, claim: str, source: str
    ) -> None:
        assert table.loc[claim, "computed_from"] == source

    def test_a_word_for_the_reader_about_reconstructed_answers(self) -> None:
        survey = first_round()
        assert "not that the statement was verified independently" in claims_note(survey)
        collected = replace(survey, round=replace(survey.round, provenance="collected"))
        assert claims_note(collected) == ""

    def test_collected_answers_are_called_answers(self, published: pd.DataFrame) -> None:
        survey = first_round()
        collected = replace(survey, round=replace(survey.round, provenance="collected"))
        rows = claims(collected, published).set_index("id")
        assert set(rows.loc[["F019", "F112"], "computed_from"]) == {"answers"}

    def test_totals_count_every_claim_once(self, table: pd.DataFrame) -> None:
        totals = claim_totals(table).set_index("verdict")
        assert list(totals.index) == list(VERDICTS)
        assert totals["claims"].sum() == 231
        assert totals.loc["contradicted", "claims"] == len(CONTRADICTED.split())
        assert totals.loc["not checkable", "from_answers"] == 0
        # of the contradictions, only the reason for one-sided pairs rests on answers
        assert totals.loc["contradicted", "from_answers"] == 1


class TestOneAnswerChanged:
    @pytest.mark.parametrize(
        ("partnership", "question", "option", "claim", "computed"),
        [
            ("DIA", "activities", "joint_communication", "F063", "13"),
            ("NF4", "activities", "target_third_countries", "F062", "20"),
            ("LASER-GO GLOBAL", "activities", "third_country_representative", "F072", "1"),
            ("NF4", "barriers", "other_escps", "F085", "38"),
            ("EC2i", "collaborations", "NF4", "F150", "4"),
            ("SpaceWave", "collaborations", "IDEEO", "F152", "16"),
            ("FoodPackLab", "collaborations", "FoodNet", "F176", "2"),
        ],
    )
    def test_a_tick_less_turns_a_reproduced_claim_into_a_contradicted_one(
        self,
        table: pd.DataFrame,
        published: pd.DataFrame,
        partnership: str,
        question: str,
        option: str,
        claim: str,
        computed: str,
    ) -> None:
        changed = untick(first_round(), partnership, question, option)
        after = claims(changed, published).set_index("id").loc[claim]
        assert table.loc[claim, "verdict"] == "reproduced"
        assert (after["verdict"], after["computed"]) == ("contradicted", computed)
        assert after["note"]

    def test_nothing_else_changes_than_what_rests_on_the_answer(
        self, table: pd.DataFrame, published: pd.DataFrame
    ) -> None:
        changed = untick(first_round(), "DIA", "activities", "joint_communication")
        after = claims(changed, published).set_index("id")
        moved = table.index[table["verdict"] != after["verdict"]]
        assert list(moved) == ["F063", "F065"]

    def test_an_agreement_less(self, table: pd.DataFrame, published: pd.DataFrame) -> None:
        survey = first_round()
        rows = survey.agreements
        kept = rows.loc[rows["counterpart"] != "NPC"].reset_index(drop=True)
        after = claims(replace(survey, agreements=kept), published).set_index("id")
        moved = table.index[table["verdict"] != after["verdict"]]
        # NPC: of NF4, strand 2, an agro-food network in Canada. Without it agro-food no longer
        # ties with energy (F106), and Canada ties with China, Jordan and the United States.
        expected = "F099 F106 F109 F118 F119 F120 F126"
        assert list(moved) == expected.split()
        assert set(after.loc[moved.drop("F106"), "verdict"]) == {"contradicted"}
        assert after.loc["F106", "verdict"] == "reproduced"
        assert "Canada, China, Jordan and United States tie at 2" in after.loc["F108", "note"]

    def test_a_partnership_that_did_not_answer_does_not_stop_the_claims(
        self, published: pd.DataFrame
    ) -> None:
        survey = first_round()
        tables = {
            name: frame.loc[frame["partnership"] != "GIVE"].reset_index(drop=True)
            for name in ("responses", "sections", "choices", "answers")
            for frame in [getattr(survey, name)]
        }
        boxes = Boxes.of_table(tables.pop("choices"))
        after = claims(replace(survey, boxes=boxes, **tables), published).set_index("id")
        assert after.loc["F076", "verdict"] == "contradicted"
        assert "does not say three out of four" in after.loc["F076", "note"]
        assert after.loc["F019", "computed"] == "18"


def measures(**values: int | str | tuple[int, int]) -> dict[str, Measure]:
    """Draw evidence: ``a_b`` is named ``a.b``; a pair is a count and its base."""
    return {
        name.replace("_", "."): Measure(value[0], "answers", value[1])
        if isinstance(value, tuple)
        else Measure(value, "answers")
        for name, value in values.items()
    }


def judged(
    check: str, published: str, evidence: Mapping[str, Measure], others: Mapping[str, str] = {}
) -> tuple[str, str, str]:
    """Return verdict, computed value and note of one claim, beside others that are not checked."""
    cells = {"F001": (published, check, ""), **{k: (v, "", "why") for k, v in others.items()}}
    rows = [
        (name, "1", "claim", text, "", asked, why) for name, (text, asked, why) in cells.items()
    ]
    row = verdicts(pd.DataFrame(rows, columns=list(COLUMNS), dtype="str"), evidence).iloc[0]
    return row["verdict"], row["computed"], row["note"]


FRUIT = measures(fruit_apple_1=5, fruit_pear_1=3, fruit_plum_1=3, fruit_fig_1=1, fruit_other_1=0)


class TestWords:
    @pytest.mark.parametrize(
        ("check", "published", "verdict", "computed"),
        [
            ("equals: a.x", "4", "reproduced", "4"),
            ("equals: a.x", "5", "contradicted", "4"),
            ("equals: a.x; a.y", "4", "reproduced", "4"),
            ("equals: a.x; a.z", "4", "contradicted", "4; 9"),
            ("equals: a.name", "WP5", "reproduced", "WP5"),
            ("each: a.x; a.z", "4; 9", "reproduced", "4; 9"),
            ("each: a.x; a.z", "9; 4", "contradicted", "4; 9"),
            ("sum: a.x; a.y; a.z", "17", "reproduced", "17"),
            ("sum: a.x; a.y", "9", "contradicted", "8"),
            ("difference: a.z; a.x", "5", "reproduced", "5"),
            ("difference: a.z; a.x", "4", "contradicted", "5"),
            ("at-least: a.x", "at least 4", "consistent", "4"),
            ("at-least: a.x", "at least 5", "contradicted", "4"),
            ("some: a.x; a.y", "some", "consistent", "4; 4"),
            ("some: a.x; a.none", "some", "contradicted", "4; 0"),
            ("none: a.none", "all", "consistent", "0"),
            ("none: a.x", "all", "contradicted", "4"),
            ("one-reading: a.x", "4", "consistent", "4"),
            ("one-reading: a.x", "3", "contradicted", "4"),
            ("mentions: a.text; out of four", "4", "consistent", "out of four"),
            ("mentions: a.text; out of four; five", "4", "contradicted", "out of four"),
            ("restated: 4; the annex", "4", "consistent", "4"),
            ("restated: 3; the annex", "4", "contradicted", "3"),
            ("still-to-come: 2019-05-14", "May", "consistent", "2019-05-14"),
            ("still-to-come: 2019-03-04", "March", "contradicted", "2019-03-04"),
        ],
    )
    def test_numbers_and_texts(
        self, check: str, published: str, verdict: str, computed: str
    ) -> None:
        evidence = measures(
            a_x=4, a_y=4, a_z=9, a_none=0, a_name="WP5", a_text="Three  Out of\nfour held"
        ) | {"report.date": Measure("2019-03-04", "document")}
        assert judged(check, published, evidence)[:2] == (verdict, computed)

    @pytest.mark.parametrize(
        ("check", "published", "verdict", "computed"),
        [
            ("percentage: a.x", "57", "reproduced", "57"),  # 4 of 7 is 57.1
            ("percentage: a.x", "58", "contradicted", "57"),
            ("percentage: a.large", "10", "consistent", "10"),  # 29, 30 and 31 of 300 print alike
            ("percentage: a.half", "13", "reproduced", "13"),  # 1 of 8 is 12.5, printed upwards
            ("gap: a.all; a.x", "43", "reproduced", "43"),
            ("gap: a.x; a.all", "43", "contradicted", "-43"),
            ("less-than-percent: a.quarter", "less than 25", "contradicted", "5 of 20 (25\u202f%)"),
            ("less-than-percent: a.below", "less than 25", "consistent", "6 of 25 (24\u202f%)"),
            ("almost-percent: a.x", "almost 60", "consistent", "4 of 7 (57\u202f%)"),
            ("almost-percent: a.x", "almost 57", "contradicted", "4 of 7 (57\u202f%)"),
            ("almost-percent: a.x", "almost 63", "contradicted", "4 of 7 (57\u202f%)"),
            ("all: a.all", "all", "consistent", "7 of 7 (100\u202f%)"),
            ("all: a.x", "all", "contradicted", "4 of 7 (57\u202f%)"),
            ("majority: a.x", "most", "consistent", "4 of 7 (57\u202f%)"),
            ("majority: a.tie", "most", "contradicted", "4 of 8 (50\u202f%)"),
            (
                "more: a.x; a.tie",
                "higher",
                "consistent",
                "4 of 7 (57\u202f%) against 4 of 8 (50\u202f%)",
            ),
            (
                "more: a.tie; a.tie",
                "higher",
                "contradicted",
                "4 of 8 (50\u202f%) against 4 of 8 (50\u202f%)",
            ),
        ],
    )
    def test_shares(self, check: str, published: str, verdict: str, computed: str) -> None:
        evidence = measures(
            a_x=(4, 7), a_all=(7, 7), a_large=(30, 300), a_half=(1, 8), a_quarter=(5, 20),
            a_below=(6, 25), a_tie=(4, 8),
        )  # fmt: skip
        assert judged(check, published, evidence)[:2] == (verdict, computed)

    def test_a_percentage_names_every_count_it_could_be(self) -> None:
        evidence = measures(a_large=(30, 300), a_x=(4, 7))
        large = judged("percentage: a.large", "10", evidence)[2]
        assert large.endswith("29 or 30 or 31 of 300 can be printed as 10 %")
        assert judged("percentage: a.x", "50", evidence)[2].endswith(
            "no count of 7 can be printed as 50 %"
        )

    @pytest.mark.parametrize(
        "check", ["percentage: a.x", "gap: a.x; a.x", "less-than-percent: a.x", "all: a.x"]
    )
    def test_a_share_of_nobody_bears_nothing_out(self, check: str) -> None:
        evidence = measures(a_x=(0, 0))
        assert judged(check, "0", evidence)[:2] == ("contradicted", "0 of 0")

    @pytest.mark.parametrize(
        ("ticks", "published", "verdict"),
        [(17, "40", "reproduced"), (16, "40", "contradicted"), (18, "43", "reproduced")],
    )
    def test_a_mean_share_is_ticks_over_respondents_and_options(
        self, ticks: int, published: str, verdict: str
    ) -> None:
        evidence = {
            "summary.barriers.base.2": Measure(6, "answers"),
            "summary.barriers.mention_rate.2": Measure(ticks, "answers", 42),
            "summary.barriers.any_tick.2": Measure(5, "answers", 6),
            "summary.barriers.base.all": Measure(20, "answers"),
        }
        found = judged("mean-share: barriers; 2", published, evidence)
        assert found[0] == verdict
        assert f"{ticks} ticks of 6 respondents on 7 options" in found[2]
        assert "with any tick: 5 of 6 (83\u202f%)" in found[2]

    @pytest.mark.parametrize(
        ("check", "verdict", "computed", "note"),
        [
            ("top: fruit.*.1; apple", "reproduced", "apple 5", ""),
            (
                "top: fruit.*.1; apple; pear",
                "contradicted",
                "apple 5; pear 3; plum 3",
                "pear and plum tie at 3; most named: apple 5, pear 3, plum 3",
            ),
            (
                "top: fruit.*.1; plum; pear; apple",
                "reproduced",
                "apple 5; pear 3; plum 3",
                "pear and plum tie at 3",
            ),
            ("top: fruit.*.1; pear", "contradicted", "apple 5", "most named: apple 5"),
            ("bottom: fruit.*.1; fig", "reproduced", "fig 1", ""),
            ("bottom: fruit.*.1; pear", "contradicted", "fig 1", "least named: fig 1"),
            (
                "decreasing: fruit.*.1; apple; pear",
                "consistent",
                "apple 5; pear 3",
                "pear and plum tie at 3",
            ),
            (
                "decreasing: fruit.*.1; apple; pear; plum",
                "consistent",
                "apple 5; pear 3; plum 3",
                "pear and plum tie at 3",
            ),
            (
                "decreasing: fruit.*.1; pear; apple",
                "contradicted",
                "pear 3; apple 5",
                "the data give apple 5, pear 3, plum 3",
            ),
            ("decreasing: fruit.*.1; apple; fig", "contradicted", "apple 5; fig 1", "pear 3"),
            ("rank: fruit.*.1; pear; 2", "reproduced", "2", "pear and plum tie at 3"),
            ("rank: fruit.*.1; fig; 2", "contradicted", "4", "place 2 is printed, the data give 4"),
        ],
    )  # fmt: skip
    def test_ranks_name_their_ties_and_leave_other_out(
        self, check: str, verdict: str, computed: str, note: str
    ) -> None:
        found = judged(check, "as printed", FRUIT)
        assert found[:2] == (verdict, computed)
        assert note in found[2]

    def test_an_order_without_a_tie_fixes_what_is_printed(self) -> None:
        evidence = measures(fruit_apple=5, fruit_pear=3, fruit_fig=1)
        found = judged("decreasing: fruit.*; apple; pear", "apple; pear", evidence)
        assert found == ("reproduced", "apple 5; pear 3", "")

    @pytest.mark.parametrize(
        ("check", "published", "verdict", "note"),
        [
            ("agrees: F002", "12", "consistent", "printed alike in F002"),
            ("agrees: F002", "13", "contradicted", "13 is printed here, 12 in F002"),
            ("adds-up: F002; F003", "17", "consistent", "12 + 5 = 17 in F002, F003"),
            ("adds-up: F002; F003", "18", "contradicted", "12 + 5 = 17 in F002, F003, not 18"),
        ],
    )
    def test_claims_against_one_another(
        self, check: str, published: str, verdict: str, note: str
    ) -> None:
        found = judged(check, published, {}, {"F002": "12", "F003": "5"})
        assert (found[0], found[2]) == (verdict, note)

    def test_one_failing_check_of_several_contradicts(self) -> None:
        evidence = measures(a_x=(4, 7))
        assert judged("equals: a.x | majority: a.x", "4", evidence)[0] == "reproduced"
        assert judged("majority: a.x | at-least: a.x", "4", evidence)[0] == "consistent"
        assert judged("equals: a.x | all: a.x", "4", evidence) == (
            "contradicted",
            "4",
            "not all: 4 of 7 (57\u202f%)",
        )

    @pytest.mark.parametrize(
        ("check", "verdict"),
        [
            ("", "not checkable"),
            ("not-published", "not in the data"),
            ("not-asked", "not in the data"),
        ],
    )
    def test_without_a_check_nothing_is_computed(self, check: str, verdict: str) -> None:
        assert judged(check, "12", {})[:2] == (verdict, "")

    def test_every_word_does_something_and_the_readme_explains_it(self) -> None:
        assert set(CHECKS) == set(VOCABULARY) - set(UNANSWERED)
        text = (FILE.parent / "README.md").read_text(encoding="utf-8")
        explained = re.findall(r"^\| `([a-z-]+)[`:]", text, flags=re.MULTILINE)
        assert set(VOCABULARY) <= set(explained)

    def test_every_name_the_round_lacks_is_told_at_once_with_the_nearest(self) -> None:
        evidence = FRUIT | measures(funnel_B=(21, 23), a_text="words")
        checks = [
            ("equals: funel.B", "'funel.B' is no value of this round", "did you mean 'funnel.B'?"),
            ("top: fruit.*.1; aple", "'aple' is no item of this round", "did you mean 'apple'?"),
            ("top: fruits.*.1; apple", "'fruits.*.1' is no family of this round", "did you mean"),
            ("all: fruit.apple.1", "'fruit.apple.1' is no share of this round", "has a base"),
            ("sum: a.text; funnel.B", "'a.text' is no count of this round", "is a number"),
            ("mentions: funnel.B; x", "'funnel.B' is no passage of this round", "is a text"),
            ("mean-share: bariers; 2", "'bariers' is no question of this round", "question"),
        ]  # fmt: skip
        rows = [
            (named(at), "1", "claim", "4", "", check, "")
            for at, (check, *_) in enumerate(checks, 1)
        ]
        frame = pd.DataFrame(rows, columns=list(COLUMNS), dtype="str")
        faults = refusal(lambda: verdicts(frame, evidence))
        wanted = [text for text in faults if "is no" in text]
        assert len(wanted) == len(faults)
        for at, (check, what, helps) in enumerate(checks, 1):
            told = [text for text in faults if text.startswith(what)]
            assert len(told) == 1, check
            assert f"where:    claim {named(at)}, check {check.partition(':')[0]}" in told[0]
            assert helps in told[0]


class TestReader:
    GOOD: Mapping[str, str] = {
        "id": "F001", "section": "1.1", "claim": "responses", "published": "19",
        "unit": "partnerships", "check": "equals: funnel.complete.reached.all", "reason": "",
    }  # fmt: skip

    def write(self, folder: Path, *rows: Mapping[str, str]) -> Path:
        path = folder / "claims.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows([{**self.GOOD, **row} for row in rows])
        return path

    def test_returns_the_cells_as_they_stand(self, tmp_path: Path) -> None:
        path = self.write(tmp_path, {}, {"id": "F002", "published": "NA", "reason": "None"})
        rows = read_claims(path)
        assert list(rows.columns) == list(COLUMNS)
        assert rows.loc[1, "published"] == "NA"
        assert rows.loc[1, "reason"] == "None"

    @pytest.mark.parametrize(
        ("row", "lines"),
        [
            ({"id": "F1"}, ["'F1' is no id of a claim", "row 2, column id", "as F001"]),
            ({"section": ""}, ["section is blank", "row 2, column section"]),
            ({"claim": ""}, ["claim is blank", "row 2, column claim"]),
            (
                {"check": "equalls: funnel.B.reached.all"},
                ["unknown check 'equalls'", "row 2, column check", "did you mean 'equals'?"],
            ),
            (
                {"check": "difference: funnel.B.reached.all"},
                ["difference has 1 argument\n", "expected: difference: count; count"],
            ),
            (
                {"check": "all: a.b; a.c"},
                ["all has 2 arguments", "expected: all: share"],
            ),
            (
                {"check": "sum"},
                ["sum has 0 arguments", "expected: sum: count; count; more of kind count"],
            ),
            (
                {"check": "not-published: a; b", "reason": "lost"},
                ["not-published has 2 arguments", "not-published: [question]"],
            ),
            ({"check": "equals: funnel"}, ["'funnel' is no value for equals", "a name with dots"]),
            (
                {"check": "top: options.barriers.x.all; y"},
                ["'options.barriers.x.all' is no family for top", "with * for one part"],
            ),
            ({"check": "equals: a.*"}, ["'a.*' is no value for equals"]),
            ({"check": "rank: a.*; x; second"}, ["'second' is no number for rank"]),
            ({"check": "mean-share: barriers; 3"}, ["'3' is no strand for mean-share", "1, 2"]),
            ({"check": "still-to-come: 15 November"}, ["'15 November' is no date", "YYYY-MM-DD"]),
            ({"check": "restated: 4;"}, ["'' is no text for restated"]),
            (
                {"check": "agrees: F009"},
                ["'F009' is no claim for agrees", "the id of a claim in this file"],
            ),
            (
                {"check": "adds-up: F001; F001", "published": "most"},
                ["F001 has no whole number to add", "'most' is not one whole number"],
            ),
            (
                {"published": ""},
                ["equals has no published value", "row 2, column published"],
            ),
            (
                {"check": "percentage: a.b", "published": "40 or 41"},
                ["'40 or 41' is not one whole number", "a number for percentage"],
            ),
            (
                {"check": "each: a.b; a.c", "published": "4; 5; 6"},
                ["3 values are published, 2 are named"],
            ),
            ({"check": ""}, ["reason is blank", "row 2, column reason", "why the claim cannot"]),
            ({"check": "not-asked"}, ["reason is blank"]),
            (
                {"check": "not-asked | equals: a.b"},
                ["not-asked stands beside another check", "a check of its own"],
            ),
        ],
    )  # fmt: skip
    def test_says_what_is_wrong_and_where(
        self, tmp_path: Path, row: Mapping[str, str], lines: list[str]
    ) -> None:
        path = self.write(tmp_path, row)
        told = "\n\n".join(refusal(lambda: read_claims(path)))
        assert "claims.csv, row 2, column" in told
        for line in lines:
            assert line in told

    def test_tells_all_faults_at_once(self, tmp_path: Path) -> None:
        path = self.write(
            tmp_path, {"section": ""}, {}, {"id": "F003", "check": "equls: a.b"}, {"id": "F4"}
        )
        faults = refusal(lambda: read_claims(path))
        assert [fault.partition("\n")[0] for fault in faults] == [
            "'F001' stands in row 2 as well",
            "'F4' is no id of a claim",
            "section is blank",
            "unknown check 'equls'",
        ]

    def test_a_missing_file_and_another_header_are_refused(self, tmp_path: Path) -> None:
        missing = tmp_path / "absent.csv"
        assert "the file is missing" in refusal(lambda: read_claims(missing))[0]
        path = tmp_path / "claims.csv"
        path.write_text("id,claim\nF001,responses\n", encoding="utf-8")
        assert "the header is id,claim" in refusal(lambda: read_claims(path))[0]

    def test_a_check_is_words_and_arguments(self) -> None:
        assert parse_checks("equals: a.b; c.LASER-GO GLOBAL | not-asked") == (
            Check("equals", ("a.b", "c.LASER-GO GLOBAL")),
            Check("not-asked"),
        )
        assert parse_checks("") == ()

    @pytest.mark.parametrize(
        ("text", "number"),
        [
            ("19", 19),
            ("almost 60", 60),
            ("less than 25", 25),
            ("14; 6", None),
            ("2019-03-04", None),
            ("most", None),
            ("37.5", None),
        ],
    )
    def test_a_printed_value_holds_one_whole_number_or_none(
        self, text: str, number: int | None
    ) -> None:
        assert whole_number(text) == number
