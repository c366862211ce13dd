"""Topics are made where they are missing, left alone where they are, refused where unfit."""

import dataclasses

import pytest
from kafka.admin import ConfigResource, ConfigResourceType

from config.settings import Settings
from streams.brokers.process import free_port
from streams.topics import Topic, TopicError, admin_client, ensure_topics, planned


def test_all_topics_of_the_contract_are_made_once(broker_settings: Settings) -> None:
    settings = dataclasses.replace(broker_settings, partitions_events=3, partitions_views=2)
    made = ensure_topics(settings)
    assert made == {
        settings.topic_events: 3,
        settings.topic_decisions: 4,
        settings.topic_policy: 1,
        settings.topic_recommendations: 4,
        settings.topic_deadletter: 3,
        settings.topic_views: 2,
        settings.topic_findings: 4,
    }
    assert ensure_topics(settings) == made


def test_a_platforms_own_topic_may_have_any_number_of_partitions(broker_settings: Settings) -> None:
    ensure_topics(broker_settings, [Topic(broker_settings.topic_events, 7, True)])
    assert ensure_topics(broker_settings)[broker_settings.topic_events] == 7


def test_partitions_that_do_not_fit_are_refused_by_name(broker_settings: Settings) -> None:
    ensure_topics(broker_settings, [Topic(broker_settings.topic_findings, 3, True)])
    with pytest.raises(TopicError) as refused:
        ensure_topics(broker_settings)
    assert str(refused.value) == (
        f"topic {broker_settings.topic_findings} has 3 partitions, 4 are set: "
        "set OFFBOOK_PARTITIONS_* to what is there, or make the topic anew"
    )


@pytest.mark.kafka
def test_a_topic_that_the_broker_refuses_is_named(apache_kafka: str, topic_prefix: str) -> None:
    settings = Settings(brokers=(apache_kafka,))
    topic = Topic(f"{topic_prefix}x", 1, True, {"cleanup.policy": "nonsense"})
    with pytest.raises(TopicError, match=f"topic {topic.name} cannot be made: .*nonsense"):
        ensure_topics(settings, [topic])


@pytest.mark.kafka
def test_apache_kafka_keeps_topics_as_planned(apache_kafka: str, topic_prefix: str) -> None:
    settings = Settings(
        brokers=(apache_kafka,),
        topic_prefix=topic_prefix,
        topic_events=f"{topic_prefix}platform.events",
    )
    ensure_topics(settings)
    plans = planned(settings)
    with admin_client(settings, 10) as client:
        resources = [ConfigResource(ConfigResourceType.TOPIC, plan.name) for plan in plans]
        found = client.describe_configs(resources, config_filter="all")["topic"]
    for plan in plans:
        kept = {key: found[plan.name][key]["value"] for key in plan.config}
        assert kept == dict(plan.config)


def test_no_broker_is_said_plainly() -> None:
    settings = Settings(brokers=(f"127.0.0.1:{free_port()}",))
    with pytest.raises(TopicError) as refused:
        ensure_topics(settings, wait_s=0.2)
    assert str(refused.value).startswith(f"no Kafka broker answers at {settings.brokers[0]}")
    assert "OFFBOOK_BROKERS" in str(refused.value)
