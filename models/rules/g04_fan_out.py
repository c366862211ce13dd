"""G04: many recipients, nothing back."""

import numpy as np
from numpy.typing import NDArray

from models.rules.base import DAY, Address, Columns, Limit, Limits, Rule, Trail


def fires(f: Columns, limit: Limits) -> NDArray[np.bool_]:
    """Friends give to each other; customers do not. Guests and followers do not either, so this
    only supports what something else shows."""
    return (f.recipients_now >= limit.recipients) & (f.mutual_share <= limit.mutual)


RULE = Rule(
    id="G04",
    slug="fan-out",
    title="Many recipients, nothing back",
    family="G",
    view="account",
    on=("gift_out",),
    addresses=(Address("self", "seller", "V100"),),
    fires=fires,
    limits=(
        Limit("recipients", 5, 2, 500, "n", "recipients in 30 days", festive=True),
        Limit("mutual", 0.2, 0, 1, "share", "share of them who gave something back"),
    ),
    strength="support",
    festive_ms=30 * DAY,
    trails=(Trail(("gift_out",), 30 * DAY),),
    shows=("recipients_now", "mutual_share"),
    says="gave to {recipients_now:n} accounts in 30 days (limit {recipients:n}); "
    "{mutual_share:share} of them gave something back",
    tells="You gave collectibles to {recipients_now:n} accounts within 30 days.",
    tells_zh="您在30天内向{recipients_now:n}个账号转赠了藏品。",
    needs=("gift",),
    excused_by=("creator",),
    look_alikes=("festival", "creator", "wedding"),
    blind_spot="Sellers with few, large customers.",
    runbook="A creator's giveaway has an announcement; a wedding has one evening. Ask the platform "
    "to allow-list creators rather than to raise the limit.",
)
