"""X01: the token was offered outside, then given."""

import numpy as np
from numpy.typing import NDArray

from models.rules.base import DAY, HOUR, Address, Columns, Limit, Limits, Rule, Trail


def fires(f: Columns, limit: Limits) -> NDArray[np.bool_]:
    """An offer by somebody else is no word of the sender's."""
    return (
        (f.listed_age <= limit.given_within)
        & (f.listed_confidence >= limit.confidence * 1_000_000)
        & (f.listed_by_sender != 0)
    )


RULE = Rule(
    id="X01",
    slug="listing-match",
    title="Offered outside, then given",
    family="X",
    view="token",
    on=("moved",),
    addresses=(Address("actor", "seller", "V100"), Address("other", "buyer", "V102")),
    fires=fires,
    limits=(
        Limit("given_within", 72 * HOUR, HOUR, 30 * DAY, "ms", "given within this of the offer"),
        Limit("confidence", 0.9, 0, 1, "share", "how sure the match must be"),
    ),
    strength="firm",
    trails=(Trail(("listed", "unlisted"), 3 * DAY),),
    shows=("listed_age", "listed_price", "listed_confidence"),
    says="offered outside at {listed_price:money} {listed_age:ms} before the gift (limit "
    "{given_within:ms})",
    tells="The collectible was offered for sale on an outside market {listed_age:ms} before it "
    "was given.",
    tells_zh="该藏品在转赠前{listed_age:ms}曾在外部市场挂牌出售。",
    needs=("listing",),
    look_alikes=("fraudster_listing",),
    blind_spot="Offers without a serial number, and markets that nobody watches.",
    runbook="Open the offer: is the seller's name or payment account the sender's? Fraudsters list "
    "serials that are not theirs.",
)
