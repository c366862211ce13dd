"""A04: many people live on one device."""

import numpy as np
from numpy.typing import NDArray

from models.rules.base import DAY, HOUR, Address, Columns, Limit, Limits, Rule, Tally


def fires(f: Columns, limit: Limits) -> NDArray[np.bool_]:
    """A customer comes to a shop's tablet once or twice; whoever comes back over days belongs to
    it. An account speaks only for itself: on its own later visits."""
    crowded = (f.accounts_24h >= limit.day) | (f.accounts_now >= limit.month)
    return crowded & (f.first_use_age >= limit.belongs)


RULE = Rule(
    id="A04",
    slug="device-hopping",
    title="Many accounts on one device",
    family="A",
    view="device",
    on=("used",),
    addresses=(Address("actor", "farm", "V401"),),
    fires=fires,
    limits=(
        Limit("day", 5, 2, 100, "n", "accounts in 24 hours"),
        Limit("month", 8, 2, 500, "n", "accounts in 30 days"),
        Limit("belongs", 3 * DAY, HOUR, 30 * DAY, "ms", "how long ago it first used the device"),
        Limit("returns", 2, 1, 100, "n", "how many such logins in 30 days"),
    ),
    tally=Tally(30 * DAY, {"event_id": "returns"}),
    shows=("accounts_24h", "accounts_now", "first_use_age"),
    says="used a device that {accounts_24h:n} accounts used in 24 hours and {accounts_now:n} in 30 "
    "days (limits {day:n}, {month:n}), {first_use_age:ms} after its first use of it",
    tells="Your account is used again and again on a device that many other accounts use.",
    tells_zh="您的账号长期在一台由多个账号共用的设备上登录。",
    needs=("login",),
    look_alikes=("shop", "repair", "shared_tablet"),
    blind_spot="Farms with a phone for each account.",
    runbook="Where is the device? A school, a shop and a large family have an address; a farm has "
    "accounts that do nothing else. An IP address alone says nothing.",
)
