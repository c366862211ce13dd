"""A calibrated forest with what is needed to explain, store and trace it."""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, TypedDict

import msgspec
import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.anomaly.calibration import Calibration
from models.anomaly.errors import ModelError
from models.anomaly.forest import Forest, as_rows

SCHEMA = 1
KIND = "isolation-forest"
ARRAYS = ("features", "thresholds", "lengths", "fills", "quantiles", "usual")
"""The arrays that, with the metadata, make up a stored model."""

Count = Annotated[int, msgspec.Meta(ge=1)]


class TopFeature(TypedDict):
    """A feature that made a score, as published; null stands for never."""

    name: str
    value: float | None
    usual: float | None


class Training(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a model comes from. `span` is event time, ms: from and to."""

    sklearn: str
    seed: Annotated[int, msgspec.Meta(ge=0)]
    sample: Count
    rows: Count
    span: tuple[int, int] | None = None


class _Metadata(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    schema: int
    kind: str
    names: tuple[str, ...]
    sentences: tuple[str, ...]
    feature_hash: str
    normaliser: float
    training: Training
    version: str


@dataclass(frozen=True, eq=False)
class AnomalyModel:
    """Scores rows of features, one column for each of `names`; `sentences` say what they are.

    `usual` float64[m] is the median of each feature over the training rows; NaN: mostly never.
    Raises `ModelError` naming the field, if the parts do not fit together.
    """

    forest: Forest
    calibration: Calibration
    names: tuple[str, ...]
    sentences: tuple[str, ...]
    usual: NDArray[np.float64]
    training: Training

    def __post_init__(self) -> None:
        columns = len(self.forest.fills)
        if len(self.names) != columns:
            raise ModelError(f"names: {len(self.names)} for {columns} columns")
        if len(set(self.names)) != columns or not all(self.names):
            raise ModelError("names: empty or given twice")
        if len(self.sentences) != columns:
            raise ModelError(f"sentences: {len(self.sentences)} for {columns} columns")
        if self.usual.dtype != np.float64 or self.usual.shape != (columns,):
            raise ModelError(f"usual: expected {columns} numbers of type float64")
        if np.isinf(self.usual).any():
            raise ModelError("usual: infinite")

    def score(self, rows: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Scores (see `Forest.scores`) and percentiles, 0 to 100, of `rows[n, m]`; both float64[n].

        Raises `ModelError` if the rows have another number of columns.
        """
        scores = self.forest.scores(rows)
        return scores, self.calibration.percentile(scores)

    def explain(self, row: ArrayLike, k: int = 3) -> list[TopFeature]:
        """The up to `k` features that most raised the score of `row[m]`, the strongest first.

        A feature raised it by as much as the score falls when that one value is replaced by its
        usual one. Features that did not raise it are left out; equal ones come by name.
        """
        actual = as_rows(np.reshape(row, (1, -1)), len(self.names))
        variants = np.repeat(actual, len(self.names) + 1, axis=0)
        np.fill_diagonal(variants, self.usual)
        scores = self.forest.scores(variants)
        raised = scores[-1] - scores[:-1]
        order = sorted(range(len(self.names)), key=lambda f: (-raised[f], self.names[f]))
        return [
            TopFeature(name=self.names[f], value=_plain(actual[0, f]), usual=_plain(self.usual[f]))
            for f in order[:k]
            if raised[f] > 0
        ]

    def check_features(self, names: Sequence[str], sentences: Sequence[str]) -> None:
        """Raise `ModelError` unless these are the very features that the model was trained on."""
        if feature_hash(names, sentences) == feature_hash(self.names, self.sentences):
            return
        lacking = [name for name in self.names if name not in names]
        unknown = [name for name in names if name not in self.names]
        if lacking or unknown:
            detail = f"no longer computed: {lacking or 'none'}; unknown to it: {unknown or 'none'}"
        else:
            detail = "their order or meaning has changed"
        raise ModelError(f"the model was trained on other features ({detail}); train it anew")

    @cached_property
    def version(self) -> str:
        """The SHA-256 of everything in the model: its name in provenance."""
        return _content_hash(self._metadata(""), self._arrays())

    def parts(self) -> tuple[bytes, dict[str, NDArray[Any]]]:
        """What a file stores: the metadata as JSON, and `ARRAYS`."""
        return msgspec.json.encode(self._metadata(self.version)), self._arrays()

    @classmethod
    def from_parts(cls, metadata: bytes, arrays: Mapping[str, NDArray[Any]]) -> "AnomalyModel":
        """The model that `parts` gave. Raises `ModelError` naming what does not hold."""
        try:
            known = msgspec.json.decode(metadata, type=_Metadata)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise ModelError(f"metadata: {error}") from error
        if (known.schema, known.kind) != (SCHEMA, KIND):
            raise ModelError(
                f"metadata: schema {known.schema} of kind {known.kind!r}, "
                f"this release reads schema {SCHEMA} of kind {KIND!r}"
            )
        if known.feature_hash != feature_hash(known.names, known.sentences):
            raise ModelError("metadata: feature_hash does not fit names and sentences")
        if set(arrays) != set(ARRAYS):
            raise ModelError(f"arrays: {sorted(arrays)}, expected {sorted(ARRAYS)}")
        model = cls(
            forest=Forest(
                features=arrays["features"],
                thresholds=arrays["thresholds"],
                lengths=arrays["lengths"],
                fills=arrays["fills"],
                normaliser=known.normaliser,
            ),
            calibration=Calibration(arrays["quantiles"]),
            names=known.names,
            sentences=known.sentences,
            usual=arrays["usual"],
            training=known.training,
        )
        if model.version != known.version:
            raise ModelError("metadata: version does not fit the content: the file was altered")
        return model

    def _metadata(self, version: str) -> _Metadata:
        return _Metadata(
            schema=SCHEMA,
            kind=KIND,
            names=self.names,
            sentences=self.sentences,
            feature_hash=feature_hash(self.names, self.sentences),
            normaliser=self.forest.normaliser,
            training=self.training,
            version=version,
        )

    def _arrays(self) -> dict[str, NDArray[Any]]:
        return {
            "features": self.forest.features,
            "thresholds": self.forest.thresholds,
            "lengths": self.forest.lengths,
            "fills": self.forest.fills,
            "quantiles": self.calibration.quantiles,
            "usual": self.usual,
        }


def feature_hash(names: Sequence[str], sentences: Sequence[str]) -> str:
    """The SHA-256 of a list of features and what each of them means."""
    return hashlib.sha256(msgspec.json.encode([list(names), list(sentences)])).hexdigest()


def _content_hash(metadata: _Metadata, arrays: Mapping[str, NDArray[Any]]) -> str:
    digest = hashlib.sha256(msgspec.json.encode(metadata))
    for name in ARRAYS:
        array = arrays[name]
        digest.update(f"{name} {array.dtype.str} {array.shape}\n".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def _plain(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
