"""Tables of a whole round, made once however often they are asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from escp_analysis.loaders.survey import Survey

Table = Callable[["Survey"], pd.DataFrame]


def once_per_round(make: Table) -> Table:
    """Return what makes a table once per Survey, which never changes, and then gives copies."""
    key = f"{make.__module__}.{make.__qualname__}"

    @wraps(make)
    def made(survey: Survey) -> pd.DataFrame:
        if key not in survey.made:
            survey.made[key] = make(survey)
        return survey.made[key].copy()

    return made
