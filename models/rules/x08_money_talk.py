"""X08: strangers talk about money, then one gives the other a token."""

import numpy as np
from numpy.typing import NDArray

from models.rules.base import DAY, HOUR, Address, Columns, Limit, Limits, Rule, Trail


def fires(f: Columns, limit: Limits) -> NDArray[np.bool_]:
    """Friends joke about prices; two from different cities who met not
    long ago, and named a price or a way to pay, have made a deal."""
    strangers = (f.known_before <= limit.met_within) & ~(f.dealt_age > limit.met_within)
    settled = (f.seen_age >= limit.settled) & (f.friended_ever >= limit.friends)
    return (f.words_7d >= limit.words) & strangers & (f.from_afar > 0) & settled


RULE = Rule(
    id="X08",
    slug="money-talk",
    title="A price was named, then a gift",
    family="X",
    view="account",
    on=("gift_in",),
    addresses=(Address("self", "buyer", "V102"), Address("other", "seller", "V100")),
    fires=fires,
    limits=(
        Limit("met_within", 3 * DAY, HOUR, 7 * DAY, "ms", "in touch for no longer than this"),
        Limit("friends", 2, 0, 100, "n", "friends known, so that strangers can be told apart"),
        Limit("words", 4, 1, 100, "bits", "marks of an offer (price 1, contact 2, payment 4)"),
        Limit("settled", 30 * DAY, 0, 365 * DAY, "ms", "how long the account has been known"),
    ),
    strength="firm",
    trails=(Trail(("wrote", "was_written"), 7 * DAY, same="other"),),
    shows=("known_before", "words_7d"),
    says="in touch for {known_before:ms} (limit {met_within:ms}), in messages with marks of an "
    "offer ({words_7d:n}; limit {words:n}), then a gift",
    tells="You and an account that you had just met wrote to each other about money before a "
    "collectible was given.",
    tells_zh="您与新近接触的账号在藏品转赠前曾有涉及价款的沟通。",
    needs=("gift", "message", "login"),
    excused_by=("household", "moderator"),
    look_alikes=("jokes", "questions_about_official_prices"),
    blind_spot="Code words, and talk outside the platform.",
    runbook="The messages are not kept: ask the platform's own moderation for them, within its "
    "law.",
)
