from __future__ import annotations

import csv
from datetime import date
from typing import Any

import pandas as pd
import pytest
from drawn_survey import ROOT, first_round, refusal, survey

from escp_analysis.loaders import Survey
from escp_analysis.metrics.agreements import (
    agreement_findings,
    agreement_totals,
    agreements,
)
from escp_analysis.metrics.countries import country_code, country_in, country_name, member_states

PRINTED = list(
    csv.DictReader(
        (ROOT / "tests/data/reconstruction/table_1.csv").read_text(encoding="utf-8").splitlines()
    )
)


def case(partnership: str, number: int, country: str | None = "Poland", **told: Any) -> Any:
    return {"partnership": partnership, "strand": "1", "case": number, "country": country} | told


def read(*countries: str | None, closed: date = date(2018, 11, 21)) -> list[tuple[Any, Any]]:
    cases = [case("Alpha", at, country) for at, country in enumerate(countries, 1)]
    table = agreements(survey(["Alpha"], agreements=cases, closed=closed))
    codes = table["country_code"].fillna("-")
    return list(zip(codes, table["country_group"].fillna("-"), strict=True))


def recode(response: str, raw_text: str, target: str) -> dict[str, str]:
    decision = {"question": "agreements.country", "action": "read as", "reason": "a dialect"}
    return decision | {"response": response, "raw_text": raw_text, "target": target}


def total(drawn: Survey, dimension: str) -> dict[str, tuple[int, int, int]]:
    table = agreement_totals(drawn)
    rows = table.loc[table["dimension"] == dimension].to_dict("records")
    return {r["group"]: (r["agreements"], r["partnerships"], r["counterparts"]) for r in rows}


def test_the_contract_of_the_table() -> None:
    drawn = survey(
        ["beta", "Alpha"],
        agreements=[
            case("beta", 2, "US"),
            case("beta", 1, "  Canada"),
            case("Alpha", 1, organisation_type="other", organisation_type_other="a zone"),
        ],
    )
    table = agreements(drawn)
    assert list(table.columns) == [
        "partnership", "strand", "counterpart", "country", "country_code", "country_group",
        "organisation_type", "organisation_type_other", "sector", "objective",
    ]  # fmt: skip
    assert list(table["partnership"]) == ["Alpha", "beta", "beta"]
    assert list(table["country"]) == ["Poland", "  Canada", "US"]
    assert list(table["country_code"]) == ["PL", "CA", "US"]
    assert table.loc[0, "organisation_type_other"] == "a zone"
    assert {str(dtype) for dtype in table.dtypes} == {"str"}


@pytest.mark.parametrize(
    ("written", "code"),
    [
        *[("EU", "EU"), ("European Union", "EU"), ("US", "US"), ("U.S.A.", "US"), ("UK", "GB")],
        *[("United States (US)", "US"), ("Canada (USA)", None), ("Atlantis (US)", None)],
        *[("United States of America", "US"), ("the Netherlands", "NL"), ("Russia", "RU")],
        *[("south korea", "KR"), ("Czech Republic", "CZ"), ("EL", "GR"), ("PL", "PL")],
        *[("Europe", None), ("Korea", None), ("Poland and Canada", None), ("", None)],
    ],
)
def test_a_country_as_people_write_it(written: str, code: str | None) -> None:
    assert country_code(written) == code


def test_a_country_is_printed_by_its_name_in_common_use() -> None:
    names = [country_name(code) for code in ("US", "KR", "EU")]
    assert names == ["United States", "South Korea", "EU"]


def test_inside_the_union_on_the_day_the_survey_closed() -> None:
    assert read("Poland", "EU", "UK", "Canada") == [
        ("PL", "EU"), ("EU", "EU"), ("GB", "EU"), ("CA", "third"),
    ]  # fmt: skip


def test_the_united_kingdom_leaves_after_its_last_day() -> None:
    assert read("UK", closed=date(2020, 1, 31)) == [("GB", "EU")]
    assert read("UK", closed=date(2020, 2, 1)) == [("GB", "third")]


def test_croatia_joins_on_its_first_day() -> None:
    assert read("Croatia", closed=date(2013, 6, 30)) == [("HR", "third")]
    assert read("Croatia", closed=date(2013, 7, 1)) == [("HR", "EU")]


def test_a_blank_country_is_in_no_group() -> None:
    assert read("Poland", None) == [("PL", "EU"), ("-", "-")]
    drawn = survey(["Alpha"], agreements=[case("Alpha", 1, None)])
    assert total(drawn, "country_group") == {}
    assert total(drawn, "all") == {"all": (1, 1, 0)}


def test_upper_case_does_not_move_a_partnership_up() -> None:
    names = ("beta", "Alpha", "GAMMA")
    table = agreements(survey(names, agreements=[case(name, 1) for name in names]))
    assert list(table["partnership"]) == ["Alpha", "beta", "GAMMA"]


def test_every_unknown_country_is_named_with_the_nearest() -> None:
    drawn = survey(
        ["Alpha", "Beta"],
        agreements=[case("Alpha", 1, "Brasilia"), case("Beta", 3, "Rumania"), case("Beta", 4)],
    )
    first, second = refusal(lambda: agreements(drawn))
    assert first.startswith("the country 'Brasilia' is not known\n")
    assert "where:    agreements of Alpha, case 1, country" in first
    assert "expected: a country's English name or ISO code, or EU" in first
    assert "did you mean 'Brazil'?" in first
    assert "agreements of Beta, case 3, country" in second
    assert second.endswith("did you mean 'Romania'? Then say in recodes.csv how it is to be read")


def test_a_recode_says_how_a_country_is_read_and_keeps_the_text() -> None:
    drawn = survey(
        ["Alpha"],
        agreements=[case("Alpha", 1, "Brasil")],
        recodes=[recode("Alpha", "Brasil", "Brazil")],
    )
    assert agreements(drawn).loc[0, ["country", "country_code"]].to_list() == ["Brasil", "BR"]


def test_a_recode_holds_for_the_partnership_it_names() -> None:
    drawn = survey(
        ["Alpha", "Beta"],
        agreements=[case("Alpha", 1, "Brasil"), case("Beta", 1, "Brasil")],
        recodes=[recode("Alpha", "Brasil", "Brazil")],
    )
    assert ["agreements of Beta" in text for text in refusal(lambda: agreements(drawn))] == [True]


def test_a_recode_says_that_no_country_is_meant() -> None:
    aside = recode("Alpha", "N/A", "") | {"action": "set aside"}
    drawn = survey(
        ["Alpha"], agreements=[case("Alpha", 1, " N/A"), case("Alpha", 2)], recodes=[aside]
    )
    table = agreements(drawn)
    assert list(table["country_code"].fillna("-")) == ["-", "PL"]
    assert list(table["country"]) == [" N/A", "Poland"]


def test_a_text_that_says_none_is_told_as_such() -> None:
    drawn = survey(["Alpha"], agreements=[case("Alpha", 1, "N/A")])
    (fault,) = refusal(lambda: agreements(drawn))
    assert fault.endswith("do:       if no country is meant, set it aside in recodes.csv")


def test_the_form_of_an_apostrophe_does_not_count() -> None:
    assert read("Côte d’Ivoire") == read("Côte d'Ivoire") == [("CI", "third")]


def test_a_recode_to_no_country_is_refused() -> None:
    drawn = survey(
        ["Alpha"],
        agreements=[case("Alpha", 1, "Brasil")],
        recodes=[recode("Alpha", "Brasil", "Brazul")],
    )
    assert "the country 'Brazul' is not known" in refusal(lambda: agreements(drawn))[0]


def test_no_list_of_members_is_a_fault_not_a_world_of_third_countries() -> None:
    drawn = survey(["Alpha"], agreements=[case("Alpha", 1)], eu_membership=[])
    text = refusal(lambda: agreements(drawn))[0]
    assert "no state is listed as a member of the European Union" in text
    assert "data/registry/eu_membership.csv" in text


def test_three_units_count_three_things() -> None:
    # Two partnerships with the same counterpart: three agreements, two partnerships, two others.
    drawn = survey(
        ["Alpha", "Beta"],
        agreements=[
            case("Alpha", 1, counterpart="Port", organisation_type="company", sector="sea"),
            case("Alpha", 2, counterpart="Lab", organisation_type="research_centre"),
            case("Beta", 1, counterpart="Port", organisation_type="company", sector="sea"),
        ],
    )
    assert total(drawn, "all") == {"all": (3, 2, 2)}
    assert total(drawn, "sector") == {"sea": (2, 2, 1)}
    types = total(drawn, "organisation_type")
    assert list(types.items())[:2] == [("Company", (2, 2, 1)), ("Research centre", (1, 1, 1))]
    assert types["University"] == (0, 0, 0)
    assert len(types) == 6


def test_ties_stand_in_the_order_of_their_names() -> None:
    cases = [case("Alpha", at, country) for at, country in enumerate(("US", "Chile", "US"), 1)]
    drawn = survey(["Alpha"], agreements=[*cases, case("Alpha", 4), case("Alpha", 5, "Belgium")])
    assert list(total(drawn, "country")) == ["US", "Belgium", "Chile", "Poland"]


def test_nobody_with_an_agreement() -> None:
    nothing = survey(["Alpha"])
    assert agreements(nothing).empty
    assert total(nothing, "all") == {"all": (0, 0, 0)}
    assert agreement_findings(nothing).empty


def claim(partnership: str, number: str | None) -> dict[str, Any]:
    amount = pd.NA if number is None else float(number)
    answer = {"question": "agreement_count", "reached": True, "value": number, "number": amount}
    return {"partnership": partnership, "strand": "1"} | answer


def points(drawn: Survey) -> list[str]:
    rows = agreement_findings(drawn).to_dict("records")
    return [f"{row['partnership']}: {row['point']} / {row['effect']}" for row in rows]


def test_a_claimed_number_that_differs_from_the_rows() -> None:
    drawn = survey(
        ["Alpha", "Beta", "Gamma", "Delta"],
        agreements=[
            case("Alpha", 1, objective="a"),
            case("Alpha", 2, objective="b"),
            case("Beta", 1, objective="c"),
            case("Delta", 1, objective="d"),
        ],
        answers=[
            claim("Alpha", "1"),
            claim("Beta", "7"),
            claim("Gamma", "2"),
            claim("Delta", None),
        ],
    )
    assert points(drawn) == [
        "Alpha: claims 1 agreements and describes 2 / the table counts those described",
        "Beta: claims 7 agreements and describes 1 / the table counts those described",
        "Gamma: claims 2 agreements and describes 0 / the table counts those described",
    ]


def test_a_counterpart_that_is_a_partnership() -> None:
    drawn = survey(
        ["Alpha", "Beta"],
        aliases=[("Beta", "Cluster Beta", "same"), ("Beta", "Beta EEIG", "related")],
        agreements=[
            case("Alpha", 1, counterpart="Cluster BETA"),
            case("Alpha", 2, counterpart="Beta EEIG"),
            case("Alpha", 3, counterpart="Port of Gdynia"),
        ],
    )
    first, second = points(drawn)
    assert first.startswith("Alpha: the counterpart Cluster BETA is the partnership Beta /")
    assert first.endswith("the form asks for other partnerships elsewhere; one fewer without it")
    assert "the counterpart Beta EEIG is related to the partnership Beta" in second


def test_a_counterpart_that_is_reported_as_a_collaboration_too() -> None:
    ticked = {"question": "collaborations", "option": "Beta", "reached": True, "selected": True}
    drawn = survey(
        ["Alpha", "Beta"],
        agreements=[case("Alpha", 1, counterpart="Beta")],
        choices=[{"partnership": "Alpha", "strand": "1"} | ticked],
    )
    assert "elsewhere, where it is reported too; one fewer without it" in points(drawn)[0]


def test_rows_that_share_one_objective_may_be_one_agreement() -> None:
    drawn = survey(
        ["Alpha", "Beta"],
        agreements=[
            case("Alpha", 1, counterpart="One", objective="found a meta-cluster"),
            case("Alpha", 2, counterpart="Two", objective="found a meta-cluster"),
            case("Alpha", 3, counterpart="Three", objective="found a meta-cluster"),
            case("Beta", 1, counterpart="Four", objective="found a meta-cluster"),
            case("Beta", 2, counterpart="Five", objective=None),
            case("Beta", 3, counterpart="Six", objective=None),
        ],
    )
    assert points(drawn) == [
        "Alpha: 3 rows share one objective: One, Two, Three / "
        "2 fewer if they are one agreement of several parties"
    ]


def test_rows_without_a_name_can_share_an_objective() -> None:
    drawn = survey(
        ["Alpha"],
        agreements=[
            case("Alpha", 1, counterpart="One", objective="trade"),
            case("Alpha", 2, counterpart=None, objective="trade"),
        ],
    )
    assert "2 rows share one objective: One, no name /" in points(drawn)[0]


def test_table_1_of_the_first_edition_row_by_row() -> None:
    table = agreements(first_round())
    columns = {"partnership": "reporter", "counterpart": "counterpart"}
    columns |= {"country": "country", "sector": "sector"}
    found = sorted(tuple(row[name] for name in columns) for row in table.to_dict("records"))
    assert found == sorted(tuple(row[name] for name in columns.values()) for row in PRINTED)
    assert len(found) == 21


def test_the_totals_of_the_first_edition() -> None:
    drawn = first_round()
    assert total(drawn, "all") == {"all": (21, 7, 21)}
    assert total(drawn, "strand") == {"2": (15, 5, 15), "1": (6, 2, 6)}
    assert total(drawn, "country_group") == {"third": (15, 6, 15), "EU": (6, 3, 6)}
    kinds = {kind: count for kind, (count, _, _) in total(drawn, "organisation_type").items()}
    assert kinds == {
        "Cluster/Business network": 12, "Other": 3, "Research centre": 3, "Company": 2,
        "Governmental authority": 1, "University": 0,
    }  # fmt: skip
    countries = [(name, count) for name, (count, _, _) in total(drawn, "country").items()]
    assert countries[:5] == [("Canada", 3), ("China", 2), ("EU", 2), ("Jordan", 2), ("US", 2)]
    assert [count for _, count in countries[5:]] == [1] * 10


def test_the_points_of_the_first_edition() -> None:
    seen = [text.split(":")[0] for text in points(first_round())]
    assert seen == ["EC2i", "FoodNet", "LASER-GO GLOBAL", "NF4"]
    smart, food, _, _ = points(first_round())
    assert "Cluster Smart City Tech is the partnership SmartCityTech" in smart
    assert "where it is reported too" in smart
    assert "4 rows share one objective" in food


@pytest.mark.parametrize(
    ("place", "code"),
    [
        *[("Oslo, Norway", "NO"), ("Paris (France)", "FR"), ("Singapore", "SG"), ("US", "US")],
        *[("Boston/USA", "US"), ("Dubai, UAE", "AE"), ("Tokyo, Japan ", "JP")],
        *[("Los Angeles, CA", None), ("Berlin", None), ("Chile and Peru", None), ("", None)],
    ],
)
def test_the_country_a_place_ends_with(place: str, code: str | None) -> None:
    assert country_in(place) == code


def test_twenty_eight_states_were_members_when_the_first_round_closed() -> None:
    names = (
        "Austria Belgium Bulgaria Croatia Cyprus Czechia Denmark Estonia Finland France Germany "
        "Greece Hungary Ireland Italy Latvia Lithuania Luxembourg Malta Netherlands Poland "
        "Portugal Romania Slovakia Slovenia Spain Sweden UK"
    )
    codes = {country_code(name) for name in names.split()}
    assert member_states(first_round()) == codes
    assert len(codes) == 28
