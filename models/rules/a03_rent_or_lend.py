"""A03: two homes in turn."""

import numpy as np
from numpy.typing import NDArray

from models.rules.base import DAY, HOUR, Address, Columns, Limit, Limits, Rule, Tally, Trail


def fires(f: Columns, limit: Limits) -> NDArray[np.bool_]:
    """This login differs from the last one in device and place, and both are known: a VPN changes
    the place alone, a tablet the device alone."""
    other_device = f.device_login_age > f.login_age
    other_place = f.geo_login_age > f.login_age
    return other_device & other_place & (f.login_age <= limit.turn)


RULE = Rule(
    id="A03",
    slug="rent-or-lend",
    title="Two homes in turn",
    family="A",
    view="account",
    on=("login",),
    addresses=(Address("self", "lender", "V202"),),
    fires=fires,
    limits=(
        Limit("turn", 72 * HOUR, HOUR, 7 * DAY, "ms", "how long after the other home's login"),
        Limit("turns", 4, 2, 100, "n", "changes of home in 7 days"),
    ),
    tally=Tally(7 * DAY, {"event_id": "turns"}),
    trails=(Trail(("login",), 3 * DAY),),
    shows=("login_age", "device_login_age", "geo_login_age"),
    says="a login {login_age:ms} after one on another device in another place; this device was "
    "last used {device_login_age:ms} ago, from here {geo_login_age:ms} ago ({turns:n} such turns "
    "in 7 days are needed)",
    tells="Your account was used by turns on different devices in different places.",
    tells_zh="您的账号在不同地点的不同设备上被交替使用。",
    needs=("login",),
    look_alikes=("vpn", "tablet_and_phone", "couples"),
    blind_spot="Tenants in the same city, or on a phone that is handed over.",
    runbook="A commuter has a rhythm of weeks and one employer; tenants come and go. Ask before "
    "anything else: alone this is worth a reminder.",
)
