"""G02: given right after unlock, again and again."""

import numpy as np
from numpy.typing import NDArray

from models.rules.base import DAY, HOUR, Address, Columns, Limit, Limits, Rule, Tally, Trail


def fires(f: Columns, limit: Limits) -> NDArray[np.bool_]:
    """A short hold makes a day after it no coincidence worth a word: then the hour counts."""
    hold = limit.hold(f.token_by_gift > 0)
    since_unlock = f.token_held - hold
    soon = np.where(hold <= limit.short_hold, limit.soon_short, limit.soon)
    return np.isfinite(hold) & (hold > 0) & (since_unlock >= 0) & (since_unlock <= soon)


RULE = Rule(
    id="G02",
    slug="unlock-snipe",
    title="Given right after unlock",
    family="G",
    view="account",
    on=("gift_out",),
    addresses=(Address("self", "seller", "V100"),),
    fires=fires,
    limits=(
        Limit("soon", DAY, HOUR, 30 * DAY, "ms", "how soon after unlock"),
        Limit("soon_short", HOUR, 60_000, DAY, "ms", "how soon where the hold is short"),
        Limit("short_hold", DAY, 0, 30 * DAY, "ms", "up to where a hold is short"),
        Limit("tokens", 3, 1, 100, "n", "how many tokens in 30 days", festive=True),
        Limit("recipients", 2, 1, 100, "n", "how many recipients in 30 days", festive=True),
    ),
    tally=Tally(30 * DAY, {"token": "tokens", "other": "recipients"}),
    festive_ms=30 * DAY,
    trails=(Trail(("purchased", "airdropped", "gift_in"), 30 * DAY, same="token", newest=True),),
    shows=("token_held",),
    says="gave the token away after {token_held:ms}, right after its hold of {hold:ms}",
    tells="You gave collectibles to several accounts right after each could be given.",
    tells_zh="您多次在藏品刚刚可以转赠时，即将其转赠给不同账号。",
    needs=("gift",),
    excused_by=("household", "creator"),
    look_alikes=("birthday", "release_campaign", "festival"),
    blind_spot="Sellers who wait a day or two.",
    runbook="Compare with what else opened at that hour: when a whole drop unlocked on a "
    "festival, quick gifts are what everybody does.",
)
