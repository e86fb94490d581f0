"""How a share becomes printed text: half up on the exact fraction, counts first."""

from __future__ import annotations

NARROW_NO_BREAK_SPACE = "\u202f"


def percent(selected: int, base: int) -> int:
    """Return ``selected / base`` as whole per cent, rounded half up on the exact fraction.

    Raises ``ValueError`` for a base of zero or less, or for a negative count: a share of
    nobody does not exist and must be worded by the caller, never printed as 0.
    """
    if base <= 0 or selected < 0:
        raise ValueError(f"no share of {selected} out of {base}: the base must be positive")
    return (200 * selected + base) // (2 * base)


def share_text(selected: int, base: int) -> str:
    """Return a count with its base and share, ``4 of 6 (67 %)``; ``0 of 0`` carries no share."""
    if base == 0:
        return f"{selected} of {base}"
    return f"{selected} of {base} ({percent(selected, base)}{NARROW_NO_BREAK_SPACE}%)"
