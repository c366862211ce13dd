"""A01: a new owner moves in."""

import numpy as np
from numpy.typing import NDArray

from models.rules.base import DAY, Address, Columns, Limit, Limits, Rule, Trail


def fires(f: Columns, limit: Limits) -> NDArray[np.bool_]:
    """A new phone changes the device and nothing else; a new owner changes everything, if over
    days, and the old device is silent. An account's first device and place are no change, nor is
    a journey, from which people come back; and whoever has just taken an account back makes it
    theirs again."""
    device = (f.new_devices_14d > 0) & (f.devices_ever > f.new_devices_14d)
    place = (f.new_geos_14d > 0) & (f.geos_ever > f.new_geos_14d)
    here = ~(f.place_known < limit.stays) & (f.in_old_place == 0)
    marks = (
        (device & (f.on_old_device == 0)).astype(np.int64)
        + (place & here)
        + (f.phone_changes_14d > 0)
        + (f.password_changes_14d > 0)
        + (f.payment_changes_14d > 0)
        + (f.friends_gone_share >= limit.friends_gone)
    )
    back = f.recovered_age <= limit.settled
    return (marks >= limit.marks) & (f.old_devices_72h == 0) & (f.seen_age > limit.settled) & ~back


RULE = Rule(
    id="A01",
    slug="handover-burst",
    title="A new owner moves in",
    family="A",
    view="account",
    on=("login", "changed_phone", "changed_password", "changed_payment", "unfriended"),
    addresses=(Address("self", "holder", "V200"),),
    fires=fires,
    limits=(
        Limit("marks", 3, 2, 6, "n", "how many of device, place, phone, password, payee, friends"),
        Limit("friends_gone", 0.5, 0.1, 1, "share", "share of the friends that are gone"),
        Limit("stays", DAY, 0, 7 * DAY, "ms", "a place seen for longer than this is no journey"),
        Limit(
            "settled",
            14 * DAY,
            0,
            365 * DAY,
            "ms",
            "how long it has been known, or has not been taken back",
        ),
    ),
    strength="firm",
    trails=(
        Trail(
            (
                "login",
                "changed_phone",
                "changed_email",
                "changed_password",
                "changed_payment",
                "unfriended",
            ),
            14 * DAY,
        ),
    ),
    shows=(
        "new_devices_14d",
        "new_geos_14d",
        "phone_changes_14d",
        "password_changes_14d",
        "payment_changes_14d",
        "friends_gone_share",
    ),
    says="within 14 days: {new_devices_14d:n} new devices, {new_geos_14d:n} new places, phone "
    "changed {phone_changes_14d:n} times, password {password_changes_14d:n}, payee "
    "{payment_changes_14d:n}, {friends_gone_share:share} of the friends gone ({marks:n} marks are "
    "needed)",
    tells="Within two weeks your account changed its device and several of its credentials, as "
    "when an account changes hands.",
    tells_zh="您的账号在两周内更换了设备及多项凭证，与账号易主的情形相符。",
    needs=("login", "credential_changed"),
    look_alikes=("new_phone", "theft", "moving_house"),
    blind_spot="Hand-overs staged over weeks.",
    runbook="Ask the verified person to confirm from the old phone number. A theft looks the same: "
    "check first whether the account was emptied.",
)
