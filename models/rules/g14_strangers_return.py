"""G14: strangers pass the same token back."""

import numpy as np
from numpy.typing import NDArray

from models.rules.base import DAY, HOUR, Address, Columns, Limit, Limits, Rule, Tally, Trail


def fires(f: Columns, limit: Limits) -> NDArray[np.bool_]:
    """A couple sends a keepsake to and fro, fans send a token round; both knew each other before.
    What comes back from strangers, again and again, is moved to be seen moving."""
    neighbours = (f.geo_login_age >= 0) | (f.device_login_age >= 0)
    return (
        (f.token_left_age <= limit.back_within)
        & ~(f.known_before >= limit.known_for)
        & ~neighbours
        & (f.seen_age >= limit.settled)
        & (f.friended_ever >= limit.friends)
    )


RULE = Rule(
    id="G14",
    slug="strangers-return",
    title="Comes back from strangers",
    family="G",
    view="account",
    on=("gift_in",),
    addresses=(Address("self", "seller", "V100"), Address("other", "seller", "V100")),
    fires=fires,
    limits=(
        Limit("back_within", 30 * DAY, DAY, 90 * DAY, "ms", "back within this"),
        Limit("known_for", 3 * DAY, HOUR, 365 * DAY, "ms", "in touch so long before: no strangers"),
        Limit("friends", 2, 0, 100, "n", "friends known, so that strangers can be told apart"),
        Limit("settled", 30 * DAY, 0, 365 * DAY, "ms", "how long the account has been known"),
        Limit("returns", 2, 1, 50, "n", "returns in 30 days"),
    ),
    tally=Tally(30 * DAY, {"event_id": "returns"}),
    strength="firm",
    trails=(Trail(("gift_out",), 30 * DAY, same="token", newest=True),),
    shows=("token_left_age",),
    says="a token came back {token_left_age:ms} after it was given away (limit {back_within:ms}), "
    "from an account that had not been in touch for {known_for:ms}",
    tells="Collectibles went back and forth between you and accounts that you had no earlier "
    "contact with.",
    tells_zh="您与此前并无往来的账号之间多次发生藏品往返转赠。",
    needs=("gift",),
    excused_by=("household",),
    look_alikes=("couple", "fan_pass_along", "mistaken_gift_returned"),
    blind_spot="Rings of people who chat with each other.",
    runbook="List every token that went round: one is a story, five are a trade.",
)
