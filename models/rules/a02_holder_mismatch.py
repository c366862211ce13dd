"""A02: somebody else is paid, from a new device in a new place."""

import numpy as np
from numpy.typing import NDArray

from models.rules.base import DAY, Address, Columns, Limit, Limits, Rule, Trail


def fires(f: Columns, limit: Limits) -> NDArray[np.bool_]:
    """A parent or a spouse behind the payment account is no sale: they sit in the same home. A new
    holder who comes with a new device from another place may be one."""
    return (
        (f.holder_verified == 0)
        & (f.new_devices_14d > 0)
        & (f.new_geos_14d > 0)
        & (f.in_old_place == 0)
        & (f.seen_age >= limit.settled)
    )


RULE = Rule(
    id="A02",
    slug="holder-mismatch",
    title="Paid to somebody else",
    family="A",
    view="account",
    on=("changed_payment",),
    addresses=(Address("self", "holder", "V200"),),
    fires=fires,
    limits=(Limit("settled", 14 * DAY, 0, 365 * DAY, "ms", "how long it has been known"),),
    strength="firm",
    trails=(Trail(("login", "registered"), 14 * DAY),),
    shows=("holder_verified", "new_devices_14d", "new_geos_14d"),
    says="the new payment account belongs to another person than the verified one; in 14 days "
    "{new_devices_14d:n} new devices and {new_geos_14d:n} new places",
    tells="The payment account of your account was changed to another person's, from a new device "
    "in a new place.",
    tells_zh="您的账号在新设备、新地点将收付款账户变更为他人账户。",
    needs=("credential_changed", "account_registered", "login"),
    excused_by=(),
    look_alikes=("parent", "spouse"),
    blind_spot="Accounts whose verified person the stream never showed, and buyers who keep the "
    "seller's payment account.",
    runbook="Ask the verified person, at the old number, whose payment account this is.",
)
