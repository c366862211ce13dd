"""G08: comes back, or goes round a ring of accounts."""

import numpy as np
from numpy.typing import NDArray

from models.rules.base import DAY, Address, Columns, Limit, Limits, Rule, Trail


def fires(f: Columns, limit: Limits) -> NDArray[np.bool_]:
    """The recipient had given this very token away not long ago. The token does not know who
    is friends with whom, so this supports what the accounts show (G14)."""
    return f.left_recipient_age <= limit.back_within


RULE = Rule(
    id="G08",
    slug="round-trip",
    title="Comes back to a former holder",
    family="G",
    view="token",
    on=("moved",),
    addresses=(Address("actor", "seller", "V100"), Address("other", "buyer", "V102")),
    fires=fires,
    limits=(Limit("back_within", 30 * DAY, DAY, 90 * DAY, "ms", "back within this"),),
    strength="support",
    trails=(Trail(("moved",), 30 * DAY),),
    shows=("hops_back", "left_recipient_age"),
    says="the token came back to a former holder after {hops_back:n} gifts and "
    "{left_recipient_age:ms} (limit {back_within:ms})",
    tells="A collectible came back to an account that had given it away {left_recipient_age:ms} "
    "before.",
    tells_zh="某藏品在转出{left_recipient_age:ms}后又回到原持有账号。",
    needs=("gift",),
    excused_by=("returned_mistake",),
    look_alikes=("mistaken_gift_returned",),
    blind_spot="Rings that take longer than a month.",
    runbook="List every token that this pair or ring passed on: one is a story, five are a trade.",
)
