"""An isolation forest as flat arrays (Liu, Ting and Zhou, ICDM 2008)."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.anomaly.errors import ModelError
from models.anomaly.kernel import score_rows

MAX_TREES = 1_000
MAX_LEVELS = 12
"""Trees grow on at most 2 ** 12 = 4,096 rows each: padded to full depth, more would not pay."""


@dataclass(frozen=True, eq=False)
class Forest:
    """`trees` binary trees, each padded to the same depth of `levels` splits.

    Node `i` of a tree has the children `2i + 1` (value at most the threshold) and `2i + 2`, so
    there are no child indexes to follow or to get wrong. A branch that ended early is padded with
    splits that do not matter: every leaf below it holds its length.

    - `features` int32[trees, 2**levels - 1]: the column that a node splits on
    - `thresholds` float32[trees, 2**levels - 1]
    - `lengths` float64[trees, 2**levels]: splits down to the leaf, and the expected further splits
      that its training rows would have taken
    - `fills` float32[m]: what stands in for a value that never happened (NaN)
    - `normaliser` the summed expected lengths of a usual row

    Raises `ModelError` naming the field, if the arrays do not make a forest.
    """

    features: NDArray[np.int32]
    thresholds: NDArray[np.float32]
    lengths: NDArray[np.float64]
    fills: NDArray[np.float32]
    normaliser: float

    def __post_init__(self) -> None:
        trees, inner = _checked("features", self.features, np.int32, 2).shape
        levels = int(inner).bit_length()
        if inner != 2**levels - 1 or not 1 <= levels <= MAX_LEVELS:
            raise ModelError(f"features: {inner} nodes a tree are no full tree")
        if not 1 <= trees <= MAX_TREES:
            raise ModelError(f"features: {trees} trees, allowed are 1 to {MAX_TREES}")
        if _checked("thresholds", self.thresholds, np.float32, 2).shape != (trees, inner):
            raise ModelError("thresholds: shape differs from that of features")
        if _checked("lengths", self.lengths, np.float64, 2).shape != (trees, inner + 1):
            raise ModelError("lengths: shape does not fit that of features")
        if self.lengths.min() < 0:
            raise ModelError("lengths: negative")
        columns = len(_checked("fills", self.fills, np.float32, 1))
        if columns == 0 or self.features.min() < 0 or self.features.max() >= columns:
            raise ModelError(f"features: split on a column outside 0 to {columns - 1}")
        if not (np.isfinite(self.normaliser) and self.normaliser > 0):
            raise ModelError("normaliser: must be finite and positive")

    def scores(self, rows: ArrayLike) -> NDArray[np.float64]:
        """Scores float64[n] in (0, 1] of `rows[n, m]`, NaN = never; higher is more anomalous.

        The negative of scikit-learn's `score_samples`. About 0.5 is usual, and short paths (a row
        that few splits set apart) come near 1. Values are compared as float32, as scikit-learn
        does. Raises `ModelError` if the rows have another shape or are no numbers.
        """
        checked = as_rows(rows, len(self.fills))
        out = np.empty(len(checked))
        score_rows(
            checked,
            self.fills,
            self.features,
            self.thresholds,
            self.lengths,
            self.normaliser,
            out,
        )
        return out


def as_rows(rows: ArrayLike, columns: int) -> NDArray[np.float64]:
    """`rows` as float64[n, columns], copied only where needed; `ModelError` if it cannot be."""
    try:
        checked = np.require(rows, np.float64, ["ALIGNED", "ENSUREARRAY"])
    except (TypeError, ValueError) as error:
        raise ModelError("rows: not a matrix of numbers") from error
    if checked.ndim != 2 or checked.shape[1] != columns:
        raise ModelError(f"rows: shape {checked.shape}, expected (n, {columns})")
    return checked


def _checked(field: str, array: NDArray[Any], dtype: type, ndim: int) -> NDArray[Any]:
    if array.dtype != np.dtype(dtype) or array.ndim != ndim:
        raise ModelError(
            f"{field}: {array.dtype} in {array.ndim} dimensions, "
            f"expected {np.dtype(dtype)} in {ndim}"
        )
    if not (array.flags.c_contiguous and array.flags.aligned):
        raise ModelError(f"{field}: not contiguous in memory")
    if not np.isfinite(array).all():
        raise ModelError(f"{field}: not finite")
    return array
