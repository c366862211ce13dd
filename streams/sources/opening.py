"""From the name of a source to the source."""

from __future__ import annotations

from pathlib import Path

from streams.sources.base import Source, SourceError
from streams.sources.lines import COMPRESSIONS, LineSource
from streams.sources.parquet import ParquetSource

LINE_ENDINGS = (".jsonl", ".ndjson")
ALLOWED = ".jsonl or .ndjson (with or without .gz or .zst behind it), .parquet, or kafka://TOPIC"
EVENT_COLUMNS = ("event_id", "type", "ts")


def open_source(spec: str, *, batch_size: int = 5000) -> Source:
    """Open a file or a topic for one reading.

    Args:
        spec: a file name, or `kafka://TOPIC`.
        batch_size: records read at once, at most.

    Raises:
        SourceError: the source cannot be opened, or is of no known kind.
    """
    return _open_file(Path(spec), batch_size, EVENT_COLUMNS)


def _open_file(path: Path, batch_size: int, required: tuple[str, ...]) -> Source:
    endings = [ending.lower() for ending in path.suffixes]
    if endings and endings[-1] == ".parquet":
        return ParquetSource(path, batch_size, required)
    if len(endings) > 1 and endings[-1] in COMPRESSIONS:
        endings.pop()
    if endings and endings[-1] in LINE_ENDINGS:
        return LineSource(path, batch_size)
    if path.is_dir():
        raise SourceError(f"{path}: is a directory; name a file in it")
    raise SourceError(f"{path}: unknown kind of source; allowed: {ALLOWED}")
