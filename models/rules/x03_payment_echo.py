"""X03: money goes the other way."""

import numpy as np
from numpy.typing import NDArray

from models.rules.base import DAY, HOUR, MINUTE, Address, Columns, Limit, Limits, Rule, Trail


def fires(f: Columns, limit: Limits) -> NDArray[np.bool_]:
    """Close in time is enough where the token has no outside price; further away the sum must
    look like one. Where there is a price, a sum far from it is something else. Friends pay each
    other for a hundred reasons: whoever was in touch before anything passed between them, or
    pays where nothing is given, is left alone."""
    priced = f.echo_value > 0
    ratio = f.echo_paid / np.where(priced, f.echo_value, 1)
    like_a_price = (ratio >= limit.least) & (ratio <= limit.most)
    close = f.echo_age <= limit.close
    near = f.echo_age <= limit.near
    friends = (f.known_before >= limit.known_for) | (f.other_payments_30d >= limit.habit)
    return ~friends & np.where(priced, near & like_a_price, close & (f.echo_paid > 0))


RULE = Rule(
    id="X03",
    slug="payment-echo",
    title="Paid for by the recipient",
    family="X",
    view="account",
    on=("gift_out", "was_paid", "gift_in", "paid"),
    addresses=(
        Address("self", "seller", "V100", on=("gift_out", "was_paid")),
        Address("self", "buyer", "V102", on=("gift_in", "paid")),
    ),
    fires=fires,
    limits=(
        Limit("close", 30 * MINUTE, MINUTE, DAY, "ms", "close enough without a price"),
        Limit("near", 24 * HOUR, MINUTE, DAY, "ms", "near enough with a matching sum"),
        Limit("least", 0.5, 0, 1, "n", "least sum, in outside prices"),
        Limit("most", 2, 1, 100, "n", "largest sum, in outside prices"),
        Limit("known_for", 7 * DAY, HOUR, 365 * DAY, "ms", "in touch so long before are friends"),
        Limit("habit", 2, 1, 100, "n", "so many payments that no gift accounts for are a habit"),
    ),
    strength="firm",
    trails=(
        Trail(("was_paid", "paid"), DAY, same="other"),
        Trail(("gift_out", "gift_in"), DAY, same="other"),
    ),
    shows=("echo_age", "echo_paid", "echo_value"),
    says="the recipient paid {echo_paid:money} within {echo_age:ms} of the gift (limits "
    "{close:ms}, {near:ms}); outside value {echo_value:money}; no earlier contact of "
    "{known_for:ms} or more",
    tells="The recipient of a collectible paid the giver {echo_paid:money} within {echo_age:ms} of "
    "the gift.",
    tells_zh="藏品接收方在转赠前后{echo_age:ms}内向转赠方付款{echo_paid:money}。",
    needs=("gift", "payment"),
    excused_by=("household",),
    look_alikes=("shared_meal", "red_packet", "parent_pays_for_child"),
    blind_spot="Money that goes through a third person or an account nobody sees, and sales among "
    "friends.",
    runbook="Compare the sum with the outside price of the day, and look for a habit of payments "
    "between the two that has nothing to do with gifts.",
)
