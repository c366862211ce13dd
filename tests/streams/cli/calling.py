"""The command line as a person calls it, against topics on a broker."""

from collections.abc import Callable
from dataclasses import dataclass, fields

import pytest
from kafka import KafkaProducer

from config.settings import Settings, variable_of
from streams.cli import main
from streams.topics import ensure_topics

Headers = list[tuple[str, bytes]]


@dataclass(frozen=True)
class Ended:
    """How a call of the command line ended."""

    status: object
    out: str
    err: str


Call = Callable[..., Ended]


def caller(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Call:
    """Calls `offbook` with the settings in the environment."""
    for field in fields(Settings):
        value = getattr(settings, field.name)
        if value != field.default:
            text = ",".join(value) if type(value) is tuple else str(value)
            monkeypatch.setenv(variable_of(field.name), text)

    def call(*arguments: str) -> Ended:
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        return Ended(ended.value.code, *capsys.readouterr())

    return call


def deployment(broker: str, prefix: str) -> Settings:
    """Settings with topics of their own, which are there."""
    settings = Settings(
        brokers=(broker,), topic_prefix=f"{prefix}.", topic_events=f"{prefix}.platform.events"
    )
    ensure_topics(settings)
    return settings


def publish(
    settings: Settings, topic: str, records: list[tuple[bytes | None, bytes, Headers, int]]
) -> None:
    """Write (key, value, headers, time in ms) records in this order."""
    producer = KafkaProducer(bootstrap_servers=list(settings.brokers))
    for key, value, headers, ts in records:
        producer.send(topic, value, key=key, headers=headers, timestamp_ms=ts)
    producer.flush()
    producer.close()
