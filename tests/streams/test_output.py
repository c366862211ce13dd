"""Files that are complete or not there."""

import base64
import gzip
import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest
import zstandard

from streams.output import AtomicFile, DeadLetterWriter, JsonLinesWriter, OutputError

UNPACK: dict[str, Any] = {
    ".jsonl": bytes,
    ".jsonl.gz": gzip.decompress,
    ".jsonl.zst": lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data),
}


@pytest.mark.parametrize("ending", UNPACK)
def test_lines_are_written_and_packed_by_the_ending(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"out{ending}"
    with JsonLinesWriter(path) as out:
        out.write_object({"b": 1, "a": "ü\n"})
        out.write_lines([b"{}", b"[]"])
        out.write_lines([])
    assert UNPACK[ending](path.read_bytes()) == '{"b":1,"a":"ü\\n"}\n{}\n[]\n'.encode()
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("ending", UNPACK)
def test_the_same_lines_give_the_same_bytes(tmp_path: Path, ending: str) -> None:
    for name in ("one", "two"):
        with JsonLinesWriter(tmp_path / f"{name}{ending}") as out:
            out.write_lines([b"{}"] * 1000)
    assert (tmp_path / f"one{ending}").read_bytes() == (tmp_path / f"two{ending}").read_bytes()


def test_until_the_end_the_name_is_not_taken(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    with JsonLinesWriter(path) as out:
        out.write_lines([b"{}"])
        assert not path.exists()
    assert path.read_bytes() == b"{}\n"


@pytest.mark.parametrize("ending", UNPACK)
def test_a_failure_leaves_what_was_there_before(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"out{ending}"
    path.write_bytes(b"before")

    def interrupted() -> None:
        with JsonLinesWriter(path) as out:
            out.write_lines([b"{}"])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert path.read_bytes() == b"before"
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_a_file_has_the_rights_that_others_get(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        with AtomicFile(tmp_path / "out"):
            pass
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o640


def test_a_link_is_written_through(tmp_path: Path) -> None:
    (tmp_path / "link.jsonl").symlink_to(tmp_path / "target.jsonl")
    with JsonLinesWriter(tmp_path / "link.jsonl") as out:
        out.write_lines([b"{}"])
    assert (tmp_path / "link.jsonl").is_symlink()
    assert (tmp_path / "target.jsonl").read_bytes() == b"{}\n"


def test_a_pipe_is_written_directly(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with JsonLinesWriter(path) as out:
        out.write_lines([b"{}"])
    assert os.read(reader, 10) == b"{}\n"
    os.close(reader)
    assert stat.S_ISFIFO(path.stat().st_mode)


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"none/out\.jsonl: cannot be written: No such file"):
        JsonLinesWriter(tmp_path / "none" / "out.jsonl")
    with pytest.raises(OutputError, match=f"{tmp_path}: cannot be written: Is a directory"):
        JsonLinesWriter(tmp_path)


def full_disk_write(out: AtomicFile) -> None:
    with out:
        for _ in range(100):
            out.write(os.urandom(4096))


@pytest.mark.parametrize("name", ["full", "full.gz", "full.zst"])
def test_a_full_disk_is_said_plainly(tmp_path: Path, name: str) -> None:
    (tmp_path / name).symlink_to("/dev/full")
    with pytest.raises(OutputError, match=f"{name}: cannot be written: No space left on device"):
        full_disk_write(AtomicFile(tmp_path / name))


def test_dead_letters_keep_what_was_received(tmp_path: Path) -> None:
    path = tmp_path / "dead.jsonl"
    place = {"reason": "not_json", "detail": "why", "topic": "e.jsonl", "partition": 0}
    with DeadLetterWriter(path) as out:
        out.write_letter(**place, offset=17, raw='{"text":"ü\u2028'.encode())
        out.write_letter(**place, offset=18, raw=b"\xff\x00")
        out.write_letter(**place, offset=19, raw=b"")
    letters = [json.loads(line) for line in path.read_bytes().splitlines()]
    assert letters == [
        place | {"offset": 17, "raw": '{"text":"ü\u2028'},
        place | {"offset": 18, "raw_base64": base64.b64encode(b"\xff\x00").decode()},
        place | {"offset": 19, "raw": ""},
    ]
