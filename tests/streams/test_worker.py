"""The worker on real brokers: the same recommendations as a replay, and nothing lost."""

import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from jsonschema import Draft202012Validator

from config.settings import Settings
from config.source_maps import builtin_source_map
from models.pipeline import Pipeline, Setup
from models.recommendations import encode, recommendation_schema
from models.simulation import Scenario, Simulation
from streams.cli.options import policy_named
from streams.sources import open_source
from streams.topics import ensure_topics
from tests.streams.running_worker import (
    environment,
    produce,
    records,
    same_but_for_replay,
    until,
    worker,
)

SETUP = Setup(policy_named(None), replay=True)
MALFORMED = (b"", b"{", b"[1]", b'{"type":"login"}', b'{"type":"sale","event_id":"x","ts":1}')


def replayed(events: list[bytes]) -> list[bytes]:
    """What a replay of the events says, every revision."""
    pipeline = Pipeline(SETUP)
    said = pipeline.take(events).recommendations + pipeline.finish().recommendations
    return [encode(one) for one in said]


def simulated(accounts: int, days: int) -> list[bytes]:
    """Events of a small platform, as JSON."""
    scenario = Scenario(accounts=accounts, days=days, seed=7, violators=0.05)
    return [msgspec.json.encode(event) for event in Simulation(scenario).events()]


@pytest.fixture
def settings(broker_settings: Settings) -> Settings:
    """Three partitions in, two in between, and a source that is soon called idle."""
    return replace(
        broker_settings,
        partitions_events=3,
        partitions_views=2,
        partitions_accounts=2,
        idle_timeout_s=2.0,
    )


def test_worker_and_replay_say_the_same(settings: Settings, tmp_path: Path) -> None:
    events = simulated(400, 40)
    wanted = replayed(events)
    assert wanted, "the platform is too quiet to compare anything"
    ensure_topics(settings)
    produce(settings, [*events[:1000], *MALFORMED, *events[1000:]], 3)
    # Duplicates that come days late change nothing.
    produce(settings, events[-3000:-2500], 3)
    log = tmp_path / "worker.log"
    with worker(settings, log) as process:
        until(
            lambda: len(records(settings, settings.topic_recommendations)) >= len(wanted),
            process,
            log,
        )
        until(
            lambda: len(records(settings, settings.topic_deadletter)) >= len(MALFORMED),
            process,
            log,
        )
        # The sources have to be called idle before their last events are judged.
        time.sleep(3 * settings.idle_timeout_s)
    assert process.returncode == 0, log.read_text()
    said = [value for value, _ in records(settings, settings.topic_recommendations)]
    assert same_but_for_replay(said) == same_but_for_replay(wanted)
    assert "500 duplicate" in log.read_text()


def test_what_is_refused_goes_on_as_it_came_with_its_reason(
    settings: Settings, tmp_path: Path
) -> None:
    ensure_topics(settings)
    produce(settings, list(MALFORMED), 1)
    log = tmp_path / "worker.log"
    with worker(settings, log) as process:
        until(
            lambda: len(records(settings, settings.topic_deadletter)) >= len(MALFORMED),
            process,
            log,
        )
    letters = {
        value or b"": dict(headers)
        for value, headers in records(settings, settings.topic_deadletter)
    }
    assert set(letters) == set(MALFORMED)
    assert letters[b"{"]["reason"] == b"not_json"
    assert letters[b'{"type":"login"}']["reason"] == b"missing_field"
    for number, value in enumerate(MALFORMED):
        headers = letters[value]
        assert headers["topic"].decode() == settings.topic_events
        assert (headers["partition"], headers["offset"]) == (b"0", str(number).encode())


def test_without_a_broker_the_worker_says_so_and_fails(tmp_path: Path) -> None:
    settings = Settings(brokers=("127.0.0.1:9",))
    command = [sys.executable, "-m", "streams.cli", "worker"]
    done = subprocess.run(
        command, env=environment(settings), capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 1
    assert "127.0.0.1:9" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.data
@pytest.mark.kafka
def test_cryptopunks_through_a_real_kafka(
    apache_kafka: str, topic_prefix: str, outside_data: Path, tmp_path: Path
) -> None:
    """31,001 real transfers: what the worker says of them is what a replay says, a foreign client
    reads it, and every record is what the schema promises."""
    settings = Settings(
        brokers=(apache_kafka,),
        app_id=f"{topic_prefix}punks",
        topic_events=f"{topic_prefix}platform.events",
        topic_prefix=f"{topic_prefix}offbook.",
        idle_timeout_s=3.0,
        partitions_views=2,
        partitions_accounts=2,
    )
    source = outside_data / "cryptopunks_until_2021_08.parquet"
    events: list[bytes] = []
    with open_source(str(source), source_map=builtin_source_map("cryptopunks")) as rows:
        for batch in rows:
            events += batch.values
    # A slice that has everything in it keeps the test short; the benchmark takes the whole.
    events = events[:12_000]
    wanted = replayed(events)
    ensure_topics(settings)
    produce(settings, events, 4)
    log = tmp_path / "worker.log"
    with worker(settings, log) as process:
        until(
            lambda: len(records(settings, settings.topic_recommendations)) >= len(wanted),
            process,
            log,
        )
    kcat = shutil.which("kcat")
    assert kcat, "kcat is not installed"
    read = subprocess.run(
        [kcat, "-b", apache_kafka, "-t", settings.topic_recommendations, "-C", "-e", "-q"],
        capture_output=True,
        check=True,
        timeout=120,
    ).stdout.splitlines()
    assert same_but_for_replay(read) == same_but_for_replay(wanted)
    validator = Draft202012Validator(recommendation_schema())
    for line in read:
        validator.validate(msgspec.json.decode(line))
