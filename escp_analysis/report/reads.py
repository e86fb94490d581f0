"""Whether a chapter read anything that is none of its round's inputs."""

from __future__ import annotations

from pathlib import Path

from escp_analysis.kernels.reads import Reads
from escp_analysis.loaders.project import RoundPaths
from escp_analysis.report.inputs import Inputs


def undeclared(reads: Reads | None, paths: RoundPaths, inputs: Inputs) -> list[str]:
    """Return the files and folders among those read that are no input of the round, each once.

    Files of the round's inputs and the folders they lie in are inputs. Within the project they
    are named from its folder on. Where it is not known what was read, that is said.
    """
    if reads is None:
        return ["files that are not known"]
    declared = {paths.project / name for name in (*inputs.data, *inputs.words)}
    folders = {parent for path in declared for parent in path.parents}
    foreign = [path for path in reads.files if path not in declared]
    foreign += [path for path in reads.folders if path not in folders]
    return sorted({_named(path, paths.project) for path in foreign})


def _named(path: Path, project: Path) -> str:
    inside = path.is_relative_to(project)
    return path.relative_to(project).as_posix() if inside else str(path)
