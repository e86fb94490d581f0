"""The shipped chapters build any round: here a collected one, with events, without boxes."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pypdf
import pytest
from bs4 import BeautifulSoup
from project_copy import ROOT, escp
from report_samples import squeezed
from sample_round import ROUND, make_project, round_data

DECISIONS = """response,question,raw_text,action,target,coder,date,reason
NORDLYS-4i,agreements.country,N/A,set aside,,test,2018-12-01,it says that there is none
"""


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = make_project(tmp_path_factory.mktemp("another"))
    shutil.copytree(
        ROOT / "notebooks", project / "notebooks", ignore=shutil.ignore_patterns(".ipynb_*")
    )
    shutil.copy(ROOT / "parameters/facts.yaml", project / "parameters")
    for name in ("eu_membership.csv", "sectors.csv"):
        shutil.copy(ROOT / "data/registry" / name, project / "data/registry")
    round_data(project, "recodes.csv").write_text(DECISIONS, encoding="utf-8")
    done = escp(project, "run", ROUND)
    assert done.returncode == 0, done.stdout + done.stderr
    return project / "output" / ROUND


def page(output: Path) -> BeautifulSoup:
    return BeautifulSoup((output / "report.html").read_text(encoding="utf-8"), "html.parser")


def test_planned_events_stand_in_a_timeline_and_a_table(output: Path) -> None:
    captions = [c.get_text(" ", strip=True) for c in page(output).select("figcaption, caption")]
    for planned in ("ESCP-4i, by quarter", "ESCP-4i in the next twelve months"):
        assert [c for c in captions if c.endswith(f"Events planned by the {planned}")]


def test_a_collected_round_has_no_dagger_and_no_banner(output: Path) -> None:
    soup = page(output)
    assert not soup.select(".banner")
    assert "†" not in soup.get_text()


def test_what_nobody_published_is_said_in_a_sentence(output: Path) -> None:
    text = " ".join(page(output).get_text(" ", strip=True).split())
    assert "No published statements about this round are in the project's data." in text
    assert "No source gives the industries of these partnerships." in text


def test_a_sign_without_a_form_is_printed_as_its_code_and_told(output: Path) -> None:
    text = squeezed("".join(p.extract_text() for p in pypdf.PdfReader(output / "report.pdf").pages))
    assert "[U+65E5]" in text and "日" not in text
    assert "日本" in page(output).get_text()
    with (output / "findings.csv").open(encoding="utf-8", newline="") as file:
        (told,) = (row for row in csv.DictReader(file) if row["code"] == "printed-as-code")
    assert told["severity"] == "note"
    assert "日 [U+65E5]" in told["what"]
    assert told["do"] == "read these words in report.html"


def test_the_annex_counts_the_findings(output: Path) -> None:
    with (output / "findings.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["file"] != "report.pdf"]
    doubts = sum(row["severity"] == "doubt" for row in rows)
    notes = sum(row["severity"] == "note" for row in rows)
    assert doubts > 0 and notes > 0
    text = " ".join(page(output).get_text(" ", strip=True).split())
    many = {"doubt": "doubts" if doubts > 1 else "doubt", "note": "notes" if notes > 1 else "note"}
    told = f"gave {doubts} {many['doubt']} and {notes} {many['note']}."
    assert f"Reading the data of this round {told}" in text
    assert f"Base: {doubts + notes} findings; the list is findings.csv" in text
