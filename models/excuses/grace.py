"""A new member brings friends along from outside, and does not know the rules yet."""

import numpy as np
from numpy.typing import NDArray

from models.excuses.base import Excuse
from models.rules.base import DAY, Columns, Limit, Limits


def applies(f: Columns, limit: Limits) -> NDArray[np.bool_]:
    """Registered not long ago; an account whose registration nobody saw is not new."""
    return f.registered_age <= limit.within


EXCUSE = Excuse(
    id="grace",
    title="New to the platform",
    tells="The account was registered only recently.",
    tells_zh="该账号注册时间尚短。",
    views=("account",),
    applies=applies,
    limits=(Limit("within", 14 * DAY, 0, 90 * DAY, "ms", "how long an account is new"),),
)
