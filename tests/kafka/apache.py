"""A real Apache Kafka from its jars, for tests and benchmarks: KRaft mode, one node or three.

Java 17 and Maven are needed; the jars are fetched once, into `.cache/kafka` of the checkout or
the folder that OFFBOOK_TEST_KAFKA_HOME names.
"""

import contextlib
import os
import re
import shutil
import subprocess
import tempfile
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

from streams.brokers.process import LOOPBACK, BrokerProcess, free_port, started

_HERE: Final = Path(__file__).resolve().parent
_POM: Final = _HERE / "pom.xml"
_CACHE: Final = _HERE.parents[1] / ".cache" / "kafka"
_CLUSTER_ID: Final = urlsafe_b64encode(b"offbook-testing!").decode().rstrip("=")
_LEAST_JAVA: Final = 17
_START_TIMEOUT_S: Final = 120.0
_STORE_PASSWORD: Final = "of-a-test-only"

# Small, and quick to start rather than quick in the long run.
_JVM: Final = ("-Xms128m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
_LOGGING: Final = "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"


def missing_tools() -> str | None:
    """Why no Apache Kafka can be run here, or None."""
    for tool in ("java", "mvn"):
        if shutil.which(tool) is None:
            return f"{tool} is not installed (Java {_LEAST_JAVA} and Maven are needed)"
    said = subprocess.run(["java", "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(\d+)', said)
    if found is None or int(found[1]) < _LEAST_JAVA:
        return f"Java {_LEAST_JAVA} or later is needed, found {said.splitlines()[0] if said else 0}"
    return None


def kafka_jars() -> Path:
    """The folder of the jars, fetched with Maven unless they are there for this very pom."""
    home = Path(os.environ.get("OFFBOOK_TEST_KAFKA_HOME") or _CACHE)
    jars = home / sha256(_POM.read_bytes()).hexdigest()[:12]
    if jars.is_dir():
        return jars
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home) as fetched:
        command = [
            *("mvn", "--quiet", "--batch-mode", f"--file={_POM}", "dependency:copy-dependencies"),
            *("-DincludeScope=runtime", f"-DoutputDirectory={fetched}/jars"),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"Maven cannot fetch Apache Kafka:\n{done.stdout[-2000:]}")
        try:
            # In one step, so that another run never finds them by halves.
            Path(fetched, "jars").rename(jars)
        except OSError:
            if not jars.is_dir():  # that other run was not quicker: something else is wrong
                raise
    return jars


class Login(NamedTuple):
    """Who may log in at the listener that wants SASL/PLAIN over TLS."""

    username: str
    password: str


class ApacheKafka:
    """A cluster on loopback ports; its nodes can be killed and started again one by one."""

    def __init__(self, folder: Path, nodes: int, login: Login | None = None) -> None:
        self._folder = folder
        self._login = login
        self._secure_port = free_port()
        self.certificate = folder / "broker.pem"
        if login:
            self._certify()
        self._classpath = f"{kafka_jars()}/*"
        self._ports = [(free_port(), free_port()) for _ in range(nodes)]
        self._running: dict[int, tuple[contextlib.ExitStack, BrokerProcess]] = {}
        for node in range(nodes):
            self._format(node)

    @property
    def address(self) -> str:
        """`host:port` of every node, by commas."""
        return ",".join(f"{LOOPBACK}:{port}" for port, _ in self._ports)

    @property
    def secure_address(self) -> str:
        """`host:port` of the listener for `login`; a client trusts it by `certificate`."""
        return f"{LOOPBACK}:{self._secure_port}"

    def start(self, *nodes: int) -> None:
        """Start these nodes (all without any), and wait until they answer."""
        chosen = nodes or range(len(self._ports))
        for node in chosen:
            stack = contextlib.ExitStack()
            name = f"Apache Kafka node {node}"
            command = [*self._java(), "kafka.Kafka", str(self._properties(node))]
            port = self._ports[node][0]
            broker = stack.enter_context(started(name, command, port, env=_environment()))
            self._running[node] = (stack, broker)
        # A node answers only once most of them are up.
        for node in chosen:
            self._running[node][1].wait_until_ready(_START_TIMEOUT_S)

    def kill(self, *nodes: int) -> None:
        """End these nodes (all without any) as a power cut would."""
        for node in nodes or sorted(self._running):
            stack, broker = self._running.pop(node)
            broker.process.kill()
            stack.close()

    def _java(self) -> list[str]:
        return ["java", *_JVM, _LOGGING, "-cp", self._classpath]

    def _properties(self, node: int) -> Path:
        return self._folder / f"node-{node}.properties"

    def _format(self, node: int) -> None:
        broker, controller = self._ports[node]
        voters = ",".join(f"{i}@{LOOPBACK}:{port}" for i, (_, port) in enumerate(self._ports))
        copies = min(3, len(self._ports))
        lines: dict[str, object] = {
            "process.roles": "broker,controller",
            "node.id": node,
            "controller.quorum.voters": voters,
            "controller.listener.names": "CONTROLLER",
            "listeners": f"PLAINTEXT://{LOOPBACK}:{broker},CONTROLLER://{LOOPBACK}:{controller}",
            "advertised.listeners": f"PLAINTEXT://{LOOPBACK}:{broker}",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "log.dirs": self._folder / f"node-{node}",
            "auto.create.topics.enable": "false",
            "default.replication.factor": copies,
            "offsets.topic.replication.factor": copies,
            "offsets.topic.num.partitions": 4,
            "transaction.state.log.replication.factor": copies,
            "transaction.state.log.min.isr": min(2, copies),
            "transaction.state.log.num.partitions": 4,
            "group.initial.rebalance.delay.ms": 0,
            # A killed node's partitions move on before a test grows impatient.
            "broker.heartbeat.interval.ms": 500,
            "broker.session.timeout.ms": 3000,
        }
        if self._login:
            lines |= self._secured(lines)
        path = self._properties(node)
        path.write_text("".join(f"{key}={value}\n" for key, value in lines.items()), "utf-8")
        command = [*self._java(), "kafka.tools.StorageTool", "format"]
        command += [f"--cluster-id={_CLUSTER_ID}", f"--config={path}"]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, env=_environment()
        )
        if done.returncode:
            raise RuntimeError(f"StorageTool cannot format {path}:\n{done.stdout}{done.stderr}")

    def _secured(self, lines: Mapping[str, object]) -> dict[str, object]:
        """What makes a node listen for `login`, too."""
        assert self._login
        name, password = self._login
        module = "org.apache.kafka.common.security.plain.PlainLoginModule"
        listener = f"SECURE://{self.secure_address}"
        return {
            "listeners": f"{lines['listeners']},{listener}",
            "advertised.listeners": f"{lines['advertised.listeners']},{listener}",
            "listener.security.protocol.map": (
                f"{lines['listener.security.protocol.map']},SECURE:SASL_SSL"
            ),
            "ssl.keystore.location": self._keystore,
            "ssl.keystore.password": _STORE_PASSWORD,
            "sasl.enabled.mechanisms": "PLAIN",
            "listener.name.secure.plain.sasl.jaas.config": (
                f'{module} required user_{name}="{password}";'
            ),
        }

    @property
    def _keystore(self) -> Path:
        return self._folder / "broker.p12"

    def _certify(self) -> None:
        """Make a key and a certificate for the loopback address, with what Java brings."""
        store = ["-keystore", str(self._keystore), "-alias", "broker"]
        store += ["-storepass", _STORE_PASSWORD]
        made = ["-genkeypair", "-keyalg", "EC", "-dname", "CN=offbook", "-validity", "2"]
        shown = ["-exportcert", "-rfc", "-file", str(self.certificate)]
        for action in ([*made, "-ext", f"san=ip:{LOOPBACK}"], shown):
            subprocess.run(
                ["keytool", *action, *store],
                capture_output=True,
                check=True,
                env=_environment(),
            )


def _environment() -> dict[str, str]:
    return {name: os.environ[name] for name in ("PATH", "JAVA_HOME", "HOME") if name in os.environ}


@contextlib.contextmanager
def apache_kafka(nodes: int = 1, login: Login | None = None) -> Iterator[ApacheKafka]:
    """Run a cluster until the block ends; check `missing_tools` before.

    With `login` its one node also listens at `secure_address`.
    """
    with tempfile.TemporaryDirectory(prefix="offbook-kafka-", ignore_cleanup_errors=True) as folder:
        cluster = ApacheKafka(Path(folder), nodes, login)
        try:
            cluster.start()
            yield cluster
        finally:
            # Nothing is to be kept, and nodes without a quorum take long to end by themselves.
            cluster.kill()
