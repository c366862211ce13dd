"""From scores, whose size means little, to percentiles of the training rows."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.anomaly.errors import ModelError

LEVELS: NDArray[np.float64] = (
    np.concatenate(
        [np.arange(0, 99_000, 100), np.arange(99_000, 99_900, 10), np.arange(99_900, 100_001)]
    )
    / 1_000
)
"""Stored percentiles: by 0.1 up to 99, by 0.01 up to 99.9, by 0.001 up to 100: a review budget
looks at the tail. Part of the file format: another list needs another schema version."""


@dataclass(frozen=True, eq=False)
class Calibration:
    """`quantiles` float64[len(LEVELS)] of the training scores, ascending."""

    quantiles: NDArray[np.float64]

    def __post_init__(self) -> None:
        if self.quantiles.dtype != np.float64 or self.quantiles.shape != LEVELS.shape:
            raise ModelError(f"quantiles: expected {len(LEVELS)} numbers of type float64")
        if not np.isfinite(self.quantiles).all() or (np.diff(self.quantiles) < 0).any():
            raise ModelError("quantiles: not finite and ascending")

    @classmethod
    def of(cls, scores: NDArray[np.float64]) -> "Calibration":
        """The calibration by training `scores[n]`, n at least 1."""
        quantiles = np.quantile(scores, LEVELS / 100)
        # Interpolation between equal scores can fall an ulp short of them.
        return cls(np.maximum.accumulate(quantiles))

    def percentile(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """The percentage of training rows, 0 to 100, that scored less than each of `scores`.

        Strictly less, so that a score which many training rows share is not made to look rare.
        Never falls as the score rises.
        """
        within = np.interp(scores, self.quantiles, LEVELS)
        first = np.searchsorted(self.quantiles, scores).clip(max=len(LEVELS) - 1)
        shared = self.quantiles[first] == scores
        return np.where(shared, LEVELS[first], within)
