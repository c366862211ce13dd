"""The topics that offbook needs: what they are like, and making those that are not there.

A topic that exists is left as it is: its partitions are counted, its configuration is its
owner's. State is kept for each partition, so counts that do not fit are refused at the start
rather than found out by wrong answers.
"""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError, for_code

from config.settings import Settings
from streams.brokers.clients import kafka_python_options

_DAY_MS: Final = 86_400_000
_TOPIC_EXISTS: Final = 36  # TOPIC_ALREADY_EXISTS (https://kafka.apache.org/protocol)

# Largest record in the topics that carry whole batches, or foreign bytes with headers added.
MAX_RECORD_BYTES: Final = 10 * 1024 * 1024


class TopicError(RuntimeError):
    """Topics cannot be used as they are; the message names each and says what to do."""


@dataclass(frozen=True)
class Topic:
    """A topic as offbook makes it; `exact` where another number of partitions is refused."""

    name: str
    partitions: int
    exact: bool
    config: Mapping[str, str] = field(default_factory=dict)


def _kept(days: int) -> dict[str, str]:
    return {"cleanup.policy": "delete", "retention.ms": str(days * _DAY_MS)}


def planned(settings: Settings) -> tuple[Topic, ...]:
    """All topics of the contract and the internal ones, named and sized by the settings."""
    forever = {"cleanup.policy": "delete", "retention.ms": "-1"}
    large = {"max.message.bytes": str(MAX_RECORD_BYTES)}
    by_account = settings.partitions_accounts
    return (
        # The platform's own topic, as a rule there before offbook: any number will do.
        Topic(settings.topic_events, settings.partitions_events, False, _kept(7)),
        # Strikes count for a year, and an overturned one must be found whenever it was given.
        Topic(settings.topic_decisions, by_account, True, forever),
        Topic(settings.topic_policy, 1, True, {"cleanup.policy": "compact"}),
        # Longer than the half year in which a person may appeal.
        Topic(settings.topic_recommendations, by_account, False, _kept(400)),
        Topic(settings.topic_deadletter, settings.partitions_events, False, _kept(30) | large),
        Topic(settings.topic_views, settings.partitions_views, True, _kept(7) | large),
        Topic(settings.topic_findings, by_account, True, _kept(7) | large),
    )


@contextlib.contextmanager
def admin_client(settings: Settings, wait_s: float) -> Iterator[KafkaAdminClient]:
    """A connected kafka-python admin client. Raises TopicError if none answers in `wait_s`."""
    options = kafka_python_options(settings)
    try:
        client = KafkaAdminClient(bootstrap_timeout_ms=int(wait_s * 1000), **options)
    except KafkaError as error:
        # A refused login looks like any lost connection from here.
        login = ", and OFFBOOK_SASL_* with it" if settings.sasl else ""
        raise TopicError(
            f"no Kafka broker answers at {','.join(settings.brokers)} within {wait_s:g} s; "
            f"is OFFBOOK_BROKERS right, and does OFFBOOK_SECURITY_PROTOCOL="
            f"{settings.security_protocol} fit it{login}?"
        ) from error
    with contextlib.closing(client):
        yield client


def ensure_topics(
    settings: Settings, topics: Sequence[Topic] | None = None, *, wait_s: float = 60.0
) -> dict[str, int]:
    """Make the topics that are missing, check the others, and return each one's partitions.

    Without `topics` it takes care of all that are `planned`. It may be called any number of
    times, by several workers at once; it waits up to `wait_s` seconds for a broker to come up.

    Raises TopicError where no broker answers, a topic cannot be made, or its number of
    partitions does not fit.
    """
    wanted = planned(settings) if topics is None else topics
    with admin_client(settings, wait_s) as client:
        try:
            found = _partitions(client, wanted)
            missing = [topic for topic in wanted if topic.name not in found]
            if missing:
                _create(client, missing, settings.replication or -1)
                client.wait_for_topics([topic.name for topic in missing])
                found = _partitions(client, wanted)
        except KafkaError as error:
            raise TopicError(f"Kafka at {','.join(settings.brokers)}: {error}") from error
    problems = [
        f"topic {topic.name} has {found[topic.name]} partitions, {topic.partitions} are set: "
        f"set OFFBOOK_PARTITIONS_* to what is there, or make the topic anew"
        for topic in wanted
        if topic.exact and found[topic.name] != topic.partitions
    ]
    if problems:
        raise TopicError("\n".join(problems))
    return found


def _partitions(client: KafkaAdminClient, topics: Sequence[Topic]) -> dict[str, int]:
    """Partitions of those of the topics that exist."""
    described: list[dict[str, Any]] = client.describe_topics([topic.name for topic in topics])
    return {
        topic["name"]: len(topic["partitions"]) for topic in described if topic["error_code"] == 0
    }


def _create(client: KafkaAdminClient, topics: Sequence[Topic], replication: int) -> None:
    request = {
        topic.name: {
            "num_partitions": topic.partitions,
            "replication_factor": replication,
            "configs": dict(topic.config),
        }
        for topic in topics
    }
    response = client.create_topics(request, raise_errors=False)
    problems = [
        f"topic {result['name']} cannot be made: "
        f"{result.get('error_message') or for_code(result['error_code']).__name__}"
        for result in response["topics"]
        # Another worker may have been quicker.
        if result["error_code"] not in (0, _TOPIC_EXISTS)
    ]
    if problems:
        raise TopicError("\n".join(problems))
