"""X05: several people report the same account."""

import numpy as np
from numpy.typing import NDArray

from models.rules.base import DAY, Address, Columns, Limit, Limits, Rule, Trail


def fires(f: Columns, limit: Limits) -> NDArray[np.bool_]:
    """The reporters of the two weeks before this report. A clique can always find two, so this
    only supports what something else shows."""
    return f.reporters_14d >= limit.reporters


RULE = Rule(
    id="X05",
    slug="converging-reports",
    title="Reported by several",
    family="X",
    view="account",
    on=("reported",),
    addresses=(Address("self", "seller", "V100"),),
    fires=fires,
    limits=(Limit("reporters", 2, 1, 50, "n", "reporters in 14 days before this report"),),
    strength="support",
    trails=(Trail(("reported",), 14 * DAY),),
    shows=("reporters_14d",),
    says="reported by {reporters_14d:n} other accounts in 14 days before (limit {reporters:n})",
    tells="Several accounts reported you within 14 days.",
    tells_zh="14天内有多个账号对您进行了举报。",
    needs=("report",),
    excused_by=("moderator",),
    look_alikes=("brigading",),
    blind_spot="Reports of a clique, and trades that nobody minds.",
    runbook="Look at who reports: how often were they right, and do they know each other?",
)
