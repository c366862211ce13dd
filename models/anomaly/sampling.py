"""A fixed number of rows out of a history that is too long to hold."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.anomaly.forest import as_rows


class Reservoir:
    """A uniform sample, without replacement, of at most `capacity` of all rows added.

    Every row draws a random key and the rows with the least keys stay. The keys come one after
    another from `seed`: the same rows give the same sample, however they are cut into batches.
    """

    def __init__(self, capacity: int, columns: int, *, seed: int = 0) -> None:
        self._capacity = capacity
        self._random = np.random.default_rng(seed)
        self._keys: NDArray[np.float64] = np.empty(0)
        self._rows: NDArray[np.float64] = np.empty((0, columns))

    def add(self, rows: ArrayLike) -> None:
        """Offer `rows[n, columns]`. Raises `ModelError` on another shape."""
        offered = as_rows(rows, self._rows.shape[1])
        keys = self._random.random(len(offered))
        if len(self._keys) == self._capacity and self._capacity:
            likely = keys < self._keys.max()
            offered, keys = offered[likely], keys[likely]
        keys = np.concatenate([self._keys, keys])
        rows_held = np.concatenate([self._rows, offered])
        if len(keys) > self._capacity:
            kept = np.sort(np.argsort(keys, kind="stable")[: self._capacity])
            keys, rows_held = keys[kept], rows_held[kept]
        self._keys, self._rows = keys, rows_held

    def rows(self) -> NDArray[np.float64]:
        """The sample, in the order in which its rows were added."""
        return self._rows
