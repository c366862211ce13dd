"""Checkpoints: whole or refused by name, the newest that can be used, and no more than are kept."""

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.snapshot import SnapshotError
from models.stages import IntakeStage
from streams.checkpoints import CheckpointError, Checkpoints
from tests.cluster.reference import SETUP
from tests.strategies import examples


@pytest.fixture(params=["file", "memory"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A directory, and an object store."""
    if request.param == "file":
        yield f"file://{tmp_path}/c"
        return
    where = f"memory://{uuid4()}"
    yield where
    fs = Checkpoints(where)._fs
    if fs.exists(where):
        fs.rm(where, recursive=True)


def taking(states: list[bytes]) -> Callable[[bytes], int]:
    """A restore that takes note; the state says the offset."""

    def restore(state: bytes) -> int:
        states.append(state)
        return int(state.split()[-1])

    return restore


def names(store: Checkpoints, partition: str) -> list[int]:
    """The offsets under which something lies, oldest first."""
    folder = f"{store._root}/{partition}"
    return sorted(int(path.rsplit("/", 1)[-1].split(".")[0]) for path in store._fs.find(folder))


def damage(store: Checkpoints, path: str, change: Callable[[bytes], bytes]) -> str:
    """Change an object; returns the end of its path, as a message shows it."""
    full = f"{store._root}/{path}"
    store._fs.pipe_file(full, change(store._fs.cat_file(full)))
    return path


def test_the_newest_is_taken_and_so_many_are_kept(url: str) -> None:
    store = Checkpoints(url, keep=2)
    for offset in (1, 9, 10, 200):
        store.save("views/0", offset, b"state %d" % offset)
        store.save("views/1", 5, b"another's 5")
    assert names(store, "views/0") == [10, 200]
    taken: list[bytes] = []
    assert Checkpoints(url, keep=2).load("views/0", taking(taken)) == 200
    assert taken == [b"state 200"]
    assert store.load("views/1", taking(taken)) == 5
    assert store.load("views/2", taking(taken)) is None
    assert len(taken) == 2


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda raw: raw[:-1], "torn or damaged"),
        (lambda raw: raw[: len(raw) // 2], "torn or damaged"),
        (lambda raw: raw[:-1] + bytes([raw[-1] ^ 1]), "torn or damaged"),
        (lambda raw: raw[:25] + bytes([raw[25] ^ 1]) + raw[26:], "torn or damaged"),
        (lambda raw: raw + b"\0", "torn or damaged"),
        (lambda raw: b"", "no checkpoint of this version"),
        (lambda raw: b"PK\x03\x04" + raw, "no checkpoint of this version"),
        (lambda raw: raw.replace(b"checkpoint 1", b"checkpoint 9"), "no checkpoint of this"),
    ],
)
def test_a_damaged_one_is_refused_by_name_and_the_one_before_it_taken(
    url: str, change: Callable[[bytes], bytes], why: str, caplog: pytest.LogCaptureFixture
) -> None:
    store = Checkpoints(url, keep=3)
    for offset in (1, 2, 3):
        store.save("views/0", offset, b"state %d" % offset)
    named = damage(store, "views/0/00000000000000000003.ckpt", change)
    taken: list[bytes] = []
    assert store.load("views/0", taking(taken)) == 2
    assert taken == [b"state 2"]
    assert f"{named} refused" in caplog.text
    assert why in caplog.text
    for offset in (1, 2):
        damage(store, f"views/0/{offset:020d}.ckpt", lambda raw: raw[:-3])
    assert store.load("views/0", taking(taken)) is None
    assert len(taken) == 1


def test_another_stages_state_is_refused_by_name(
    url: str, caplog: pytest.LogCaptureFixture
) -> None:
    store = Checkpoints(url)
    mine, others = IntakeStage(SETUP.intake(), 0, 1), IntakeStage(SETUP.intake(), 1, 1)
    for stage in (mine, others):
        stage.take([b"rubbish"], [4])
    store.save("events/0", 4, mine.snapshot())
    store.save("events/0", 9, others.snapshot())
    fresh = IntakeStage(SETUP.intake(), 0, 1)
    assert store.load("events/0", fresh.restore) == 4
    assert "00000000000000000009.ckpt refused: not a snapshot of intake, partition 0" in caplog.text


@examples(30)
@given(
    keep=st.integers(1, 3),
    writes=st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=12),
)
def test_what_was_just_stored_is_there_whatever_else_lies_there(
    keep: int, writes: list[tuple[int, bool]]
) -> None:
    """Damaged ones, and those of a worker that has lost the partition, do not count."""
    store = Checkpoints(f"memory://{uuid4()}", keep)
    try:
        for offset, spoilt in writes:
            store.save("views/0", offset, b"state %d" % offset)
            assert offset in names(store, "views/0")
            older = [each for each in names(store, "views/0") if each < offset]
            assert len(older) <= keep - 1
            if spoilt:
                damage(store, f"views/0/{offset:020d}.ckpt", lambda raw: raw[:-1])
    finally:
        store._fs.rm(store._root, recursive=True)


def test_a_full_disk_is_said_and_leaves_the_old_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Checkpoints(f"file://{tmp_path}/c", keep=1)
    store.save("views/0", 1, b"state 1")

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", full)
        with pytest.raises(CheckpointError, match=r"2\.ckpt.*No space left on device"):
            store.save("views/0", 2, b"state 2")
    assert [path.name for path in (tmp_path / "c/views/0").iterdir()] == [f"{1:020d}.ckpt"]
    assert store.load("views/0", taking([])) == 1
    store.save("views/0", 2, b"state 2")
    assert store.load("views/0", taking([])) == 2


def test_an_object_store_that_refuses_is_said_and_leaves_the_old_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = Checkpoints(f"memory://{uuid4()}", keep=1)
    store.save("views/0", 1, b"state 1")

    def refuses(*_: Any, **__: Any) -> None:
        raise OSError("quota exceeded")

    with monkeypatch.context() as patched:
        patched.setattr(store._fs, "pipe_file", refuses)
        with pytest.raises(CheckpointError, match=r"2\.ckpt.*quota exceeded"):
            store.save("views/0", 2, b"state 2")
    assert store.load("views/0", taking([])) == 1
    store._fs.rm(store._root, recursive=True)


def test_a_place_that_cannot_be_read_is_said(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Checkpoints(url)
    store.save("views/0", 1, b"state 1")

    def away(*_: Any, **__: Any) -> list[str]:
        raise OSError("the network is down")

    monkeypatch.setattr(store._fs, "ls", away)
    with pytest.raises(CheckpointError, match=r"cannot be read: the network is down"):
        store.load("views/0", taking([]))


@pytest.mark.parametrize("bad", ["nowhere://x", "s4://bucket/x"])
def test_a_url_of_no_known_kind_is_refused(bad: str) -> None:
    with pytest.raises(CheckpointError, match=f"{bad}: cannot be used for checkpoints"):
        Checkpoints(bad)


def test_what_else_lies_in_the_folder_is_left_alone(tmp_path: Path) -> None:
    store = Checkpoints(f"file://{tmp_path}/c", keep=1)
    store.save("views/0", 1, b"state 1")
    folder = tmp_path / "c/views/0"
    (folder / ".00000000000000000002.ckpt.77.part").write_bytes(b"half of it")
    (folder / "README.ckpt").write_text("by hand")
    store.save("views/0", 3, b"state 3")
    assert store.load("views/0", taking([])) == 3
    assert len(list(folder.iterdir())) == 3


def test_refusing_is_the_restores_to_say(url: str, caplog: pytest.LogCaptureFixture) -> None:
    store = Checkpoints(url)
    for offset in (1, 2):
        store.save("views/0", offset, b"state %d" % offset)

    def picky(state: bytes) -> int:
        if state == b"state 2":
            raise SnapshotError("the lane account was computed by other features")
        return 1

    assert store.load("views/0", picky) == 1
    assert "computed by other features" in caplog.text
