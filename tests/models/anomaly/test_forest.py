"""The compiled forest against scikit-learn, and against arithmetic by hand."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from sklearn.ensemble import IsolationForest

from models.anomaly import ModelError
from models.anomaly.forest import Forest
from models.anomaly.training import expected_length, fit, flatten, never_values

# Few distinct values, so that columns are constant and values tie; and neighbours that only
# float64 tells apart.
VALUES = st.one_of(
    st.sampled_from([0.0, 1.0, 2.0, 1.0 + 1e-12, 16_777_217.0, 1_700_000_000_123.0]),
    st.floats(-1e12, 1e12),
    st.just(np.nan),
)


@st.composite
def training_and_other_rows(draw: st.DrawFn) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    columns = draw(st.integers(1, 5))
    training = draw(arrays(np.float64, (draw(st.integers(2, 40)), columns), elements=VALUES))
    others = draw(arrays(np.float64, (draw(st.integers(0, 12)), columns), elements=VALUES))
    return training, others


def grown_by_scikit_learn(
    rows: NDArray[np.float64], **options: int
) -> tuple[IsolationForest, NDArray[np.float32]]:
    known = rows.astype(np.float32)
    fills = never_values(known)
    options["max_samples"] = min(options["max_samples"], len(rows))
    return IsolationForest(**options).fit(np.where(np.isnan(known), fills, known)), fills


@given(
    rows=training_and_other_rows(),
    trees=st.sampled_from([1, 9, 10, 11, 23]),
    sample=st.sampled_from([2, 3, 16, 31, 256]),
    seed=st.integers(0, 2**32 - 1),
)
@settings(max_examples=80, deadline=None)
def test_scores_are_those_of_scikit_learn(
    rows: tuple[NDArray[np.float64], NDArray[np.float64]], trees: int, sample: int, seed: int
) -> None:
    training, others = rows
    grown, fills = grown_by_scikit_learn(
        training, n_estimators=trees, max_samples=sample, random_state=seed
    )
    names = [f"f{i}" for i in range(training.shape[1])]
    forest = fit(training, names, trees=trees, sample=sample, seed=seed)
    for matrix in (training, others, others[:1]):
        if len(matrix):
            expected = -grown.score_samples(np.where(np.isnan(matrix), fills, matrix))
            np.testing.assert_allclose(forest.scores(matrix), expected, rtol=0, atol=1e-12)
        else:
            assert forest.scores(matrix).shape == (0,)


def test_values_on_a_threshold_go_where_scikit_learn_sends_them() -> None:
    rows = np.random.default_rng(1).lognormal(3, 2, (500, 2))
    grown, fills = grown_by_scikit_learn(rows, n_estimators=20, max_samples=256, random_state=1)
    forest = flatten(grown, fills)
    split = np.concatenate([t.tree_.threshold[t.tree_.feature == 0] for t in grown.estimators_])
    single = split.astype(np.float32)
    neighbours = [np.nextafter(single, np.float32(towards)) for towards in (-np.inf, np.inf)]
    for values in (split, single, *neighbours, np.nextafter(split, np.inf)):
        matrix = np.column_stack([values, np.full(len(values), 20.0)]).astype(np.float64)
        expected = -grown.score_samples(matrix)
        np.testing.assert_allclose(forest.scores(matrix), expected, rtol=0, atol=1e-12)


def stump() -> Forest:
    """Two splits of one column: at 10, and on the left at 5. Never stands at -1."""
    return Forest(
        features=np.zeros((1, 3), np.int32),
        thresholds=np.array([[10, 5, 0]], np.float32),
        lengths=np.array([[3.0, 2.0, 1.0, 1.0]]),
        fills=np.array([-1], np.float32),
        normaliser=2.0,
    )


def test_a_score_is_two_to_the_minus_length_over_the_usual_length() -> None:
    rows = [[4.0], [5.0], [7.0], [10.0], [11.0], [np.nan]]
    lengths = np.array([3.0, 3.0, 2.0, 2.0, 1.0, 3.0])
    assert stump().scores(rows).tolist() == (2 ** (-lengths / 2)).tolist()


def test_expected_length_is_the_mean_over_all_orders_of_splitting() -> None:
    # A random split of n ordered rows falls in each of the n - 1 gaps alike.
    exact = {1: 0.0}
    for n in range(2, 300):
        exact[n] = 1 + sum(exact[k] * k + exact[n - k] * (n - k) for k in range(1, n)) / (n - 1) / n
    counts = np.array([1, 2, 50, 299])
    # The formula replaces a harmonic number by its logarithm.
    np.testing.assert_allclose(expected_length(counts), [exact[n] for n in counts], rtol=0.02)


def test_never_lies_below_everything_by_the_reach_of_the_values() -> None:
    rows = np.array([[1, 7, np.nan, 1e9], [5, 7, np.nan, 1e9], [np.nan] * 4], np.float32)
    assert never_values(rows).tolist() == [-3, 0, 0, 0]


def test_what_hardly_ever_happens_stands_out_from_what_never_did() -> None:
    random = np.random.default_rng(2)
    rows = random.lognormal(0, 1, (2_000, 6))
    rows[20:, 5] = np.nan
    forest = fit(rows, list("abcdef"))
    happened, never = forest.scores(rows[:20]), forest.scores(rows[20:])
    assert np.median(happened) > np.quantile(never, 0.9)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"features": np.full((1, 3), 1, np.int32)}, "features: split on a column outside 0 to 0"),
        ({"features": np.full((1, 3), -1, np.int32)}, "features: split on a column outside"),
        ({"features": np.zeros((1, 4), np.int32)}, "features: 4 nodes a tree are no full tree"),
        ({"features": np.zeros((1, 0), np.int32)}, "features: 0 nodes a tree are no full tree"),
        ({"features": np.zeros((1, 2**13 - 1), np.int32)}, "features: 8191 nodes a tree"),
        ({"features": np.zeros((0, 3), np.int32)}, "features: 0 trees, allowed are 1 to 1000"),
        ({"features": np.zeros((1, 3), np.int64)}, "features: int64 in 2 dimensions, expected"),
        ({"features": np.zeros(3, np.int32)}, "features: int32 in 1 dimensions"),
        ({"thresholds": np.zeros((2, 3), np.float32)}, "thresholds: shape differs"),
        ({"thresholds": np.full((1, 3), np.nan, np.float32)}, "thresholds: not finite"),
        ({"lengths": np.zeros((1, 3))}, "lengths: shape does not fit"),
        ({"lengths": np.full((1, 4), -1.0)}, "lengths: negative"),
        ({"lengths": np.zeros((1, 8))[:, ::2]}, "lengths: not contiguous"),
        ({"fills": np.zeros(0, np.float32)}, "features: split on a column outside"),
        ({"fills": np.full(1, np.inf, np.float32)}, "fills: not finite"),
        ({"normaliser": 0.0}, "normaliser"),
        ({"normaliser": np.nan}, "normaliser"),
    ],
)
def test_arrays_that_are_no_forest_are_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(ModelError, match=message):
        replace(stump(), **change)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"trees": 0}, "trees: 0, allowed is 1 to 1000"),
        ({"trees": 1_001}, "trees: 1001"),
        ({"sample": 1}, "sample: 1, allowed is 2 to 4096"),
        ({"sample": 4_097}, "sample: 4097"),
        ({"seed": -1}, "seed: -1"),
        ({"seed": 2**32}, "seed: 4294967296"),
    ],
)
def test_arguments_out_of_bounds_are_refused(options: dict[str, int], message: str) -> None:
    with pytest.raises(ModelError, match=message):
        fit(np.zeros((5, 1)), ["a"], **options)


@pytest.mark.parametrize("value", [np.inf, -np.inf, 1e31])
def test_a_value_too_large_to_learn_from_is_refused_by_its_feature(value: float) -> None:
    with pytest.raises(ModelError, match="feature 'b': a value beyond 1e\\+30"):
        fit([[0.0, 1.0], [1.0, value]], ["a", "b"])


def test_one_row_or_no_feature_is_too_little() -> None:
    with pytest.raises(ModelError, match="rows: 1, allowed is at least 2"):
        fit([[1.0]], ["a"])
    with pytest.raises(ModelError, match="names: 0, allowed is at least 1"):
        fit(np.zeros((5, 0)), [])
