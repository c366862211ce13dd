"""Where raw events are read from: files of JSON lines, Parquet files and Kafka topics."""

from streams.sources.base import RawBatch, Source, SourceError
from streams.sources.opening import open_source

__all__ = ["RawBatch", "Source", "SourceError", "open_source"]
