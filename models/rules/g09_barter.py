"""G09: gifts both ways within the hour, value for value."""

import numpy as np
from numpy.typing import NDArray

from models.rules.base import DAY, HOUR, MINUTE, Address, Columns, Limit, Limits, Rule, Tally, Trail


def fires(f: Columns, limit: Limits) -> NDArray[np.bool_]:
    """Where a value is unknown, the hour alone says too little."""
    ratio = f.amount / np.where(f.value_from_other_last > 0, f.value_from_other_last, np.nan)
    return (
        (f.gift_from_other_age <= limit.within)
        & (ratio >= 1 - limit.differ)
        & (ratio <= 1 / (1 - limit.differ))
    )


RULE = Rule(
    id="G09",
    slug="barter",
    title="Value for value",
    family="G",
    view="account",
    on=("gift_out",),
    addresses=(Address("self", "seller", "V103"), Address("other", "seller", "V103")),
    fires=fires,
    limits=(
        Limit("within", HOUR, MINUTE, DAY, "ms", "gift and return gift within this"),
        Limit("differ", 0.3, 0, 0.9, "share", "how far the values may differ"),
        Limit("swaps", 2, 1, 50, "n", "swaps of one pair in 30 days"),
    ),
    tally=Tally(30 * DAY, {"event_id": "swaps"}, by="other"),
    trails=(Trail(("gift_in",), DAY, same="other", newest=True),),
    shows=("gift_from_other_age", "value_from_other_last", "amount"),
    says="gave {amount:money} of outside value {gift_from_other_age:ms} after getting "
    "{value_from_other_last:money} (limits {within:ms}, {differ:share} apart)",
    tells="You and another account gave each other collectibles of like value within "
    "{gift_from_other_age:ms}, more than once.",
    tells_zh="您与另一账号在{gift_from_other_age:ms}内多次互赠价值相近的藏品。",
    needs=("gift", "market_price"),
    excused_by=("household",),
    look_alikes=("friends_swapping_doubles",),
    blind_spot="Debts settled a day later, or against several tokens.",
    runbook="Friends who collect one series swap doubles: a reminder of the rules is enough.",
)
