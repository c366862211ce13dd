"""X02: words of an offer to somebody who then got a token."""

import numpy as np
from numpy.typing import NDArray

from models.rules.base import DAY, HOUR, Address, Columns, Limit, Limits, Rule, Trail

# The marks of a message, as bits (models.columns).
PRICE, CONTACT, PAYMENT = 1, 2, 4


def fires(f: Columns, limit: Limits) -> NDArray[np.bool_]:
    """Two of three marks: a price alone is a question, a contact alone is small talk."""
    said = np.nan_to_num(f.wrote_last).astype(np.int64)
    marks = ((said & PRICE) > 0).astype(np.int64) + ((said & CONTACT) > 0) + ((said & PAYMENT) > 0)
    friends = f.known_before >= limit.known_for
    return (marks >= limit.marks) & (f.wrote_age <= limit.within) & ~friends


RULE = Rule(
    id="X02",
    slug="solicitation",
    title="Offered in words, then given",
    family="X",
    view="account",
    on=("gift_out",),
    addresses=(Address("self", "seller", "V101"),),
    fires=fires,
    limits=(
        Limit("marks", 2, 1, 3, "n", "how many of price, contact and payment words"),
        Limit("within", 7 * DAY, HOUR, 7 * DAY, "ms", "given within this of the message"),
        Limit("known_for", 7 * DAY, HOUR, 365 * DAY, "ms", "in touch so long before are friends"),
    ),
    trails=(Trail(("wrote",), 7 * DAY, same="other", newest=True),),
    shows=("wrote_age", "wrote_last"),
    says="wrote to the recipient {wrote_age:ms} before the gift (limit {within:ms}), with marks of "
    "an offer (code {wrote_last:n}; {marks:n} of price 1, contact 2, payment 4 are needed)",
    tells="You wrote to the recipient about a price or a payment {wrote_age:ms} before the gift.",
    tells_zh="您在转赠前{wrote_age:ms}曾向接收方发送涉及价格或付款的消息。",
    needs=("gift", "message"),
    excused_by=("household", "moderator"),
    look_alikes=("jokes", "questions_about_official_prices"),
    blind_spot="Code words, advertisements to everybody, and talk outside the platform.",
    runbook="The message is not kept: ask the platform's own moderation for it, within its law. A "
    "word is a word; look for a payment before anything else.",
)
