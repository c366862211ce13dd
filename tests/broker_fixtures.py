"""Brokers for tests: the embedded one, a real Apache Kafka, and both in turn.

A test that asks for `any_broker` or `broker_settings` runs once on each. Apache Kafka needs Java
and Maven, or OFFBOOK_TEST_KAFKA with the address of a running broker; where it cannot be had such
a test is skipped, except in CI (the variable CI is set), where it fails.
"""

import os
import uuid
from collections.abc import Iterator

import pytest

from config.settings import Settings, from_env
from streams.brokers.embedded import SESSION_TIMEOUT_S
from streams.brokers.embedded import embedded_broker as run_embedded_broker
from tests.kafka.apache import apache_kafka as run_apache_kafka
from tests.kafka.apache import missing_tools


@pytest.fixture(scope="session")
def embedded_broker() -> Iterator[str]:
    """The address of an embedded broker."""
    with run_embedded_broker() as broker:
        yield broker.address


@pytest.fixture(scope="session")
def apache_kafka() -> Iterator[str]:
    """The address of a real Apache Kafka. Tests that ask for it bear the mark `kafka`."""
    address = os.environ.get("OFFBOOK_TEST_KAFKA")
    if address:
        yield address
        return
    require_apache_kafka()
    with run_apache_kafka() as cluster:
        yield cluster.address


def require_apache_kafka() -> None:
    """Skip the test, or in CI fail it, where no Apache Kafka can be started."""
    reason = missing_tools()
    if reason and os.environ.get("CI"):
        pytest.fail(f"CI does not go without Apache Kafka: {reason}")
    if reason:
        pytest.skip(f"no Apache Kafka: {reason}; or set OFFBOOK_TEST_KAFKA=host:port")


@pytest.fixture(params=["embedded_broker", pytest.param("apache_kafka", marks=pytest.mark.kafka)])
def any_broker(request: pytest.FixtureRequest) -> str:
    """The address of a broker: the test runs once on each kind."""
    return str(request.getfixturevalue(request.param))


@pytest.fixture
def topic_prefix() -> str:
    """What no other test's topics and groups begin with, in this run and in others."""
    return f"t{uuid.uuid4().hex[:12]}."


@pytest.fixture
def broker_settings(any_broker: str, topic_prefix: str) -> Settings:
    """Settings of a deployment of its own on either broker; no page, quick to join."""
    return from_env(
        {
            "OFFBOOK_BROKERS": any_broker,
            "OFFBOOK_APP_ID": f"{topic_prefix}offbook",
            "OFFBOOK_TOPIC_EVENTS": f"{topic_prefix}platform.events",
            "OFFBOOK_TOPIC_PREFIX": f"{topic_prefix}offbook.",
            "OFFBOOK_SESSION_TIMEOUT_S": str(SESSION_TIMEOUT_S),
        }
    )
