"""What is known of a device at each of its rows: who uses it, and for what."""

from typing import Final

import numpy as np

from models.features.language import (
    DAY,
    Age,
    Count,
    Derived,
    Distinct,
    Feature,
)

GAVE: Final = ("gave",)
ANY: Final = ("registered", "used", "tried", "bought", "gave")

JUDGED: Final = ("used", "gave")

FEATURES: Final = (
    Feature("accounts_24h", Distinct("actor", ANY, DAY), "n", "accounts in 24 hours"),
    Feature("accounts_30d", Distinct("actor", ANY, 30 * DAY), "n", "accounts in 30 days"),
    Feature("givers_30d", Distinct("actor", GAVE, 30 * DAY), "n", "givers in 30 days"),
    Feature("gifts_30d", Count(GAVE, 30 * DAY), "n", "gifts given in 30 days"),
    # The account of this row
    Feature("first_use_age", Age(ANY, per="actor", first=True), "ms", "time since its first use"),
    Feature("last_use_age", Age(ANY, per="actor"), "ms", "time since its last use"),
    Feature("gave_30d", Count(GAVE, 30 * DAY, per="actor"), "n", "its gifts in 30 days"),
    # The recipient of this row's gift
    Feature("to_other_30d", Count(GAVE, 30 * DAY, per="other"), "n", "gifts to the same, 30 d"),
    Feature(
        "hub_share",
        Derived(lambda f: (f.to_other_30d + 1) / (f.gifts_30d + 1)),
        "share",
        "share of the device's gifts that went to this recipient, this gift included",
    ),
    Feature(
        "givers_now",
        Derived(lambda f: f.givers_30d + (f.gave_30d == 0)),
        "n",
        "givers in 30 days, this one included",
    ),
    Feature(
        "accounts_now",
        Derived(lambda f: f.accounts_30d + np.where(f.last_use_age < 30 * DAY, 0, 1)),
        "n",
        "accounts in 30 days, this one included",
    ),
)
