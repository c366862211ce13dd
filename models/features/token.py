"""What is known of a token at each of its rows."""

from typing import Final

from models.features.language import (
    DAY,
    Age,
    Count,
    Feature,
    HopsBack,
    Last,
    SameAsLast,
    SlowestOfThree,
)

MOVED: Final = ("moved",)
LISTED: Final = ("listed",)

JUDGED: Final = ("moved",)

FEATURES: Final = (
    Feature("moves_90d", Count(MOVED, 90 * DAY), "n", "times given in 90 days"),
    Feature(
        "slowest_of_three",
        SlowestOfThree(("issued", "moved", "moved_back")),
        "ms",
        "the longest that one of the last three holders kept it",
    ),
    Feature(
        "hops_back",
        HopsBack(MOVED, write="actor", read="other"),
        "n",
        "gifts it took to come back to a former holder",
    ),
    Feature(
        "left_recipient_age",
        Age(MOVED, per="actor>other"),
        "ms",
        "time since the recipient last gave this token away",
    ),
    Feature("listed_age", Age(LISTED), "ms", "time since it was last offered outside"),
    Feature("listed_price", Last(LISTED, "amount"), "money", "the price it was offered at"),
    Feature("listed_confidence", Last(LISTED, "num"), "ppm", "how sure the match is"),
    Feature(
        "listed_by_sender",
        SameAsLast(LISTED, theirs="other", mine="actor"),
        "flag",
        "offered by the sender's own account",
    ),
    Feature("unlisted_age", Age(("unlisted",)), "ms", "time since an offer was taken down"),
)
