from __future__ import annotations

from typing import Any

from drawn_survey import first_round, refusal, survey

from escp_analysis.metrics.sme import sme_agreements, sme_examples, yes_no


def answer(partnership: str, value: str | None, strand: str = "1", reached: bool = True) -> Any:
    row = {"partnership": partnership, "strand": strand, "question": "forum_use"}
    return row | {"reached": reached, "value": value}


def example(partnership: str, number: int, name: str | None, description: str) -> Any:
    row = {"partnership": partnership, "strand": "1", "example": number}
    return row | {"name": name, "description": description}


def benefit(partnership: str, number: int, option: str, **told: Any) -> Any:
    row = {"partnership": partnership, "strand": "1", "example": number, "option": option}
    return row | {"selected": True} | told


def test_yes_no_and_blank_by_strand() -> None:
    drawn = survey(
        answers=[
            answer("Alpha", "yes"),
            answer("Beta", "no"),
            answer("Gamma", None),
            answer("Delta", "yes", strand="2"),
            answer("Epsilon", None, strand="2", reached=False),
            answer("Alpha", "no") | {"question": "dialogue"},
        ]
    )
    table = yes_no(drawn, "forum_use")
    assert list(table.columns) == ["question", "strand", "yes", "no", "blank", "base"]
    assert table.drop(columns="question").to_numpy().tolist() == [
        ["all", 2, 1, 1, 4], ["1", 1, 1, 1, 3], ["2", 1, 0, 0, 1],
    ]  # fmt: skip


def test_nobody_asked_is_a_base_of_zero() -> None:
    assert yes_no(survey(), "forum_use")["base"].tolist() == [0, 0, 0]


def test_an_unknown_question_is_refused_with_the_nearest() -> None:
    assert "did you mean 'forum_use'?" in refusal(lambda: yes_no(survey(), "forum_used"))[0]


def test_an_example_with_its_benefits_in_the_order_of_the_form() -> None:
    drawn = survey(
        sme_examples=[
            example("beta", 1, "Small Ltd", "sold abroad"),
            example("Alpha", 1, None, "met clients"),
            example("Alpha", 2, "Tiny", "nothing yet"),
        ],
        sme_benefits=[
            benefit("beta", 1, "new_clients"),
            benefit("beta", 1, "increased_exports", selected=False),
            benefit("beta", 1, "b2b_events"),
            benefit("beta", 1, "other", other_text="a prize"),
            benefit("Alpha", 1, "staff_exchanges"),
        ],
    )
    table = sme_examples(drawn)
    assert list(table.columns) == ["partnership", "strand", "name", "benefits", "description"]
    assert list(table["partnership"]) == ["Alpha", "Alpha", "beta"]
    assert list(table["benefits"]) == [
        "Staff exchanges",
        "",
        "Access to new clients or distributors; Participation in B2B events; Other: a prize",
    ]
    assert table["name"].fillna("-").tolist() == ["-", "Tiny", "Small Ltd"]


def test_a_round_without_examples() -> None:
    assert sme_examples(survey()).empty


def test_the_four_boxes_of_the_first_edition() -> None:
    table = sme_examples(first_round())
    assert list(table["partnership"]) == ["EU-TEXTILE2030", "MAGIA", "MobiGoIn-Action", "SpaceWave"]
    assert "Colombiatex 2019" in table.loc[0, "description"]


def test_what_the_first_edition_did_not_publish_is_blank_and_not_no() -> None:
    for question in ("forum_use", "sme_has_agreements"):
        rows = yes_no(first_round(), question).set_index("strand").drop(columns="question")
        assert rows.loc["all"].tolist() == [0, 0, 19, 19]
        assert rows["base"].tolist() == [19, 13, 6]


def claimed(partnership: str, strand: str, value: str, number: float | None) -> list[Any]:
    said = answer(partnership, value, strand) | {"question": "sme_has_agreements"}
    count = answer(partnership, None, strand) | {"question": "sme_agreement_count"}
    return [said, count | {"number": number}]


def test_agreements_of_smes_are_summed_over_those_that_say_yes() -> None:
    drawn = survey(
        answers=[
            *claimed("Alpha", "1", "yes", 3.0),
            *claimed("Beta", "1", "yes", None),
            *claimed("Gamma", "2", "yes", 2.0),
            *claimed("Delta", "2", "no", 9.0),  # left over from a changed answer
        ]
    )
    assert sme_agreements(drawn).fillna(-1).to_numpy().tolist() == [
        ["all", 3, 2, 5.0], ["1", 2, 1, 3.0], ["2", 1, 1, 2.0],
    ]  # fmt: skip
    nobody = sme_agreements(survey())
    assert nobody["partnerships"].tolist() == [0, 0, 0]
    assert nobody["agreements"].isna().all()
