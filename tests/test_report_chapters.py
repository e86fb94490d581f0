from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import nbformat
import pytest
from report_samples import NOTEBOOKS, chapter, code, md, runnable

from escp_analysis.errors import RoundError, UsageError
from escp_analysis.report.chapters import (
    ChapterFile,
    read_chapters,
    select,
    settle_parameters,
)
from escp_analysis.report.normalise import without_outputs

SOUND = 'round_id = "2018-10"\nlimit: int = -3\nshare = 0.5\nbold = True'


def folder(tmp_path: Path, **notebooks: Any) -> Path:
    for name, notebook in notebooks.items():
        nbformat.write(notebook, tmp_path / f"{name.removeprefix('c')}.ipynb")
    return tmp_path


def faults(path: Path) -> list[str]:
    with pytest.raises(RoundError) as caught:
        read_chapters(path)
    return [str(fault) for fault in caught.value.faults]


def parameters(source: str) -> Any:
    return chapter(md("# T"), code(source, ["parameters"]))


def chapters(tmp_path: Path, source: str = SOUND) -> tuple[ChapterFile, ...]:
    return read_chapters(folder(tmp_path, c01_a=parameters(source), c02_b=runnable()))


class TestFiles:
    def test_chapters_come_in_the_order_of_their_names(self, tmp_path: Path) -> None:
        found = read_chapters(folder(tmp_path, cA_z=runnable(), c10_a=runnable(), c02_b=runnable()))
        assert [chapter.name for chapter in found] == ["02_b", "10_a", "A_z"]

    def test_no_chapter(self, tmp_path: Path) -> None:
        assert "there is no chapter" in faults(tmp_path)[0]

    def test_a_name_without_number(self, tmp_path: Path) -> None:
        (fault,) = faults(folder(tmp_path, c01_a=runnable(), cdraft=runnable()))
        assert "gives no chapter number" in fault and "draft.ipynb" in fault

    def test_a_number_given_twice(self, tmp_path: Path) -> None:
        found = faults(folder(tmp_path, c01_a=runnable(), c1_b=runnable()))
        assert ["the number 1 is given twice" in fault for fault in found] == [True, True]

    def test_a_file_that_is_no_notebook(self, tmp_path: Path) -> None:
        (tmp_path / "01_a.ipynb").write_text("not JSON", encoding="utf-8")
        (fault,) = faults(tmp_path)
        assert "the file is no notebook" in fault and "01_a.ipynb" in fault

    def test_markdown_without_form_is_found_before_anything_runs(self, tmp_path: Path) -> None:
        notebook = runnable(md("![x](y.png)"))
        (fault,) = faults(folder(tmp_path, c01_a=notebook))
        assert "an image stands in the text" in fault and "01_a.ipynb, cell 3" in fault

    def test_faults_of_all_files_at_once(self, tmp_path: Path) -> None:
        path = folder(tmp_path, c01_a=chapter(md("# T")), cdraft=runnable(), c02_b=parameters("x"))
        assert len(faults(path)) == 3


class TestParametersCell:
    def test_names_and_values(self, tmp_path: Path) -> None:
        found = chapters(tmp_path)[0].parameters
        assert found.defaults == {"round_id": "2018-10", "limit": -3, "share": 0.5, "bold": True}
        assert found.kinds == {"round_id": str, "limit": int, "share": float, "bold": bool}

    def test_dates_and_names_without_a_default(self, tmp_path: Path) -> None:
        source = (
            "from datetime import date\n# why\nround_id: str\n"
            "closed: date = date(2018, 11, 21)\nsent = date(2018, 10, 29)\nwave: int"
        )
        found = read_chapters(folder(tmp_path, c01_a=parameters(source)))[0].parameters
        assert found.kinds == {"round_id": str, "closed": date, "sent": date, "wave": int}
        assert found.defaults == {"closed": date(2018, 11, 21), "sent": date(2018, 10, 29)}

    def test_missing(self, tmp_path: Path) -> None:
        (fault,) = faults(folder(tmp_path, c01_a=chapter(md("# T"), code("x = 1"))))
        assert "0 cells tagged parameters" in fault

    def test_twice(self, tmp_path: Path) -> None:
        notebook = runnable(code("y = 1", ["parameters"]))
        assert "2 cells tagged parameters" in faults(folder(tmp_path, c01_a=notebook))[0]

    @pytest.mark.parametrize(
        "source",
        [
            'round_id = "2018-10"\npath = f"data/{round_id}"',
            'round_id = "2018-10"\nprint(round_id)',
            'round_id = ""\na, b = "1", "2"',
            'round_id = ""\nday = date.today()',
            'round_id = ""\nyear = int("2018")',
            'import os\nround_id = ""',
        ],
    )
    def test_a_cell_that_derives_anything_is_refused(self, tmp_path: Path, source: str) -> None:
        (fault,) = faults(folder(tmp_path, c01_a=parameters(source)))
        assert "does more than name values" in fault
        assert "01_a.ipynb, cell 2, line" in fault
        assert "derive other values in a function of the package" in fault

    @pytest.mark.parametrize(
        ("source", "what"),
        [
            ("round_id = ", "the parameters cell is no Python: invalid syntax"),
            ('round_id = ["2018-10"]', "a parameter is list"),
            ("round_id: int = '2018-10'", "round_id is said to be int and is str"),
            ("round_id: Path", "a parameter of type Path; there are str, int, float, bool, date"),
            (
                'round_id = ""\nday = date(2018, 10, 1)',
                "day is a date, and the cell does not import it",
            ),
        ],
    )
    def test_what_is_no_parameter_is_told(self, tmp_path: Path, source: str, what: str) -> None:
        (fault,) = faults(folder(tmp_path, c01_a=parameters(source)))
        assert fault.startswith(f"{what}\n  where:    01_a.ipynb, cell 2, line")

    def test_the_round_must_be_one_of_them(self, tmp_path: Path) -> None:
        (fault,) = faults(folder(tmp_path, c01_a=parameters("limit = 1")))
        assert "the parameter round_id is missing" in fault


class TestSettling:
    def test_the_round_is_always_set_and_others_keep_their_default(self, tmp_path: Path) -> None:
        settled = settle_parameters(chapters(tmp_path), {}, "2019-04")
        assert settled == {
            "01_a": {"round_id": "2019-04", "limit": -3, "share": 0.5, "bold": True},
            "02_b": {"round_id": "2019-04"},
        }

    def test_dates_stay_dates_and_what_has_no_default_must_be_given(self, tmp_path: Path) -> None:
        source = "from datetime import date\nround_id: str\nclosed: date\nwave: int"
        found = read_chapters(folder(tmp_path, c01_a=parameters(source)))
        given = {"closed": "2018-11-21", "wave": "2"}
        assert settle_parameters(found, given, "2018-10") == {
            "01_a": {"round_id": "2018-10", "closed": date(2018, 11, 21), "wave": 2}
        }
        with pytest.raises(UsageError) as caught:
            settle_parameters(found, {"closed": "21.11.2018"}, "2018-10")
        assert str(caught.value).splitlines() == [
            "the parameter closed of 01_a is of type date (YYYY-MM-DD), not '21.11.2018'",
            "01_a needs the parameter wave; say --parameter wave VALUE",
        ]

    def test_values_take_the_type_of_their_default(self, tmp_path: Path) -> None:
        given = {"limit": "4", "share": "0.25", "bold": "False"}
        settled = settle_parameters(chapters(tmp_path), given, "2018-10")
        assert settled["01_a"] == {"round_id": "2018-10", "limit": 4, "share": 0.25, "bold": False}
        assert settled["02_b"] == {"round_id": "2018-10"}

    @pytest.mark.parametrize(
        ("given", "message"),
        [
            (
                {"round_idd": "2018-10"},
                "no chapter has the parameter 'round_idd'; did you mean 'round_id'?",
            ),
            ({"limit": "four"}, "the parameter limit of 01_a is of type int, not 'four'"),
            ({"bold": "yes"}, "the parameter bold of 01_a is of type bool, not 'yes'"),
            ({"round_id": "2019-04"}, "the round is 2018-10; the parameter round_id says 2019-04"),
        ],
    )
    def test_wrong_usage(self, tmp_path: Path, given: dict[str, str], message: str) -> None:
        with pytest.raises(UsageError) as caught:
            settle_parameters(chapters(tmp_path), given, "2018-10")
        assert str(caught.value) == message


class TestSelecting:
    def test_by_name_with_or_without_ending(self, tmp_path: Path) -> None:
        found = chapters(tmp_path)
        assert [c.name for c in select(found, ["02_b.ipynb"])] == ["02_b"]
        assert [c.name for c in select(found, [])] == ["01_a", "02_b"]

    def test_unknown_name_tells_the_nearest(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match=r"there is no chapter '02_bb'; did you mean '02_b'\?"):
            select(chapters(tmp_path), ["02_bb"])


def test_without_outputs_leaves_the_notebook_alone() -> None:
    cell = nbformat.v4.new_code_cell("1", outputs=[nbformat.v4.new_output("stream", text="x")])
    notebook = chapter(cell)
    assert without_outputs(notebook).cells[0].outputs == []
    assert len(notebook.cells[0].outputs) == 1


def test_the_sample_chapters_are_sound() -> None:
    assert [c.name for c in read_chapters(NOTEBOOKS)] == ["01_introduction", "02_results", "A_form"]
