"""What is known of an account at each of its rows."""

from typing import Final

import numpy as np

from models.features.language import (
    DAY,
    Age,
    Count,
    Derived,
    Distinct,
    Feature,
    Is,
    Knows,
    Last,
    Mutual,
    SameAsLast,
    Slept,
    This,
    Total,
    Woke,
)
from models.views import ROLES

OUT: Final = ("gift_out",)
IN: Final = ("gift_in",)
BOUGHT: Final = ("purchased", "airdropped")
GAINED: Final = ("purchased", "airdropped", "gift_in", "came_back")
LOST: Final = ("gift_out", "went_back")
NEW_HANDS: Final = ("changed_phone", "changed_email")
TWO_WEEKS: Final = 14 * DAY
# What an account does itself; what others send it does not wake it.
ACTED: Final = (
    "login",
    "gift_out",
    "purchased",
    "attempted",
    "paid",
    "wrote",
    "changed_phone",
    "changed_password",
    "changed_email",
    "changed_payment",
    "changed_kyc",
    "reporting",
    "registered",
    "recovered",
)
# Where an account shows its own device and place.
SEEN: Final = ("registered", "login")
# Sums (minor units) that people give for luck: sixes and eights, "all the way", "I love you".
LUCKY: Final = (
    *(6_60, 8_80, 18_80, 52_0, 52_00, 66_00, 88_00, 66_60, 88_80, 99_00),
    *(168_00, 188_00, 288_00, 520_00, 521_00, 600_00, 666_00, 800_00, 888_00, 1314_00),
    *(6_66, 8_88, 9_99, 13_14, 16_80, 1688_00, 1888_00, 5200_00, 6666_00, 8888_00, 13140_00),
)
DEALT: Final = ("gift_out", "gift_in", "paid", "was_paid")
PAID: Final = ("paid", "was_paid")
# What people have to do with each other beside gifts and money.
ACQUAINTED: Final = ("friended", "household", "wrote", "was_written")

# Rows whose value is the outside price of the collection at the time.
VALUED: Final = ("gift_out", "gift_in")

JUDGED: Final = (
    "gift_out",
    "gift_in",
    "was_paid",
    "paid",
    "unfriended",
    "login",
    "changed_phone",
    "changed_password",
    "changed_payment",
    "recovered",
    "purchased",
    "reported",
)

FEATURES: Final = (
    # Gifts out and in
    Feature("gifts_out_24h", Count(OUT, DAY), "n", "gifts given in 24 hours"),
    Feature("gifts_out_30d", Count(OUT, 30 * DAY), "n", "gifts given in 30 days"),
    Feature("gifts_in_30d", Count(IN, 30 * DAY), "n", "gifts received in 30 days"),
    Feature("recipients_24h", Distinct("other", OUT, DAY), "n", "recipients in 24 hours"),
    Feature("recipients_30d", Distinct("other", OUT, 30 * DAY), "n", "recipients in 30 days"),
    Feature("givers_30d", Distinct("other", IN, 30 * DAY), "n", "givers in 30 days"),
    Feature(
        "mutual_30d",
        Mutual("other", OUT, IN, 30 * DAY),
        "n",
        "accounts with gifts in both directions in 30 days",
    ),
    Feature("purchases_30d", Count(BOUGHT, 30 * DAY), "n", "purchases and airdrops in 30 days"),
    Feature("gained_ever", Count(GAINED), "n", "collectibles ever gained"),
    Feature("lost_ever", Count(LOST), "n", "collectibles ever given away"),
    Feature(
        "held_now",
        Derived(lambda f: np.maximum(f.gained_ever - f.lost_ever, 0)),
        "n",
        "collectibles held",
    ),
    Feature(
        "gifted_share_30d",
        Derived(lambda f: f.gifts_in_30d / np.maximum(f.gifts_in_30d + f.purchases_30d, 1)),
        "share",
        "share of what came in 30 days that came as gifts",
    ),
    Feature(
        "given_share_24h",
        Derived(lambda f: (f.gifts_out_24h + 1) / np.maximum(f.held_now + f.gifts_out_24h, 1)),
        "share",
        "share of what was held a day ago that has been given away, this gift included",
    ),
    # This token
    Feature("token_bought_age", Age(BOUGHT, per="token"), "ms", "time since this token was bought"),
    Feature("token_came_age", Age(("gift_in",), per="token"), "ms", "time since it was received"),
    Feature(
        "token_held",
        Derived(lambda f: np.fmin(f.token_bought_age, f.token_came_age)),
        "ms",
        "how long this token was held",
    ),
    Feature(
        "token_by_gift",
        Derived(lambda f: (f.token_came_age == f.token_held).astype(np.float64)),
        "flag",
        "this token came as a gift",
    ),
    # This counterparty
    Feature("met_age", Age(ACQUAINTED, per="other", first=True), "ms", "time since first contact"),
    Feature(
        "dealt_age",
        Age(DEALT, per="other", first=True),
        "ms",
        "time since the first gift or payment between them",
    ),
    Feature("friended_age", Age(("friended",), per="other"), "ms", "time since befriended"),
    Feature("household_age", Age(("household",), per="other"), "ms", "time as one household"),
    Feature("gift_to_other_age", Age(OUT, per="other"), "ms", "time since the last gift to them"),
    Feature("gift_from_other_age", Age(IN, per="other"), "ms", "time since their last gift"),
    Feature("gifts_to_other_30d", Count(OUT, 30 * DAY, per="other"), "n", "gifts to them in 30 d"),
    Feature("gifts_from_other_30d", Count(IN, 30 * DAY, per="other"), "n", "gifts from them, 30 d"),
    Feature("gifts_to_other_24h", Count(OUT, DAY, per="other"), "n", "gifts to them in 24 hours"),
    Feature(
        "value_to_other_24h",
        Total(OUT, "amount", DAY, per="other"),
        "money",
        "outside value of gifts to them in 24 hours",
    ),
    Feature(
        "paid_by_other_24h",
        Total(("was_paid",), "amount", DAY, per="other"),
        "money",
        "payments from them in 24 hours",
    ),
    Feature(
        "paid_by_other_age",
        Age(("was_paid",), per="other"),
        "ms",
        "time since their last payment",
    ),
    Feature(
        "payments_by_other_30d",
        Count(("was_paid",), 30 * DAY, per="other"),
        "n",
        "payments from them in 30 days",
    ),
    Feature(
        "value_from_other_24h",
        Total(IN, "amount", DAY, per="other"),
        "money",
        "outside value of their gifts in 24 hours",
    ),
    Feature(
        "paid_to_other_24h",
        Total(("paid",), "amount", DAY, per="other"),
        "money",
        "payments to them in 24 hours",
    ),
    Feature("paid_to_other_age", Age(("paid",), per="other"), "ms", "time since paying them"),
    Feature(
        "value_from_other_30d",
        Total(IN, "amount", 30 * DAY, per="other"),
        "money",
        "outside value of their gifts in 30 days",
    ),
    Feature(
        "paid_to_other_30d",
        Total(("paid",), "amount", 30 * DAY, per="other"),
        "money",
        "payments to them in 30 days",
    ),
    Feature("pays_other_30d", Count(("paid",), 30 * DAY, per="other"), "n", "how many of them"),
    Feature("payments_30d", Count(PAID, 30 * DAY, per="other"), "n", "payments between them, 30 d"),
    Feature("payments_24h", Count(PAID, DAY, per="other"), "n", "payments between them, 24 hours"),
    Feature("gift_out_age", Age(OUT), "ms", "time since the last gift given"),
    Feature("gift_in_age", Age(IN), "ms", "time since the last gift received"),
    Feature("token_left_age", Age(OUT, per="token"), "ms", "time since this token was given away"),
    Feature(
        "from_new_places",
        Count(IN, per="other", new="geo"),
        "n",
        "their gifts from places new to this account",
    ),
    Feature("has_place", Knows("geo"), "flag", "the place of this event is known"),
    Feature("amount", This("amount"), "money", "the money of the event, or the token's value"),
    Feature("latency", This("num"), "ms", "time after the opening of the drop"),
    Feature("is_payment", Is(PAID), "flag", "this row is a payment"),
    Feature("is_buyer", Is(("gift_in", "paid")), "flag", "this account gets the gift, or pays"),
    Feature(
        "recipients_now",
        Derived(lambda f: f.recipients_30d + (f.gifts_to_other_30d == 0)),
        "n",
        "recipients in 30 days, this one included",
    ),
    Feature(
        "givers_now",
        Derived(lambda f: f.givers_30d + (f.gifts_from_other_30d == 0)),
        "n",
        "givers in 30 days, this one included",
    ),
    Feature(
        "mutual_share",
        Derived(lambda f: f.mutual_30d / np.maximum(f.recipients_30d, 1)),
        "share",
        "share of the recipients who gave something back in 30 days",
    ),
    # Words about money, and words between the two
    Feature(
        "words_7d",
        Total(("wrote", "was_written"), "num", 7 * DAY, per="other"),
        "bits",
        "marks of an offer in their messages of 7 days, added up",
    ),
    Feature("wrote_age", Age(("wrote",), per="other"), "ms", "time since writing to them"),
    Feature("wrote_last", Last(("wrote",), "num", per="other"), "bits", "marks of that message"),
    # Value for value, and value one way
    Feature("value_from_other_last", Last(IN, "amount", per="other"), "money", "their last gift"),
    Feature(
        "value_to_other_30d",
        Total(OUT, "amount", 30 * DAY, per="other"),
        "money",
        "outside value of gifts to them in 30 days",
    ),
    # Money in and out again
    Feature("was_paid_age", Age(("was_paid",)), "ms", "time since the last payment received"),
    Feature("was_paid_last", Last(("was_paid",), "amount"), "money", "that payment"),
    Feature("reporters_14d", Distinct("other", ("reported",), TWO_WEEKS), "n", "reporters, 14 d"),
    # A payment and a gift that cross each other, seen from either side
    Feature(
        "echo_age",
        Derived(
            lambda f: np.where(
                f.is_payment > 0,
                np.where(f.is_buyer > 0, f.gift_from_other_age, f.gift_to_other_age),
                np.where(f.is_buyer > 0, f.paid_to_other_age, f.paid_by_other_age),
            )
        ),
        "ms",
        "time between gift and payment",
    ),
    Feature(
        "echo_paid",
        Derived(
            lambda f: (
                np.where(f.is_buyer > 0, f.paid_to_other_24h, f.paid_by_other_24h)
                + np.where(f.is_payment > 0, f.amount, 0)
            )
        ),
        "money",
        "paid by the recipient in 24 hours",
    ),
    Feature(
        "echo_value",
        Derived(
            lambda f: (
                np.where(f.is_buyer > 0, f.value_from_other_24h, f.value_to_other_24h)
                + np.where(f.is_payment > 0, 0, np.nan_to_num(f.amount))
            )
        ),
        "money",
        "outside value of what they were given in 24 hours",
    ),
    Feature(
        "echo_lucky",
        Derived(lambda f: np.isin(f.echo_paid, LUCKY).astype(np.float64)),
        "flag",
        "the sum is one that people give for luck",
    ),
    # How well the two know each other
    Feature(
        "known_before",
        Derived(lambda f: f.met_age - np.nan_to_num(f.dealt_age)),
        "ms",
        "how long they had been in touch before the first gift or payment between them",
    ),
    Feature(
        "other_payments_30d",
        Derived(
            lambda f: np.maximum(
                f.payments_30d - f.payments_24h - f.gifts_to_other_30d - f.gifts_from_other_30d, 0
            )
        ),
        "n",
        "payments between them in 30 days that no gift accounts for",
    ),
    Feature(
        "friends_at_gift",
        Derived(lambda f: f.friended_age - f.gift_to_other_age),
        "ms",
        "how long they had been friends at the last gift",
    ),
    # Whose hands
    Feature("seen_age", Age(ROLES["account"], first=True), "ms", "time since the first event"),
    Feature("registered_age", Age(("registered",)), "ms", "time since registration"),
    Feature("minor", Last(("registered",), "num"), "flag", "registered as a minor"),
    Feature("devices_72h", Distinct("device", ("login",), 3 * DAY), "n", "devices in 72 hours"),
    Feature("devices_ever", Count(SEEN, new="device"), "n", "devices ever seen"),
    Feature("new_devices_24h", Count(("login",), DAY, new="device"), "n", "new devices in 24 h"),
    Feature(
        "new_devices_14d", Count(("login",), TWO_WEEKS, new="device"), "n", "new devices in 14 d"
    ),
    Feature("device_login_age", Age(("login",), per="device"), "ms", "time since a login on it"),
    Feature(
        "device_known",
        Age(("login",), per="device", first=True),
        "ms",
        "time since the first login on it",
    ),
    Feature(
        "place_known",
        Age(("login",), per="geo", first=True),
        "ms",
        "time since the first login from there",
    ),
    Feature(
        "on_old_device",
        Derived(lambda f: (f.device_known > TWO_WEEKS).astype(np.float64)),
        "flag",
        "on a device that has been used for two weeks",
    ),
    Feature(
        "in_old_place",
        Derived(lambda f: (f.place_known > TWO_WEEKS).astype(np.float64)),
        "flag",
        "in a place that has been used for two weeks",
    ),
    Feature("login_age", Age(("login",)), "ms", "time since the last login"),
    Feature("geo_login_age", Age(("login",), per="geo"), "ms", "time since a login from there"),
    Feature(
        "from_afar",
        Derived(
            lambda f: np.where(
                f.is_payment > 0,
                f.from_new_places > 0,
                (f.has_place > 0) & np.isnan(f.geo_login_age) & np.isnan(f.device_login_age),
            ).astype(np.float64)
        ),
        "flag",
        "their gift came from a place where this account has never been",
    ),
    Feature("geos_ever", Count(SEEN, new="geo"), "n", "places ever seen"),
    Feature("new_geos_14d", Count(("login",), TWO_WEEKS, new="geo"), "n", "new places in 14 days"),
    Feature("phone_changes_14d", Count(NEW_HANDS, TWO_WEEKS), "n", "phone or mail changed, 14 d"),
    Feature(
        "password_changes_14d", Count(("changed_password",), TWO_WEEKS), "n", "password changed"
    ),
    Feature("payment_changes_14d", Count(("changed_payment",), TWO_WEEKS), "n", "payee changed"),
    Feature("recovered_age", Age(("recovered",)), "ms", "time since the owner took it back"),
    Feature(
        "holder_verified",
        SameAsLast(("registered", "recovered", "changed_kyc"), theirs="person", mine="person"),
        "flag",
        "the person behind the payee is the verified one",
    ),
    Feature("friended_ever", Count(("friended",)), "n", "friends ever made"),
    Feature("unfriended_ever", Count(("unfriended",)), "n", "friends ever lost"),
    Feature("unfriended_14d", Count(("unfriended",), TWO_WEEKS), "n", "friends lost in 14 days"),
    Feature(
        "friends_gone_share",
        Derived(
            lambda f: (
                f.unfriended_14d
                / np.maximum(f.friended_ever - f.unfriended_ever + f.unfriended_14d, 1)
            )
        ),
        "share",
        "share of the friends of 14 days ago that are gone",
    ),
    Feature(
        "old_devices_72h",
        Derived(lambda f: np.maximum(f.devices_72h - f.new_devices_14d, 0)),
        "n",
        "devices known for two weeks that were used in 72 hours",
    ),
    Feature("slept", Slept(7 * DAY, ACTED), "ms", "length of the latest silence of a week or more"),
    Feature("woke_age", Woke(7 * DAY, ACTED), "ms", "time since that silence ended"),
)

# What makes an account unlike its peers: behaviour only, nothing that names or places it.
MODEL_ROLES: Final = ("gift_out", "gift_in")
MODEL_FEATURES: Final = (
    "gifts_out_24h",
    "gifts_out_30d",
    "gifts_in_30d",
    "recipients_24h",
    "recipients_30d",
    "givers_30d",
    "mutual_30d",
    "purchases_30d",
    "held_now",
    "gifted_share_30d",
    "given_share_24h",
    "token_bought_age",
    "token_came_age",
    "friended_age",
    "gift_to_other_age",
    "gift_from_other_age",
    "gifts_to_other_30d",
    "gifts_from_other_30d",
    "payments_by_other_30d",
    "paid_by_other_24h",
    "registered_age",
    "new_devices_14d",
    "new_geos_14d",
    "phone_changes_14d",
    "password_changes_14d",
    "payment_changes_14d",
    "friends_gone_share",
    "slept",
    "woke_age",
)
