"""X06: a stranger pays the outside price, and gets the token."""

import numpy as np
from numpy.typing import NDArray

from models.rules.base import DAY, HOUR, MINUTE, Address, Columns, Limit, Limits, Rule, Trail


def fires(f: Columns, limit: Limits) -> NDArray[np.bool_]:
    """Nothing is left to explain: the sum is the price, the hour is the same, and the two had
    nothing to do with each other before, nor even a city in common. A sum that is given for luck
    is a red packet. Only the recipient's account
    knows where the recipient has been."""
    ratio = f.echo_paid / np.where(f.echo_value > 0, f.echo_value, np.nan)
    strangers = ~(f.known_before >= limit.known_for) & ~(f.dealt_age > limit.known_for)
    return (
        (f.echo_age <= limit.near)
        & (ratio >= limit.least)
        & (ratio <= limit.most)
        & strangers
        & (f.from_afar > 0)
        & (f.echo_lucky == 0)
        & (f.friended_ever >= limit.friends)
        & (f.seen_age >= limit.settled)
    )


RULE = Rule(
    id="X06",
    slug="stranger-price",
    title="A stranger paid the price",
    family="X",
    view="account",
    on=("gift_in", "paid"),
    addresses=(Address("self", "buyer", "V102"), Address("other", "seller", "V100")),
    fires=fires,
    limits=(
        Limit("near", 2 * HOUR, MINUTE, DAY, "ms", "time between payment and gift"),
        Limit("least", 0.65, 0, 1, "n", "least sum, in outside prices"),
        Limit("most", 1.5, 1, 10, "n", "largest sum, in outside prices"),
        Limit("friends", 2, 0, 100, "n", "friends known, so that strangers can be told apart"),
        Limit("known_for", 3 * DAY, HOUR, 365 * DAY, "ms", "in touch so long before: no strangers"),
        Limit("settled", 30 * DAY, 0, 365 * DAY, "ms", "how long the account has been known"),
    ),
    strength="hard",
    trails=(
        Trail(("paid",), DAY, same="other"),
        Trail(("gift_in",), DAY, same="other"),
    ),
    shows=("echo_age", "echo_paid", "echo_value"),
    says="two accounts that had not been in touch for {known_for:ms}: {echo_paid:money} paid "
    "within {echo_age:ms} of the gift (limit {near:ms}), for an outside value of "
    "{echo_value:money}",
    tells="A collectible and its market price, {echo_paid:money}, passed between you and an "
    "account that you had no earlier contact with, within {echo_age:ms}.",
    tells_zh="您与此前并无往来的账号之间，在{echo_age:ms}内发生了藏品转赠与等值付款{echo_paid:money}。",
    needs=("gift", "payment", "market_price", "login"),
    excused_by=("household",),
    look_alikes=("new_member_known_offline", "shared_meal"),
    blind_spot="Buyers whom the seller has talked to for days; prices far from the market's.",
    runbook="Ask either side what the payment was for. Look for an offer of this token at this "
    "price, and for messages before the gift.",
)
