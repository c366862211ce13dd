"""TLS and SASL against a real Apache Kafka, with both clients."""

import asyncio
import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest
from kafka import KafkaProducer

from config.settings import Settings
from config.variables import Secret
from streams.brokers.clients import kafka_python_options
from streams.record_batches import new_app
from streams.topics import Topic, TopicError, ensure_topics
from tests.broker_fixtures import require_apache_kafka
from tests.kafka.apache import Login, apache_kafka

pytestmark = pytest.mark.kafka

TOPIC = Topic("platform.events", 1, True)


@pytest.fixture(scope="module")
def secure() -> Iterator[Settings]:
    """Settings that log in at a broker of their own."""
    require_apache_kafka()
    login = Login("risk", "hunter2")
    with apache_kafka(login=login) as cluster:
        yield Settings(
            brokers=(cluster.secure_address,),
            security_protocol="SASL_SSL",
            tls_ca=str(cluster.certificate),
            sasl_username=login.username,
            sasl_password=Secret(login.password),
        )


def test_records_pass_both_clients_logged_in_over_tls(secure: Settings) -> None:
    ensure_topics(secure, [TOPIC])
    producer = KafkaProducer(**kafka_python_options(secure))
    producer.send(TOPIC.name, b"one")
    producer.close()

    async def first() -> list[bytes | None]:
        app = new_app(secure)
        handed_over: asyncio.Future[list[bytes | None]] = asyncio.Future()

        @app.agent(app.batch_topic(TOPIC.name))
        async def take(stream: Any) -> None:
            async for batch in stream:
                handed_over.set_result(batch.values)

        await app.start()
        try:
            return await asyncio.wait_for(handed_over, 60)
        finally:
            await app.stop()

    assert asyncio.run(first()) == [b"one"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"sasl_password": Secret("hunter3")},
        {"sasl_mechanism": "SCRAM-SHA-512"},
        {"tls_ca": ""},
        {"security_protocol": "SASL_PLAINTEXT", "tls_ca": ""},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_what_does_not_fit_is_said_plainly_and_no_password_shown(
    secure: Settings, wrong: dict[str, Any]
) -> None:
    settings = dataclasses.replace(secure, **wrong)
    with pytest.raises(TopicError) as refused:
        ensure_topics(settings, [TOPIC], wait_s=1)
    assert str(refused.value) == (
        f"no Kafka broker answers at {settings.brokers[0]} within 1 s; is OFFBOOK_BROKERS right, "
        f"and does OFFBOOK_SECURITY_PROTOCOL={settings.security_protocol} fit it, "
        "and OFFBOOK_SASL_* with it?"
    )
