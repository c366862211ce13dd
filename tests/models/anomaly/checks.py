"""What every model that scores rows of features must do: run `CHECKS` on each class of them."""

import json
import math
from collections.abc import Callable, Mapping
from typing import Any, Protocol, Self

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray

from models.anomaly import ModelError, TopFeature


class RowModel(Protocol):
    """What the detector and the command line use of a model."""

    names: tuple[str, ...]
    sentences: tuple[str, ...]

    @property
    def version(self) -> str: ...
    def score(self, rows: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    def explain(self, row: ArrayLike, k: int = 3) -> list[TopFeature]: ...
    def check_features(self, names: list[str], sentences: list[str]) -> None: ...
    def parts(self) -> tuple[bytes, dict[str, NDArray[Any]]]: ...
    @classmethod
    def from_parts(cls, metadata: bytes, arrays: Mapping[str, NDArray[Any]]) -> Self: ...


Rows = NDArray[np.float64]
Check = Callable[[RowModel, Rows], None]


def gives_a_score_and_a_percentile_for_each_row(model: RowModel, rows: Rows) -> None:
    scores, percentiles = model.score(rows)
    for answer in (scores, percentiles):
        assert answer.dtype == np.float64
        assert answer.shape == (len(rows),)
        assert np.isfinite(answer).all()
    assert percentiles.min() >= 0
    assert percentiles.max() <= 100
    assert scores.max() > scores.min()


def takes_no_rows(model: RowModel, rows: Rows) -> None:
    scores, percentiles = model.score(rows[:0])
    assert scores.shape == percentiles.shape == (0,)


def takes_rows_where_nothing_ever_happened(model: RowModel, rows: Rows) -> None:
    scores, percentiles = model.score(np.full((2, rows.shape[1]), np.nan))
    assert np.isfinite([scores, percentiles]).all()


def takes_values_far_outside_what_it_has_seen(model: RowModel, rows: Rows) -> None:
    for value in (1e300, -1e300, np.inf, -np.inf):
        scores, percentiles = model.score(np.full((1, rows.shape[1]), value))
        assert np.isfinite([scores, percentiles]).all()


def ranks_by_percentile_as_by_score(model: RowModel, rows: Rows) -> None:
    scores, percentiles = model.score(rows)
    order = np.argsort(scores, kind="stable")
    assert (np.diff(percentiles[order]) >= 0).all()


def scores_a_row_alike_alone_and_in_any_batch(model: RowModel, rows: Rows) -> None:
    together = np.stack(model.score(rows))
    alone = np.hstack([np.stack(model.score(rows[i : i + 1])) for i in range(len(rows))])
    backwards = np.stack(model.score(rows[::-1]))[:, ::-1]
    assert np.array_equal(together, alone)
    assert np.array_equal(together, backwards)


def takes_rows_in_any_layout(model: RowModel, rows: Rows) -> None:
    expected = np.stack(model.score(rows))
    sealed = rows.copy()
    sealed.flags.writeable = False
    wide = np.repeat(rows, 2, axis=1)[:, ::2]
    raw = np.empty(rows.nbytes + 1, np.uint8)[1:]
    unaligned = raw.view(np.float64).reshape(rows.shape)
    unaligned[:] = rows
    swapped = rows.astype(rows.dtype.newbyteorder())
    for other in (sealed, np.asfortranarray(rows), wide, unaligned, swapped, rows.tolist()):
        assert np.array_equal(np.stack(model.score(other)), expected)


def leaves_the_rows_and_itself_alone(model: RowModel, rows: Rows) -> None:
    before, version = rows.copy(), model.version
    first = np.stack(model.score(rows))
    model.explain(rows[0])
    assert np.array_equal(rows, before, equal_nan=True)
    assert np.array_equal(np.stack(model.score(rows)), first)
    assert model.version == version


def refuses_rows_of_another_shape(model: RowModel, rows: Rows) -> None:
    for other in (rows[:, 1:], np.hstack([rows, rows]), rows[0], rows[None]):
        with pytest.raises(ModelError, match="rows: shape"):
            model.score(other)
    with pytest.raises(ModelError, match="rows: not a matrix of numbers"):
        model.score([["x"] * rows.shape[1]])


def explains_with_its_own_features(model: RowModel, rows: Rows) -> None:
    scores, _ = model.score(rows)
    row = rows[scores.argmax()]
    explanation = model.explain(row)
    assert 1 <= len(explanation) <= 3
    assert len({feature["name"] for feature in explanation}) == len(explanation)
    for feature in explanation:
        value = row[model.names.index(feature["name"])]
        assert feature["value"] == (value if math.isfinite(value) else None)
        assert feature["value"] != feature["usual"]


def explains_in_json_and_always_alike(model: RowModel, rows: Rows) -> None:
    for row in (rows[0], np.full(rows.shape[1], np.nan), np.full(rows.shape[1], np.inf)):
        text = json.dumps(model.explain(row), allow_nan=False)
        assert json.loads(text) == model.explain(row)


def gives_a_shorter_explanation_as_the_beginning_of_a_longer(model: RowModel, rows: Rows) -> None:
    row = rows[model.score(rows)[0].argmax()]
    everything = model.explain(row, k=len(model.names))
    for k in range(len(model.names)):
        assert model.explain(row, k=k) == everything[:k]


def accepts_its_own_features_and_no_others(model: RowModel, rows: Rows) -> None:
    names, sentences = list(model.names), list(model.sentences)
    model.check_features(names, sentences)
    with pytest.raises(ModelError, match=r"no longer computed: \['" + names[0]):
        model.check_features(names[1:], sentences[1:])
    with pytest.raises(ModelError, match=r"unknown to it: \['new'\]"):
        model.check_features([*names, "new"], [*sentences, "A new one."])
    with pytest.raises(ModelError, match="order or meaning"):
        model.check_features(names[::-1], sentences[::-1])
    with pytest.raises(ModelError, match="order or meaning"):
        model.check_features(names, ["Something else.", *sentences[1:]])


def is_the_same_after_storing(model: RowModel, rows: Rows) -> None:
    again = type(model).from_parts(*model.parts())
    assert again.version == model.version
    assert again.names == model.names
    assert np.array_equal(np.stack(again.score(rows)), np.stack(model.score(rows)))
    assert again.explain(rows[0]) == model.explain(rows[0])


CHECKS: list[Check] = [
    gives_a_score_and_a_percentile_for_each_row,
    takes_no_rows,
    takes_rows_where_nothing_ever_happened,
    takes_values_far_outside_what_it_has_seen,
    ranks_by_percentile_as_by_score,
    scores_a_row_alike_alone_and_in_any_batch,
    takes_rows_in_any_layout,
    leaves_the_rows_and_itself_alone,
    refuses_rows_of_another_shape,
    explains_with_its_own_features,
    explains_in_json_and_always_alike,
    gives_a_shorter_explanation_as_the_beginning_of_a_longer,
    accepts_its_own_features_and_no_others,
    is_the_same_after_storing,
]
