"""`kill -9` at any moment: the worker that comes next says what an undisturbed run says."""

import random
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from config.settings import Settings
from streams.topics import ensure_topics
from tests.streams.running_worker import produce, records, same_but_for_replay, until, worker
from tests.streams.test_worker import replayed, simulated

KILLS = 4


@pytest.fixture
def settings(broker_settings: Settings, tmp_path: Path) -> Settings:
    return replace(
        broker_settings,
        partitions_events=2,
        partitions_views=2,
        partitions_accounts=2,
        idle_timeout_s=2.0,
        checkpoint_url=f"file://{tmp_path}/checkpoints",
        checkpoint_interval_s=0.3,
        batch_size=200,
    )


def test_killed_workers_lose_nothing_and_count_nothing_twice(
    settings: Settings, tmp_path: Path
) -> None:
    events = simulated(300, 30)
    wanted = set(same_but_for_replay(replayed(events)))
    assert wanted, "the platform is too quiet to compare anything"
    ensure_topics(settings)
    chance = random.Random(5)
    sending = threading.Thread(target=_produce_slowly, args=(settings, events))
    sending.start()
    log = tmp_path / "worker.log"
    for _ in range(KILLS):
        with worker(settings, log) as process:
            until(lambda: "assigned" in log.read_text(), process, log)
            time.sleep(chance.uniform(0.2, 4))
            process.kill()
    sending.join()
    with worker(settings, log) as process:
        until(lambda: "goes on behind offset" in log.read_text(), process, log)
        until(lambda: set(_said(settings)) >= wanted, process, log)
    assert process.returncode == 0, log.read_text()
    assert set(_said(settings)) == wanted


def _produce_slowly(settings: Settings, events: list[bytes]) -> None:
    for start in range(0, len(events), 500):
        produce(settings, events[start : start + 500], 2)
        time.sleep(0.4)


def _said(settings: Settings) -> list[bytes]:
    return same_but_for_replay(
        [value for value, _ in records(settings, settings.topic_recommendations)]
    )
