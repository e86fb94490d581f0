"""What is run again, what is kept, and what `escp why` says of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from bs4 import BeautifulSoup
from report_samples import chapter, code, md
from test_report_run import ROOT, ROUND, sample_project, write

from escp_analysis.errors import RoundError, UsageError
from escp_analysis.report import inputs
from escp_analysis.report.cache import Cache, Entry, meaning
from escp_analysis.report.kept import Kept, read_sealed, write_sealed
from escp_analysis.report.run import BuildResult, Options, build
from escp_analysis.report.why import explain

SECOND = "02_bars"
COUNT = "metrics.option_shares(load_round(round_id))['selected'].sum()"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the package that stands for it where its code is hashed."""
    copy = tmp_path / "package" / "escp_analysis"
    shutil.copytree(inputs.PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(inputs, "PACKAGE", copy)
    return copy


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project of two chapters, built once."""
    made = write(
        sample_project(tmp_path_factory.mktemp("built")),
        c01_words=chapter(md("# Words"), code(f'round_id = "{ROUND}"', ["parameters"]), code("1;")),
        c02_bars=chapter(
            md("# Bars"),
            code(f'round_id = "{ROUND}"\nlimit = 3', ["parameters"]),
            md("## Part\n\nA sentence."),
            code(
                "from escp_analysis import load_round, metrics\n"
                "from escp_analysis.exhibits import prose\n"
                f"prose(str({COUNT}))  # all"
            ),
        ),
    )
    assert run(made).exit_code == 0
    return made


@pytest.fixture
def project(tmp_path: Path, built: Path, package: Path) -> Path:
    """Return a copy of the project as it was built."""
    return shutil.copytree(built, tmp_path / "project")


def run(project: Path, **options: Any) -> BuildResult:
    return build(ROUND, project=project, formats=("html",), options=Options(jobs=2, **options))


def edit(project: Path, name: str, work: Callable[[Any], None]) -> None:
    """Change a chapter's file as an editor would."""
    path = project / "notebooks" / f"{name}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    work(notebook)
    nbformat.write(notebook, path)


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def source(at: int, old: str, new: str) -> Callable[[Any], None]:
    def work(notebook: Any) -> None:
        assert old in notebook.cells[at].source
        notebook.cells[at].source = notebook.cells[at].source.replace(old, new)

    return work


def kernels(result: BuildResult) -> dict[str, str]:
    return {run.name: run.kernel for run in result.chapters}


def page(result: BuildResult) -> str:
    return result.paths[0].read_text(encoding="utf-8")


def words(result: BuildResult) -> str:
    return BeautifulSoup(page(result), "html.parser").get_text()


class TestWhatRunsAgain:
    def test_nothing_changed(self, project: Path) -> None:
        before = (project / "output" / ROUND / "run.json").read_bytes()
        result = run(project)
        assert result.exit_code == 0 and result.chapters == ()
        told = result.summary().splitlines()
        assert told[0].startswith("Round 2018-10: nothing to do, all is as it was built on ")
        assert told[1:] == ["output/2018-10/report.html"]
        assert (project / "output" / ROUND / "run.json").read_bytes() == before
        assert explain(ROUND, project=project).splitlines() == [
            "Round 2018-10",
            "  01_words: kept",
            "  02_bars: kept",
            "  report: nothing to do",
        ]

    def test_a_data_file(self, project: Path) -> None:
        append(project / "data/rounds" / ROUND / "README.md", "More.\n")
        reason = f"    data/rounds/{ROUND}/README.md changed"
        told = explain(ROUND, project=project).splitlines()
        assert told == [
            *("Round 2018-10", "  01_words: would be run", reason),
            *("  02_bars: would be run", reason),
            *("  report: would be built anew", reason),
        ]
        assert kernels(run(project)) == {"01_words": "forked", SECOND: "forked"}

    def test_a_new_file_of_the_round(self, project: Path) -> None:
        (project / "data/rounds" / ROUND / "more.csv").write_text("a\n", encoding="utf-8")
        reason = f"    data/rounds/{ROUND}/more.csv is new"
        assert explain(ROUND, [SECOND], project).splitlines()[-1] == reason
        run(project)
        (project / "data/rounds" / ROUND / "more.csv").unlink()
        reason = f"    data/rounds/{ROUND}/more.csv is gone"
        assert explain(ROUND, [SECOND], project).splitlines()[-1] == reason

    def test_a_function_of_the_package(self, project: Path, package: Path) -> None:
        append(package / "rounding.py", "MORE = 1\n")
        told = explain(ROUND, [SECOND], project)
        assert told.endswith("  02_bars: would be run\n    escp_analysis/rounding.py changed")
        assert kernels(run(project))[SECOND] == "forked"

    def test_what_only_stitches(self, project: Path, package: Path) -> None:
        append(package / "report/stitch.py", "MORE = 1\n")
        told = explain(ROUND, project=project).splitlines()[-2:]
        assert told == [
            "  report: would be stitched anew",
            "    escp_analysis/report/stitch.py changed",
        ]
        assert kernels(run(project)) == {"01_words": "kept", SECOND: "kept"}

    def test_a_comment(self, project: Path) -> None:
        before = page(run(project))
        edit(project, SECOND, source(3, "# all", "# all of them\n# and more"))
        assert "  02_bars: kept" in explain(ROUND, project=project)
        result = run(project)
        assert kernels(result)[SECOND] == "kept" and page(result) == before
        executed = (result.folder / f"chapters/{SECOND}.ipynb").read_text(encoding="utf-8")
        assert "# and more" in executed

    def test_a_tag(self, project: Path) -> None:
        def tag(notebook: Any) -> None:
            notebook.cells[3].metadata["tags"] = ["wide"]

        edit(project, SECOND, tag)
        assert "  02_bars: kept" in explain(ROUND, project=project)
        assert kernels(run(project))[SECOND] == "kept"

    def test_a_parameter(self, project: Path) -> None:
        edit(project, SECOND, source(1, "limit = 3", "limit = 4"))
        told = explain(ROUND, project=project)
        assert "  02_bars: would be run\n    the parameter limit changed\n" in told
        assert kernels(run(project)) == {"01_words": "kept", SECOND: "forked"}

    def test_code(self, project: Path) -> None:
        edit(project, SECOND, source(3, "sum()", "max()"))
        told = explain(ROUND, project=project)
        assert "  02_bars: would be run\n    code cell 2 of the chapter changed\n" in told
        assert kernels(run(project)) == {"01_words": "kept", SECOND: "forked"}

    def test_a_semicolon_is_code(self, project: Path) -> None:
        edit(project, SECOND, source(3, "  # all", ";  # all"))
        assert kernels(run(project))[SECOND] == "forked"

    def test_a_sentence_is_stitched_only(self, project: Path) -> None:
        def reword(notebook: Any) -> None:
            notebook.cells[2].source = "## Part\n\nAnother sentence."
            notebook.cells.insert(1, md("And one before it."))

        edit(project, SECOND, reword)
        told = explain(ROUND, project=project).splitlines()
        assert told[2:] == [
            "  02_bars: kept",
            "  report: would be stitched anew",
            "    notebooks/02_bars.ipynb changed",
        ]
        result = run(project)
        assert kernels(result)[SECOND] == "kept"
        shown = page(result)
        assert "Another sentence." in shown and "A sentence." not in shown
        assert "And one before it." in shown
        # Cells are numbered as they stand in the file now.
        assert [cell.cell for cell in result.chapters[1].cells] == [3, 5]

    def test_stored_outputs_of_the_file_do_not_matter(self, project: Path) -> None:
        def store(notebook: Any) -> None:
            notebook.cells[3].outputs = [nbformat.v4.new_output("stream", text="stale")]

        edit(project, SECOND, store)
        result = run(project)
        assert kernels(result)[SECOND] == "kept" and "stale" not in page(result)

    def test_force_runs_everything(self, project: Path) -> None:
        assert kernels(run(project, force=True)) == {"01_words": "forked", SECOND: "forked"}


class TestTheSameAsRun:
    def test_a_kept_chapter_is_byte_for_byte_what_running_it_gives(self, project: Path) -> None:
        edit(project, "01_words", source(0, "# Words", "# Other words"))
        kept = run(project)
        assert set(kernels(kept).values()) == {"kept"}
        files = left(kept.folder)
        again = run(project, force=True)
        assert set(kernels(again).values()) == {"forked"}
        assert left(again.folder) == files and len(files) > 8

    def test_commentary_is_said_anew_without_a_kernel(self, tmp_path: Path) -> None:
        project = sample_project(tmp_path)
        show = (
            "from escp_analysis import load_round, show_commentary\n"
            'survey = load_round(round_id)\nshow_commentary(survey, "2.1")'
        )
        parameters = code(f'round_id = "{ROUND}"', ["parameters"])
        write(project, c01_a=chapter(md("# A"), parameters, code(show)))
        run(project)
        words_folder = project / "parameters" / ROUND / "commentary"
        words_folder.mkdir()
        (words_folder / "2.1.md").write_text(
            'So said {{ count("barriers", "sme_engagement") }}.', "utf-8"
        )
        result = run(project)
        shares = (result.folder / "tables/option_shares.csv").read_text(encoding="utf-8")
        row = next(line.split(",") for line in shares.splitlines() if "sme_engagement" in line)
        assert kernels(result) == {"01_a": "kept"}
        assert f"So said {row[-3]}" in words(result)
        files = left(result.folder)
        assert left(run(project, force=True).folder) == files
        (words_folder / "2.1.md").unlink()
        assert "So said" not in words(run(project))


class TestNothingIsTrusted:
    @pytest.mark.parametrize("name", ["report.html", "values.json", "chapters/02_bars.ipynb"])
    def test_an_output_that_was_changed_or_removed_is_made_again(
        self, project: Path, name: str
    ) -> None:
        path = project / "output" / ROUND / name
        good = path.read_bytes()
        path.write_bytes(good[:-1])
        assert run(project).unchanged == "" and path.read_bytes() == good
        path.unlink()
        assert "what it left is no longer as it was" in explain(ROUND, project=project)
        assert run(project).unchanged == "" and path.read_bytes() == good

    def test_damaged_entries_are_rebuilt(self, project: Path) -> None:
        cache = project / "output/.cache" / ROUND
        files = [path for path in cache.rglob("*") if path.is_file() and path.suffix != ".jsonl"]
        before = left(project / "output" / ROUND)
        for path in files:
            content = path.read_bytes()
            path.write_bytes(content[: len(content) // 2] + b"?" + content[len(content) // 2 + 1 :])
        assert "nothing is kept of it" in explain(ROUND, [SECOND], project)
        result = run(project)
        assert kernels(result) == {"01_words": "forked", SECOND: "forked"}
        assert left(result.folder) == before

    def test_a_chapter_that_failed_is_run_again(self, project: Path) -> None:
        edit(project, SECOND, source(3, "prose(", "1 / 0, prose("))
        assert run(project).exit_code == 1
        result = run(project)
        assert result.exit_code == 1
        assert kernels(result) == {"01_words": "kept", SECOND: "forked"}
        told = explain(ROUND, project=project)
        assert "code cell 2 of the chapter changed" in told
        assert "no complete report of this round is known here" in told

    def test_a_file_that_is_none_of_the_rounds_is_noticed(self, project: Path) -> None:
        other = project / "data" / "elsewhere.csv"
        other.write_text("a\n1\n", encoding="utf-8")
        read = 'import pandas as pd\npd.read_csv("../data/elsewhere.csv");\nprose('
        edit(project, SECOND, source(3, "prose(", read))
        result = run(project)
        assert result.exit_code == 0
        note = (
            "02_bars reads data/elsewhere.csv: no file of the round, so the chapter is run each "
            "time; put it into data/rounds/2018-10/"
        )
        assert f"  note:   {note}" in result.summary()
        assert "it reads data/elsewhere.csv, no file of the round" in explain(ROUND, [], project)
        edit(project, "01_words", source(0, "# Words", "# Other words"))
        assert kernels(run(project)) == {"01_words": "kept", SECOND: "forked"}
        assert run(project).unchanged == ""

    def test_an_unknown_chapter_tells_the_nearest(self, project: Path) -> None:
        with pytest.raises(UsageError, match="no chapter '02_bar'; did you mean '02_bars'"):
            explain(ROUND, ["02_bar"], project)


def left(folder: Path) -> dict[str, bytes]:
    """Return what a build left, its record excepted."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != "run.json")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


class TestMeaning:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("x = 1", "x = 1  # why"),
            ("x = 1\ny = 2", "x = 1\n\n# a line\n\ny = 2\n"),
            ("f(1, 2)", "f(1,\n  2)"),
        ],
    )
    def test_comments_and_blanks_mean_nothing(self, one: str, other: str) -> None:
        assert meaning(one) == meaning(other)

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("x", "x;"),
            ('"#1"', '"#2"'),
            ("if a:\n    b\nc", "if a:\n    b\n    c"),
            ("%time x # 1", "%time x # 2"),
            ("!ls # a", "!ls # b"),
            ("x = (", "x = ( # unfinished"),
        ],
    )
    def test_anything_else_does(self, one: str, other: str) -> None:
        assert meaning(one) != meaning(other)


class TestKept:
    def test_sealed_content_comes_back_whole_or_not_at_all(self, tmp_path: Path) -> None:
        path = tmp_path / "deep" / "a"
        write_sealed(path, b"line\nline")
        assert read_sealed(path) == b"line\nline"
        assert [it.name for it in path.parent.iterdir()] == ["a"]
        path.write_bytes(path.read_bytes()[:-1])
        assert read_sealed(path) is None and read_sealed(tmp_path / "no") is None

    def test_a_thing_is_made_once_per_what_it_is_made_from(self, tmp_path: Path) -> None:
        made: list[bytes] = []

        def make() -> bytes:
            made.append(b"x")
            return b"%d" % len(made)

        kept = Kept(tmp_path, b"basis")
        assert [kept.made(make, "font", b"a", b"b") for _ in range(2)] == [b"1", b"1"]
        assert kept.made(make, "font", b"ab", b"") == b"2"
        assert kept.made(make, "pdf", b"a", b"b") == b"3"
        assert Kept(tmp_path, b"other").made(make, "font", b"a", b"b") == b"4"
        assert [Kept().made(make, "font", b"a") for _ in range(2)] == [b"5", b"6"]

    def test_what_a_build_did_not_use_is_forgotten(self, tmp_path: Path) -> None:
        Kept(tmp_path).made(lambda: b"old", "font", b"1")
        Kept(tmp_path).made(lambda: b"other", "other", b"1")
        kept = Kept(tmp_path)
        kept.made(lambda: b"new", "font", b"2")
        kept.forget_unused(["font"])
        assert sorted(path.name.split("-")[0] for path in tmp_path.iterdir()) == ["font", "other"]
        assert kept.find("font", b"1") is None and kept.find("font", b"2") == b"new"

    def test_an_entry_of_another_shape_counts_as_missing(self, tmp_path: Path) -> None:
        cache = Cache(tmp_path)
        cache.write("01_a", Entry({}, {}, {}, {}))
        assert cache.read("01_a") == Entry({}, {}, {}, {}, [])
        write_sealed(tmp_path / "01_a.json", json.dumps({"parts": {}, "older": 1}).encode())
        assert cache.read("01_a") is None
        write_sealed(tmp_path / "01_a.json", b"not JSON")
        assert cache.read("01_a") is None


def test_every_file_of_the_round_is_an_input_and_no_build_is() -> None:
    from escp_analysis.loaders.project import RoundPaths  # noqa: PLC0415

    found = inputs.read_inputs(RoundPaths(ROOT, ROUND))
    assert {f"data/rounds/{ROUND}/responses.txt", "parameters/facts.yaml"} <= set(found.data)
    assert f"parameters/{ROUND}/commentary/2.1.md" in found.words
    assert not set(found.words) & set(found.data)
    assert "escp_analysis/metrics/options.py" in found.package
    assert "escp_analysis/report/run.py" in found.stitching
    assert "escp_analysis/report/templates/report.typ" in found.stitching
    assert found.versions["pandas"] == __import__("pandas").__version__


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(RoundError) as caught:
        inputs.hash_of(tmp_path)
    assert str(caught.value).startswith("the file cannot be read: Is a directory\n  where:    ")
