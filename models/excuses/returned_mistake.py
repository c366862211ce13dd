"""A gift sent to the wrong account comes straight back."""

import numpy as np
from numpy.typing import NDArray

from models.excuses.base import Excuse
from models.rules.base import DAY, HOUR, Columns, Limit, Limits


def applies(f: Columns, limit: Limits) -> NDArray[np.bool_]:
    """The recipient sent it away and gets it back from the one who had it next."""
    return (f.hops_back == 2) & (f.left_recipient_age <= limit.within)


EXCUSE = Excuse(
    id="returned_mistake",
    title="A mistake, returned",
    tells="The collectible went back soon after it had been given, as a mistaken gift does.",
    tells_zh="该藏品在转赠后不久即被退回，与误转后退还的情形相符。",
    views=("token",),
    applies=applies,
    limits=(Limit("within", 72 * HOUR, HOUR, 14 * DAY, "ms", "back within this"),),
)
