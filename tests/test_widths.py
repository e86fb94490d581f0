from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escp_analysis.loaders import widths as module
from escp_analysis.loaders.widths import widths

CELLS = st.lists(st.lists(st.text('a",;\n ', max_size=6), min_size=1, max_size=5), max_size=8)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a,b\n1,2\n", [2, 2]),
        ("a,b\n1,2", [2, 2]),
        ('a,b\n"1,x","2\n3"\n4\n', [2, 2, 1]),
        ('a,b\n"say ""x"", y",2\n', [2, 2]),
        ("a,b\r\n\r\n1,2,3\r\n\r\n", [2, 3]),
        ('"a\n\nb",c\n1,2\n', [2, 2]),
        ("", []),
    ],
)
def test_cells_are_counted_outside_quotes_and_blank_lines_left_out(
    text: str, told: list[int]
) -> None:
    assert widths(text.encode(), ",").tolist() == told


@pytest.mark.parametrize("block", [1, 2, 3, 7, 1 << 24])
@given(rows=CELLS)
def test_the_counts_are_those_of_a_parser(rows: list[list[str]], block: int) -> None:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_BLOCK", block)
        assert widths(out.getvalue().encode(), ",").tolist() == [len(row) for row in rows]
