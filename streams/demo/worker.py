"""The demonstration's worker: what `offbook worker` runs, in a process that says how it fares.

`python -m streams.demo.worker LANGUAGE` takes its settings from the environment, writes a `Report`
a line to standard output, and ends when its standard input does: a parent that is killed leaves
no worker behind.
"""

import asyncio
import os
import signal
import sys
import threading
import time
from typing import Final

import msgspec

from config.settings import from_env
from models.pipeline import Counts, Setup
from streams.cli.errors import refusal
from streams.cli.options import policy_named
from streams.cli.worker import quiet_libraries
from streams.demo.report import Report
from streams.running import run
from streams.topics import ensure_topics
from streams.warming import warm
from streams.worker import Worker

_EVERY_S: Final = 0.25
_STOP_S: Final = 10.0


def main(language: str) -> None:
    """Run until standard input ends; where something fails, a line on standard error says what."""
    threading.Thread(target=_stop_with_parent, daemon=True).start()
    try:
        counts = _run(language)
    except Exception as error:  # noqa: BLE001 -- no traceback reaches a user
        code, lines = refusal(error)
        sys.stderr.write(f"{lines}\n")
        sys.exit(code)
    _say(counts, ready=True)


def _run(language: str) -> Counts:
    settings = from_env(os.environ)
    quiet_libraries(settings.log_level)
    setup = Setup(msgspec.structs.replace(policy_named(None), language=language))
    warm(setup)
    ensure_topics(settings)
    # The loop itself keeps no more than a weak reference to a task.
    tasks: list[asyncio.Task[None]] = []

    def started(worker: Worker) -> None:
        tasks.append(asyncio.get_running_loop().create_task(_report(worker)))

    return run(settings, setup, started=started)


def _stop_with_parent() -> None:
    # Not sys.stdin, whose lock this thread would hold while the interpreter ends.
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    # A parent that was killed took the broker along, and what waits for a broker waits for ever.
    time.sleep(_STOP_S)
    os._exit(1)


async def _report(worker: Worker) -> None:
    while True:
        _say(worker.counts, ready=bool(worker.app.consumer.assignment()))
        await asyncio.sleep(_EVERY_S)


def _say(counts: Counts, *, ready: bool) -> None:
    report = Report(
        ready=ready,
        read=counts.read,
        bad=counts.bad,
        duplicate=counts.duplicate,
        late=counts.late,
        findings=dict(counts.findings),
        rules_without_input=counts.rules_without_input(),
    )
    os.write(1, msgspec.json.encode(report) + b"\n")


if __name__ == "__main__":
    main(sys.argv[1])
