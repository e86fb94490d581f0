from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escp_analysis.rounding import percent, share_text


@pytest.mark.parametrize(
    ("selected", "base", "printed"),
    [(1, 8, 13), (5, 8, 63), (19, 23, 83), (4, 6, 67), (0, 7, 0), (1, 200, 1), (1, 201, 0)],
)
def test_half_goes_up(selected: int, base: int, printed: int) -> None:
    assert percent(selected, base) == printed


@given(st.integers(0, 5000), st.integers(1, 5000))
def test_agrees_with_decimal_arithmetic(selected: int, base: int) -> None:
    exact = Decimal(100 * selected) / Decimal(base)
    assert percent(selected, base) == int(exact.quantize(Decimal(1), ROUND_HALF_UP))


@pytest.mark.parametrize(("selected", "base"), [(0, 0), (1, -1), (-1, 3)])
def test_a_share_of_nobody_is_refused(selected: int, base: int) -> None:
    with pytest.raises(ValueError, match=f"no share of {selected} out of {base}"):
        percent(selected, base)


def test_counts_come_before_the_share() -> None:
    assert share_text(4, 6) == "4 of 6 (67\u202f%)"
    assert share_text(0, 0) == "0 of 0"
