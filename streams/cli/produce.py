"""`offbook produce`: the events of a source into the input topic, as a platform would send them."""

import os

import click
from kafka import KafkaProducer
from kafka.errors import KafkaError

from config.settings import from_env
from streams.brokers.clients import kafka_python_options
from streams.cli.options import source_map_named, source_options
from streams.cli.screen import tracked
from streams.sources import open_source
from streams.topics import TopicError, ensure_topics


@click.command("produce")
@source_options
def produce(source: str, from_: str | None, to: str | None, source_map_name: str | None) -> None:
    """Send the events of SOURCE to the input topic, spread over its partitions.

    Rows that the source map cannot translate are sent as they are, for the worker to refuse.
    """
    settings = from_env(os.environ)
    ensure_topics(settings)
    sent = failed = 0
    source_map = source_map_named(source_map_name)
    try:
        producer = KafkaProducer(
            linger_ms=20, batch_size=1 << 18, acks="all", **kafka_python_options(settings)
        )
        with open_source(source, source_map=source_map, from_=from_, to=to) as opened:
            for batch in tracked(opened, opened, "producing"):
                for value in batch.values:
                    producer.send(settings.topic_events, value)
                for failure in batch.failures:
                    producer.send(settings.topic_events, failure.raw)
                sent += len(batch.values)
                failed += len(batch.failures)
        producer.flush()
        producer.close()
    except KafkaError as error:
        raise TopicError(f"Kafka at {','.join(settings.brokers)}: {error}") from error
    said = f"{sent:,} events sent to {settings.topic_events}, {failed:,} rows not mapped"
    click.echo(said, err=True)
