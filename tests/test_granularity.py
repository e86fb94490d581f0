from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escp_analysis.metrics.granularity import counts_allowed, total_ticks_allowed


@pytest.mark.parametrize(
    ("percent", "base", "counts"),
    [
        (83, 23, [19]),  # 18 of 23 is 78.3 %, 20 of 23 is 87.0 %
        (67, 6, [4]),
        (54, 13, [7]),
        (0, 21, [0]),
        (100, 14, [14]),
    ],
)
def test_a_share_of_a_small_base_fixes_the_count(
    percent: int, base: int, counts: list[int]
) -> None:
    assert counts_allowed(percent, base) == counts


def test_a_large_base_allows_several_counts() -> None:
    # 10 % of 300 prints for 9.5 % up to, not including, 10.5 %: 28.5 to 31.5 respondents.
    assert counts_allowed(10, 300) == [29, 30, 31]


def test_a_half_is_printed_upwards() -> None:
    # 1 of 8 is 12.5 %: printed 13 under half up, 12 under half to even.
    assert counts_allowed(13, 8) == [1]
    assert counts_allowed(12, 8) == []


@pytest.mark.parametrize(("percent", "base"), [(50, 3), (101, 23), (-1, 23)])
def test_a_percentage_no_count_gives_allows_nothing(percent: int, base: int) -> None:
    assert counts_allowed(percent, base) == []


@pytest.mark.parametrize("base", [0, -4])
def test_a_share_of_nobody_is_refused(base: int) -> None:
    with pytest.raises(ValueError, match=f"no share exists of {base} respondents"):
        counts_allowed(0, base)


@given(st.integers(1, 120), st.integers(0, 100))
def test_every_count_is_allowed_by_exactly_the_percentage_it_prints_as(
    base: int, percent: int
) -> None:
    printed = [
        int((Decimal(100 * count) / base).quantize(Decimal(1), ROUND_HALF_UP))
        for count in range(base + 1)
    ]
    expected = [count for count, text in enumerate(printed) if text == percent]
    assert counts_allowed(percent, base) == expected


@pytest.mark.parametrize(
    ("percent", "base", "ticks"),
    [
        (40, 6, [17]),  # of 42: 16 is 38.1 %, 18 is 42.9 %
        (18, 14, [18]),  # of 98: 17 is 17.3 %, 19 is 19.4 %
        (40, 7, []),  # of 49: 19 is 38.8 %, 20 is 40.8 %, so base 7 is impossible
        (18, 13, [16]),  # of 91: 16 is 17.6 %, 17 is 18.7 %
    ],
)
def test_the_mean_shares_of_the_barriers_fix_their_ticks(
    percent: int, base: int, ticks: list[int]
) -> None:
    assert total_ticks_allowed(percent, base, 7) == ticks


@pytest.mark.parametrize(("base", "options"), [(0, 7), (6, 0), (-6, -7)])
def test_a_mean_share_over_nothing_is_refused(base: int, options: int) -> None:
    with pytest.raises(ValueError, match=f"over {options} options of {base} respondents"):
        total_ticks_allowed(40, base, options)
