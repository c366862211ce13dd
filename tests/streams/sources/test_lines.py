"""JSON lines: cut at line feeds alone, numbered, whole or refused."""

import gzip
import os
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from streams.sources import SourceError, lines, open_source
from streams.sources.lines import BrokenStreamError, split_lines

PACK = {
    ".jsonl": bytes,
    ".ndjson": bytes,
    ".jsonl.gz": gzip.compress,
    ".ndjson.gz": gzip.compress,
    ".jsonl.zst": zstandard.compress,
    ".ndjson.zst": zstandard.compress,
}


def read(path: Path, batch_size: int = 5000) -> list[tuple[bytes, int]]:
    with open_source(str(path), batch_size=batch_size) as source:
        return [pair for b in source for pair in zip(b.values, b.offsets, strict=True)]


@pytest.mark.parametrize("ending", PACK)
def test_every_line_with_its_number(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"events{ending}"
    path.write_bytes(PACK[ending](b'{"a":1}\n\n{"b":2}\r\n \t\r\n{"c":3}'))
    assert read(path) == [(b'{"a":1}', 1), (b'{"b":2}', 3), (b'{"c":3}', 5)]


@pytest.mark.parametrize("ending", PACK)
def test_an_empty_file_has_no_events(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"events{ending}"
    path.write_bytes(b"")
    assert read(path) == []
    path.write_bytes(PACK[ending](b""))
    assert read(path) == []


def test_an_ending_may_be_in_capitals(tmp_path: Path) -> None:
    path = tmp_path / "EVENTS.JSONL.GZ"
    path.write_bytes(gzip.compress(b"1\n"))
    assert read(path) == [(b"1", 1)]


def test_batches_hold_no_more_than_asked_and_count_what_they_hold(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"1\n2\n\n4\n5\n\n\n\n9\n10\n11\n")
    with open_source(str(path), batch_size=3) as source:
        batches = list(source)
    assert [b.values for b in batches] == [[b"1", b"2"], [b"4", b"5"], [b"9"], [b"10", b"11"]]
    assert [b.first_offset for b in batches] == [1, 4, 9, 10]
    assert [b.rows for b in batches] == [2, 2, 1, 2]
    assert {(b.origin, b.partition) for b in batches} == {(str(path), 0)}


def test_other_line_ends_of_unicode_do_not_cut(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    text = "a\u2028b\u2029c\u0085d\x0be\x0cf\x1cg\rh"
    path.write_bytes(text.encode() + b"\nnext\n")
    assert read(path) == [(text.encode(), 1), (b"next", 2)]


def test_white_space_within_a_line_is_kept_as_received(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"  {} \r\n\x0c\n")
    assert read(path) == [(b"  {} ", 1), (b"\x0c", 2)]


def test_a_byte_order_mark_is_no_part_of_the_first_line(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"\xef\xbb\xbf{}\n\xef\xbb\xbf{}\n")
    assert read(path) == [(b"{}", 1), (b"\xef\xbb\xbf{}", 2)]


def test_a_long_line_is_left_to_the_decoder(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    long = b"x" * (3 << 20)
    path.write_bytes(b"1\n" + long + b"\n3\n")
    assert read(path) == [(b"1", 1), (long, 2), (b"3", 3)]


def test_a_line_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "LONGEST_LINE_BYTES", 2 << 20)
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"1\n" + b"x" * (4 << 20))
    with pytest.raises(SourceError, match=r"events\.jsonl: more than 2 MiB .* in line 2"):
        read(path)


@given(
    st.lists(st.sampled_from([b"", b"a", b"bc", b"\r", b"\xe2\x80\xa8", b"{}\r", b" "])),
    st.booleans(),
    st.lists(st.integers(0, 40)),
    st.integers(1, 7),
)
def test_where_chunks_are_cut_changes_nothing(
    parts: list[bytes], ended: bool, cuts: list[int], batch_size: int
) -> None:
    data = b"\n".join(parts) + (b"\n" if ended and parts else b"")
    edges = [0, *sorted(cut for cut in cuts if cut <= len(data)), len(data)]
    chunks = [data[a:b] for a, b in pairwise(edges)]
    expected = data.split(b"\n")
    if expected[-1] == b"":
        expected.pop()

    batches = list(split_lines(chunks, batch_size))

    assert [line for found, _ in batches for line in found] == expected
    assert [first for _, first in batches] == list(range(1, len(expected) + 1, batch_size))
    assert all(len(found) == batch_size for found, _ in batches[:-1])


def test_whole_lines_before_a_fault_are_handed_out() -> None:
    def chunks() -> Iterator[bytes]:
        yield b"1\n2\n3\n4"
        raise EOFError

    found: list[tuple[list[bytes], int]] = []
    with pytest.raises(BrokenStreamError, match="breaks off in line 4"):
        found.extend(split_lines(chunks(), 2))
    assert found == [([b"1", b"2"], 1), ([b"3"], 3)]


def noise(count: int) -> list[bytes]:
    """Lines that do not compress well, so that a cut falls into the midst of them."""
    return [os.urandom(32).hex().encode() for _ in range(count)]


@pytest.mark.parametrize("ending", [".jsonl.gz", ".jsonl.zst"])
def test_a_truncated_file_gives_what_is_there_and_then_fails(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"events{ending}"
    written = noise(20_000)
    packed = PACK[ending](b"\n".join(written))
    path.write_bytes(packed[: len(packed) * 3 // 4])
    found: list[bytes] = []
    with open_source(str(path)) as source:
        values = (value for batch in source for value in batch.values)
        with pytest.raises(SourceError, match=rf"{ending}: breaks off in line \d+"):
            found.extend(values)
    assert 5000 < len(found) < 20_000
    assert found == written[: len(found)]


@pytest.mark.parametrize("ending", [".jsonl.gz", ".jsonl.zst"])
def test_a_corrupt_file_fails(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"events{ending}"
    packed = bytearray(PACK[ending](b"\n".join(noise(20_000))))
    packed[len(packed) // 2 : len(packed) // 2 + 64] = b"\xff" * 64
    path.write_bytes(packed)
    with pytest.raises(SourceError, match=r"is corrupt \(.+\) in line \d+"):
        read(path)


@pytest.mark.parametrize("ending", [".jsonl.gz", ".jsonl.zst"])
def test_plain_text_under_the_name_of_a_compressed_file_fails(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"events{ending}"
    path.write_bytes(b'{"a":1}\n')
    with pytest.raises(SourceError, match=r"is corrupt \(.+\) in line 1"):
        read(path)


@pytest.mark.parametrize("ending", [".jsonl.gz", ".jsonl.zst"])
def test_files_written_one_behind_the_other_are_one(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"events{ending}"
    path.write_bytes(PACK[ending](b"1\n2") + PACK[ending](b"\n") + PACK[ending](b"3\n"))
    assert read(path) == [(b"1", 1), (b"2", 2), (b"3", 3)]


@pytest.mark.parametrize("ending", [".jsonl", ".jsonl.gz", ".jsonl.zst"])
def test_position_runs_up_to_total(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"events{ending}"
    path.write_bytes(PACK[ending](b"\n".join(noise(50_000))))
    with open_source(str(path), batch_size=1000) as source:
        positions = [source.position for _ in source]
        assert source.total == path.stat().st_size
        assert source.unit == "bytes"
    assert positions == sorted(positions)
    assert 0 < positions[0] < positions[-1] == source.total


def test_a_pipe_has_no_total(tmp_path: Path) -> None:
    path = tmp_path / "pipe.jsonl"
    os.mkfifo(path)
    writer = os.open(path, os.O_RDWR)
    os.write(writer, b"1\n2\n")
    with open_source(str(path)) as source:
        os.close(writer)
        assert source.total is None
        assert [b.values for b in source] == [[b"1", b"2"]]
