"""How sure a recommendation is, from 0 to 1: a documented function that only evidence moves."""

from typing import Final

from models.adjudication.totals import Totals
from models.rules.base import Strength

# What one rule is worth when it has just been satisfied, and when it has been many times over.
WORTH: Final[dict[Strength, tuple[float, float]]] = {
    "hard": (0.60, 0.90),
    "firm": (0.45, 0.75),
    "soft": (0.30, 0.60),
    "support": (0.0, 0.0),
}
# A second rule of the same family reads the same events again: it is worth half.
SAME_FAMILY: Final = 0.5


def confidence(totals: Totals, excused: int) -> float:
    """Confidence in an episode, rounded to 4 decimals.

    Each rule is worth `low + (high - low) * (1 - needed / found)`: `found` are its findings that
    count, `needed` how many it asks for. Within a family the strongest rule counts in full and the
    others half; what rules leave in doubt multiplies: `1 - product(1 - worth)`. That grows with
    every finding, rule and family. Findings that were excused (`excused` of them) take away in
    proportion: times `counted / (counted + excused / 2)`. Percentiles of the model have no part.
    """
    doubt = 1.0
    for family in totals.families:
        worth = sorted(
            (
                _worth(total.rule.strength, len(total.findings), total.needed)
                for total in totals.rules.values()
                if total.rule.family == family
            ),
            reverse=True,
        )
        for rank, each in enumerate(worth):
            doubt *= 1.0 - each * (SAME_FAMILY if rank else 1.0)
    share = totals.count / (totals.count + excused / 2) if totals.count else 0.0
    return round((1.0 - doubt) * share, 4)


def _worth(strength: Strength, found: int, needed: int) -> float:
    low, high = WORTH[strength]
    return low + (high - low) * (1.0 - min(needed / found, 1.0))
