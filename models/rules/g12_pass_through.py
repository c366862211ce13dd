"""G12: passed on as soon as allowed, between strangers."""

import numpy as np
from numpy.typing import NDArray

from models.rules.base import DAY, HOUR, MINUTE, Address, Columns, Limit, Limits, Rule, Tally, Trail


def fires(f: Columns, limit: Limits) -> NDArray[np.bool_]:
    """The token came as a gift and goes to somebody else as soon as its hold has ended. Whoever
    organises a joint present hands everything to one person, whom they know."""
    hold = limit.hold(f.token_by_gift > 0)
    since = f.token_held - np.where(np.isfinite(hold), hold, np.inf)
    back = f.gift_from_other_age <= f.token_came_age
    return (
        (f.token_by_gift > 0)
        & (since <= limit.within)
        & ~back
        & ~(f.known_before >= limit.known_for)
    )


RULE = Rule(
    id="G12",
    slug="pass-through",
    title="Forwards what it is given",
    family="G",
    view="account",
    on=("gift_out",),
    addresses=(Address("self", "broker", "V300"),),
    fires=fires,
    limits=(
        Limit("within", 24 * HOUR, MINUTE, 30 * DAY, "ms", "passed on within this of the hold"),
        Limit("known_for", 7 * DAY, HOUR, 365 * DAY, "ms", "in touch so long before are friends"),
        Limit("pairs", 3, 1, 100, "n", "how many tokens and recipients in 30 days"),
    ),
    tally=Tally(30 * DAY, {"token": "pairs", "other": "pairs"}),
    strength="firm",
    trails=(Trail(("gift_in",), 30 * DAY, same="token", newest=True),),
    shows=("token_held",),
    says="passed a gift on after {token_held:ms}, within {within:ms} of its hold, to an account "
    "that it had not been in touch with",
    tells="You passed on collectibles that you had been given, {token_held:ms} after they came, "
    "to accounts that you had no earlier contact with.",
    tells_zh="您在收到藏品{token_held:ms}后，即将其转赠给此前并无往来的账号。",
    needs=("gift",),
    excused_by=("household", "creator", "moderator"),
    look_alikes=("joint_present", "charity"),
    blind_spot="Brokers who never hold the token.",
    runbook="Draw both sides: who gave, who got, and did money pass between those?",
)
