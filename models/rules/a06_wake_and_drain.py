"""A06: asleep for a month, a new device, emptied. The account is the victim."""

import numpy as np
from numpy.typing import NDArray

from models.rules.base import DAY, HOUR, Address, Columns, Limit, Limits, Rule, Trail


def fires(f: Columns, limit: Limits) -> NDArray[np.bool_]:
    """Somebody leaving gives to friends, mostly from the device they always had."""
    friend = (f.known_before >= limit.known_for) | ~np.isnan(f.household_age)
    return (
        ~friend
        & (f.slept >= limit.asleep)
        & (f.woke_age <= limit.within)
        & (f.new_devices_24h > 0)
        & (f.devices_ever > f.new_devices_24h)
        & (f.given_share_24h >= limit.given)
    )


RULE = Rule(
    id="A06",
    slug="wake-and-drain",
    title="Woken on a new device and emptied",
    family="A",
    view="account",
    on=("gift_out",),
    addresses=(Address("self", "victim", "V900"),),
    fires=fires,
    limits=(
        Limit("asleep", 30 * DAY, 7 * DAY, 365 * DAY, "ms", "how long it slept"),
        Limit("within", 24 * HOUR, HOUR, 7 * DAY, "ms", "how soon after it woke"),
        Limit("known_for", 7 * DAY, HOUR, 365 * DAY, "ms", "in touch so long before are friends"),
        Limit("given", 0.8, 0.1, 1, "share", "share of what it held that was given away"),
    ),
    strength="hard",
    trails=(Trail(("login", "gift_out"), DAY),),
    shows=("slept", "woke_age", "given_share_24h"),
    says="slept for {slept:ms} (limit {asleep:ms}), woke {woke_age:ms} ago on a new device and has "
    "given {given_share_24h:share} away (limit {given:share})",
    tells="Your account was used from a new device after {slept:ms} of silence, and most of what "
    "it held was given away. We suspect that it was not you.",
    tells_zh="您的账号在沉寂{slept:ms}后由新设备登录，并转出了大部分藏品，疑似非本人操作。",
    needs=("login", "gift"),
    look_alikes=("somebody_leaving",),
    blind_spot="Thieves on the owner's own device.",
    runbook="Hold the gifts and ask the verified person. Nothing here speaks against the account.",
)
