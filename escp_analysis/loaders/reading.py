"""Reading a round: from the names of its files to the Survey, or to every fault at once."""

from __future__ import annotations

import hashlib
import os
import pickle
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pandas as pd

from escp_analysis.loaders import assemble
from escp_analysis.loaders.answers import Answers
from escp_analysis.loaders.binding import bind
from escp_analysis.loaders.checking import (
    check_roster,
    check_values,
    identify,
    without_empty_rows,
)
from escp_analysis.loaders.claims import read_claims
from escp_analysis.loaders.codebook import CODEBOOK, CODING, Coding, read_codebook, read_coding
from escp_analysis.loaders.commentary import read_commentary, read_permissions
from escp_analysis.loaders.duplicates import one_per_partnership, without_set_aside
from escp_analysis.loaders.export import read_export
from escp_analysis.loaders.facts import read_facts
from escp_analysis.loaders.findings import Review
from escp_analysis.loaders.ledger import Ledger
from escp_analysis.loaders.parameters import Round, read_round
from escp_analysis.loaders.private import check_private, masked, without_private
from escp_analysis.loaders.project import RoundPaths, find_project
from escp_analysis.loaders.published import read_published
from escp_analysis.loaders.question import COMMENTED, Questionnaire
from escp_analysis.loaders.questionnaire import read_questionnaire
from escp_analysis.loaders.recodes import read_recodes
from escp_analysis.loaders.recoding import (
    check_used,
    recoded_agreements,
    recoded_benefits,
    recoded_boxes,
)
from escp_analysis.loaders.registry import Registry, read_registry, read_roster
from escp_analysis.loaders.structure import Structure, read_structure
from escp_analysis.loaders.survey import Survey, typed
from escp_analysis.loaders.text_findings import TextReview
from escp_analysis.loaders.vocabularies import (
    read_countries,
    read_membership,
    read_regions,
    read_sectors,
)

_REMEMBERED = 20_000_000
"""Bytes beyond which a round is not kept in memory beside its Survey."""


@dataclass(frozen=True)
class _Sources:
    """What the answers are read with."""

    parameters: Round
    questionnaire: Questionnaire
    registry: Registry
    roster: pd.DataFrame
    structure: Structure
    published: pd.DataFrame
    recodes: pd.DataFrame
    facts: pd.DataFrame
    eu_membership: pd.DataFrame
    sectors: pd.DataFrame
    commentary: pd.DataFrame
    permissions: pd.DataFrame
    claims: pd.DataFrame
    codebook: pd.DataFrame
    coding: pd.DataFrame
    regions: pd.DataFrame
    countries: pd.DataFrame


def load_round(round_id: str, project: Path | None = None) -> Survey:
    """Return the Survey of a round of the project at ``project`` (default: the one around here).

    Personal columns are never read: what leaves the export is the number of a response, its
    date, its last page and the answers to questions that the questionnaire does not call
    personal. Raises ``RoundError`` with every fault of the round's files at once; what is only
    doubtful stands in ``survey.findings``. No file is changed.

    A round that this process has read before is not read again while no byte of its files has
    changed; each Survey has tables of its own.
    """
    paths = RoundPaths(project or find_project(), round_id)
    files = paths.files()
    if sum(path.stat().st_size for path in files) > _REMEMBERED:
        return _read(paths)
    survey: Survey = pickle.loads(_read_once(paths, _fingerprint(files)))
    return survey


@lru_cache(maxsize=4)
def _read_once(paths: RoundPaths, _fingerprint: str) -> bytes:
    """Return a Survey as bytes, of which each caller makes one of its own."""
    return pickle.dumps(_read(paths))


def _fingerprint(files: Iterable[Path]) -> str:
    """Return a text that changes with any byte or name of the files.

    One that may not be read has none; the reading tells so.
    """
    found = hashlib.sha256()
    for path in files:
        content = path.read_bytes() if os.access(path, os.R_OK) else b""
        found.update(f"{path} {len(content)} ".encode() + content)
    return found.hexdigest()


def _read(paths: RoundPaths) -> Survey:
    ledger = Ledger()
    sources = _read_sources(paths, ledger)
    columns = bind(
        sources.parameters, sources.structure, sources.questionnaire, sources.registry, ledger
    )
    file = paths.data / sources.parameters.export.responses
    wanted = [bound.column for bound in columns]
    cells = read_export(file, sources.structure, wanted, ledger)
    whole = not ledger.faults  # a form or a file that is not understood finds what is not there
    given = without_empty_rows(Answers(file.name, cells, columns), ledger)
    if whole:
        given = without_set_aside(given, sources.recodes, ledger)
    check_values(given, ledger)
    given, who = one_per_partnership(given, identify(given, ledger), ledger)
    check_roster(given, who, sources.roster, ledger)
    shown = without_private(given, who, sources.recodes)
    coding = _review(sources, given, shown, who, ledger) if whole else sources.coding
    ledger.settle()
    return _survey(sources, masked(shown), who, coding, ledger)


def _read_sources(paths: RoundPaths, ledger: Ledger) -> _Sources:
    """Return everything but the responses; raises with the faults of all of it."""
    parameters = ledger.attempt(lambda: read_round(paths.round_file))
    registry = ledger.attempt(lambda: read_registry(paths.registry))
    facts = ledger.attempt(lambda: read_facts(paths.facts))
    membership = ledger.attempt(lambda: read_membership(paths.registry / "eu_membership.csv"))
    sectors = ledger.attempt(lambda: read_sectors(paths.registry / "sectors.csv"))
    commentary = ledger.attempt(lambda: read_commentary(paths.parameters / "commentary"))
    permissions = ledger.attempt(lambda: read_permissions(paths.data / "permissions.csv"))
    claims = ledger.attempt(lambda: _claims(paths))
    codebook = ledger.attempt(lambda: read_codebook(paths.data / CODEBOOK))
    coding = ledger.attempt(lambda: read_coding(paths.data / CODING))
    regions = ledger.attempt(lambda: read_regions(paths.registry / "regions.csv"))
    countries = ledger.attempt(lambda: read_countries(paths.registry / "countries.csv"))
    roster = recodes = questionnaire = structure = published = None
    if registry is not None:
        roster = ledger.attempt(lambda: read_roster(paths.data / "roster.csv", registry))
    if parameters is not None:
        questionnaire, structure = _read_forms(paths, parameters, ledger)
    if registry is not None and questionnaire is not None:
        decisions = paths.data / "recodes.csv"
        recodes = ledger.attempt(lambda: read_recodes(decisions, registry, questionnaire))
    if parameters is not None and questionnaire is not None:
        published = ledger.attempt(lambda: _published(paths, parameters, questionnaire))
    ledger.settle()
    assert parameters is not None and registry is not None and roster is not None
    assert questionnaire is not None and structure is not None and published is not None
    assert recodes is not None and facts is not None
    assert membership is not None and sectors is not None and claims is not None
    assert commentary is not None and permissions is not None
    assert codebook is not None and coding is not None
    assert regions is not None and countries is not None
    return _Sources(
        parameters=parameters,
        questionnaire=questionnaire,
        registry=registry,
        roster=roster,
        structure=structure,
        published=published,
        recodes=recodes,
        facts=facts,
        eu_membership=membership,
        sectors=sectors,
        commentary=commentary,
        permissions=permissions,
        claims=claims,
        codebook=codebook,
        coding=coding,
        regions=regions,
        countries=countries,
    )


def _read_forms(
    paths: RoundPaths, parameters: Round, ledger: Ledger
) -> tuple[Questionnaire | None, Structure | None]:
    """Return the questionnaire and the survey's structure, as far as they can be read."""
    file = paths.questionnaire(parameters.questionnaire)
    structure_file = paths.data / parameters.export.structure
    questionnaire = ledger.attempt(lambda: read_questionnaire(file))
    return questionnaire, ledger.attempt(lambda: read_structure(structure_file))


def _published(paths: RoundPaths, parameters: Round, questionnaire: Questionnaire) -> pd.DataFrame:
    if parameters.provenance != "reconstructed":
        return typed("published", [])
    return read_published(paths.data / "published.csv", questionnaire)


def _claims(paths: RoundPaths) -> pd.DataFrame:
    """Return what was published about the round; most rounds have nothing to be held against."""
    return typed("claims", read_claims(paths.claims) if paths.claims.exists() else [])


def _review(
    sources: _Sources, given: Answers, shown: Answers, who: pd.DataFrame, ledger: Ledger
) -> pd.DataFrame:
    """Note every finding, and return the coding of the comments that are ``shown``."""
    about = (
        *(given, who, sources.parameters, sources.questionnaire, sources.registry),
        *(sources.recodes, ledger),
    )
    Review(*about).all(sources.structure.paging)
    TextReview(*about).all()
    check_used(given, who, sources.recodes, ledger)
    check_private(shown, who, ledger)
    return _coding(sources).checked(shown, who, ledger)


def _coding(sources: _Sources) -> Coding:
    asked = sources.questionnaire.questions(COMMENTED)
    return Coding(
        table=sources.coding,
        codebook=sources.codebook,
        permissions=sources.permissions,
        registry=sources.registry,
        questions=[question.id for question in asked if not question.options_from],
    )


def _survey(
    sources: _Sources, given: Answers, who: pd.DataFrame, coding: pd.DataFrame, ledger: Ledger
) -> Survey:
    letters = [section.letter for section in sources.questionnaire.sections]
    return Survey(
        round=sources.parameters,
        questionnaire=sources.questionnaire,
        registry=sources.registry,
        frame=typed("frame", sources.roster),
        responses=assemble.responses(given, who),
        sections=assemble.sections(given, who, letters),
        boxes=recoded_boxes(assemble.boxes(given, who), sources.recodes),
        answers=assemble.answers(given, who),
        agreements=recoded_agreements(assemble.agreements(given, who), sources.recodes),
        sme_examples=assemble.sme_examples(given, who),
        sme_benefits=recoded_benefits(assemble.sme_benefits(given, who), sources.recodes),
        events=assemble.events(given, who),
        findings=typed("findings", ledger.findings),
        published=sources.published,
        recodes=sources.recodes,
        facts=sources.facts,
        eu_membership=sources.eu_membership,
        sectors=sources.sectors,
        commentary=sources.commentary,
        permissions=sources.permissions,
        claims=sources.claims,
        codebook=sources.codebook,
        coding=coding,
        regions=sources.regions,
        countries=sources.countries,
    )
