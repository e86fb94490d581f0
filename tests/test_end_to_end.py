"""A round from export to report, through the command line, as a stranger runs it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pandas as pd
import pypdf
import pytest
from bs4 import BeautifulSoup
from project_copy import copy_project, escp

CHAPTER = "02_activities_barriers_achievements"
PLANTED = {
    "ORG_": "Planted Cluster Organisation Zyx",
    "CONTACT": "Zerlina Plantedname",
    "EMAIL": "zerlina.planted@example.org",
    "token": "plantedtoken9Q8w7",
    "ipaddr": "198.51.100.77",
}


def table(built: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(built / "tables" / f"{name}.csv", dtype={"strand": str})


def cell(frame: pd.DataFrame, value: str, **where: str) -> float:
    for column, wanted in where.items():
        frame = frame.loc[frame[column] == wanted]
    assert len(frame) == 1, where
    return float(frame[value].iloc[0])


def export_lines(project: Path) -> tuple[Path, list[list[str]]]:
    path = project / "data" / "rounds" / "2018-10" / "responses.txt"
    return path, [line.split("\t") for line in path.read_text(encoding="utf-8").split("\n") if line]


def write_export(path: Path, rows: list[list[str]]) -> None:
    path.write_text("\n".join("\t".join(row) for row in rows) + "\n", encoding="utf-8")


class TestTables:
    @pytest.mark.parametrize(
        ("section", "strand", "reached"),
        [
            ("B", "all", 21), ("B", "1", 14), ("B", "2", 7),
            ("C", "all", 20), ("C", "1", 14), ("C", "2", 6),
            ("complete", "all", 19), ("complete", "1", 13), ("complete", "2", 6),
        ],
    )  # fmt: skip
    def test_funnel(self, built: Path, section: str, strand: str, reached: int) -> None:
        funnel = table(built, "response_funnel")
        assert cell(funnel, "reached", section=section, strand=strand) == reached
        assert cell(funnel, "invited", section=section, strand="all") == 23

    @pytest.mark.parametrize(
        ("option", "strand", "selected", "base"),
        [
            ("target_third_countries", "1", 14, 14), ("target_third_countries", "2", 7, 7),
            ("joint_communication", "1", 14, 14), ("joint_communication", "2", 4, 7),
            ("bankable_proposals", "all", 0, 21),
            ("third_country_representative", "1", 0, 14),
            ("third_country_representative", "2", 2, 7),
        ],
    )  # fmt: skip
    def test_shares(self, built: Path, option: str, strand: str, selected: int, base: int) -> None:
        shares = table(built, "option_shares")
        where = {"question": "activities", "option": option, "strand": strand}
        assert cell(shares, "selected", **where) == selected
        assert cell(shares, "base", **where) == base

    def test_summary_of_the_barriers(self, built: Path) -> None:
        summary = table(built, "question_summary")
        first, second = ({"question": "barriers", "strand": strand} for strand in "12")
        assert cell(summary, "any_tick", **first) == pytest.approx(11 / 14)
        assert cell(summary, "any_tick", **second) == 1
        assert cell(summary, "mention_rate", **first) == pytest.approx(18 / 98)
        assert cell(summary, "mention_rate", **second) == pytest.approx(17 / 42)
        assert cell(summary, "none_selected", question="barriers", strand="all") == 3


class TestReport:
    def test_says_that_the_data_are_reconstructed_on_cover_and_in_every_footer(
        self, built: Path
    ) -> None:
        pages = [page.extract_text() for page in pypdf.PdfReader(built / "report.pdf").pages]
        assert len(pages) > 8
        assert [n for n, page in enumerate(pages, 1) if "reconstructed" not in page.lower()] == []
        html = BeautifulSoup((built / "report.html").read_text(encoding="utf-8"), "html.parser")
        assert "reconstructed" in html.header.get_text().lower()
        assert "reconstructed" in html.footer.get_text().lower()

    def test_html_asks_nothing_of_the_network_and_shows_no_code(self, built: Path) -> None:
        html = BeautifulSoup((built / "report.html").read_text(encoding="utf-8"), "html.parser")
        loaded = [tag.get("src") or tag.get("href") for tag in html.select("[src], link[href]")]
        assert [address for address in loaded if not str(address).startswith("data:")] == []
        assert not html.find("script")
        assert "load_round" not in html.get_text()

    def test_pdf_is_tagged_and_claims_accessibility(self, built: Path) -> None:
        reader = pypdf.PdfReader(built / "report.pdf")
        catalogue = reader.trailer["/Root"]
        assert catalogue["/MarkInfo"]["/Marked"]
        assert catalogue["/Lang"].startswith("en")
        assert b"pdfuaid" in catalogue["/Metadata"].get_object().get_data()

    def test_every_named_value_is_listed(self, built: Path) -> None:
        values = json.loads((built / "values.json").read_text(encoding="utf-8"))
        assert values["funnel.complete.reached.all"]["value"] == 19

    def test_run_record_is_true(self, built: Path) -> None:
        record = json.loads((built / "run.json").read_text(encoding="utf-8"))
        text = json.dumps(record)
        assert '"failed"' not in text
        assert "responses.txt" in text


def test_papermill_alone_gives_the_same_chapter(built: Path, tmp_path: Path) -> None:
    project = copy_project(tmp_path / "project")
    out = tmp_path / "out.ipynb"
    source = f"notebooks/{CHAPTER}.ipynb"
    command = [sys.executable, "-m", "papermill", source, str(out), "-p", "round_id", "2018-10"]
    subprocess.run(command, cwd=project, check=True, capture_output=True, timeout=300)
    shown = [
        [c.outputs for c in nbformat.read(path, as_version=4).cells if c.get("outputs")]
        for path in (out, built / "chapters" / f"{CHAPTER}.ipynb")
    ]
    assert all(output.output_type == "execute_result" for nb in shown for c in nb for output in c)
    texts = [[output.data["text/plain"] for cell in nb for output in cell] for nb in shown]
    assert texts[0] == texts[1]
    assert len(texts[0]) > 8


def test_a_misspelt_parameter_stops_before_a_kernel_starts(tmp_path: Path) -> None:
    project = copy_project(tmp_path)
    done = escp(project, "run", "2018-10", "-p", "round_idd", "2018-10")
    assert done.returncode == 2
    assert "round_idd" in done.stderr
    assert "round_id" in done.stderr.replace("round_idd", "")
    assert "Traceback" not in done.stderr
    assert not (project / "output").exists()


class TestOneAnswerChanged:
    @pytest.fixture(scope="class")
    @classmethod
    def changed(cls, tmp_path_factory: pytest.TempPathFactory) -> Path:
        """Return a project where one strand-1 partnership no longer ticks joint communication."""
        project = copy_project(tmp_path_factory.mktemp("changed"))
        path, rows = export_lines(project)
        codes, strand = rows[1], rows[1].index("STRAND")
        tick, comment = codes.index("ACT_SQ005"), codes.index("ACT_SQ005comment")
        row = next(row for row in rows[2:] if row[strand] == "S1" and row[tick] == "Y")
        row[tick] = row[comment] = ""
        write_export(path, rows)
        # It says that all of strand-1 do it, and is refused now: see the test of its refusal.
        (project / "parameters" / "2018-10" / "commentary" / "2.1.md").unlink()
        return project

    @pytest.fixture(scope="class")
    @classmethod
    def rebuilt(cls, changed: Path) -> Path:
        done = escp(changed, "run", "2018-10")
        assert done.returncode == 0, done.stdout + done.stderr
        return changed / "output" / "2018-10"

    def test_every_number_that_depends_on_it_changes(self, built: Path, rebuilt: Path) -> None:
        where = {"question": "activities", "option": "joint_communication", "strand": "1"}
        assert cell(table(rebuilt, "option_shares"), "selected", **where) == 13
        before, after = (table(path, "question_summary") for path in (built, rebuilt))
        ticks = {"question": "activities", "strand": "all"}
        assert cell(before, "ticks", **ticks) - cell(after, "ticks", **ticks) == 1

    def test_figure_table_and_sentence_of_the_report_change(
        self, built: Path, rebuilt: Path
    ) -> None:
        csv = [(path / "figures" / "figure-04.csv").read_text("utf-8") for path in (built, rebuilt)]
        svg = [(path / "figures" / "figure-04.svg").read_text("utf-8") for path in (built, rebuilt)]
        assert csv[0] != csv[1]
        assert svg[0] != svg[1]
        unchanged = [(path / "figures" / "figure-06.svg").read_bytes() for path in (built, rebuilt)]
        assert unchanged[0] == unchanged[1]

    def test_nbval_catches_the_chapter_that_was_not_refreshed(self, changed: Path) -> None:
        command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env", "-p"]
        command += ["no:cacheprovider", "-q", f"notebooks/{CHAPTER}.ipynb"]
        done = subprocess.run(
            command, cwd=changed, capture_output=True, text=True, check=False, timeout=300
        )
        assert done.returncode == 1
        assert "Joint communication actions" in done.stdout


HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)>",
    '=HYPERLINK("http://evil.example","z")&cmd|\' /C calc\'!A0',
    "{{ 7*7 }}{% raw %}{{ survey.__class__ }}",
    '$x^2$ \\input{/etc/hostname} \\write18{ls} #panic() #read("/etc/hostname")',
    "\u202egnp.exe\u202c \u2067abc\u2069 \u200b\ufeff",
    "# Head{newline}{newline}| a |{newline}|---|{newline}[w](javascript:alert(1)) ![i](x.png) <!--",
    "🎉👩‍👩‍👧 \u0301\u0301 日本語 \U0001f1ea\U0001f1fa",
    "@SUM(1);+1-2{tab}x",
    "L" * 100_000,
    "wörd " * 20_000,
    "*a* _b_ `c` ~~d~~ @label <https://evil.example/page> ]](",
)


class TestPlanted:
    @pytest.fixture(scope="class")
    @classmethod
    def planted(cls, tmp_path_factory: pytest.TempPathFactory) -> Path:
        """Return the output of a round that carries a person's data and hostile texts."""
        project = copy_project(tmp_path_factory.mktemp("planted"))
        path, rows = export_lines(project)
        codes = rows[1]
        places = {"token": "token", "ORG": "ORG_", "CONTACT": "CONTACT", "EMAIL": "EMAIL"}
        for row in rows[2:]:
            for code, key in places.items():
                row[codes.index(code)] = PLANTED[key]
        after = codes.index("seed") + 1
        for row, cell_ in zip(rows, ["IP address", "ipaddr"], strict=False):
            row.insert(after, cell_)
        for row in rows[2:]:
            row.insert(after, PLANTED["ipaddr"])
        cls.plant_hostile_texts(rows)
        write_export(path, rows)
        done = escp(project, "run", "2018-10")
        assert done.returncode == 0, done.stdout + done.stderr
        assert not any(secret in done.stdout + done.stderr for secret in PLANTED.values())
        return project / "output"

    @staticmethod
    def plant_hostile_texts(rows: list[list[str]]) -> None:
        """Write another hostile text into every text that was typed, in turn."""
        free = re.compile(r"(ACT|BAR|RESCL|RESSME)_\w+comment|CTYPE\d_other|COBJ\d|SMEDESC\d")
        places = [at for at, code in enumerate(rows[1]) if free.fullmatch(code)]
        typed = [(row, at) for row in rows[2:] for at in places if row[at].count(" ") > 0]
        assert len(typed) > 3 * len(HOSTILE)
        for number, (row, at) in enumerate(typed):
            row[at] = HOSTILE[number % len(HOSTILE)]

    def test_hostile_texts_are_words_in_the_page(self, planted: Path) -> None:
        html = (planted / "2018-10" / "report.html").read_text(encoding="utf-8")
        page = BeautifulSoup(html, "html.parser")
        assert not page.select("script, iframe, object, img:not([src^='data:'])")
        assert not [
            tag for tag in page.find_all(True) if any(a.startswith("on") for a in tag.attrs)
        ]
        assert not [a for a in page.select("a[href]") if not str(a["href"]).startswith("#")]
        words = page.get_text()
        for text in (
            "<script>alert(1)</script>",
            "{{ 7*7 }}{% raw %}",
            "#panic()",
            "~~d~~ @label",
            "L" * 100_000,
        ):
            assert text in words

    def test_hostile_texts_are_words_in_the_pdf(self, planted: Path) -> None:
        pages = pypdf.PdfReader(planted / "2018-10" / "report.pdf").pages
        words = "".join("\n".join(page.extract_text() for page in pages).split())
        for text in ("<script>alert(1)</script>", "{{7*7}}{%raw%}", "#panic()", "[U+65E5]"):
            assert text in words
        assert "[cut:100,000characters,wholeinreport.html]" in words
        assert max(len(page.extract_text()) for page in pages) < 10_000
        assert not [page for page in pages if "/AA" in page]

    def test_no_spreadsheet_takes_a_hostile_text_for_a_formula(self, planted: Path) -> None:
        for path in planted.rglob("*.csv"):
            cells = pd.read_csv(path, dtype="str", keep_default_na=False)
            texts = {text for name in cells for text in cells[name]}
            assert not [it[:40] for it in texts if re.match(r"[=@\t\r]|[+-](?!\d*\.?\d+$)", it)], (
                path
            )
        agreements = pd.read_csv(planted / "2018-10" / "tables" / "agreements.csv", dtype="str")
        assert any("L" * 100_000 in str(text) for text in agreements.to_numpy().ravel())

    def test_hostile_texts_run_nowhere_in_the_notebooks(self, planted: Path) -> None:
        for path in planted.rglob("*.ipynb"):
            for output in nbformat.read(path, as_version=4).cells:
                for it in output.get("outputs", []):
                    assert "<script>" not in it.get("data", {}).get("text/html", "")

    def test_personal_data_appear_nowhere_in_the_output(self, planted: Path) -> None:
        files = [path for path in planted.rglob("*") if path.is_file()]
        assert len(files) > 20
        for path in files:
            content = path.read_bytes()
            if path.suffix == ".pdf":
                pages = pypdf.PdfReader(path).pages
                content += "\n".join(page.extract_text() for page in pages).encode()
            found = [s for s in PLANTED.values() if re.search(re.escape(s).encode(), content)]
            assert found == [], path


def test_same_inputs_give_the_same_bytes(built: Path, tmp_path: Path) -> None:
    project = copy_project(tmp_path)
    assert escp(project, "run", "2018-10", "--jobs", "1", "--kernel", "fresh").returncode == 0
    again = project / "output" / "2018-10"
    names = {path.relative_to(built) for path in built.rglob("*") if path.is_file()}
    assert names == {path.relative_to(again) for path in again.rglob("*") if path.is_file()}
    different = [
        str(name)
        for name in sorted(names)
        if name.name != "run.json" and (built / name).read_bytes() != (again / name).read_bytes()
    ]
    assert different == []


def test_a_failing_chapter_keeps_the_last_good_report(built: Path, tmp_path: Path) -> None:
    project = copy_project(tmp_path)
    shutil.copytree(built, project / "output" / "2018-10")
    path = project / "notebooks" / f"{CHAPTER}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    failing = nbformat.v4.new_code_cell('metrics.option_shares(survey, "activites")')
    notebook.cells.append(failing)
    nbformat.write(notebook, path)
    done = escp(project, "run", "2018-10")
    output = project / "output" / "2018-10"
    assert done.returncode == 1
    assert (output / "report.html").read_bytes() == (built / "report.html").read_bytes()
    incomplete = (output / "report.incomplete.html").read_text(encoding="utf-8")
    assert "activites" in incomplete
    assert "Introduction" in incomplete
