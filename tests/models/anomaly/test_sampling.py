"""The sample of a long history."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.anomaly import ModelError, Reservoir


def sampled(n: int, capacity: int, seed: int, cuts: list[int]) -> list[float]:
    reservoir = Reservoir(capacity, 1, seed=seed)
    for batch in np.split(np.arange(n, dtype=np.float64).reshape(-1, 1), sorted(cuts)):
        reservoir.add(batch)
    return reservoir.rows()[:, 0].tolist()


@given(
    st.integers(0, 60),
    st.integers(0, 70),
    st.integers(0, 1_000),
    st.lists(st.integers(0, 60), max_size=6),
)
def test_batches_do_not_matter(n: int, capacity: int, seed: int, cuts: list[int]) -> None:
    sample = sampled(n, capacity, seed, cuts)
    assert sample == sampled(n, capacity, seed, [])
    assert len(sample) == min(n, capacity)
    assert sample == sorted(set(sample))


def test_every_row_is_as_likely_as_any_other() -> None:
    counts = np.bincount(
        np.concatenate([sampled(50, 10, seed, [13, 14]) for seed in range(2_000)]).astype(int),
        minlength=50,
    )
    # 400 each expected, with a standard deviation of 18.
    assert counts.min() > 325
    assert counts.max() < 475


def test_rows_of_another_width_are_refused() -> None:
    with pytest.raises(ModelError, match="rows: shape"):
        Reservoir(5, 2).add(np.zeros((3, 1)))
