"""What the cover and the footers of a report say: plain texts, taken from the round."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

from escp_analysis.loaders.parameters import Round

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_OBSERVATORY = "European Observatory for Clusters and Industrial Change"
_FOOTER = {
    "collected": "",
    "reconstructed": "Responses reconstructed from published statements",
    "synthetic": "Synthetic responses",
}
_BANNER = {
    "collected": "",
    "reconstructed": (
        "The responses behind this report are reconstructed. The answers of the partnerships "
        "were never published; a data set that agrees with every published statement stands in "
        "for them. Bars whose height was not published are marked."
    ),
    "synthetic": (
        "The responses behind this report are synthetic. No partnership gave them; the report "
        "shows what the method does and says nothing about any partnership."
    ),
}
_DISCLAIMER = (
    "The information and views in this report are those of its authors. They are not necessarily "
    "the official opinion of the European Commission or of its agencies, which do not guarantee "
    "the accuracy of the data and are not responsible for the use that may be made of them."
)


@dataclass(frozen=True)
class About:
    """The texts of cover and footers; ``date`` is ``YYYY-MM-DD``; empty ones are not printed.

    ``provenance`` stands in every footer, ``banner`` on the cover, ``imprint`` and ``disclaimer``
    on the page behind it.
    """

    title: str = "Report"
    organisation: str = ""
    deliverable: str = ""
    work_package: str = ""
    contract: str = ""
    date: str = ""
    round_id: str = ""
    survey: str = ""
    fieldwork: str = ""
    provenance: str = ""
    banner: str = ""
    imprint: str = ""
    disclaimer: str = ""
    lang: str = "en"

    @property
    def printed_date(self) -> str:
        """Return the date as it is printed, ``4 March 2019``."""
        if not self.date:
            return ""
        day = date.fromisoformat(self.date)
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def about_round(round_: Round) -> About:
    """Return what the report of a round says about itself."""
    report = round_.report
    return About(
        title=report.title,
        organisation=_OBSERVATORY,
        deliverable=report.deliverable,
        work_package=report.work_package,
        contract=report.contract,
        date=report.date.isoformat(),
        round_id=round_.round_id,
        survey=round_.title,
        fieldwork=round_.fieldwork,
        provenance=_FOOTER[round_.provenance],
        banner=_BANNER[round_.provenance],
        imprint=(
            f"This report is deliverable {report.deliverable} of the {_OBSERVATORY}, prepared for "
            f"the European Commission under service contract {report.contract} "
            f"({report.work_package})."
        ),
        disclaimer=_DISCLAIMER,
    )


def read_about(metadata: Mapping[str, Any]) -> About:
    """Return what a notebook's ``escp`` metadata says; the rest stays at its default."""
    known = {item.name for item in fields(About)}
    return About(**{key: str(value) for key, value in metadata.items() if key in known})


def about_data(about: About) -> dict[str, str]:
    """Return the texts as a notebook's metadata keeps them."""
    return asdict(about)


def facts(about: About) -> list[tuple[str, str]]:
    """Return what the cover lists: terms and their texts, those that are known."""
    pairs = [
        ("Survey", about.survey),
        ("Round", about.round_id),
        ("Fieldwork", about.fieldwork),
        ("Contract", about.contract),
        ("Work package", about.work_package),
    ]
    return [(term, text) for term, text in pairs if text]
