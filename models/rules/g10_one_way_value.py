"""G10: value flows one way."""

import numpy as np
from numpy.typing import NDArray

from models.rules.base import DAY, Address, Columns, Limit, Limits, Rule, Trail


def fires(f: Columns, limit: Limits) -> NDArray[np.bool_]:
    """Much given to one account, nothing given back and no money seen: it may have come otherwise.
    A window of 30 days, as everywhere here, instead of 90: three times less to remember."""
    given = f.value_to_other_30d + np.nan_to_num(f.amount)
    return (given >= limit.value) & (f.gifts_from_other_30d == 0)


RULE = Rule(
    id="G10",
    slug="one-way-value",
    title="Value flows one way",
    family="G",
    view="account",
    on=("gift_out",),
    addresses=(Address("self", "seller", "V100"), Address("other", "buyer", "V102")),
    fires=fires,
    limits=(Limit("value", 500_00, 0, 10_000_000_00, "money", "outside value in 30 days"),),
    strength="support",
    trails=(Trail(("gift_out",), 30 * DAY, same="other"),),
    shows=("value_to_other_30d", "amount"),
    says="gave {value_to_other_30d:money} and now {amount:money} of outside value in 30 days "
    "(limit {value:money}), and got nothing back",
    tells="Collectibles of considerable value went one way between you and one account within "
    "30 days.",
    tells_zh="30天内您与同一账号之间发生了价值较高的单向藏品转赠。",
    needs=("gift", "market_price"),
    excused_by=("household",),
    look_alikes=("parent_to_child",),
    blind_spot="Platforms without outside prices.",
    runbook="A parent gives to a child, a collector to a museum. It supports what else was found, "
    "and says nothing alone.",
)
