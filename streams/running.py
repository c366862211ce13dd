"""Run a worker in this process until a signal or a failure ends it."""

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from config.settings import Settings
from models.pipeline import Counts, Setup
from streams.worker import Worker

# How soon a failure of the app is noticed.
_POLL_S: Final = 0.1
_STOP_S: Final = 10.0


class WorkerError(RuntimeError):
    """The worker stopped because something failed; the message says what."""


def run(
    settings: Settings, setup: Setup, *, started: Callable[[Worker], None] = lambda _: None
) -> Counts:
    """Run until SIGINT or SIGTERM; returns what was done. Raises WorkerError on a failure."""
    return asyncio.run(_run(settings, setup, started))


async def _run(settings: Settings, setup: Setup, started: Callable[[Worker], None]) -> Counts:
    worker = Worker(settings, setup)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    app = worker.app
    try:
        # Starting waits for a broker, however long that takes: a signal must not have to.
        starting = asyncio.ensure_future(app.start())
        stopping = asyncio.ensure_future(stop.wait())
        await asyncio.wait((starting, stopping), return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if starting.done():
            starting.result()
            started(worker)
        else:
            starting.cancel()
        while not stop.is_set() and not app.should_stop:
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _POLL_S)
    finally:
        with suppress(TimeoutError):
            await asyncio.wait_for(app.stop(), _STOP_S)
        if app.crash_reason is None:
            await worker.close()
    if app.crash_reason is not None:
        error = app.crash_reason
        raise WorkerError(f"the worker stopped: {type(error).__name__}: {error}")
    return worker.counts
