from __future__ import annotations

from pathlib import Path

import pytest

from escp_analysis.errors import RoundError
from escp_analysis.loaders.project import RoundPaths, find_project


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "data/rounds/2018-10").mkdir(parents=True)
    (tmp_path / "parameters/2018-10").mkdir(parents=True)
    return tmp_path


def test_the_project_is_found_from_a_folder_deep_inside(project: Path) -> None:
    assert find_project(project / "data" / "rounds" / "2018-10") == project.resolve()


def test_the_project_is_found_from_where_one_stands(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project / "parameters")
    assert find_project() == project.resolve()


def test_a_folder_with_only_one_of_the_two_is_no_project(tmp_path: Path) -> None:
    (tmp_path / "parameters").mkdir()
    with pytest.raises(RoundError, match="no project here") as error:
        find_project(tmp_path)
    assert "data/rounds and parameters" in str(error.value)


def test_the_folders_of_a_round(project: Path) -> None:
    paths = RoundPaths(project, "2018-10")
    assert paths.data == project / "data/rounds/2018-10"
    assert paths.parameters == project / "parameters/2018-10"
    assert paths.output == project / "output/2018-10"
    assert paths.round_file == project / "parameters/2018-10/round.yaml"


@pytest.mark.parametrize(
    "name", ["../2018-10", "2018-10/..", "/etc", "2018-1", "2018_10", "", "2018-10\n", "２０18-10"]
)
def test_a_path_or_another_word_is_no_round(project: Path, name: str) -> None:
    with pytest.raises(RoundError) as error:
        RoundPaths(project, name)
    text = str(error.value)
    assert "is not the name of a round" in text
    assert "YYYY-MM" in text
    assert "rounds of this project: 2018-10" in text
