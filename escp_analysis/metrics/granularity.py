"""Which whole-number counts a printed percentage allows: the arithmetic behind the claims check."""

from __future__ import annotations

from escp_analysis import rounding


def counts_allowed(percent: int, base: int) -> list[int]:
    """Return every count out of ``base`` that prints as ``percent`` under half up, ascending.

    ``percent`` is a share as printed, in whole per cent; ``base`` counts respondents. An empty
    list is an answer: no count of this base can have been printed so. Raises ``ValueError`` for
    a base of zero or less. Rule: ``rounding.percent``, the one the report prints with.
    """
    if base <= 0:
        raise ValueError(f"no share exists of {base} respondents: the base must be positive")
    return [count for count in range(base + 1) if rounding.percent(count, base) == percent]


def total_ticks_allowed(percent: int, base: int, options: int) -> list[int]:
    """Return every total of ticks whose mean share over ``options`` prints as ``percent``.

    A mean share is ticks / (base x options), so a question of ``options`` options asked of
    ``base`` respondents is one count out of their product; the total is in ticks, not in
    respondents. Raises ``ValueError`` when either factor is zero or less. Used for the mean
    shares of section 2.2 (40 % and 18 %).
    """
    if base <= 0 or options <= 0:
        raise ValueError(f"no mean share over {options} options of {base} respondents exists")
    return counts_allowed(percent, base * options)
