"""The worker's process, as its parent sees it."""

import asyncio
import contextlib
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from typing import BinaryIO, Final

import msgspec

from streams.demo.report import Report
from streams.running import WorkerError

_STOP_S: Final = 15.0
_TAIL_BYTES: Final = 2_000


class WorkerProcess:
    """A running worker; `report` is the last that it said."""

    def __init__(self, process: asyncio.subprocess.Process, log: BinaryIO) -> None:
        self.process = process
        self.report = Report()
        self._log = log

    async def watch(self) -> None:
        """Take its reports. Returns when it ends, with status 0.

        Raises:
            WorkerError: it failed; the message holds the last lines that it wrote.
        """
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            self.report = msgspec.json.decode(line, type=Report)
        status = await self.process.wait()
        if status:
            raise WorkerError(f"the worker ended with status {status}\n{self._tail()}".rstrip())

    async def stop(self) -> None:
        """Let it finish what it has and take its last report; end it after `_STOP_S`, or at once
        where it has not begun."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        if not self.report.read:
            self._kill()
        try:
            with contextlib.suppress(WorkerError):
                await asyncio.wait_for(self.watch(), _STOP_S)
        except TimeoutError:
            self._kill()
            await self.process.wait()

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()

    def _tail(self) -> str:
        size = os.fstat(self._log.fileno()).st_size
        text = os.pread(self._log.fileno(), _TAIL_BYTES, max(0, size - _TAIL_BYTES))
        return "\n".join(text.decode(errors="replace").splitlines()[-5:])


@contextlib.asynccontextmanager
async def worker_process(env: Mapping[str, str], language: str) -> AsyncIterator[WorkerProcess]:
    """Run a worker until the block ends. It has a session of its own: Ctrl-C reaches only us."""
    # A file without a name: there is nothing to remove, even if this process is killed.
    with tempfile.TemporaryFile() as log:
        process = await asyncio.create_subprocess_exec(
            # -P: nothing in the current folder takes the place of our own modules.
            *(sys.executable, "-P", "-m", "streams.demo.worker", language),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
            env=dict(env),
            start_new_session=True,
        )
        worker = WorkerProcess(process, log)
        try:
            yield worker
        finally:
            await worker.stop()
