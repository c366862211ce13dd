"""P01: faster than a person, drop after drop."""

import numpy as np
from numpy.typing import NDArray

from models.rules.base import DAY, Address, Columns, Limit, Limits, Rule, Tally


def fires(f: Columns, limit: Limits) -> NDArray[np.bool_]:
    """To see a button and to press it takes a practised person a fifth of a second, without the
    network in between. A rank among the buyers of a drop would accuse the quickest fan."""
    return (f.latency >= 0) & (f.latency < limit.fastest)


RULE = Rule(
    id="P01",
    slug="drop-sniping",
    title="Faster than a person",
    family="P",
    view="account",
    on=("purchased",),
    addresses=(Address("self", "farm", "V400"),),
    fires=fires,
    limits=(
        Limit("fastest", 150, 1, 5_000, "ms", "what a person cannot do"),
        Limit("drops", 3, 1, 100, "n", "purchases in 30 days"),
    ),
    tally=Tally(30 * DAY, {"token": "drops"}),
    strength="hard",
    shows=("latency",),
    says="bought {latency:ms} after the drop had opened (limit {fastest:ms}; {drops:n} such "
    "purchases in 30 days are needed)",
    tells="Several purchases of your account came {latency:ms} after a drop had opened, which no "
    "person can do.",
    tells_zh="您的账号多次在发售开始后{latency:ms}内完成购买，超出人工操作的可能。",
    needs=("purchase",),
    look_alikes=("quick_people", "retries"),
    blind_spot="Scripts that wait as long as a person would.",
    runbook="Compare with the drop's own log of requests: headers, spacing, addresses.",
)
