"""G06: accounts of one device give to one hub."""

import numpy as np
from numpy.typing import NDArray

from models.rules.base import DAY, Address, Columns, Limit, Limits, Rule, Trail


def fires(f: Columns, limit: Limits) -> NDArray[np.bool_]:
    """In a family gifts go round; in a farm they go one way. Four with one phone, of whom one
    collects, are a family still."""
    return (
        (f.givers_now >= limit.givers)
        & (f.hub_share >= limit.hub)
        & (f.to_other_30d + 1 >= limit.givers)
        & (f.accounts_now >= limit.accounts)
    )


RULE = Rule(
    id="G06",
    slug="farm-consolidation",
    title="One device, one hub",
    family="G",
    view="device",
    on=("gave",),
    addresses=(Address("actor", "farm", "V401"), Address("other", "hub", "V401")),
    fires=fires,
    limits=(
        Limit("givers", 3, 2, 100, "n", "givers on one device in 30 days"),
        Limit("hub", 0.8, 0.1, 1, "share", "share of the device's gifts that went to one account"),
        Limit("accounts", 5, 2, 100, "n", "accounts on the device in 30 days"),
    ),
    strength="firm",
    trails=(Trail(("gave",), 30 * DAY, same="other"),),
    shows=("givers_now", "hub_share", "accounts_now"),
    says="{givers_now:n} accounts of one device gave in 30 days (limit {givers:n}), "
    "{hub_share:share} of it to one account (limit {hub:share}); {accounts_now:n} accounts use the "
    "device",
    tells="Collectibles of several accounts of one device were gathered in one account.",
    tells_zh="同一设备上的多个账号将藏品集中转赠至同一账号。",
    needs=("gift", "login"),
    look_alikes=("household_phone", "campus_network"),
    blind_spot="Farms with a phone for each account.",
    runbook="Who registered these accounts, and when? A family has names, ages and other friends.",
)
