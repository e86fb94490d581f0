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
from sample_round import ROUND, cell, make_project, round_data

DECISIONS = """response,question,raw_text,action,target,coder,date,reason
NORDLYS-4i,agreements.country,N/A,set aside,,test,2018-12-01,it says that there is none
"""

NORDLYS = "3"
QUOTED = "Chinese buyers, and <b>one</b> partner in Tbilisi, Georgia."
UNQUOTED = "Nobody travels to Vietnam without a guide."
COMMENTS = {"BAR_SQ002comment": QUOTED, "BAR_SQ007comment": UNQUOTED}
CODEBOOK = """code,label,definition,example
markets,Markets,A market is named as a difficulty,far away buyers
money,Money,Money is missing,the budget was spent
"""
CODING = """response,question,code,coder
NORDLYS-4i,barriers,markets,A
NORDLYS-4i,barriers,markets,B
NORDLYS-4i,barriers,money,B
"""
PERMISSIONS = """response,question,option,permitted_by,date
NORDLYS-4i,barriers,other_escps,a letter,2018-12-01
"""


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = make_project(tmp_path_factory.mktemp("another"))
    shutil.copytree(
        ROOT / "notebooks", project / "notebooks", ignore=shutil.ignore_patterns(".ipynb_*")
    )
    shutil.copy(ROOT / "parameters/facts.yaml", project / "parameters")
    for name in ("eu_membership.csv", "sectors.csv", "regions.csv", "countries.csv"):
        shutil.copy(ROOT / "data/registry" / name, project / "data/registry")
    round_data(project, "recodes.csv").write_text(DECISIONS, encoding="utf-8")
    for column, text in COMMENTS.items():
        cell(project, NORDLYS, column, text)
    for name, text in {
        "codebook.csv": CODEBOOK,
        "coding.csv": CODING,
        "permissions.csv": PERMISSIONS,
    }.items():
        round_data(project, name).write_text(text, encoding="utf-8")
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
    text = " ".join(page(output).get_text().split())
    many = {"doubt": "doubts" if doubts > 1 else "doubt", "note": "notes" if notes > 1 else "note"}
    told = f"gave {doubts} {many['doubt']} and {notes} {many['note']}."
    assert f"Reading the data of this round {told}" in text
    assert f"Base: {doubts + notes} findings; the list is findings.csv" in text


def rows(output: Path, table: str) -> list[dict[str, str]]:
    with (output / "tables" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_comment_is_printed_with_permission_alone(output: Path) -> None:
    shown = [cell.get_text() for cell in page(output).select("td")]
    assert shown[shown.index(QUOTED) + 1] == "NORDLYS-4i (strand-2)"
    published = [
        path.read_text(encoding="utf-8")
        for path in output.rglob("*")
        if path.suffix in (".html", ".csv", ".json", ".ipynb", ".svg")
    ]
    assert len(published) > 20
    assert not any(UNQUOTED in it for it in published)
    (quoted,) = rows(output, "comments")
    assert quoted["comment"] == QUOTED


def test_codes_and_places_are_counted_by_partnership(output: Path) -> None:
    counted = {
        (row["code"], row["strand"]): row["respondents"] for row in rows(output, "code_counts")
    }
    assert counted[("markets", "all")] == counted[("money", "all")] == "1"
    assert counted[("markets", "1")] == "0"
    named = {
        row["country_code"]: row["partnerships"]
        for row in rows(output, "places_named")
        if row["strand"] == "all" and row["kind"] == "country"
    }
    assert {"CN", "GE", "VN", "JP", "CA"} <= set(named)
    assert named["CN"] == named["GE"] == named["VN"] == "1"
    (markets, money) = rows(output, "coder_agreement")
    assert (markets["both"], markets["one"], markets["kappa"]) == ("1", "0", "")
    assert markets["reason"] == "both coders gave the code to every comment"
    assert (money["both"], money["one"], money["kappa"]) == ("0", "1", "0.0")


def test_the_digest_stands_in_the_annex(output: Path) -> None:
    captions = [c.get_text(" ", strip=True) for c in page(output).select("caption, figcaption")]
    for ending in (
        "ticks with a comment, by option",
        "what the comments are about",
        "comments quoted with permission",
        "Agreement of two coders, by code",
        "Third countries and regions named in comments and planned events",
    ):
        assert [caption for caption in captions if caption.endswith(ending)], ending
