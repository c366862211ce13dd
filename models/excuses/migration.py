"""Everything moves to one account in one go, as when support replaces a locked account."""

import numpy as np
from numpy.typing import NDArray

from models.excuses.base import Excuse
from models.rules.base import MINUTE, Columns, Limit, Limits


def applies(f: Columns, limit: Limits) -> NDArray[np.bool_]:
    """Gifts to this recipient minutes before this one, and to nobody else that day."""
    return (f.gift_to_other_age <= limit.within) & (f.recipients_24h == 1)


EXCUSE = Excuse(
    id="migration",
    title="A move in one go",
    tells="Several collectibles went to one account at once, as in a migration by support.",
    tells_zh="多件藏品一次性转至同一账号，与客服协助迁移的情形相符。",
    views=("account",),
    applies=applies,
    limits=(Limit("within", 10 * MINUTE, 0, 60 * MINUTE, "ms", "time since the gift before"),),
)
