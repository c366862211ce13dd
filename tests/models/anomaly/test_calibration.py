"""Percentiles of the training scores."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.anomaly import ModelError
from models.anomaly.calibration import LEVELS, Calibration


def test_a_percentile_is_the_share_that_scored_less() -> None:
    scores = np.random.default_rng(0).permutation(np.linspace(0.3, 0.8, 100_001))
    percentiles = Calibration.of(scores).percentile(scores)
    below = 100 * np.argsort(np.argsort(scores)) / 100_000
    np.testing.assert_allclose(percentiles, below, atol=1e-6)


def test_the_tail_is_told_apart_to_a_thousandth() -> None:
    scores = np.random.default_rng(0).lognormal(0, 2, 1_000_000)
    tail = np.sort(scores)[-50:]
    percentiles = Calibration.of(scores).percentile(tail)
    np.testing.assert_allclose(percentiles, np.linspace(99.995, 100, 50), atol=0.0005)
    assert (np.diff(percentiles) > 0).all()


def test_a_score_that_many_share_is_not_made_to_look_rare() -> None:
    scores = np.repeat([0.4, 0.5, 0.6], [50, 30, 20])
    calibration = Calibration.of(scores)
    at = calibration.percentile(np.array([0.4, 0.5, 0.6, 0.601]))
    np.testing.assert_allclose(at, [0, 50, 80, 100], atol=1)


def test_below_and_above_everything_seen() -> None:
    calibration = Calibration.of(np.array([0.4, 0.5]))
    assert calibration.percentile(np.array([0.1, 0.4, 0.5, 0.9])).tolist() == [0, 0, 100, 100]


def test_a_single_score() -> None:
    calibration = Calibration.of(np.array([0.5]))
    assert calibration.percentile(np.array([0.4, 0.5, 0.6])).tolist() == [0, 0, 100]


UNIT = st.floats(0, 1)


@given(st.lists(UNIT, min_size=1, max_size=50), st.lists(UNIT, max_size=50))
def test_percentiles_never_fall_as_scores_rise(training: list[float], others: list[float]) -> None:
    scores = np.sort(np.array(training + others))
    percentiles = Calibration.of(np.array(training)).percentile(scores)
    assert ((percentiles >= 0) & (percentiles <= 100)).all()
    assert (np.diff(percentiles) >= 0).all()


@pytest.mark.parametrize(
    "quantiles",
    [
        np.zeros(3),
        np.zeros(len(LEVELS), np.float32),
        np.full(len(LEVELS), np.nan),
        np.linspace(1, 0, len(LEVELS)),
    ],
)
def test_what_are_no_quantiles_is_refused(quantiles: np.ndarray) -> None:
    with pytest.raises(ModelError, match="quantiles"):
        Calibration(quantiles)
