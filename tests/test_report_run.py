from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from report_samples import NOTEBOOKS, chapter, code, md, pdf_pages, runnable
from sample_round import change, make_project

from escp_analysis.errors import RoundError, UsageError
from escp_analysis.report.execute import ChapterJob
from escp_analysis.report.progress import Event
from escp_analysis.report.run import BuildResult, Options, build, check

ROUND = "2018-10"
ROOT = Path(__file__).parents[1]
PARAMETERS = 'round_id = "2018-10"'
KERNELS = "escp_analysis.report.running.run_chapters"


def sample_project(folder: Path) -> Path:
    """Make a project with the round of the repository and the sample chapters."""
    for part in ("data", "parameters"):
        shutil.copytree(ROOT / part, folder / part)
    # Its sections are those of the shipped chapters, which these are not.
    shutil.rmtree(folder / "parameters" / ROUND / "commentary")
    shutil.copytree(NOTEBOOKS, folder / "notebooks")
    return folder


def write(project: Path, **notebooks: Any) -> Path:
    """Put these chapters in place of the sample's; ``c01_a=...`` becomes ``01_a``."""
    shutil.rmtree(project / "notebooks")
    (project / "notebooks").mkdir()
    for name, notebook in notebooks.items():
        nbformat.write(notebook, project / "notebooks" / f"{name.removeprefix('c')}.ipynb")
    return project


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a project with a real round and the sample chapters."""
    return sample_project(tmp_path)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> BuildResult:
    """Return the result of one build of the sample chapters, with all it left."""
    project = sample_project(tmp_path_factory.mktemp("built"))
    return build(ROUND, project=project, options=Options(jobs=2))


def record(folder: Path) -> Any:
    return json.loads((folder / "run.json").read_text(encoding="utf-8"))


def good_report(project: Path) -> Path:
    """Put a report there as if an earlier run had built it."""
    output = project / "output" / ROUND
    output.mkdir(parents=True)
    for ending in ("html", "pdf"):
        (output / f"report.{ending}").write_text("the last good one", encoding="utf-8")
    return output


class TestBuilt:
    def test_everything_named_in_the_design_is_there(self, built: BuildResult) -> None:
        names = {
            path.relative_to(built.folder).as_posix()
            for path in built.folder.rglob("*")
            if path.is_file()
        }
        assert names >= {
            *("report.html", "report.pdf", "values.json", "findings.csv", "run.json"),
            "queries.csv",
            *("chapters/01_introduction.ipynb", "chapters/02_results.ipynb"),
            *("figures/figure-01.svg", "figures/figure-01.png", "figures/figure-01.csv"),
            *("tables/response_funnel.csv", "tables/option_shares.csv"),
            "figures/figure-S01.svg",
        }
        assert not {name for name in names if "incomplete" in name}

    def test_result_and_summary(self, built: BuildResult) -> None:
        assert built.exit_code == 0
        assert built.failed == () and built.gates == ()
        lines = built.summary().splitlines()
        assert lines[0].startswith("Round 2018-10: built, 3 of 3 chapters")
        assert [line.replace("\\", "/") for line in lines[-2:]] == [
            "output/2018-10/report.html",
            "output/2018-10/report.pdf",
        ]
        assert all(path.is_file() for path in built.paths)

    def test_record_is_true(self, built: BuildResult) -> None:
        told = record(built.folder)
        assert told["outcome"] == "complete"
        assert told["command"] == "escp run 2018-10"
        assert [chapter["status"] for chapter in told["chapters"]] == ["done"] * 3
        statuses = {cell["status"] for chapter in told["chapters"] for cell in chapter["cells"]}
        assert statuses == {"done"}
        assert told["chapters"][0]["parameters"] == {"round_id": "2018-10"}
        assert {"python", "pandas", "typst", "escp-analysis"} <= set(told["versions"])
        inputs = told["inputs"]
        assert {"data/rounds/2018-10/responses.txt", "notebooks/A_form.ipynb"} <= set(inputs)
        assert all(len(digest) == 64 for digest in inputs.values())
        assert str(built.folder) not in json.dumps(told)

    def test_a_chapter_exported_alone_keeps_its_numbers(self, built: BuildResult) -> None:
        from escp_analysis.report.html import EscpHTMLExporter  # noqa: PLC0415

        path = built.folder / "chapters" / "A_form.ipynb"
        page, _ = EscpHTMLExporter().from_filename(str(path))
        soup = BeautifulSoup(page, "html.parser")
        assert [tag.get_text() for tag in soup.select("figcaption")] == ["Figure 2 The questions"]
        assert soup.select("h2")[-1].get_text() == "Annex A The form"
        assert "Progress Report" in str(soup.h1)

    def test_same_inputs_give_the_same_bytes_in_another_folder(
        self, built: BuildResult, project: Path
    ) -> None:
        again = build(ROUND, project=project, options=Options(jobs=1, kernel="fresh")).folder
        names = sorted(p.relative_to(again) for p in again.rglob("*") if p.is_file())
        assert len(names) > 15
        different = [
            str(name)
            for name in names
            if name.name != "run.json"
            and (again / name).read_bytes() != (built.folder / name).read_bytes()
        ]
        assert different == []


class TestStoppedBeforeAKernel:
    @pytest.fixture(autouse=True)
    def no_kernel(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_: Any) -> None:
            raise AssertionError("a chapter was started")

        monkeypatch.setattr(KERNELS, refuse)

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            (
                {"parameters": {"round_idd": ROUND}},
                "no chapter has the parameter 'round_idd'; did you mean 'round_id'?",
            ),
            (
                {"only": ["02_result"]},
                "there is no chapter '02_result'; did you mean '02_results'?",
            ),
            ({"formats": ("htm",)}, "unknown format 'htm'; did you mean 'html'?"),
            ({"formats": ()}, "unknown format ''; there are html, pdf"),
        ],
    )
    def test_wrong_usage(self, project: Path, options: dict[str, Any], message: str) -> None:
        with pytest.raises(UsageError) as caught:
            build(ROUND, project=project, **options)
        assert str(caught.value) == message
        assert not (project / "output").exists()

    def test_faults_of_data_and_chapters_together(self, project: Path) -> None:
        file = project / "parameters" / ROUND / "round.yaml"
        change(file, "provenance:", "provenanse:")
        nbformat.write(chapter(md("# T")), project / "notebooks" / "03_x.ipynb")
        with pytest.raises(RoundError) as caught:
            build(ROUND, project=project)
        text = str(caught.value)
        assert "provenance" in text and "0 cells tagged parameters" in text
        assert not (project / "output" / ROUND).exists()

    def test_answers_that_cannot_be_counted(self, tmp_path: Path) -> None:
        project = make_project(tmp_path)
        (project / "notebooks").mkdir()
        write(project, c01_a=runnable())
        with pytest.raises(RoundError, match="the country 'N/A' is not known"):
            build(ROUND, project=project)
        assert check(ROUND, project).exit_code == 3

    def test_a_path_as_round(self, project: Path) -> None:
        with pytest.raises(RoundError, match="is not the name of a round"):
            build("../2018-10", project=project)


@pytest.fixture(scope="module")
def failed(tmp_path_factory: pytest.TempPathFactory) -> BuildResult:
    """Return a build over a good report, in which the second of two chapters stops."""
    project = write(
        sample_project(tmp_path_factory.mktemp("failed")),
        c01_good=chapter(md("# Sound & <whole>"), code(PARAMETERS, ["parameters"])),
        c02_bad=runnable(md("## Part"), code('{}["activites"]'), code("1")),
    )
    good_report(project)
    return build(ROUND, project=project)


class TestFailure:
    def test_the_last_good_report_stays(self, failed: BuildResult) -> None:
        assert failed.exit_code == 1
        for ending in ("html", "pdf"):
            kept = failed.folder / f"report.{ending}"
            assert kept.read_text(encoding="utf-8") == "the last good one"

    def test_the_rest_is_built_and_says_what_is_missing(self, failed: BuildResult) -> None:
        page = (failed.folder / "report.incomplete.html").read_text(encoding="utf-8")
        pages = "".join(pdf_pages((failed.folder / "report.incomplete.pdf").read_bytes()))
        for text in (BeautifulSoup(page, "html.parser").get_text(), pages):
            assert "This chapter is incomplete" in text and "activites" in text
            assert "Sound & <whole>" in text

    def test_record_is_true(self, failed: BuildResult) -> None:
        told = record(failed.folder)
        assert told["outcome"] == "incomplete"
        assert [c["status"] for c in told["chapters"]] == ["done", "failed"]
        cells = [cell["status"] for cell in told["chapters"][1]["cells"]]
        assert cells == ["done", "failed", "not started"]

    def test_summary_says_where_and_what_is_left(self, failed: BuildResult) -> None:
        summary = failed.summary().replace("\\", "/")
        assert summary.startswith("Round 2018-10: INCOMPLETE, 1 of 2 chapters")
        at = [line.strip() for line in summary.splitlines()]
        begin = next(n for n, line in enumerate(at) if line.startswith("failed:"))
        assert re.fullmatch(
            r'failed: 02_bad\.ipynb, cell 4 \(id \w+\), line 1, under "Part"', at[begin]
        )
        assert at[begin + 1 : begin + 4] == [
            '{}["activites"]',
            "KeyError: 'activites'",
            "as far as it ran: output/2018-10/chapters/02_bad.ipynb",
        ]
        assert "the last good report is untouched" in summary
        assert summary.endswith("output/2018-10/report.incomplete.pdf")

    def test_what_has_no_form_in_a_format_makes_the_report_incomplete(self, project: Path) -> None:
        source = (
            "from IPython.display import publish_display_data\n"
            'publish_display_data({"image/png": "bm90IGEgcGljdHVyZQ=="}, {"alt": "A"})\n'
            'print("42")'
        )
        result = build(ROUND, project=write(project, c01_a=runnable(code(source))))
        assert result.exit_code == 1
        summary = result.summary()
        assert "stop:   01_a.ipynb, cell 3: printed text has no PDF form" in summary
        assert "failed: pdf: the PDF could not be set" in summary
        assert [path.name for path in result.paths] == ["report.incomplete.html"]
        findings = (result.folder / "findings.csv").read_text(encoding="utf-8")
        assert "no-form-in-report,01_a.ipynb,3" in findings
        assert not (result.folder / "report.html").exists()

    def test_an_unknown_reference_stops_and_leaves_the_output_alone(self, project: Path) -> None:
        output = good_report(project)
        write(project, c01_a=runnable(md("(tics)=\n## Part\n\n{ref}`tick`")))
        with pytest.raises(RoundError) as caught:
            build(ROUND, project=project)
        text = str(caught.value)
        assert "the reference 'tick' leads to nothing" in text
        assert "01_a.ipynb, cell 3" in text
        assert "did you mean 'tics'?" in text
        assert (output / "report.html").read_text("utf-8") == "the last good one"
        assert sorted(path.name for path in output.parent.iterdir()) == [".cache", ROUND]


class TestOnly:
    def test_one_chapter_goes_into_its_own_folder_with_its_numbers(self, project: Path) -> None:
        output = good_report(project)
        told: list[Event] = []
        result = build(ROUND, project=project, only=["02_results"], progress=told.append)
        assert result.folder == output / "partial"
        assert (output / "report.html").read_text("utf-8") == "the last good one"
        soup = BeautifulSoup((output / "partial" / "report.html").read_text("utf-8"), "html.parser")
        assert [tag.get_text() for tag in soup.select("section.chapter h2")] == ["2 Results"]
        assert {event.chapter for event in told if event.kind == "cell"} == {"02_results"}
        kept = record(output / "partial")
        assert kept["command"] == "escp run 2018-10 --only 02_results"
        assert {c["name"]: c["status"] for c in kept["chapters"]} == {
            "02_results": "done",
            "01_introduction": "skipped",
            "A_form": "skipped",
        }


def test_findings_and_questions_of_collected_answers_are_left_as_files(project: Path) -> None:
    change(project / "parameters" / ROUND / "round.yaml", ": reconstructed", ": collected")
    write(project, c01_a=runnable(md("Words."), code("1;")))
    result = build(ROUND, project=project, formats=("html",), options=Options(jobs=1))
    assert result.exit_code == 0
    findings = pd.read_csv(result.folder / "findings.csv")
    count = findings["severity"].value_counts()
    told = f"{count['doubt']} doubts, {count['note']} notes (findings.csv, queries.csv)"
    assert f"findings about the data: {told}" in result.summary()
    assert set(findings["code"]) == {"tick-without-comment"}  # most comments were never printed
    queries = pd.read_csv(result.folder / "queries.csv")
    assert list(queries.columns) == ["partnership", "question", "section", "asked", "row"]
    assert len(queries) == len(findings) > 20


class TestCheck:
    def test_nothing_wrong(self, project: Path) -> None:
        result = check(ROUND, project)
        assert result.exit_code == 0
        assert "Round 2018-10: nothing wrong with the input" in result.summary()

    def test_all_faults_at_once_without_a_kernel(
        self, project: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delattr("papermill.execute_notebook")
        change(project / "parameters" / ROUND / "round.yaml", "provenance:", "provenanse:")
        write(project, c01_a=runnable(md("![x](y.png)")))
        result = check(ROUND, project)
        assert result.exit_code == 3
        assert "provenance" in result.summary()
        assert "an image stands in the text" in result.summary()

    def test_an_unknown_round(self, project: Path) -> None:
        assert check("2018/10", project).exit_code == 3

    def test_references_are_followed_where_chapters_hold_outputs(self, project: Path) -> None:
        notebook = runnable(md("{ref}`nothing`"), code("1"))
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.execution_count = 1
        write(project, c01_a=notebook)
        assert "the reference 'nothing' leads to nothing" in check(ROUND, project).summary()

    def test_stored_outputs_without_form_are_told(self, project: Path) -> None:
        notebook = runnable(code("print()"))
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.execution_count = 1
        output = nbformat.v4.new_output("stream", name="stdout", text="42")
        notebook.cells[-1].outputs = [output]
        write(project, c01_a=notebook)
        result = check(ROUND, project)
        assert result.exit_code == 1
        assert "01_a.ipynb, cell 3: printed text has no PDF form" in result.summary()


def test_a_job_runs_in_the_folder_of_the_chapters(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[ChapterJob] = []

    def stop(jobs: Any, *_: Any) -> None:
        seen.extend(jobs)
        raise KeyboardInterrupt

    monkeypatch.setattr(KERNELS, stop)
    with pytest.raises(KeyboardInterrupt):
        build(ROUND, project=project, parameters={"round_id": ROUND})
    assert {job.folder for job in seen} == {project / "notebooks"}
    assert not (project / "output" / ROUND).exists()


@pytest.fixture(scope="module")
def five(tmp_path_factory: pytest.TempPathFactory) -> BuildResult:
    """Return a build over a good report, in which five of six chapters end in five ways."""
    kill = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"
    project = write(
        sample_project(tmp_path_factory.mktemp("five")),
        c01_endless=runnable(md("## Waiting"), code("while True:\n    pass")),
        c02_exits=runnable(code("import os\nos._exit(7)")),
        c03_killed=runnable(code(kill)),
        c04_raises=runnable(md("## Dividing"), code("x = 1\nx / 0")),
        c05_missing=runnable(code('open("no-such.csv")')),
        c06_sound=runnable(md("All is well.")),
    )
    good_report(project)
    return build(ROUND, project=project, options=Options(cell_limit=2))


class TestFiveWaysToEnd:
    def test_five_true_records(self, five: BuildResult) -> None:
        told = record(five.folder)
        assert told["outcome"] == "incomplete"
        assert {c["name"]: c["status"] for c in told["chapters"]} == {
            "01_endless": "timed out",
            "02_exits": "kernel lost",
            "03_killed": "kernel lost",
            "04_raises": "failed",
            "05_missing": "failed",
            "06_sound": "done",
        }
        errors = {c["name"]: c["error"] for c in told["chapters"]}
        assert errors == {
            "01_endless": "CellTimeoutError: not done after 2 s, the limit",
            "02_exits": "DeadKernelError: the kernel died, it ended with exit code 7",
            "03_killed": "DeadKernelError: the kernel died, it was ended by signal SIGKILL",
            "04_raises": "ZeroDivisionError: division by zero",
            "05_missing": "FileNotFoundError: [Errno 2] No such file or directory: 'no-such.csv'",
            "06_sound": "",
        }
        cells = {c["name"]: c["cells"][-1]["status"] for c in told["chapters"]}
        assert cells["01_endless"] == "timed out" and cells["03_killed"] == "kernel lost"

    def test_five_readable_messages(self, five: BuildResult) -> None:
        told = five.summary()
        places = {
            "timed out: 01_endless.ipynb, cell 4": 'under "Waiting"\n          while True:\n',
            "kernel lost: 02_exits.ipynb, cell 3": "it ended with exit code 7\n",
            "kernel lost: 03_killed.ipynb, cell 3": "it was ended by signal SIGKILL\n",
            "failed: 04_raises.ipynb, cell 4": 'line 2, under "Dividing"\n          x / 0\n',
            "failed: 05_missing.ipynb, cell 3": "'no-such.csv'\n",
        }
        for at, (place, text) in enumerate(places.items()):
            after = told[told.index(place) :]
            assert text in after[: after.index("as far as it ran")], place
            assert f"output/2018-10/chapters/0{at + 1}_" in after.replace("\\", "/")

    def test_the_others_are_built_and_the_good_report_stays(self, five: BuildResult) -> None:
        page = (five.folder / "report.incomplete.html").read_text(encoding="utf-8")
        assert "All is well." in page
        assert page.count("This chapter is incomplete") == 5
        for ending in ("html", "pdf"):
            kept = five.folder / f"report.{ending}"
            assert kept.read_text(encoding="utf-8") == "the last good one"
