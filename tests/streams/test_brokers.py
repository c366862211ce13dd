"""Brokers start, answer, say why they died, and leave nothing behind."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

import faust
import pytest
from kafka import KafkaProducer

from config.settings import Settings, SettingsError
from config.variables import Secret
from streams.brokers import embedded
from streams.brokers.clients import faust_options, kafka_python_options
from streams.brokers.process import BrokerError, answers, free_port, started
from streams.topics import Topic, ensure_topics
from tests.broker_fixtures import require_apache_kafka
from tests.kafka.apache import apache_kafka


def ended(pid: int) -> bool:
    """Whether a process is gone, or dead and only waiting for its new parent to notice."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_the_embedded_broker_answers_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with embedded.embedded_broker() as broker:
        assert answers(broker.port)
        broker.check()
    assert not answers(broker.port)
    assert broker.process.returncode is not None
    assert list(tmp_path.iterdir()) == []


def test_a_broker_that_dies_says_its_last_words() -> None:
    with embedded.embedded_broker() as broker:
        broker.process.kill()
        broker.process.wait()
        with pytest.raises(BrokerError, match=r"ended with status -9:\n(.*\n)*.*listening on"):
            broker.check()


def test_a_port_in_use_is_an_error_with_the_reason() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with (
            pytest.raises(BrokerError, match="AddrInUse"),
            embedded.embedded_broker(other.getsockname()[1]),
        ):
            pass


def test_a_silent_broker_is_given_up_and_ended() -> None:
    command = [sys.executable, "-c", "import time; print('hm', flush=True); time.sleep(600)"]
    with started("a broker", command, free_port(), env={}) as broker:
        while not broker.tail():
            time.sleep(0.01)
        with pytest.raises(BrokerError, match=r"a broker does not answer on .*\nhm"):
            broker.wait_until_ready(0.1)
    assert broker.process.returncode == -signal.SIGTERM


def test_a_program_that_is_no_broker_does_not_count_as_an_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        assert not answers(other.getsockname()[1], timeout_s=0.1)


def test_a_command_that_is_not_there_is_named() -> None:
    with (
        pytest.raises(BrokerError, match="/no/such/broker: No such file"),
        started("a broker", ["/no/such/broker"], free_port(), env={}),
    ):
        pass


def test_a_platform_without_the_binary_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded.importlib.util, "find_spec", lambda name: None)
    with (
        pytest.raises(BrokerError, match=r"no embedded broker for .*OFFBOOK_BROKERS"),
        embedded.embedded_broker(),
    ):
        pass


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_a_killed_parent_leaves_no_broker_behind(tmp_path: Path) -> None:
    script = textwrap.dedent("""
        import time
        from streams.brokers.embedded import embedded_broker
        with embedded_broker() as broker:
            print(broker.process.pid, flush=True)
            time.sleep(600)
    """)
    command, env = [sys.executable, "-c", script], os.environ | {"TMPDIR": str(tmp_path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=env) as parent:
        assert parent.stdout is not None
        broker = int(parent.stdout.readline())
        os.kill(parent.pid, signal.SIGKILL)
    deadline = time.monotonic() + 30
    while not ended(broker) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert ended(broker)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.kafka
def test_a_cluster_of_three_goes_on_without_one(topic_prefix: str) -> None:
    require_apache_kafka()
    topic = f"{topic_prefix}events"
    with apache_kafka(nodes=3) as cluster:
        settings = Settings(brokers=tuple(cluster.address.split(",")), replication=3)
        ensure_topics(settings, [Topic(topic, 3, True)])
        producer = KafkaProducer(**kafka_python_options(settings), acks="all")
        cluster.kill(0)
        sent = [producer.send(topic, b"x", partition=number % 3) for number in range(30)]
        assert {future.get(timeout=60).offset for future in sent} == set(range(10))
        cluster.start(0)
        cluster.kill(1)
        assert producer.send(topic, b"x", partition=0).get(timeout=60).offset == 10
        producer.close()


def test_clients_talk_plainly_by_default() -> None:
    settings = Settings(brokers=("a:1", "b:2"))
    options = kafka_python_options(settings)
    assert options["bootstrap_servers"] == ["a:1", "b:2"]
    assert options["security_protocol"] == "PLAINTEXT"
    assert "sasl_mechanism" not in options
    assert faust_options(settings)["broker"] == ["kafka://a:1", "kafka://b:2"]
    assert "broker_credentials" not in faust_options(settings)


def test_clients_log_in_over_tls() -> None:
    settings = Settings(
        security_protocol="SASL_SSL",
        sasl_mechanism="SCRAM-SHA-512",
        sasl_username="risk",
        sasl_password=Secret("hunter2"),
        tls_check_hostname=False,
    )
    options = kafka_python_options(settings)
    assert options["sasl_mechanism"] == "SCRAM-SHA-512"
    assert options["sasl_plain_username"] == "risk"
    # Equality with a Secret would hold as well: the client sends what the bytes of this say.
    assert type(options["sasl_plain_password"]) is str
    assert options["sasl_plain_password"].encode() == b"hunter2"
    assert not options["ssl_context"].check_hostname
    credentials = faust_options(settings)["broker_credentials"]
    assert isinstance(credentials, faust.SASLCredentials)
    assert credentials.protocol.value == "SASL_SSL"
    assert credentials.mechanism.value == "SCRAM-SHA-512"
    assert credentials.password == "hunter2"


@pytest.mark.parametrize("field", ["tls_ca", "tls_cert"])
def test_a_certificate_that_cannot_be_read_is_refused_by_name(field: str, tmp_path: Path) -> None:
    path = tmp_path / "not-there.pem"
    settings = Settings(security_protocol="SSL", **{field: str(path)})
    with pytest.raises(SettingsError, match=f"OFFBOOK_{field.upper()}='{path}'.*No such file"):
        kafka_python_options(settings)
