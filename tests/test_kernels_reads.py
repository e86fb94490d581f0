"""What a kernel reads is noted, the same in forked and ordinary kernels, and nothing else."""

from __future__ import annotations

import py_compile
from pathlib import Path

import pytest
from kernel_runs import run
from nbclient.exceptions import DeadKernelError

from escp_analysis.kernels.kernel import Kernel
from escp_analysis.kernels.reads import Reads, read_record
from escp_analysis.kernels.warm import WarmServer

CELLS = [
    "import pandas as pd, json, os, sqlite3, io, tempfile\nfrom pathlib import Path",
    "frame = pd.read_csv('../data/a.csv'); frame = pd.read_csv('../data/a.csv')",
    "text = Path('../data/b.txt').read_bytes()",
    "with open(os.path.abspath('../data/c.txt'), 'r+') as f: f.read()",
    "number = os.open('../data/d.txt', os.O_RDONLY); os.close(number)",
    "sqlite3.connect('../data/e.db').close()",
    "names = [p.name for p in sorted(Path('../data/many').glob('*.md'))]",
    "names = os.listdir('../data'), os.listdir('/usr')",
    "import helper",
    "open('written.txt', 'w').write('x')\nopen('written.txt').read()",
    "Path('aside').write_text('x'); os.replace('aside', 'moved'); Path('moved').read_text()",
    "with open('../data/log.txt', 'a') as f: f.write('x')\nopen('../data/log.txt').read()",
    "try: open('missing.txt')\nexcept OSError: pass",
    "with tempfile.TemporaryFile() as f: f.write(b'x')",
    "with tempfile.NamedTemporaryFile('w') as f: open(f.name).read()",
    "import matplotlib.pyplot as plt\nfig = plt.figure(); plt.text(0, 0, 'x'); fig.canvas.draw()",
    "from escp_analysis import metrics, figures\nimport seaborn, pycountry\n"
    "pycountry.countries.get(alpha_2='BE')",
    "import threading\n"
    "t = threading.Thread(target=lambda: open('../data/f.txt').read()); t.start(); t.join()",
    "import multiprocessing\n"
    "with multiprocessing.get_context('fork').Pool(1) as p: p.map(Path.read_text,\n"
    "  [Path('../data/g.txt')])",
    "print(open('/etc/hostname').read() and '')",
    "assert False if 0 else True\n1 / 1",
]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    project = tmp_path / "project"
    (project / "data" / "many").mkdir(parents=True)
    (project / "notebooks").mkdir()
    (project / "notebooks" / "helper.py").write_text("a = 1\n", encoding="utf-8")
    (project / "data" / "a.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    for name in ("b.txt", "c.txt", "d.txt", "e.db", "f.txt", "g.txt", "log.txt", "many/one.md"):
        (project / "data" / name).write_text("", encoding="utf-8")
    return project


@pytest.mark.parametrize("forked", [True, False])
def test_reads_are_noted_once_and_nothing_else(
    warm: WarmServer, project: Path, tmp_path: Path, forked: bool
) -> None:
    record, server = tmp_path / "record", warm.address if forked else ""
    kernel = Kernel(project / "notebooks", server=server, record=record, project=project)
    shown = run(kernel, *CELLS)
    assert kernel.forked == forked
    data = project / "data"
    inside = ("a.csv", "b.txt", "c.txt", "d.txt", "e.db", "f.txt", "g.txt", "log.txt")
    notebooks = project / "notebooks"
    files = [data / name for name in inside]
    files += [notebooks / "helper.py", notebooks / "missing.txt", Path("/etc/hostname")]
    assert read_record(record) == Reads(tuple(sorted(files)), (data, data / "many"))
    assert len(record.read_text(encoding="ascii").splitlines()) == len(files) + 2
    assert shown[0] == ""


def test_a_module_is_noted_as_its_source_where_it_was_compiled_before(
    warm: WarmServer, project: Path, tmp_path: Path
) -> None:
    folder = project / "notebooks"
    py_compile.compile(str(folder / "helper.py"), doraise=True)
    record = tmp_path / "record"
    run(warm.kernel(folder, record=record, project=project), "import helper")
    assert read_record(record) == Reads((folder / "helper.py",), ())


def test_what_was_read_before_a_kernel_died_is_noted(
    warm: WarmServer, project: Path, tmp_path: Path
) -> None:
    record = tmp_path / "record"
    kernel = warm.kernel(project / "notebooks", record=record, project=project)
    with pytest.raises(DeadKernelError):
        run(kernel, "import os\nopen('../data/b.txt').read()\nos._exit(1)")
    assert read_record(record) == Reads((project / "data" / "b.txt",), ())


def test_a_name_of_any_signs_is_noted_whole(
    warm: WarmServer, project: Path, tmp_path: Path
) -> None:
    name, record = "li\nne \u00e9 \udcff.txt", tmp_path / "record"
    (project / "notebooks" / name).write_text("", encoding="utf-8")
    kernel = warm.kernel(project / "notebooks", record=record, project=project)
    run(kernel, f"text = open({name!a}).read()")
    assert read_record(record) == Reads((project / "notebooks" / name,), ())


def test_without_notes_the_reads_are_unknown_not_none(
    warm: WarmServer, project: Path, tmp_path: Path
) -> None:
    record = tmp_path / "record"
    run(warm.kernel(project / "notebooks"), "1")
    assert read_record(record) is None
    run(warm.kernel(project / "notebooks", record=record, project=project), "1")
    assert read_record(record) == Reads((), ())
