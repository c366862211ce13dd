"""What a terminal shows of long work."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from streams.sources import Source

T = TypeVar("T")


def progress_bar() -> Progress:
    """A bar on standard error, on a terminal only."""
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[said]}"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def tracked(source: Source, batches: Iterable[T], what: str) -> Iterator[T]:
    """The batches of a source, with a bar that runs along."""
    with progress_bar() as bar:
        task = bar.add_task(what, total=source.total, said="")
        for batch in batches:
            bar.update(task, completed=source.position)
            yield batch
