"""From the name of a source to the source."""

from __future__ import annotations

import os
from pathlib import Path

from config.settings import Settings, from_env
from models.source_map import SourceMap
from streams.sources.base import Source, SourceError
from streams.sources.lines import COMPRESSIONS, LineSource
from streams.sources.mapped import MappedSource
from streams.sources.parquet import ParquetSource
from streams.sources.topic import SCHEME, TopicSource, parse_instant

LINE_ENDINGS = (".jsonl", ".ndjson")
ALLOWED = f".jsonl or .ndjson (with or without .gz or .zst behind it), .parquet, or {SCHEME}TOPIC"
EVENT_COLUMNS = ("event_id", "type", "ts")


def open_source(
    spec: str,
    *,
    source_map: SourceMap | None = None,
    settings: Settings | None = None,
    from_: str | int | None = None,
    to: str | int | None = None,
    batch_size: int = 5000,
) -> Source:
    """Open a file or a topic for one reading.

    Args:
        spec: a file name, or `kafka://TOPIC`.
        source_map: how a platform's own rows become events; without one the rows are events.
        settings: where Kafka is; by default, what the environment says.
        from_: first instant of a topic's records, inclusive: an ISO date or date and time (UTC
            unless it says otherwise), or milliseconds since 1970.
        to: the end of them, exclusive.
        batch_size: records read at once, at most. With a source map a batch may hold more events.

    Raises:
        SourceError: the source cannot be opened, or is of no known kind.
        config.settings.SettingsError: the environment's settings for Kafka are refused.
    """
    first = None if from_ is None else parse_instant(from_, "--from")
    end = None if to is None else parse_instant(to, "--to")
    if first is not None and end is not None and first >= end:
        raise SourceError(f"--from {from_} is not before --to {to}")
    source: Source
    if spec.startswith(SCHEME):
        source = TopicSource(spec, settings or from_env(os.environ), first, end, batch_size)
    elif first is not None or end is not None:
        raise SourceError(f"{spec}: --from and --to go with {SCHEME}TOPIC only")
    else:
        source = _open_file(Path(spec), batch_size, () if source_map else EVENT_COLUMNS)
    return MappedSource(source, source_map) if source_map else source


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
