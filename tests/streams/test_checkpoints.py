"""Checkpoints: whole or refused, the newest that can be used, and no more than are kept."""

from pathlib import Path

import pytest

from streams.checkpoints import Checkpoints


def test_a_damaged_checkpoint_is_refused_by_name_and_the_one_before_it_taken(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = Checkpoints(f"file://{tmp_path}/c", keep=2)
    for offset in (1, 2, 3):
        store.save("views/0", offset, b"state %d" % offset)
    kept = sorted(path.name for path in (tmp_path / "c/views/0").iterdir())
    assert [int(name.split(".")[0]) for name in kept] == [2, 3]
    newest = tmp_path / "c/views/0" / kept[-1]
    newest.write_bytes(newest.read_bytes()[:-1])
    taken: list[bytes] = []

    def restore(state: bytes) -> int:
        taken.append(state)
        return 2

    assert store.load("views/0", restore) == 2
    assert taken == [b"state 2"]
    assert kept[-1] in caplog.text
    assert "torn or damaged" in caplog.text
