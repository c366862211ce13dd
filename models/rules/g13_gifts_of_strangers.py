"""G13: gifts between strangers, on one occasion after the other."""

import numpy as np
from numpy.typing import NDArray

from models.rules.base import DAY, HOUR, Address, Columns, Limit, Limits, Rule, Tally


def fires(f: Columns, limit: Limits) -> NDArray[np.bool_]:
    """A lottery or a party is one occasion, whatever its size: only the first gift of each counts.
    Whoever has logged in where the giver is, or on the giver's device, may well know them."""
    out = f.is_buyer == 0
    quiet = np.where(out, f.gift_out_age, f.gift_in_age)
    neighbours = ~out & ((f.geo_login_age >= 0) | (f.device_login_age >= 0))
    first = np.isnan(f.dealt_age) | (f.dealt_age <= limit.known_for)
    return (
        first
        & ~(f.known_before >= limit.known_for)
        & ~neighbours
        & ~(quiet <= limit.occasion)
        & (f.seen_age >= limit.settled)
        & (f.friended_ever >= limit.friends)
    )


RULE = Rule(
    id="G13",
    slug="gifts-of-strangers",
    title="Gifts between strangers",
    family="G",
    view="account",
    on=("gift_out", "gift_in"),
    addresses=(
        Address("self", "seller", "V100", on=("gift_out",)),
        Address("self", "buyer", "V102", on=("gift_in",)),
    ),
    fires=fires,
    limits=(
        Limit("known_for", 3 * DAY, HOUR, 365 * DAY, "ms", "in touch so long before: no strangers"),
        Limit("occasion", 12 * HOUR, HOUR, 7 * DAY, "ms", "gifts this close are one occasion"),
        Limit("friends", 2, 0, 100, "n", "friends known, so that strangers can be told apart"),
        Limit("settled", 30 * DAY, 0, 365 * DAY, "ms", "how long the account has been known"),
        Limit("strangers", 3, 1, 100, "n", "strangers in 30 days", festive=True),
    ),
    tally=Tally(30 * DAY, {"other": "strangers"}),
    festive_ms=30 * DAY,
    shows=("recipients_now", "givers_now"),
    says="a gift between accounts that had not been in touch for {known_for:ms}, apart from others "
    "by {occasion:ms} ({strangers:n} such strangers in 30 days are needed)",
    tells="Collectibles passed between you and several accounts that you had no earlier contact "
    "with, on separate occasions.",
    tells_zh="您与多个此前并无往来的账号之间，先后多次发生藏品转赠。",
    needs=("gift",),
    excused_by=("household", "creator", "grace"),
    look_alikes=("new_member_known_offline", "giveaway"),
    blind_spot="Traders who sell everything in one evening, or chat for days before.",
    runbook="Ask how they met. People who know each other from outside have more between them than "
    "one gift: messages, common friends, gifts back.",
)
