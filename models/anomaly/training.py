"""Growing a forest with scikit-learn and keeping its trees as flat arrays."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.anomaly.calibration import Calibration
from models.anomaly.errors import ModelError
from models.anomaly.forest import MAX_LEVELS, MAX_TREES, Forest, as_rows
from models.anomaly.model import AnomalyModel, Training
from models.anomaly.sampling import Reservoir

if TYPE_CHECKING:
    from sklearn.ensemble import IsolationForest

LARGEST = 1e30
"""Values beyond this would overflow the float32 arithmetic of the trees."""


def train(
    rows: ArrayLike,
    names: Sequence[str],
    sentences: Sequence[str],
    *,
    exclude: NDArray[np.bool_] | None = None,
    trees: int = 100,
    sample: int = 256,
    seed: int = 0,
    min_rows: int = 1_000,
    max_rows: int = 200_000,
    span: tuple[int, int] | None = None,
) -> AnomalyModel:
    """Fit and calibrate a model on `rows[n, m]`, NaN = never.

    `names` and `sentences` say what the m columns are. Rows where `exclude[n]` is true are not
    learned from (what was flagged would otherwise come to look usual). Each of `trees` trees grows
    on `sample` rows. Of more than `max_rows` rows a sample is used. `span` is the event time
    (ms) that the rows cover, kept for provenance.

    Raises `ModelError` if fewer than `min_rows` rows remain (a model that has seen little is
    refused instead of trusted), or if an argument or a value is out of bounds.
    """
    given = as_rows(rows, len(names))
    if exclude is not None:
        if exclude.shape != (len(given),) or exclude.dtype != np.bool_:
            raise ModelError(f"exclude: expected {len(given)} booleans")
        given = given[~exclude]
    if len(given) < max(min_rows, 2):
        raise ModelError(
            f"rows: {len(given)} to learn from, at least {max(min_rows, 2)} are needed"
        )
    reservoir = Reservoir(max_rows, len(names), seed=seed)
    reservoir.add(given)
    learned = reservoir.rows()
    forest = fit(learned, names, trees=trees, sample=sample, seed=seed)

    import sklearn

    return AnomalyModel(
        forest=forest,
        calibration=Calibration.of(forest.scores(learned)),
        names=tuple(names),
        sentences=tuple(sentences),
        usual=_usual(learned),
        training=Training(
            sklearn=sklearn.__version__, seed=seed, sample=sample, rows=len(learned), span=span
        ),
    )


def fit(
    rows: ArrayLike, names: Sequence[str], *, trees: int = 100, sample: int = 256, seed: int = 0
) -> Forest:
    """An isolation forest grown by scikit-learn on `rows[n, m]`, n at least 2.

    Raises `ModelError` if an argument is out of bounds or a feature has an infinite or huge value.
    """
    given = as_rows(rows, len(names))
    for argument, value, least, most in (
        ("rows", len(given), 2, None),
        ("names", len(names), 1, None),
        ("trees", trees, 1, MAX_TREES),
        ("sample", sample, 2, 2**MAX_LEVELS),
        ("seed", seed, 0, 2**32 - 1),
    ):
        if value < least or (most is not None and value > most):
            limit = f"at least {least}" if most is None else f"{least} to {most}"
            raise ModelError(f"{argument}: {value}, allowed is {limit}")
    huge = (np.abs(given) > LARGEST).any(axis=0)
    if huge.any():
        raise ModelError(f"feature {names[int(huge.argmax())]!r}: a value beyond {LARGEST:g}")

    # Slow to import and needed by nothing that only scores.
    from sklearn.ensemble import IsolationForest

    known = given.astype(np.float32)
    fills = never_values(known)
    filled = np.where(np.isnan(known), fills, known)
    grown = IsolationForest(
        n_estimators=trees, max_samples=min(sample, len(given)), random_state=seed
    ).fit(filled)
    return flatten(grown, fills)


def never_values(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """What stands in for NaN, float32[m]: as far below the least value as the values reach.

    scikit-learn 1.9 would send NaN to a random side of each cut, so that a rare "never" is set
    apart late. As a value of its own it can be cut off; and below, because above it would be
    lost in the long right tail of counts and amounts (measured: docs/decisions/anomaly-model.md).
    A feature that never happened at all stands at 0.
    """
    absent = np.isnan(rows)
    seen = ~absent.all(axis=0)
    least = np.where(seen, np.where(absent, np.inf, rows).min(axis=0), 0.0)
    most = np.where(seen, np.where(absent, -np.inf, rows).max(axis=0), 0.0)
    reach = np.where(most > least, most - least, np.maximum(np.abs(least), 1.0))
    fills: NDArray[np.float32] = np.where(seen, least - reach, 0.0).astype(np.float32)
    return fills


def flatten(grown: "IsolationForest", fills: NDArray[np.float32]) -> Forest:
    """The fitted trees of scikit-learn's forest as a `Forest`."""
    levels = max(int(grown.max_samples_ - 1).bit_length(), 1)
    trees, inner = len(grown.estimators_), 2**levels - 1
    features = np.zeros((trees, inner), np.int32)
    thresholds = np.zeros((trees, inner), np.float32)
    lengths = np.empty((trees, inner + 1))
    parents = np.arange(inner)
    for number, estimator in enumerate(grown.estimators_):
        tree = estimator.tree_
        at = np.zeros(2 * inner + 1, np.intp)
        for level in range(levels):
            here = parents[2**level - 1 : 2 ** (level + 1) - 1]
            node = at[here]
            ended = tree.children_left[node] < 0
            at[2 * here + 1] = np.where(ended, node, tree.children_left[node])
            at[2 * here + 2] = np.where(ended, node, tree.children_right[node])
        splits = tree.children_left[at[:inner]] >= 0
        features[number] = np.where(splits, tree.feature[at[:inner]], 0)
        thresholds[number] = np.where(splits, _float32_below(tree.threshold[at[:inner]]), 0)
        length = tree.compute_node_depths() - 1 + expected_length(tree.n_node_samples)
        lengths[number] = length[at[inner:]]
    usual = float(expected_length(np.array([grown.max_samples_]))[0])
    return Forest(features, thresholds, lengths, fills, trees * usual)


def expected_length(rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """The expected number of random splits that set one of so many rows apart.

    Equation 1 of Liu, Ting and Zhou (ICDM 2008); 0 for one row and 1 for two.
    """
    many = np.maximum(rows, 3).astype(np.float64)
    length = 2 * (np.log(many - 1) + np.euler_gamma) - 2 * (many - 1) / many
    return np.where(rows <= 1, 0.0, np.where(rows == 2, 1.0, length))


def _float32_below(thresholds: NDArray[np.float64]) -> NDArray[np.float32]:
    # scikit-learn compares float32 values with float64 thresholds: `value <= threshold` holds for
    # the same float32 values when the threshold is rounded down, and not when it is rounded up.
    rounded = thresholds.astype(np.float32)
    below = np.nextafter(rounded, np.float32(-np.inf))
    return np.where(rounded > thresholds, below, rounded)


def _usual(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """The median of each column, a value that occurs; NaN where most rows have none."""
    usual = np.full(rows.shape[1], np.nan)
    common = np.isnan(rows).sum(axis=0) * 2 <= len(rows)
    if common.any():
        usual[common] = np.nanquantile(rows[:, common], 0.5, axis=0, method="lower")
    return usual
