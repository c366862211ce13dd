"""G03: befriended, given, unfriended."""

import numpy as np
from numpy.typing import NDArray

from models.rules.base import DAY, HOUR, Address, Columns, Limit, Limits, Rule, Tally, Trail


def fires(f: Columns, limit: Limits) -> NDArray[np.bool_]:
    """Judged when the friendship ends: it began shortly before the gift and ended soon after."""
    return (
        (f.friends_at_gift >= 0)
        & (f.friends_at_gift < limit.friends_for)
        & (f.gift_to_other_age <= limit.gone_within)
    )


RULE = Rule(
    id="G03",
    slug="stranger-gift",
    title="Befriended for one gift",
    family="G",
    view="account",
    on=("unfriended",),
    addresses=(Address("self", "seller", "V100"),),
    fires=fires,
    limits=(
        Limit("friends_for", 48 * HOUR, HOUR, 60 * DAY, "ms", "friends for less than this"),
        Limit("gone_within", 7 * DAY, HOUR, 30 * DAY, "ms", "unfriended within this"),
        Limit("pairs", 2, 1, 100, "n", "how many such friends in 30 days"),
    ),
    tally=Tally(30 * DAY, {"other": "pairs"}),
    strength="firm",
    trails=(Trail(("friended", "gift_out"), 30 * DAY, same="other"),),
    shows=("friends_at_gift", "gift_to_other_age"),
    says="friends for {friends_at_gift:ms} at the gift (limit {friends_for:ms}), unfriended "
    "{gift_to_other_age:ms} after it (limit {gone_within:ms})",
    tells="You befriended accounts shortly before giving to them, and the friendship ended "
    "{gift_to_other_age:ms} after the gift.",
    tells_zh="您在转赠前不久才与对方成为好友，并在转赠{gift_to_other_age:ms}后解除好友关系。",
    needs=("gift", "friend_added", "friend_removed"),
    excused_by=("household", "creator", "grace"),
    look_alikes=("new_member_known_offline", "giveaway"),
    blind_spot="Sellers who keep their customers as friends.",
    runbook="Look at the recipients: strangers with different cities and devices, or one circle?",
)
