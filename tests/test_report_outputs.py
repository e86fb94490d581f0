from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from report_samples import SVG, md, report, shown

from escp_analysis.errors import BuildError
from escp_analysis.exhibits import figure
from escp_analysis.report import outputs
from escp_analysis.report.collect import Gate
from escp_analysis.report.stitch import document_of

COLUMNS = [
    *("severity", "code", "file", "row", "column"),
    *("partnership", "question", "what", "do"),
]


def read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


class TestPlace:
    def test_a_build_appears_as_a_whole(self, tmp_path: Path) -> None:
        final = tmp_path / "output" / "2018-10"
        with outputs.built_aside(final) as aside:
            (aside / "report.html").write_text("new", encoding="utf-8")
            assert not final.exists()
        assert [path.name for path in final.iterdir()] == ["report.html"]
        assert [path.name for path in final.parent.iterdir()] == ["2018-10"]

    def test_what_was_there_before_is_replaced(self, tmp_path: Path) -> None:
        final = tmp_path / "2018-10"
        for text in ("old", "new"):
            with outputs.built_aside(final) as aside:
                (aside / text).touch()
        assert [path.name for path in final.iterdir()] == ["new"]

    def test_an_error_leaves_it_as_it_was(self, tmp_path: Path) -> None:
        final = tmp_path / "2018-10"
        final.mkdir()
        (final / "report.html").write_text("good", encoding="utf-8")
        with pytest.raises(KeyError), outputs.built_aside(final) as aside:
            (aside / "report.html").write_text("half", encoding="utf-8")
            raise KeyError
        assert (final / "report.html").read_text(encoding="utf-8") == "good"
        assert [path.name for path in tmp_path.iterdir()] == ["2018-10"]

    def test_a_refusing_disk_is_told(self, tmp_path: Path) -> None:
        (tmp_path / "output").write_text("a file, not a folder", encoding="utf-8")
        with (
            pytest.raises(BuildError, match="cannot be written"),
            outputs.built_aside(tmp_path / "output" / "2018-10"),
        ):
            pass

    def test_a_run_killed_while_replacing_is_mended_by_the_next(self, tmp_path: Path) -> None:
        final = tmp_path / "2018-10"
        previous = tmp_path / ".2018-10.previous"
        previous.mkdir()
        (previous / "report.html").write_text("good", encoding="utf-8")
        with pytest.raises(KeyError), outputs.built_aside(final):
            raise KeyError
        assert (final / "report.html").read_text(encoding="utf-8") == "good"

    def test_the_last_good_report_is_carried_over(self, tmp_path: Path) -> None:
        good, aside = tmp_path / "good", tmp_path / "aside"
        good.mkdir()
        aside.mkdir()
        for name in ("report.html", "run.json"):
            (good / name).write_text(name, encoding="utf-8")
        outputs.keep_last_good(good, aside, ("html", "pdf"))
        assert [path.name for path in aside.iterdir()] == ["report.html"]


class TestTables:
    @pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@a", "\tx"])
    def test_no_text_is_a_formula(self, tmp_path: Path, text: str) -> None:
        outputs.write_tables(tmp_path, {"t": pd.DataFrame({"a": [text, "b = c"], "n": [-1, 2]})})
        assert read(tmp_path / "tables" / "t.csv") == [
            ["a", "n"],
            [f"'{text}", "-1"],
            ["b = c", "2"],
        ]

    def test_line_breaks_are_of_one_kind(self, tmp_path: Path) -> None:
        outputs.write_tables(tmp_path, {"t": pd.DataFrame({"a": ["\r=1\r\n2\n3"], "n": [0]})})
        assert read(tmp_path / "tables" / "t.csv")[1] == ["'\n=1\n2\n3", "0"]

    def test_missing_cells_are_blank_and_none_is_a_text(self, tmp_path: Path) -> None:
        frame = pd.DataFrame({"a": ["None", None], "n": pd.array([1, None], dtype="Int64")})
        outputs.write_tables(tmp_path, {"t": frame})
        assert read(tmp_path / "tables" / "t.csv")[1:] == [["None", "1"], ["", ""]]

    def test_values(self, tmp_path: Path) -> None:
        frame = pd.DataFrame(
            {
                "name": ["x", "y"],
                "value": pd.array([19.0, 0.5], dtype="Float64"),
                "count": pd.array([19, None], dtype="Int64"),
                "base": pd.array([23, None], dtype="Int64"),
                "unit": ["partnerships", "share"],
            }
        )
        outputs.write_values(tmp_path, frame)
        text = (tmp_path / "values.json").read_text(encoding="utf-8")
        assert '"value": 19,' in text
        assert json.loads(text)["y"] == {"value": 0.5, "count": None, "base": None, "unit": "share"}

    def test_findings_of_data_and_of_chapters(self, tmp_path: Path) -> None:
        found = pd.DataFrame([dict.fromkeys(COLUMNS, "x") | {"row": 3}], columns=COLUMNS)
        outputs.write_findings(tmp_path, found, [Gate("02_b", 5, "no form", "drop it")])
        rows = read(tmp_path / "findings.csv")
        assert rows[0] == COLUMNS
        assert rows[1][3] == "3"
        assert rows[2] == [
            *("stop", "no-form-in-report", "02_b.ipynb", "5", "", "", "", "no form", "drop it")
        ]


class TestFigures:
    def write(self, tmp_path: Path, *, supplementary: bool = False) -> list[str]:
        drawn = figure(
            SVG, name="f", caption="C", alt="A", columns=["Option", "n"], rows=[["=1+1", 17]],
            supplementary=supplementary,
        )  # fmt: skip
        document = document_of(report(c01_a=[md("# T"), shown(drawn)]))
        outputs.write_figures(tmp_path, document, outputs.draw_pictures(document))
        return sorted(path.name for path in (tmp_path / "figures").iterdir())

    def test_svg_png_and_data_under_the_printed_number(self, tmp_path: Path) -> None:
        names = self.write(tmp_path)
        assert names == ["figure-01.csv", "figure-01.png", "figure-01.svg"]
        folder = tmp_path / "figures"
        assert (folder / "figure-01.png").read_bytes().startswith(b"\x89PNG")
        assert "Drawn words" in (folder / "figure-01.svg").read_text(encoding="utf-8")
        assert read(folder / "figure-01.csv") == [["Option", "n"], ["'=1+1", "17"]]

    def test_supplementary_ones_have_their_own_series(self, tmp_path: Path) -> None:
        assert self.write(tmp_path, supplementary=True)[0] == "figure-S01.csv"

    def test_several_figures_keep_their_own_picture(self, tmp_path: Path) -> None:
        def drawn(name: str, width: int) -> Any:
            svg = SVG.replace('width="200"', f'width="{width}"')
            return shown(figure(svg, name=name, caption="C", alt="A", columns=[], rows=[]))

        document = document_of(report(c01_a=[md("# T"), drawn("a", 100), drawn("b", 300)]))
        outputs.write_figures(tmp_path, document, outputs.draw_pictures(document))
        widths = [
            int.from_bytes((tmp_path / "figures" / f"figure-0{n}.png").read_bytes()[16:20])
            for n in (1, 2)
        ]
        assert widths[1] > 2 * widths[0]
