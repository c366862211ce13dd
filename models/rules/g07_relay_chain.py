"""G07: passed on at the minimum hold, three times in a row."""

import numpy as np
from numpy.typing import NDArray

from models.rules.base import DAY, Address, Columns, Limit, Limits, Rule, Trail


def fires(f: Columns, limit: Limits) -> NDArray[np.bool_]:
    """Where there is no hold, speed says nothing about evading it."""
    hold = limit.hold(f.slowest_of_three >= 0)
    return np.isfinite(hold) & (hold > 0) & (f.slowest_of_three <= hold * limit.slack)


RULE = Rule(
    id="G07",
    slug="relay-chain",
    title="Passed on at the minimum hold",
    family="G",
    view="token",
    on=("moved",),
    addresses=(Address("actor", "seller", "V100"), Address("other", "buyer", "V102")),
    fires=fires,
    limits=(Limit("slack", 1.1, 1, 10, "n", "times the hold that still is the minimum"),),
    trails=(Trail(("issued", "moved"), 90 * DAY),),
    shows=("slowest_of_three", "moves_90d"),
    says="the last three holders kept the token for at most {slowest_of_three:ms} each; the hold "
    "in force was {hold:ms}",
    tells="A collectible went through your account in a chain of quick transfers.",
    tells_zh="某藏品在一连串快速转赠中经过您的账号。",
    needs=("gift",),
    look_alikes=("charity", "fan_pass_along"),
    blind_spot="Chains with one patient link.",
    runbook="Draw the chain: do the holders know each other, and did any of them keep other "
    "tokens longer?",
)
