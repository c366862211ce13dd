"""G01: given before the hold in force had ended, or while gifting was forbidden."""

import numpy as np
from numpy.typing import NDArray

from models.rules.base import DAY, Address, Columns, Limit, Limits, Rule, Trail


def fires(f: Columns, limit: Limits) -> NDArray[np.bool_]:
    """A token of unknown origin is early only where no gift is allowed at all."""
    hold = limit.hold(f.token_by_gift > 0)
    return np.isinf(hold) | (f.token_held < hold - limit.skew)


RULE = Rule(
    id="G01",
    slug="early-transfer",
    title="Given before the hold ended",
    family="G",
    view="account",
    on=("gift_out",),
    addresses=(Address("self", "seller", "V500"),),
    fires=fires,
    limits=(Limit("skew", 300_000, 0, DAY, "ms", "how far the clocks may disagree"),),
    strength="hard",
    trails=(Trail(("purchased", "airdropped", "gift_in"), 30 * DAY, same="token", newest=True),),
    shows=("token_held",),
    says="gave the token away after holding it for {token_held:ms}; a gift was allowed after: "
    "{hold:ms}",
    tells="You gave a collectible away {token_held:ms} after it came to you, before the platform "
    "allowed it.",
    tells_zh="您在获得藏品{token_held:ms}后即将其转赠，尚未满足平台当时的转赠条件。",
    needs=("gift",),
    excused_by=("migration",),
    look_alikes=("migration", "support_recovery"),
    blind_spot="Tokens whose purchase the stream never showed.",
    runbook="Look up how the gift passed the platform's own check: a support action or a "
    "migration has a ticket; a client that skips the check needs a fix before anybody is warned.",
)
