"""Workers as processes of their own, and what they have written, for tests on real brokers."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path

import msgspec
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from config.settings import Settings, variable_of

PATIENCE_S = 120.0


def environment(settings: Settings) -> dict[str, str]:
    """The environment that gives a process these settings."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("OFFBOOK_")}
    for field in fields(Settings):
        value = getattr(settings, field.name)
        if value != field.default:
            env[variable_of(field.name)] = ",".join(value) if type(value) is tuple else str(value)
    return env


@contextlib.contextmanager
def worker(settings: Settings, log: Path, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """`offbook worker` in the background; what it says is in `log`. Ended with SIGTERM."""
    command = [sys.executable, "-m", "streams.cli", "worker", *options]
    with log.open("wb") as said:
        process = subprocess.Popen(command, env=environment(settings), stdout=said, stderr=said)
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
            process.wait(60)


def produce(settings: Settings, values: list[bytes], partitions: int) -> None:
    """Write the values to the input topic, round-robin, and wait until the broker has them."""
    producer = KafkaProducer(
        bootstrap_servers=list(settings.brokers), linger_ms=20, batch_size=1 << 18
    )
    for number, value in enumerate(values):
        producer.send(settings.topic_events, value, partition=number % partitions)
    producer.flush()
    producer.close()


def records(settings: Settings, topic: str) -> list[tuple[bytes, list[tuple[str, bytes]]]]:
    """All records of a topic as (value, headers)."""
    consumer = KafkaConsumer(bootstrap_servers=list(settings.brokers), auto_offset_reset="earliest")
    tps = [TopicPartition(topic, p) for p in sorted(consumer.partitions_for_topic(topic) or ())]
    consumer.assign(tps)
    consumer.seek_to_beginning(*tps)
    found = []
    # Not `end_offsets`: the embedded broker answers it with the start of the last batch.
    while batches := consumer.poll(timeout_ms=1500):
        for batch in batches.values():
            found += [(record.value, list(record.headers)) for record in batch]
    consumer.close()
    return found


def until(condition: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait for the condition; fail at once if the worker dies, or after `PATIENCE_S`."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.25)


def same_but_for_replay(lines: list[bytes]) -> list[bytes]:
    """Recommendations without the one field in which a replay differs, in one order."""
    decoded = [msgspec.json.decode(line) for line in lines]
    for record in decoded:
        del record["replay"]
    return sorted(msgspec.json.encode(record, order="sorted") for record in decoded)
