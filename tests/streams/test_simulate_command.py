"""`offbook simulate` as a person calls it."""

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from streams.cli import main

SMALL = ["--accounts", "120", "--days", "4", "--seed", "9"]


@dataclass(frozen=True)
class Ended:
    """How a call of the command line ended."""

    status: object
    out: str
    err: str


@pytest.fixture
def call(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    def run(*extra: str, events: str = "e.jsonl") -> Ended:
        files = ["--out", str(tmp_path / events), "--labels", str(tmp_path / "l.jsonl")]
        with pytest.raises(SystemExit) as ended:
            main(["simulate", *files, *SMALL, *extra])
        return Ended(ended.value.code, *capsys.readouterr())

    return run


def rows(path: Path) -> list[dict[str, Any]]:
    raw = path.read_bytes()
    text = gzip.decompress(raw) if path.suffix == ".gz" else raw
    return [json.loads(line) for line in text.splitlines()]


def test_it_writes_events_and_labels_and_says_nothing(
    tmp_path: Path, call: Callable[..., Ended]
) -> None:
    result = call()
    assert result.status == 0
    assert (result.out, result.err) == ("", "")
    events, labels = rows(tmp_path / "e.jsonl"), rows(tmp_path / "l.jsonl")
    assert min(event["ts"] for event in events) < 1_704_067_200_000
    assert len(events) > 300
    assert all({"event_id", "type", "ts"} <= set(event) for event in events)
    assert all("violation" in label or "benign" in label for label in labels)


def test_two_calls_give_the_same_files(tmp_path: Path, call: Callable[..., Ended]) -> None:
    call()
    call(events="again.jsonl")
    assert (tmp_path / "e.jsonl").read_bytes() == (tmp_path / "again.jsonl").read_bytes()


def test_a_name_in_gz_is_compressed(tmp_path: Path, call: Callable[..., Ended]) -> None:
    call()
    call(events="e.jsonl.gz")
    assert rows(tmp_path / "e.jsonl.gz") == rows(tmp_path / "e.jsonl")


def test_feeds_disorder_and_start_are_obeyed(tmp_path: Path, call: Callable[..., Ended]) -> None:
    result = call(
        *("--without", "message,payment", "--disorder-ms", "3600000", "--duplicates", "0.3"),
        *("--start", "2025-01-27", "--cold-start"),
    )
    assert result.status == 0
    events = rows(tmp_path / "e.jsonl")
    assert not {event["type"] for event in events} & {"message", "payment"}
    times = [event["ts"] for event in events]
    assert times != sorted(times)
    assert len({event["event_id"] for event in events}) < len(events)
    assert min(times) >= 1_737_936_000_000


@pytest.mark.parametrize(
    ("extra", "named"),
    [
        (["--accounts", "3"], "accounts"),
        (["--days", "0"], "days"),
        (["--violators", "0.9"], "violators"),
        (["--hold-hours", "-1"], "hold_after"),
        (["--without", "smoke"], "'smoke' is not one of payment"),
        (["--duplicates", "2"], "duplicates"),
        (["--profile", "loud"], "loud"),
    ],
)
def test_wrong_calls_are_refused_by_name(
    tmp_path: Path, call: Callable[..., Ended], extra: list[str], named: str
) -> None:
    result = call(*extra)
    assert result.status == 2
    assert named in result.err
    assert not list(tmp_path.iterdir())


def test_one_file_for_both_is_refused(tmp_path: Path, call: Callable[..., Ended]) -> None:
    result = call(events="l.jsonl")
    assert result.status == 2
    assert "both name" in result.err


def test_a_folder_that_is_not_there_is_named(tmp_path: Path, call: Callable[..., Ended]) -> None:
    result = call(events="nowhere/e.jsonl")
    assert result.status == 1
    assert "nowhere/e.jsonl" in result.err
