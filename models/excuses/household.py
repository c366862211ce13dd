"""A family that the platform has verified may share what it owns, and pays for each other."""

import numpy as np
from numpy.typing import NDArray

from models.excuses.base import Excuse
from models.rules.base import Columns, Limits


def applies(f: Columns, limit: Limits) -> NDArray[np.bool_]:
    """Declared before this row, by either side."""
    return ~np.isnan(f.household_age)


EXCUSE = Excuse(
    id="household",
    title="One household",
    tells="Both accounts belong to one verified household.",
    tells_zh="双方账号属于同一已核验家庭。",
    views=("account",),
    applies=applies,
)
