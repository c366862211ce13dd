"""X07: money comes in and goes on to somebody else, less a fee."""

import numpy as np
from numpy.typing import NDArray

from models.rules.base import DAY, HOUR, MINUTE, Address, Columns, Limit, Limits, Rule, Tally, Trail


def fires(f: Columns, limit: Limits) -> NDArray[np.bool_]:
    """The last payment received came from another account than the one now paid; an escrow keeps
    a little of it, and deals with strangers."""
    share = f.amount / np.where(f.was_paid_last > 0, f.was_paid_last, np.nan)
    another = ~(f.paid_by_other_age <= f.was_paid_age)
    strangers = ~(f.known_before >= limit.known_for)
    return (
        (f.was_paid_age <= limit.within)
        & (share >= limit.least)
        & (share <= 1)
        & another
        & strangers
    )


RULE = Rule(
    id="X07",
    slug="money-passed-on",
    title="Holds other people's money",
    family="X",
    view="account",
    on=("paid",),
    addresses=(Address("self", "broker", "V300"),),
    fires=fires,
    limits=(
        Limit("within", 24 * HOUR, MINUTE, 7 * DAY, "ms", "passed on within this"),
        Limit("least", 0.8, 0.1, 1, "share", "least share of it that is passed on"),
        Limit("known_for", 7 * DAY, HOUR, 365 * DAY, "ms", "in touch so long before are friends"),
        Limit("payees", 3, 1, 100, "n", "how many payees in 30 days"),
    ),
    tally=Tally(30 * DAY, {"other": "payees"}),
    strength="firm",
    trails=(Trail(("was_paid",), DAY, newest=True),),
    shows=("was_paid_age", "was_paid_last", "amount"),
    says="passed {amount:money} on, {was_paid_age:ms} after {was_paid_last:money} had come from "
    "another account (limits {within:ms}, {least:share})",
    tells="Money that you received was passed on to other accounts, {was_paid_age:ms} later.",
    tells_zh="您在收款{was_paid_age:ms}后即将款项转付给其他账号。",
    needs=("payment",),
    excused_by=("household", "moderator"),
    look_alikes=("joint_present", "shared_meal"),
    blind_spot="Brokers who settle once a month, or outside.",
    runbook="Draw who paid and who was paid: do tokens go the other way between the same people?",
)
