"""X09: gift after gift of one giver is paid for, at the price."""

import numpy as np
from numpy.typing import NDArray

from models.rules.base import DAY, Address, Columns, Limit, Limits, Rule, Trail


def fires(f: Columns, limit: Limits) -> NDArray[np.bool_]:
    """Friends give both ways and pay both ways, and so do families. Here tokens come from another
    city and money goes there, about as often as each other, and the sums come to the price."""
    gifts = f.gifts_from_other_30d + (f.is_payment == 0)
    pays = f.pays_other_30d + (f.is_payment > 0)
    value = f.value_from_other_30d + np.where(f.is_payment > 0, 0, np.nan_to_num(f.amount))
    paid = f.paid_to_other_30d + np.where(f.is_payment > 0, f.amount, 0)
    ratio = paid / np.where(value > 0, value, np.nan)
    one_way = (f.gifts_to_other_30d == 0) & (f.payments_30d == f.pays_other_30d)
    return (
        one_way
        & (f.from_afar > 0)
        & (gifts >= limit.gifts)
        & (pays >= limit.gifts)
        & (ratio >= limit.least)
        & (ratio <= limit.most)
    )


RULE = Rule(
    id="X09",
    slug="paid-every-time",
    title="Paid for, time after time",
    family="X",
    view="account",
    on=("gift_in", "paid"),
    addresses=(Address("self", "buyer", "V102"), Address("other", "seller", "V100")),
    fires=fires,
    limits=(
        Limit("gifts", 3, 2, 100, "n", "gifts, and payments, in 30 days"),
        Limit("least", 0.7, 0, 1, "n", "least sum of them, in outside prices"),
        Limit("most", 1.5, 1, 10, "n", "largest sum of them, in outside prices"),
    ),
    strength="hard",
    trails=(
        Trail(("gift_in",), 30 * DAY, same="other"),
        Trail(("paid",), 30 * DAY, same="other"),
    ),
    shows=(
        "gifts_from_other_30d",
        "value_from_other_30d",
        "pays_other_30d",
        "paid_to_other_30d",
        "amount",
    ),
    says="before this {gifts_from_other_30d:n} gifts worth {value_from_other_30d:money} one way, "
    "and {pays_other_30d:n} payments of {paid_to_other_30d:money} the other way in 30 days; this "
    "adds {amount:money} (limits: {gifts:n} of each, {least:n} to {most:n} times the value)",
    tells="Within 30 days several collectibles passed between you and one account, and payments of "
    "about their market price went the other way.",
    tells_zh="30天内您与某账号之间多次发生藏品转赠，同时有与其市价相当的款项反向支付。",
    needs=("gift", "payment", "market_price", "login"),
    excused_by=("household",),
    look_alikes=("shared_meal", "parent_pays_for_child"),
    blind_spot="Pairs that also give or pay the other way, to blur the picture.",
    runbook="List gifts and payments of the two side by side; ask either of them what it was for.",
)
