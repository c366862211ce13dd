"""A broker as a child process: started on loopback, watched until it answers, always ended."""

import contextlib
import ctypes
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import BinaryIO, Final

LOOPBACK: Final = "127.0.0.1"

# ApiVersions version 0, the one request that every Kafka broker answers before anything else
# (https://kafka.apache.org/protocol: length, api key, api version, correlation id, client id).
_API_VERSIONS: Final = struct.pack(">ihhih", 10, 18, 0, 1, -1)
_TAIL_BYTES: Final = 8192
_PR_SET_PDEATHSIG: Final = 1  # <sys/prctl.h>


class BrokerError(RuntimeError):
    """A broker could not be started, or has died; the message holds its last log lines."""


def free_port() -> int:
    """A loopback port that nothing listens on at the moment."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def answers(port: int, timeout_s: float = 1.0) -> bool:
    """Whether a Kafka broker on this loopback port answers a request."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=timeout_s) as connection:
            connection.settimeout(timeout_s)
            connection.sendall(_API_VERSIONS)
            head = connection.recv(8, socket.MSG_WAITALL)
    except OSError:
        return False
    return len(head) == 8 and struct.unpack(">ii", head)[1] == 1


class BrokerProcess:
    """One running broker; `log` holds what it has written."""

    def __init__(
        self, process: subprocess.Popen[bytes], name: str, port: int, log: BinaryIO
    ) -> None:
        self.process = process
        self.name = name
        self.port = port
        self.log = log

    @property
    def address(self) -> str:
        """`host:port` for clients."""
        return f"{LOOPBACK}:{self.port}"

    def check(self) -> None:
        """Raise BrokerError if the broker is no longer running."""
        status = self.process.poll()
        if status is not None:
            raise BrokerError(f"{self.name} ended with status {status}:\n{self.tail()}")

    def tail(self, lines: int = 15) -> str:
        """The last lines that the broker has written."""
        # The child writes at an offset that it shares with this file: read without moving it.
        file = self.log.fileno()
        size = os.fstat(file).st_size
        text = os.pread(file, _TAIL_BYTES, max(0, size - _TAIL_BYTES)).decode(errors="replace")
        return "\n".join(text.splitlines()[-lines:])

    def wait_until_ready(self, timeout_s: float) -> None:
        """Return once the broker answers; raise BrokerError if it dies or takes longer."""
        deadline = time.monotonic() + timeout_s
        while not answers(self.port):
            self.check()
            if time.monotonic() > deadline:
                raise BrokerError(
                    f"{self.name} does not answer on {self.address} after {timeout_s:g} s:\n"
                    f"{self.tail()}"
                )
            time.sleep(0.05)
        # Another program may have taken the port, and be what answers.
        self.check()

    def stop(self, timeout_s: float = 10.0) -> None:
        """End the broker: asked first, made to after `timeout_s`."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _dies_with_parent() -> Callable[[], None] | None:
    """What the child does before it runs, so that a killed parent leaves no broker behind."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)

    def prepare() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)

    return prepare


@contextlib.contextmanager
def started(
    name: str,
    command: Sequence[str],
    port: int,
    *,
    env: Mapping[str, str],
) -> Iterator[BrokerProcess]:
    """Run a broker until the block ends; `wait_until_ready` tells when it can be used.

    Call it from a thread that outlives the broker: Linux ends the child with that thread.
    The child has a session of its own: Ctrl-C at the terminal reaches the clients first.

    Raises BrokerError if the command cannot be run.
    """
    # A file without a name: there is nothing to remove, even if this process is killed.
    with tempfile.TemporaryFile() as log:
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=tempfile.gettempdir(),
                env=dict(env),
                start_new_session=True,
                preexec_fn=_dies_with_parent(),
            )
        except OSError as error:
            raise BrokerError(f"{name} cannot be run: {command[0]}: {error.strerror}") from error
        broker = BrokerProcess(process, name, port, log)
        try:
            yield broker
        finally:
            broker.stop()
