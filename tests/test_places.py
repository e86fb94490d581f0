"""Which countries and regions a text names, and how many partnerships name them."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from drawn_survey import ROOT, survey
from test_comments import box, reconstructed

from escp_analysis import digest, metrics, narrative
from escp_analysis.loaders.survey import Survey
from escp_analysis.loaders.vocabularies import read_countries, read_regions
from escp_analysis.metrics.place_names import Gazetteer

COUNTRIES = read_countries(ROOT / "data/registry/countries.csv")
REGIONS = read_regions(ROOT / "data/registry/regions.csv")
GAZETTEER = Gazetteer(COUNTRIES, REGIONS)


@pytest.mark.parametrize(
    ("text", "countries"),
    [
        ("Chinese, Japanese and American buyers", "CN JP"),
        ("from Niger", "NE"),
        ("from Nigeria", "NG"),
        ("Guinea-Bissau", "GW"),
        ("Papua New Guinea and Guinea", "GN PG"),
        ("a partner in Tbilisi, Georgia", "GE"),
        ("a partner in Atlanta, Georgia", "US"),
        ("Georgia, in the United States", "US"),
        ("Georgia Tech", "US"),
        ("Georgian wine sold in the US", "GE US"),
        ("in Jordan and Egypt", "EG JO"),
        ("In Jordan", "JO"),
        ("Michael Jordan came, and Jordan Smith", ""),
        ("Mr Chad joined", ""),
        ("cold turkey for us", ""),
        ("join us in Turkey", "TR"),
        ("JOIN US IN CHINA", "CN"),
        ("the US market; US-based, U.S. and USA", "US"),
        ("New Mexico and New Jersey", "US"),
        ("across the Indian Ocean", ""),
        ("India", "IN"),
        ("South Korea, Korea, Republic of Korea", "KR"),
        ("Viet Nam and Vietnam", "VN"),
        ("Côte d’Ivoire", "CI"),
        ("UK/UAE", "AE GB"),
        ("Saudi arabia", "SA"),
        ("America", ""),
        ("Dominican Republic", "DO"),
        ("Dominica", "DM"),
        ("Oman", "OM"),
        ("Roman", ""),
        ("EU-China", "CN"),
        ("a DR Congo and Congo mission", "CD CG"),
        ("日本 (Japan)", "JP"),
        ("", ""),
    ],
)
def test_countries_in_words(text: str, countries: str) -> None:
    assert sorted(GAZETTEER.named(text).countries) == countries.split()


@pytest.mark.parametrize(
    ("text", "regions"),
    [
        ("Asian and North American markets", ["Asia", "Northern America"]),
        ("South African wine", []),
        ("Africa", ["Africa"]),
        ("MENA", ["Africa", "Asia"]),
        ("mena", []),
        ("Latin America", ["Latin America and the Caribbean"]),
        ("South-East Asian firms", ["Asia"]),
        ("European partners", []),
    ],
)
def test_regions_in_words(text: str, regions: list[str]) -> None:
    assert sorted(GAZETTEER.named(text).regions) == regions


def said(partnership: str, strand: str, comment: str, **told: Any) -> dict[str, Any]:
    return box(partnership, strand, "sme_engagement", True, comment) | told


def planned(partnership: str, strand: str, location: str, name: str = "a fair") -> dict[str, Any]:
    row = {"partnership": partnership, "strand": strand, "question": "events_beyond", "event": 1}
    return row | {"name": name, "location": location}


def counted(round_: Survey, place: str) -> list[tuple[Any, ...]]:
    table = metrics.places_named(round_)
    rows = table.loc[table["place"] == place, ["strand", "partnerships", "base"]]
    return list(rows.itertuples(index=False, name=None))


def drawn(choices: list[dict[str, Any]], events: list[dict[str, Any]] | None = None) -> Survey:
    return survey(
        ["Alpha", "Beta", "Gamma"],
        choices=choices,
        events=events or [],
        countries=COUNTRIES.to_dict("records"),
        regions=REGIONS.to_dict("records"),
    )


def test_a_partnership_counts_once_per_country_and_for_its_region() -> None:
    round_ = drawn(
        [
            said("Alpha", "1", "Japan, Japan and China"),
            said("Alpha", "1", "Japanese and Asian firms", option="policy_makers"),
            said("Beta", "2", "Asia"),
            said("Gamma", "2", "nowhere"),
        ]
    )
    assert counted(round_, "Japan") == [("all", 1, 3), ("1", 1, 1), ("2", 0, 2)]
    assert counted(round_, "Asia") == [("all", 2, 3), ("1", 1, 1), ("2", 1, 2)]


def test_events_count_with_comments_and_a_country_ends_a_place() -> None:
    round_ = drawn(
        [said("Alpha", "1", "Canada")],
        [
            planned("Alpha", "1", "Toronto/Canada"),
            planned("Beta", "2", "tokyo, japan", "Mexico fair"),
        ],
    )
    assert counted(round_, "Canada") == [("all", 1, 2), ("1", 1, 1), ("2", 0, 1)]
    assert counted(round_, "Japan")[0] == ("all", 1, 2)
    assert counted(round_, "Mexico")[0] == ("all", 1, 2)


def test_member_states_are_no_third_countries_and_an_unticked_comment_does_not_count() -> None:
    round_ = drawn(
        [said("Alpha", "1", "Poland and the UK"), said("Beta", "2", "Norway", selected=False)]
    )
    assert metrics.places_named(round_).empty  # the United Kingdom was a member in 2018


def test_regions_come_by_their_counts_each_with_its_countries() -> None:
    round_ = drawn(
        [said("Alpha", "1", "Brazil"), said("Beta", "2", "Chile"), said("Gamma", "2", "Kenya")]
    )
    table = metrics.places_named(round_)
    rows = table.loc[table["strand"] == "all"]
    assert list(rows["place"]) == [
        "Latin America and the Caribbean", "Brazil", "Chile", "Africa", "Kenya",
    ]  # fmt: skip
    assert list(rows["kind"]) == ["region", "country", "country", "region", "country"]


def test_a_country_without_a_region_on_record_stays() -> None:
    round_ = survey(["Alpha"], choices=[said("Alpha", "1", "Kenya")])
    table = metrics.places_named(round_)
    assert list(table["place"].unique()) == ["Kenya"]
    assert table["region"].isna().all()


def test_a_reconstructed_round_names_nothing() -> None:
    assert metrics.places_named(reconstructed(drawn([said("Alpha", "1", "Japan")]))).empty


def test_named_values_hold_regions_and_countries() -> None:
    values = metrics.values(drawn([said("Alpha", "1", "Japan")])).set_index("name")
    assert values.loc["places.region.Asia.all", "count"] == 1
    assert values.loc["places.country.JP.1", "count"] == 1


def test_the_sentence_names_the_region_and_its_base() -> None:
    table = metrics.places_named(drawn([said("Alpha", "1", "Japan"), said("Beta", "2", "x")]))
    assert narrative.places(table, "collected").text == (
        "The region named most is Asia (1 of 2, 50\u202f%), of the partnerships that wrote a "
        "comment or planned an event."
    )
    printed = digest.places(table, name="t", caption="Places", source="s").text.splitlines()
    assert (
        "Asia | the region, or any country in it | 1 of 2 (50\u202f%) | 1 of 1 (100\u202f%) | "
        "0 of 1 (0\u202f%)" in printed
    )


def test_nothing_named_is_said() -> None:
    table = metrics.places_named(drawn([said("Alpha", "1", "x")]))
    told = narrative.places(table, "collected").text
    assert told == "No comment and no planned event names a third country or a world region."


def test_every_country_of_iso_3166_but_antarctica_has_one_region() -> None:
    import pycountry  # noqa: PLC0415

    codes = {country.alpha_2 for country in pycountry.countries}
    assert set(COUNTRIES["country_code"]) == (codes - {"AQ"}) | {"XK"}
    assert COUNTRIES["country_code"].is_unique
    sizes = pd.Series(COUNTRIES["region"]).value_counts()
    assert sizes["Northern America"] == 5
