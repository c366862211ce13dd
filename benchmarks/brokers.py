"""The brokers that are at hand, and topics with something in them."""

import contextlib
import os
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace

from kafka import KafkaConsumer, TopicPartition

from config.settings import Settings
from streams.brokers.embedded import SESSION_TIMEOUT_S, embedded_broker
from streams.topics import ensure_topics
from tests.kafka.apache import apache_kafka, missing_tools
from tests.streams.running_worker import produce


@contextlib.contextmanager
def embedded() -> Iterator[str]:
    """The address of an embedded broker of its own."""
    with embedded_broker() as broker:
        yield broker.address


@contextlib.contextmanager
def apache() -> Iterator[str]:
    """The address of an Apache Kafka: the one of OFFBOOK_TEST_KAFKA, or one of its own."""
    if running := os.environ.get("OFFBOOK_TEST_KAFKA"):
        yield running
        return
    with apache_kafka() as cluster:
        yield cluster.address


def no_apache() -> str | None:
    """Why no Apache Kafka can be had, or None."""
    return None if os.environ.get("OFFBOOK_TEST_KAFKA") else missing_tools()


def deployment(address: str) -> Settings:
    """Settings of a deployment with topics and a group of its own."""
    name = f"bench-{uuid.uuid4().hex[:12]}"
    return Settings(
        brokers=(address,),
        app_id=name,
        topic_events=f"{name}.platform.events",
        topic_prefix=f"{name}.offbook.",
        session_timeout_s=SESSION_TIMEOUT_S,
        idle_timeout_s=3.0,
        log_level="warning",
    )


def reading_again(settings: Settings) -> Settings:
    """Another deployment that reads the same events from their beginning."""
    return replace(deployment(settings.brokers[0]), topic_events=settings.topic_events)


@contextlib.contextmanager
def reading(settings: Settings) -> Iterator[Callable[[], list[bytes]]]:
    """What has arrived on the topic of recommendations so far, whenever it is called."""
    topic, found = settings.topic_recommendations, []
    consumer = KafkaConsumer(bootstrap_servers=list(settings.brokers), auto_offset_reset="earliest")
    tps = [TopicPartition(topic, p) for p in sorted(consumer.partitions_for_topic(topic) or ())]
    consumer.assign(tps)
    consumer.seek_to_beginning(*tps)

    def arrived() -> list[bytes]:
        while batches := consumer.poll(timeout_ms=500):
            for batch in batches.values():
                found.extend(record.value for record in batch)
        return found

    try:
        yield arrived
    finally:
        consumer.close()


def filled(address: str, values: list[bytes]) -> Settings:
    """A deployment whose input topic holds the values, spread over its partitions."""
    settings = deployment(address)
    ensure_topics(settings)
    produce(settings, values, settings.partitions_events)
    return settings
