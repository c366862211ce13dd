"""G05: a collection made of gifts from many."""

import numpy as np
from numpy.typing import NDArray

from models.rules.base import DAY, Address, Columns, Limit, Limits, Rule, Trail


def fires(f: Columns, limit: Limits) -> NDArray[np.bool_]:
    """Most of what came, came as gifts, from many. That is a birthday as well, so it only
    supports what something else shows."""
    return (f.givers_now >= limit.givers) & (f.gifted_share_30d >= limit.gifted)


RULE = Rule(
    id="G05",
    slug="fan-in-hub",
    title="A collection made of gifts",
    family="G",
    view="account",
    on=("gift_in",),
    addresses=(Address("self", "hub", "V102"),),
    fires=fires,
    limits=(
        Limit("givers", 5, 2, 500, "n", "givers in 30 days", festive=True),
        Limit("gifted", 0.6, 0, 1, "share", "share of what came that came as gifts"),
    ),
    strength="support",
    festive_ms=30 * DAY,
    trails=(Trail(("gift_in",), 30 * DAY),),
    shows=("givers_now", "gifted_share_30d"),
    says="received gifts from {givers_now:n} accounts in 30 days (limit {givers:n}), "
    "{gifted_share_30d:share} of all that came (limit {gifted:share})",
    tells="You received collectibles as gifts from {givers_now:n} accounts within 30 days.",
    tells_zh="您在30天内收到来自{givers_now:n}个账号转赠的藏品。",
    needs=("gift",),
    look_alikes=("birthday", "club", "elder"),
    blind_spot="Collectors who also buy a lot.",
    runbook="One day and one circle of friends is a birthday. Weeks of strangers are purchases.",
)
