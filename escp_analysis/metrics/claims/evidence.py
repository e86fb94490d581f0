"""What a round can say about a printed statement: every value a check may name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from escp_analysis.loaders.claims import STRANDS
from escp_analysis.metrics.agreements import agreements
from escp_analysis.metrics.collaborations import (
    collaboration_totals,
    collaborations,
    collaborations_not_shown,
    reports,
)
from escp_analysis.metrics.countries import EU, country_name, member_states
from escp_analysis.metrics.funnel import in_strand
from escp_analysis.metrics.options import OTHER, option_shares
from escp_analysis.metrics.sme import yes_no
from escp_analysis.metrics.values import values

if TYPE_CHECKING:
    from escp_analysis.loaders.survey import Survey

ANSWERS, TABLES = "answers", "published tables"
FORM, REGISTRY, DOCUMENT = "form", "registry", "document"

_PROGRAMME, _DUAL_USE = "ESCP-4i", "ESCP-4i dual use"
# The words by which the free text of a sector is read; other sectors stand for themselves.
_SECTORS = {"energy": "energy", "logistics": "logistics", "agro": "agro-food"}


@dataclass(frozen=True)
class Measure:
    """A value a check may name: what it is, out of how many, and where it was computed from.

    ``label`` names it for a reader where it is one of several; ``cases`` lists what was counted
    where that is worth reading.
    """

    value: int | str
    source: str
    base: int | None = None
    label: str = ""
    cases: tuple[str, ...] = ()


Named = Iterator[tuple[str, Measure]]


def evidence(survey: Survey) -> dict[str, Measure]:
    """Return every value of a round that a check may name.

    Names: those of ``metrics.values`` (the count and its base), and ``frame.*``, ``round.*``,
    ``report.*``, ``form.*``, ``registry.*``, ``published.*``, ``mentioned.*``, ``tick.*``,
    ``comment.*``, ``agreements.*``, ``dialogue.*``, ``collaborations.*``, ``sme_example*``;
    ``data/claims/README.md`` lists them. Raises ``RoundError`` as the metrics it is made of.
    """
    parts = (_values, _document, _form, _registry, _unstated, _answers, _examples)
    named = dict(pair for part in parts for pair in part(survey))
    rows = agreements(survey)
    named |= dict([*_agreements(survey, rows), *_dialogue(survey), *_collaborations(survey)])
    told = _told(survey.round.provenance)
    return {
        name: replace(measure, source=told[measure.source]) if measure.source in told else measure
        for name, measure in named.items()
    }


def _told(provenance: str) -> dict[str, str]:
    """Return how the sources are told: answers printed one by one are answers when collected."""
    if provenance == "reconstructed":
        return {ANSWERS: f"reconstructed {ANSWERS}"}
    answers = ANSWERS if provenance == "collected" else f"{provenance} {ANSWERS}"
    return {ANSWERS: answers, TABLES: answers}


def _values(survey: Survey) -> Named:
    labels = {
        f"options.{row['question']}.{row['option']}.{row['strand']}": row["label"]
        for row in option_shares(survey).to_dict("records")
    }
    for row in values(survey).dropna(subset="count").to_dict("records"):
        base = None if pd.isna(row["base"]) else int(row["base"])
        label = labels.get(row["name"], "")
        yield row["name"], Measure(int(row["count"]), ANSWERS, base, label)


def _document(survey: Survey) -> Named:
    fieldwork, report = survey.round, survey.round.report
    texts = {
        "round.opened": fieldwork.opened.isoformat(),
        "round.opened.month": f"{fieldwork.opened:%Y-%m}",
        "round.closed": fieldwork.closed.isoformat(),
        "round.closed.month": f"{fieldwork.closed:%Y-%m}",
        "report.date": report.date.isoformat(),
        "report.contract": report.contract,
        "report.deliverable": report.deliverable,
        "report.work_package": report.work_package.split(" ")[0],
    }
    yield from ((name, Measure(text, DOCUMENT)) for name, text in texts.items())
    yield "round.reminders", Measure(fieldwork.reminders, DOCUMENT)


def _form(survey: Survey) -> Named:
    form = survey.questionnaire
    yield "form.sections", Measure(len(form.sections), FORM)
    for section in form.sections:
        texts = [section.introduction, *(question.wording for question in section.questions)]
        yield f"form.section.{section.letter}", Measure(" ".join(texts), FORM)
    for question in form.questions():
        yield f"form.{question.id}.options", Measure(len(question.options), FORM)
        yield f"form.{question.id}.slots", Measure(question.slots or len(question.rows), FORM)
        for field in question.fields:
            yield f"form.{question.id}.{field.id}.options", Measure(len(field.options), FORM)
    quoted = [question for question in form.questions() if question.body_wording]
    cases = tuple(question.id for question in quoted)
    yield "form.quoted_differently", Measure(len(quoted), FORM, cases=cases)


def _registry(survey: Survey) -> Named:
    frame, known = survey.frame, survey.registry.partnerships
    others = frame.loc[frame["programme"] != _PROGRAMME]
    yield "frame.invited", Measure(len(frame), REGISTRY)
    yield "frame.other_programmes", Measure(len(others), REGISTRY)
    categories = known["programme"].str.split(" ").str[0].nunique()
    yield "registry.categories", Measure(int(categories), REGISTRY)
    yield "registry.calls", Measure(int(known.loc[known["call"] != "", "call"].nunique()), REGISTRY)
    dual_use = int((known["programme"] == _DUAL_USE).sum())
    yield "registry.dual_use", Measure(dual_use, REGISTRY)
    second = _generation(known, "2")
    yield "registry.second_generation", Measure(len(second), REGISTRY)
    yield from _countries(survey, second["countries"])


def _generation(partnerships: pd.DataFrame, generation: str) -> pd.DataFrame:
    own = partnerships["programme"] == _PROGRAMME
    return partnerships.loc[own & (partnerships["generation"] == generation)]


def _countries(survey: Survey, countries: pd.Series[str]) -> Named:
    counted = (
        countries.str.split(";").explode().str.strip().value_counts().drop("", errors="ignore")
    )
    for code in _all_countries():
        number = int(counted.get(code, 0))
        yield f"registry.country.{code}", Measure(number, REGISTRY, label=country_name(code))
    outside = sorted(country_name(str(c)) for c in set(counted.index) - member_states(survey))
    yield "registry.countries", Measure(len(counted), REGISTRY)
    yield "registry.outside_eu", Measure(len(outside), REGISTRY, len(counted), cases=tuple(outside))


def _all_countries() -> list[str]:
    import pycountry  # noqa: PLC0415  (a large table, read only where countries are)

    return [country.alpha_2 for country in pycountry.countries]


def _unstated(survey: Survey) -> Named:
    """Count the closed options of a question about which no claim says a number or a bound."""
    split = survey.published.loc[survey.published["strand"] != "all"]
    closed = split.loc[split["option"] != OTHER]
    stated = closed["claims"].notna().groupby([closed["question"], closed["option"]]).any()
    for question in survey.boxes.questions:
        named = stated.loc[stated.index.get_level_values(0) == question]
        yield f"published.{question}.unstated", Measure(len(named) - int(named.sum()), DOCUMENT)
        bars = split.loc[split["question"] == question, "selected"]
        yield f"published.{question}.bars", Measure(int(bars.notna().sum()), DOCUMENT, len(bars))


def _answers(survey: Survey) -> Named:
    """Yield which listed options anybody ticked, and who ticked and wrote what."""
    shares = option_shares(survey)
    closed = shares.loc[shares["option"] != OTHER]
    for (question, strand), rows in closed.groupby(["question", "strand"], sort=False):
        ticked = int((rows["selected"] > 0).sum())
        yield f"mentioned.{question}.{strand}", Measure(ticked, ANSWERS, len(rows))
    boxes = survey.boxes
    for question, option in boxes.options:
        for name in survey.frame["partnership"]:
            yield f"tick.{question}.{option}.{name}", Measure(0, ANSWERS)
            yield f"comment.{question}.{option}.{name}", Measure("", ANSWERS)
    named = [f"{question}.{option}" for question, option in boxes.options]
    names = list(boxes.who["partnership"])
    for response, at in np.argwhere(boxes.selected):
        yield f"tick.{named[at]}.{names[response]}", Measure(1, ANSWERS)
    for row in boxes.texts.dropna(subset="comment").to_dict("records"):
        place = f"{named[row['option']]}.{names[row['response']]}"
        yield f"comment.{place}", Measure(row["comment"], ANSWERS)


def _examples(survey: Survey) -> Named:
    told = survey.sme_examples
    yield "sme_examples.all", Measure(len(told), ANSWERS)
    for name in survey.frame["partnership"]:
        texts = told.loc[told["partnership"] == name, "description"].dropna()
        yield f"sme_example.{name}", Measure(" ".join(texts), ANSWERS)


def _agreements(survey: Survey, rows: pd.DataFrame) -> Named:
    types = survey.questionnaire.question("agreements").parts("organisation_type")[0].labels
    third = rows.loc[rows["country_group"] == "third", "country_code"]
    clusters = rows.loc[rows["organisation_type"] == "cluster_network", "sector"].dropna()
    countries = {code: country_name(code) for code in [*_all_countries(), EU]}
    frame = survey.frame["partnership"]
    yield "agreements.all", Measure(len(rows), TABLES)
    yield from _counted("agreements.strand", rows["strand"], STRANDS[1:])
    yield from _counted("agreements.organisation_type", rows["organisation_type"], types)
    yield from _counted("agreements.country_group", rows["country_group"], (EU, "third"))
    yield from _counted("agreements.country", rows["country_code"], countries)
    yield from _counted("agreements.third_country", third, countries)
    yield from _counted("agreements.partnership", rows["partnership"], frame)
    yield from _counted("agreements.cluster_sector", clusters.map(_sector), _SECTORS.values())
    for name in frame:
        objectives = rows.loc[rows["partnership"] == name, "objective"].dropna()
        yield f"agreements.objective.{name}", Measure(" ".join(objectives), TABLES)
    yield from _with_agreements(survey, rows)


def _counted(name: str, column: pd.Series[str], items: Iterable[str]) -> Named:
    """Yield how often each item stands in a column, zero for items that do not."""
    labels: Mapping[str, str] = items if isinstance(items, Mapping) else {}
    counts: dict[Any, int] = column.value_counts().to_dict()
    for item in dict.fromkeys([*items, *counts]):
        label = labels.get(item, item)
        yield f"{name}.{item}", Measure(int(counts.get(item, 0)), TABLES, len(column), label)


def _sector(text: str) -> str:
    return next((name for stem, name in _SECTORS.items() if stem in text.casefold()), text)


def _with_agreements(survey: Survey, rows: pd.DataFrame) -> Named:
    asked = survey.sections.loc[(survey.sections["section"] == "D") & survey.sections["reached"]]
    for strand in STRANDS:
        base = in_strand(asked, strand)["partnership"]
        some = in_strand(rows, strand)["partnership"].unique()
        without = int((~base.isin(some)).sum())
        yield f"agreements.partnerships.{strand}", Measure(len(some), TABLES, len(base))
        yield f"agreements.without.{strand}", Measure(without, ANSWERS, len(base))


def _dialogue(survey: Survey) -> Named:
    for row in yes_no(survey, "dialogue").to_dict("records"):
        for answer in ("yes", "no"):
            measure = Measure(int(row[answer]), ANSWERS, int(row["base"]))
            yield f"dialogue.{answer}.{row['strand']}", measure


def _collaborations(survey: Survey) -> Named:
    pairs, known = collaborations(survey), survey.registry.partnerships
    frame = survey.frame["partnership"]
    yield "collaborations.pairs", Measure(len(pairs), TABLES)
    yield "collaborations.reporters", Measure(int(pairs["reporter"].nunique()), TABLES)
    yield "collaborations.counterparts", Measure(int(pairs["counterpart"].nunique()), TABLES)
    yield from _counted("collaborations.reporter", pairs["reporter"], frame)
    yield from _counted("collaborations.counterpart", pairs["counterpart"], known["name"])
    for row in collaboration_totals(survey).to_dict("records"):
        measure = Measure(int(row["pairs"]), ANSWERS, int(row["base"]))
        yield f"collaborations.state.{row['state']}", measure
    first, second = (set(_generation(known, number)["name"]) for number in ("1", "2"))
    beyond = pairs.loc[~pairs["counterpart"].isin(second)]
    yield "collaborations.beyond_second_generation", _listed(beyond, TABLES)
    explained = pairs["state"].isin(["mutual", "silent"]) | pairs["counterpart"].isin(first)
    yield "collaborations.unexplained", _listed(pairs.loc[~explained], ANSWERS)
    every = reports(survey)
    yield (
        "collaborations.first_generation",
        _listed(every.loc[every["counterpart"].isin(first)], ANSWERS),
    )
    yield from _not_shown(survey, len(pairs))


def _listed(pairs: pd.DataFrame, source: str) -> Measure:
    cases = [
        f"{reporter} and {counterpart}"
        for reporter, counterpart in zip(pairs["reporter"], pairs["counterpart"], strict=True)
    ]
    return Measure(len(pairs), source, cases=tuple(cases))


def _not_shown(survey: Survey, pairs: int) -> Named:
    """Yield the mentions left out of the table, those of organisations aside."""
    left = collaborations_not_shown(survey)
    left = left.loc[left["counterpart"].isin(survey.registry.names)]
    yield "collaborations.mentions", Measure(pairs + len(left), ANSWERS)
    for name, rows in (
        ("undescribed", left.loc[left["purpose"].isna()]),
        ("set_aside", left.loc[left["purpose"].notna()]),
    ):
        yield f"collaborations.{name}.all", Measure(len(rows), ANSWERS)
        numbers = rows["reporter"].value_counts()
        for reporter in survey.frame["partnership"]:
            number = int(numbers.get(reporter, 0))
            yield f"collaborations.{name}.{reporter}", Measure(number, ANSWERS)
