"""What passes between the stages on internal topics: a batch of columns, or of findings.

One record carries what one step gave to one partition, with where it came from, so that the next
stage can drop what it has already taken, and how far the sender's time has come.
"""

from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from models.adjudication.items import Retraction
from models.columns import ID_COLUMNS, VALUE_COLUMNS, EventBatch
from models.findings import Finding


class WireError(ValueError):
    """An internal record is not what this version writes."""


class ViewsRecord(msgspec.Struct, array_like=True):
    """Events of one source partition, offsets `first` to `last`, for one partition of views.

    `position` int64[n] are the offsets of the events. An empty record tells the watermark.
    """

    source: int
    first: int
    last: int
    watermark: int
    idle: bool
    position: bytes
    kind: bytes
    ts: bytes
    at: bytes
    ids: bytes
    values: bytes
    wanted: bytes
    event_id: list[str]
    names: dict[str, list[str]]


class FindingsRecord(msgspec.Struct, array_like=True):
    """What the detector of partition `source` found at its input's offset `sequence`.

    `until` is given where all its sources are quiet, with `place`, the last offset of each.
    """

    source: int
    sequence: int
    watermark: int
    until: int | None
    place: tuple[int, ...]
    findings: list[Finding]
    retractions: list[Retraction]


_encoder: Final = msgspec.msgpack.Encoder()
_views: Final = msgspec.msgpack.Decoder(ViewsRecord)
_findings: Final = msgspec.msgpack.Decoder(FindingsRecord)


def encode_views(
    batch: EventBatch,
    position: NDArray[np.int64],
    *,
    source: int,
    first: int,
    last: int,
    watermark: int,
    idle: bool = False,
) -> bytes:
    """One record of the views topic."""
    return _encoder.encode(
        ViewsRecord(
            source,
            first,
            last,
            watermark,
            idle,
            position.tobytes(),
            batch.kind.tobytes(),
            batch.ts.tobytes(),
            batch.at.tobytes(),
            batch.ids.tobytes(),
            batch.values.tobytes(),
            batch.wanted.tobytes(),
            batch.event_id.tolist(),
            batch.names,
        )
    )


def decode_views(raw: bytes) -> tuple[ViewsRecord, EventBatch]:
    """A record of the views topic and its events. Raises WireError."""
    try:
        record = _views.decode(raw)
        n = len(record.event_id)
        batch = EventBatch(
            np.frombuffer(record.kind, np.uint8),
            np.frombuffer(record.ts, np.int64),
            np.frombuffer(record.at, np.int64),
            np.array([*record.event_id, None], np.object_)[:-1],
            np.frombuffer(record.ids, np.int32).reshape(n, len(ID_COLUMNS)),
            np.frombuffer(record.values, np.int64).reshape(n, len(VALUE_COLUMNS)),
            np.frombuffer(record.wanted, np.uint8),
            record.names,
        )
    except (msgspec.DecodeError, ValueError) as error:
        raise WireError(f"a record of the views topic cannot be read: {error}") from None
    return record, batch


def positions(record: ViewsRecord) -> NDArray[np.int64]:
    """The source offsets of a record's events, int64[n]."""
    return np.frombuffer(record.position, np.int64)


def encode_findings(record: FindingsRecord) -> bytes:
    """One record of the findings topic."""
    return _encoder.encode(record)


def decode_findings(raw: bytes) -> FindingsRecord:
    """A record of the findings topic. Raises WireError."""
    try:
        return _findings.decode(raw)
    except msgspec.DecodeError as error:
        raise WireError(f"a record of the findings topic cannot be read: {error}") from None
