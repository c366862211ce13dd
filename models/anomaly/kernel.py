"""The compiled scorer.

Alone in its module: Numba's cache notices edits of this file only, so nothing that it compiles
may come from elsewhere.
"""

import numpy as np
from numba import njit, types

LANES = 10
"""Trees walked side by side. One tree's next node is a load that waits for the last; ten at once
keep the processor busy meanwhile. Measured best for one row and for many (docs/decisions)."""


def _read_only(dtype: types.Type, ndim: int, layout: str) -> types.Array:
    return types.Array(dtype, ndim, layout, readonly=True)


# Declared, because other strides or a read-only array would otherwise compile anew in silence.
_SIGNATURE = types.void(
    _read_only(types.float64, 2, "A"),
    _read_only(types.float32, 1, "C"),
    _read_only(types.int32, 2, "C"),
    _read_only(types.float32, 2, "C"),
    _read_only(types.float64, 2, "C"),
    types.float64,
    types.float64[::1],
)


@njit(_SIGNATURE, cache=True)
def score_rows(
    rows: np.ndarray,
    fills: np.ndarray,
    features: np.ndarray,
    thresholds: np.ndarray,
    lengths: np.ndarray,
    normaliser: float,
    out: np.ndarray,
) -> None:
    """Write into `out[n]` the score of each of `rows[n, m]`; the other arrays as in `Forest`.

    Nothing is bounds-checked here: `Forest` has validated its arrays, `Forest.scores` the rows.
    A row's lengths are added up in the order of the trees, so its score is the same to the last
    bit alone and in any batch.
    """
    trees, inner = features.shape
    levels = 0
    while (1 << levels) <= inner:
        levels += 1
    row = np.empty(rows.shape[1], np.float32)
    node = np.empty(LANES, np.int64)
    for r in range(rows.shape[0]):
        for f in range(rows.shape[1]):
            value = np.float32(rows[r, f])
            fill = fills[f]
            # Loaded beforehand, so that this is a selection and not a branch to guess wrong.
            row[f] = fill if np.isnan(value) else value
        length = 0.0
        for first in range(0, trees, LANES):
            for lane in range(LANES):
                node[lane] = 0
            for _ in range(levels):
                for lane in range(LANES):
                    tree = min(first + lane, trees - 1)
                    i = node[lane]
                    right = row[features[tree, i]] > thresholds[tree, i]
                    node[lane] = 2 * i + 1 + right
            for lane in range(min(LANES, trees - first)):
                length += lengths[first + lane, node[lane] - inner]
        out[r] = 2.0 ** (-length / normaliser)
