"""The two faces of a demonstration: a live screen on a terminal, plain lines in a pipe."""

from collections import deque
from types import TracebackType
from typing import Final, Self

import click
from rich.console import Console, RenderableType
from rich.layout import Layout
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from models.recommendations import Recommendation
from streams.demo.progress import Progress
from streams.screens.recommendations import STYLES, Language, card, gravity, plain, row
from streams.screens.text import instant, tallied

_PROGRESS_S: Final = 10.0
# Long enough to be read.
_DWELL_S: Final = 6.0
_HEAD_LINES: Final = 6
_KEPT: Final = 200


class PlainScreen:
    """Lines for a pipe or a file: every revision, and a line of figures now and then."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._told = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        pass

    def say(self, line: str) -> None:
        """A step of the start."""
        click.echo(f"-- {line}")

    def recommend(self, recommendation: Recommendation) -> None:
        """One revision in the short form."""
        click.echo(plain(recommendation, self._language))

    def tick(self, progress: Progress) -> None:
        """Figures, every ten seconds."""
        if progress.seconds - self._told >= _PROGRESS_S:
            self._told = progress.seconds
            said = (
                f"day {progress.day:.1f} of {progress.scenario.days}",
                *_figures(progress),
                f"recommendations {tallied(progress.levels)}",
            )
            click.echo(f"-- {progress.stage}: {', '.join(said)}")


class LiveScreen:
    """The whole terminal: figures, one recommendation closer, and the stream of all."""

    def __init__(self, console: Console, language: Language) -> None:
        self._language = language
        self._console = console
        self._live = Live(console=console, screen=True, auto_refresh=False)
        self._steps: list[str] = []
        self._stream: deque[Recommendation] = deque(maxlen=_KEPT)
        self._waiting: list[Recommendation] = []
        self._closer: Recommendation | None = None
        self._closer_since = 0.0

    def __enter__(self) -> Self:
        self._live.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._live.__exit__(kind, error, traceback)

    def say(self, line: str) -> None:
        """A step of the start."""
        self._steps.append(line)
        self._live.update(
            Text("\n".join(["", *(f"  {step}" for step in self._steps)])), refresh=True
        )

    def recommend(self, recommendation: Recommendation) -> None:
        """One revision: into the stream, and among those that may be looked at closer."""
        self._stream.appendleft(recommendation)
        self._waiting.append(recommendation)

    def tick(self, progress: Progress) -> None:
        """Draw."""
        if self._waiting and progress.seconds - self._closer_since >= _DWELL_S:
            self._closer = max(self._waiting, key=gravity)
            self._closer_since = progress.seconds
            self._waiting.clear()
        height = self._console.height
        layout = Layout()
        layout.split_column(
            Layout(_head(progress), size=_HEAD_LINES),
            Layout(self._closer_panel(), size=max(10, (height - _HEAD_LINES) * 2 // 5)),
            Layout(self._stream_panel(height)),
        )
        self._live.update(layout, refresh=True)

    def _closer_panel(self) -> RenderableType:
        inside: RenderableType = Text("\n".join(self._steps), "dim")
        if self._closer is not None:
            inside = card(self._closer, self._language)
        return Panel(inside, title="looking closer", title_align="left", border_style="dim")

    def _stream_panel(self, height: int) -> RenderableType:
        grid = Table.grid(padding=(0, 1))
        for _ in range(3):
            grid.add_column(no_wrap=True)
        grid.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
        grid.add_column(no_wrap=True, overflow="ellipsis")
        grid.add_column(no_wrap=True, justify="right")
        for recommendation in list(self._stream)[:height]:
            grid.add_row(*row(recommendation, self._language))
        return Panel(
            grid, title="recommendations, newest first", title_align="left", border_style="dim"
        )


def _head(progress: Progress) -> RenderableType:
    grid = Table.grid(expand=True, padding=(0, 1))
    grid.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
    clock = instant(progress.event_time) if progress.event_time else "-"
    grid.add_row(
        Text.assemble(
            (f"day {progress.day:4.1f} of {progress.scenario.days}", "bold"),
            f"  {clock} UTC  ",
            (progress.stage, "green" if progress.stage == "streaming" else "yellow"),
        )
    )
    grid.add_row(ProgressBar(total=progress.scenario.days, completed=progress.day))
    grid.add_row(Text(", ".join(_figures(progress))))
    grid.add_row(_levels(progress))
    return Panel(
        grid,
        title="offbook demo",
        subtitle="Ctrl-C ends it",
        title_align="left",
        subtitle_align="right",
    )


def _levels(progress: Progress) -> Text:
    text = Text(f"recommendations {sum(progress.levels.values()):,}  ")
    for level, number in progress.levels.items():
        text.append(f" {level} ", STYLES[level])  # type: ignore[index]
        text.append(f" {number:,}  ")
    return text.append(f"revisions {progress.revisions:,}", "dim")


def _figures(progress: Progress) -> tuple[str, str, str]:
    return (
        f"{progress.produced:,} events ({progress.rate:,.0f}/s)",
        f"lag {progress.lag:,}",
        f"dead letters {progress.letters.total():,}",
    )
