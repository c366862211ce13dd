"""Snapshots: what goes in comes out, and nothing else is let in."""

from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from models.snapshot import SnapshotError, pack, unpack
from tests.strategies import examples

_arrays = st.sampled_from(("<i8", "<i4", "|u1", "<f8", "|b1")).flatmap(
    lambda dtype: arrays.arrays(dtype, arrays.array_shapes(max_dims=2, min_side=0, max_side=5))
)
_plain = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(max_size=5)
_states = st.recursive(
    _plain | _arrays,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=12,
)


def _same(one: Any, two: Any) -> bool:
    if isinstance(one, np.ndarray):
        return (
            isinstance(two, np.ndarray)
            and (one.dtype, one.shape) == (two.dtype, two.shape)
            and one.tobytes() == two.tobytes()
        )
    if isinstance(one, list):
        return len(one) == len(two) and all(map(_same, one, two))
    if isinstance(one, dict):
        # In the same order as well: what is iterated over must not change.
        return list(one) == list(two) and all(_same(one[key], two[key]) for key in one)
    return type(one) is type(two) and one == two


@examples(200)
@given(_states)
def test_what_is_packed_comes_out_as_it_was(state: Any) -> None:
    raw = pack(state)
    out = unpack(raw)
    assert _same(state, out)
    assert pack(out) == raw


def test_arrays_come_out_writable_and_their_own() -> None:
    raw = pack({"a": np.arange(4), "b": np.arange(8).reshape(4, 2)[:, 0]})
    one, two = unpack(raw), unpack(raw)
    one["a"][0] = 9
    assert two["a"][0] == 0
    assert one["b"].tolist() == [0, 2, 4, 6]


@pytest.mark.parametrize("value", [object(), np.array(["a"]), np.array([1j]), np.array([None])])
def test_what_is_no_plain_data_does_not_go_in(value: Any) -> None:
    with pytest.raises(TypeError, match="does not belong into a snapshot"):
        pack([value])


@examples(200)
@given(_states, st.data())
def test_a_piece_of_a_snapshot_is_none(state: Any, data: st.DataObject) -> None:
    raw = pack(state)
    with pytest.raises(SnapshotError, match="not a snapshot"):
        unpack(raw[: data.draw(st.integers(0, len(raw) - 1))])


def _array(dtype: str, shape: tuple[int, ...], data: bytes, code: int = 1) -> bytes:
    header = msgspec.msgpack.encode((dtype, shape))
    return msgspec.msgpack.encode(
        msgspec.msgpack.Ext(code, len(header).to_bytes(2, "big") + header + data)
    )


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (_array("|O", (1,), b"12345678"), "unknown array type"),
        (_array("<i8", (2,), b"12345678"), "not a snapshot"),
        (_array("<i8", (1,), b"1234"), "not a snapshot"),
        (_array("<i8", (1,), b"12345678", code=9), "unknown part 9"),
        (b"\x91" * 100_000, "not a snapshot"),
    ],
)
def test_what_is_none_of_ours_is_refused_with_the_reason(raw: bytes, why: str) -> None:
    with pytest.raises(SnapshotError, match=why):
        unpack(raw)
