"""A07: a new device in a new place gives the collection away to a stranger."""

import numpy as np
from numpy.typing import NDArray

from models.rules.base import DAY, HOUR, Address, Columns, Limit, Limits, Rule, Trail


def fires(f: Columns, limit: Limits) -> NDArray[np.bool_]:
    """A thief need not wait until an account sleeps. Whoever leaves gives to friends; whoever has
    a new phone gives from home; whoever moved does not empty the account in the same hour."""
    thief_at = (f.device_known <= limit.within) & (f.place_known <= limit.within)
    had_another = (f.devices_ever > 1) & (f.geos_ever > 1)
    stranger = ~(f.known_before >= limit.known_for) & np.isnan(f.household_age)
    much = (f.gifts_to_other_24h + 1 >= limit.gifts) | (f.given_share_24h >= limit.given)
    return thief_at & had_another & stranger & much & (f.seen_age >= limit.settled)


RULE = Rule(
    id="A07",
    slug="drained-from-afar",
    title="Given away from a new device in a new place",
    family="A",
    view="account",
    on=("gift_out",),
    addresses=(Address("self", "victim", "V900"),),
    fires=fires,
    limits=(
        Limit("within", 3 * DAY, HOUR, 14 * DAY, "ms", "how new device and place are"),
        Limit("known_for", 14 * DAY, HOUR, 365 * DAY, "ms", "in touch so long before: no stranger"),
        Limit("gifts", 3, 1, 100, "n", "gifts to one stranger in 24 hours"),
        Limit("given", 0.8, 0.1, 1, "share", "or the share of what it held that was given away"),
        Limit("settled", 14 * DAY, 0, 365 * DAY, "ms", "how long the account has been known"),
    ),
    strength="hard",
    trails=(Trail(("login", "gift_out", "changed_phone", "changed_password"), 3 * DAY),),
    shows=("device_known", "place_known", "gifts_to_other_24h", "given_share_24h"),
    says="device and place first seen {device_known:ms} and {place_known:ms} ago (limit "
    "{within:ms}); {gifts_to_other_24h:n} earlier gifts to the same stranger in 24 hours (limit "
    "{gifts:n} with this one), {given_share_24h:share} of the collection given away",
    tells="Your account was used from a device and a place that it had never been used from, and "
    "collectibles were given to an account that you had no contact with. We suspect that it was "
    "not you.",
    tells_zh="您的账号从未使用过的设备和地点登录，并将藏品转赠给与您并无往来的账号，疑似非本人操作。",
    needs=("login", "gift"),
    excused_by=("household",),
    look_alikes=("somebody_leaving", "moving_house"),
    blind_spot="Thieves in the owner's own city.",
    runbook="Hold the gifts and ask the verified person. A buyer of the account may be at work: "
    "nothing here speaks against the person either way.",
)
