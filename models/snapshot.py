"""A stage's state as bytes, and back: plain data and numpy arrays, nothing executable."""

from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

_ARRAY: Final = 1
_DTYPES: Final = frozenset({"<i8", "<i4", "|u1", "<f8", "|b1"})


class SnapshotError(ValueError):
    """Bytes that are no snapshot of this kind of state."""


def pack(state: Any) -> bytes:
    """Dicts, lists, strings, numbers and numeric arrays, nested as they are."""
    return msgspec.msgpack.encode(state, enc_hook=_to_ext)


def unpack(raw: bytes) -> Any:
    """What was packed; its arrays are writable. Raises SnapshotError."""
    try:
        return msgspec.msgpack.decode(raw, ext_hook=_from_ext, strict=True)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise SnapshotError(f"not a snapshot: {error}") from None


def _to_ext(value: Any) -> msgspec.msgpack.Ext:
    if not isinstance(value, np.ndarray) or value.dtype.str not in _DTYPES:
        raise TypeError(f"{type(value).__name__} does not belong into a snapshot")
    header = msgspec.msgpack.encode((value.dtype.str, value.shape))
    data = np.ascontiguousarray(value).tobytes()
    return msgspec.msgpack.Ext(_ARRAY, len(header).to_bytes(2, "big") + header + data)


def _from_ext(code: int, data: memoryview) -> NDArray[Any]:
    if code != _ARRAY:
        raise SnapshotError(f"unknown part {code}")
    end = 2 + int.from_bytes(data[:2], "big")
    dtype, shape = msgspec.msgpack.decode(data[2:end], type=tuple[str, tuple[int, ...]])
    if dtype not in _DTYPES:
        raise SnapshotError(f"unknown array type {dtype!r}")
    return np.frombuffer(data[end:], np.dtype(dtype)).reshape(shape).copy()
