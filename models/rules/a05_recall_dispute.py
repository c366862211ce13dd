"""A05: taken back after somebody else had moved in."""

import numpy as np
from numpy.typing import NDArray

from models.rules.base import DAY, Address, Columns, Limit, Limits, Rule, Trail


def fires(f: Columns, limit: Limits) -> NDArray[np.bool_]:
    """A thief stays for hours and empties the account; a buyer stays for days, changes the payment
    account and leaves everything in it."""
    return (
        (f.payment_changes_14d > 0)
        & (f.new_devices_14d > f.new_devices_24h)
        & (f.new_geos_14d > 0)
        & (f.password_changes_14d + f.phone_changes_14d >= limit.changes)
        & (f.given_share_24h < limit.emptied)
        & (f.seen_age >= limit.settled)
    )


RULE = Rule(
    id="A05",
    slug="recall-dispute",
    title="Taken back after a hand-over",
    family="A",
    view="account",
    on=("recovered",),
    addresses=(Address("self", "holder", "V203"),),
    fires=fires,
    limits=(
        Limit("changes", 1, 1, 10, "n", "password, phone or mail changes in 14 days"),
        Limit("emptied", 0.8, 0.1, 1, "share", "share given away that speaks of a theft"),
        Limit("settled", 14 * DAY, 0, 365 * DAY, "ms", "how long the account has been known"),
    ),
    strength="hard",
    trails=(
        Trail(
            ("login", "changed_phone", "changed_email", "changed_password", "changed_payment"),
            14 * DAY,
        ),
    ),
    shows=("new_devices_14d", "new_geos_14d", "payment_changes_14d"),
    says="recovered by the verified owner, after {new_devices_14d:n} new devices, {new_geos_14d:n} "
    "new places and {payment_changes_14d:n} new payment accounts in 14 days",
    tells="You took the account back after another person had used it for some time with a payment "
    "account of their own.",
    tells_zh="该账号曾由他人以其本人收付款账户使用一段时间，之后被您找回。",
    needs=("account_recovered", "credential_changed", "login"),
    look_alikes=("theft",),
    blind_spot="Owners who wait longer than two weeks.",
    runbook="Look at a theft first: was anything taken, and did the owner call for help at once? "
    "Ask the person behind the other payment account what they paid.",
)
