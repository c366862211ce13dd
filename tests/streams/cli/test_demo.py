"""The demonstration from end to end, and what it leaves: text, and nothing else."""

import io
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

import pytest
from rich.console import Console

from models.events import Refusal, decode
from models.simulation import Scenario
from streams.demo.platform import SPOILERS, outgoing
from streams.demo.progress import Progress
from streams.demo.report import Report
from streams.demo.screen import LiveScreen
from streams.demo.summary import summary
from tests.streams.cli.recommended import recommended

_SMALL = ("--accounts", "400", "--days", "8", "--speed", "100", "--seed", "3")
_EVENT = {"event_id": "e1", "type": "login", "ts": 1_704_067_200_000, "account": "a", "device": "d"}


@contextmanager
def running(*options: str) -> Iterator[subprocess.Popen[str]]:
    """`offbook demo` into a pipe, with an environment that names another broker."""
    process = subprocess.Popen(
        [sys.executable, "-m", "streams.cli", "demo", *_SMALL, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "OFFBOOK_BROKERS": "192.0.2.1:9092"},
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def line_with(process: subprocess.Popen[str], words: str) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if words in line:
            return line
    raise AssertionError(f"no line with {words!r}")


def children(process: subprocess.Popen[str]) -> list[int]:
    text = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    return [int(pid) for pid in text.split()]


def gone(pid: int) -> bool:
    return not Path(f"/proc/{pid}").exists()


def test_it_runs_to_the_end_of_its_days_and_sums_up() -> None:
    with running() as process:
        out, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (0, "")
    assert re.search(r"^[LH]\d? [a-z ]+(\(\d+ d\))?  u\d+ \([a-z]+\)  V\d\d\d ", out, re.M)
    assert "The simulated days are over: 8.0 of 8 days" in out
    [(produced, read, bad)] = re.findall(r"([\d,]+) produced; ([\d,]+) read, ([\d,]+) bad", out)
    [(letters, spoiled)] = re.findall(r"([\d,]+) of ([\d,]+) spoiled events", out)
    assert produced == read
    assert letters == spoiled == bad != "0"
    assert "To the person concerned:" in out
    assert "For the analyst:" in out


@pytest.mark.skipif(sys.platform != "linux", reason="finds the processes in /proc")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_ends_it_cleanly(name: str) -> None:
    with running() as process:
        line_with(process, "worker starting")
        started = children(process)
        process.send_signal(getattr(signal, name))
        out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert out == "Stopped before anything was streamed.\n"
    assert len(started) == 2
    assert all(gone(pid) for pid in started)


@pytest.mark.skipif(sys.platform != "linux", reason="finds the processes in /proc")
def test_a_worker_that_dies_is_told_of() -> None:
    with running() as process:
        line_with(process, "worker starting")
        broker, worker = children(process)
        os.kill(worker, signal.SIGKILL)
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (1, "offbook: the worker ended with status -9\n")
    assert gone(broker)


@pytest.mark.skipif(sys.platform != "linux", reason="finds the processes in /proc")
def test_a_broker_that_dies_is_told_of() -> None:
    with running() as process:
        line_with(process, "worker starting")
        broker, worker = children(process)
        os.kill(broker, signal.SIGKILL)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert err.startswith("offbook: the embedded broker ended with status -9")
    assert "Traceback" not in err
    assert gone(worker)


@pytest.mark.skipif(sys.platform != "linux", reason="finds the processes in /proc")
def test_a_demo_that_is_killed_takes_its_processes_along() -> None:
    with running() as process:
        line_with(process, "worker starting")
        started = children(process)
        process.kill()
        deadline = time.monotonic() + 60
        while not all(gone(pid) for pid in started) and time.monotonic() < deadline:
            time.sleep(0.1)
    assert all(gone(pid) for pid in started)


@pytest.mark.parametrize("reason", list(SPOILERS))
def test_a_spoiled_event_is_refused_for_the_reason_meant(reason: str) -> None:
    refusal = decode(SPOILERS[reason](dict(_EVENT)))
    assert isinstance(refusal, Refusal)
    assert refusal.reason == reason


def test_the_platform_streams_the_same_records_for_the_same_seed() -> None:
    scenario = Scenario(accounts=50, days=5, seed=9)
    records = list(chain.from_iterable(outgoing(scenario)))
    assert records == list(chain.from_iterable(outgoing(scenario)))
    refused = [isinstance(decode(record.value), Refusal) for record in records]
    assert refused == [record.spoiled for record in records]
    assert any(refused)


def test_the_live_screen_fits_a_small_terminal() -> None:
    file = io.StringIO()
    console = Console(file=file, force_terminal=True, width=80, height=24)
    progress = Progress(Scenario())
    with LiveScreen(console, "en") as screen:
        for recommendation in recommended():
            progress.take(recommendation)
            screen.recommend(recommendation)
        progress.seconds = 10
        screen.tick(progress)
    drawn = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", file.getvalue())
    assert max(len(line) for line in drawn.splitlines()) <= 80
    newest = recommended()[-1]
    assert newest.account in drawn
    assert f"revisions {len(recommended())}" in drawn


def test_the_summary_tells_what_the_worker_said() -> None:
    progress = Progress(Scenario(), produced=12, spoiled=1)
    progress.report = Report(read=11, bad=1, late=3, rules_without_input=["X01"])
    progress.letters["not_json"] = 1
    for recommendation in recommended():
        progress.take(recommendation)
    said = "\n".join(summary(progress, "zh"))
    assert "12 produced; 11 read, 1 bad, 0 duplicate, 3 late" in said
    assert "1 of 1 spoiled events: not_json 1" in said
    assert "Rules without input: X01" in said
    gravest = max(one.penalty.level for one in progress.latest.values())
    assert f"=== {gravest} " in said
