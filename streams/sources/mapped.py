"""A source whose rows are a platform's own, seen through a source map."""

from __future__ import annotations

from collections.abc import Iterator

from models.source_map import SourceMap
from streams.sources.base import RawBatch, Source


class MappedSource(Source):
    """Events made of the rows of another source; `total` and `position` are that source's."""

    def __init__(self, rows: Source, source_map: SourceMap) -> None:
        self._rows = rows
        self._map = source_map
        self.name = rows.name
        self.total = rows.total
        self.unit = rows.unit

    @property
    def live_partitions(self) -> frozenset[int]:
        return self._rows.live_partitions

    def close(self) -> None:
        self._rows.close()

    def __iter__(self) -> Iterator[RawBatch]:
        for rows in self._rows:
            self.position = self._rows.position
            done = self._map.translate(rows.values, rows.offsets, rows.partition)
            yield RawBatch(
                done.values,
                rows.origin,
                rows.partition,
                done.offsets,
                rows.rows,
                done.failures,
                done.skipped,
            )
        self.position = self._rows.position
