"""CSV taken apart quickly is what was written, and a record that is short or long is noticed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from importlib.util import find_spec

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from escp_analysis.loaders import csv_parsing
from escp_analysis.loaders.csv_parsing import Layout, parsed
from escp_analysis.loaders.ticks import Ticks

WIDTH = 3
CELL = st.text('ab",;\n\r =01é', max_size=6)
TABLES = st.lists(st.lists(CELL, min_size=WIDTH, max_size=WIDTH), max_size=8)
NEEDS_PYARROW = pytest.mark.skipif(not find_spec("pyarrow"), reason="needs the scale extra")


@pytest.fixture(params=["pandas", pytest.param("pyarrow", marks=NEEDS_PYARROW)], scope="module")
def engine(request: pytest.FixtureRequest) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_parsing, "_LARGE", 0 if request.param == "pyarrow" else 1 << 40)
        yield request.param


def written(rows: list[list[str]], ends: str = "\n", separator: str = ",") -> str:
    out = io.StringIO(newline="")
    heads = [f"H{at}" for at in range(WIDTH)]
    form = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator=ends, delimiter=separator)
    form.writerows([heads, *rows])
    return out.getvalue()


def told(text: str, *, closed: tuple[int, ...] = (), separator: str = ",") -> pd.DataFrame | None:
    return parsed(text.encode(), Layout(separator, "utf-8", WIDTH), range(WIDTH), closed)


def texts(table: pd.DataFrame | None) -> list[list[str]]:
    assert table is not None
    return table.astype("str").to_numpy().tolist()


def plain(cell: str) -> str:
    return cell.replace("\r\n", "\n").replace("\r", "\n")


@given(
    rows=TABLES,
    ends=st.sampled_from(["\n", "\r\n"]),
    separator=st.sampled_from([",", ";", "\t"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252"]),
    closed=st.sets(st.integers(0, WIDTH - 1)),
    finished=st.booleans(),
)
@pytest.mark.usefixtures("engine")
def test_every_cell_is_what_was_written_with_line_feeds(
    rows: list[list[str]],
    ends: str,
    separator: str,
    encoding: str,
    closed: set[int],
    finished: bool,
) -> None:
    text = written(rows, ends, separator)
    ended = finished or not rows
    content = (text if ended else text.removesuffix(ends)).encode(encoding)
    layout = Layout(separator, encoding.removesuffix("-sig"), WIDTH)
    table = parsed(content, layout, range(WIDTH), closed)
    assert texts(table) == [[plain(cell) for cell in row] for row in rows]


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("block", [1, 5, 1 << 18])
@pytest.mark.usefixtures("engine")
def test_line_breaks_in_texts_stay_however_the_blocks_fall(
    ends: str, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_parsing, "_BLOCK", block)
    rows = [["one\r\ntwo,", "1", 'said "x"\n'], ["three\r", "", "\n\n"], ["é,\nx", '"\r\n"', "2"]]
    table = told(written(rows, ends))
    assert texts(table) == [[plain(cell) for cell in row] for row in rows]


@pytest.mark.parametrize("row", ['"1","2"', '"1","2","3","4"', '"1","2","3",', '"1","2","3"x,""'])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.usefixtures("engine")
def test_a_record_that_is_not_full_is_noticed(row: str, ends: str) -> None:
    whole = written([["1", "2", "3"]] * 4, ends)
    assert told(whole) is not None
    assert told(whole + row + ends) is None
    assert told(whole + row + ends + whole) is None


def test_a_file_that_holds_the_mark_itself_is_left_to_the_other_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(csv_parsing, "_LARGE", 1 << 40)
    assert told(written([["1", "2", "\x1f"]])) is None
    assert told(written([["1", "2"]]) + '"3",\x1f\n') is None


@pytest.mark.usefixtures("engine")
def test_codes_that_look_like_numbers_stay_what_they_are() -> None:
    rows = [["01", "1e3", "x"], ["1", "1000", "y"], ["1.0", "", "NA"], ["01", "inf", "None"]]
    table = told(written(rows), closed=(0, 1, 2))
    assert texts(table) == rows


@pytest.mark.usefixtures("engine")
def test_no_record_gives_an_empty_table() -> None:
    table = told(written([]), closed=(1,))
    assert table is not None
    assert table.shape == (0, WIDTH)


@pytest.mark.usefixtures("engine")
def test_columns_nobody_asks_for_are_not_held_and_answers_of_lists_are_categories() -> None:
    content = written([["a", "b", "c"], ["a", "d", "e"]]).encode()
    table = parsed(content, Layout(",", "utf-8", WIDTH), [0, 2], {0})
    assert table is not None
    assert list(table.columns) == [0, 2]
    assert isinstance(table[0].dtype, pd.CategoricalDtype)
    assert list(table[0].cat.categories) == ["a"]


BOXES = pd.DataFrame(
    {
        "A": pd.Series(["Y", "", "Y", None, "Y"], dtype="category"),
        "B": pd.Series(["", "", "", None, "Y"], dtype="str"),
        "C": pd.Series(["", "", "", None, ""], dtype="category"),
        "D": pd.Series(["N", "y", "Y", "YY", ""], dtype="str"),
    }
)


def test_a_box_is_ticked_where_its_cell_is_a_capital_y() -> None:
    ticks = Ticks.of(BOXES, ["A", "B", "C", "D"])
    assert ticks.matrix.astype(int).tolist() == [
        [1, 0, 0, 0],
        [0, 0, 0, 0],
        [1, 0, 0, 1],
        [0, 0, 0, 0],
        [1, 1, 0, 0],
    ]
    assert ticks.matrix.flags.f_contiguous
    assert ticks.any_of(["B", "D"]).tolist() == [False, False, True, False, True]
