"""Parquet files: a row is an event, a column a field, a null a field left out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from streams.sources.base import RawBatch, Source, SourceError, open_file

# Beyond it not every float is the number that was meant.
LARGEST_WHOLE = 2.0**53


def _number(value: float) -> float | int | None:
    """NaN stands for a null, and 12.0 for 12, in what pandas makes of integers with gaps."""
    if value != value:
        return None
    return int(value) if value.is_integer() and abs(value) <= LARGEST_WHOLE else value


def cells(column: pa.Array) -> list[Any]:
    """A column's values as JSON has them: null is None, an instant ms since 1970 UTC.

    Raises:
        pyarrow.ArrowException: the column has a type that JSON cannot hold.
    """
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    kind = column.type
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        column = column.cast(pa.timestamp("ms"), safe=False).cast(pa.int64())
    elif pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        # Older writers do not mark text as such.
        column = column.cast(pa.large_string())
    if pa.types.is_floating(kind):
        return [None if value is None else _number(value) for value in column.to_pylist()]
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return column.to_numpy(zero_copy_only=False).tolist()
    if pa.types.is_integer(column.type) and not column.null_count:
        return column.to_numpy().tolist()
    return column.to_pylist()


class ParquetSource(Source):
    """A Parquet file; `unit` is rows, counted from 1."""

    unit = "rows"

    def __init__(self, path: Path, batch_size: int, required: tuple[str, ...]) -> None:
        """Open the file.

        Args:
            path: the file.
            batch_size: rows read at once.
            required: columns without which the file is refused.

        Raises:
            SourceError: it cannot be opened, is no Parquet file, lacks a required column or has
                two of one name.
        """
        self.name = str(path)
        self._batch_size = batch_size
        open_file(path).close()
        try:
            self._file = pq.ParquetFile(self.name)
        except (pa.ArrowException, OSError) as error:
            raise SourceError(f"{path}: not a readable Parquet file: {error}") from None
        names = self._file.schema_arrow.names
        self.total = self._file.metadata.num_rows
        if missing := [name for name in required if name not in names]:
            self.close()
            raise SourceError(
                f"{path}: no column {', '.join(missing)}; there are {', '.join(names)}. "
                f"Rows that are no events of the contract need a source map"
            )
        if twice := sorted({name for name in names if names.count(name) > 1}):
            self.close()
            raise SourceError(f"{path}: more than one column {', '.join(twice)}")
        keys = [f"f{index}" for index in range(len(names))]
        # A struct that leaves out its defaults drops the nulls while it is encoded.
        self._row = msgspec.defstruct(
            "Row",
            [(key, Any, None) for key in keys],
            rename=dict(zip(keys, names, strict=True)),
            omit_defaults=True,
            gc=False,
        )

    def close(self) -> None:
        self._file.close()

    def __iter__(self) -> Iterator[RawBatch]:
        encode = msgspec.json.Encoder().encode_lines
        try:
            for batch in self._file.iter_batches(batch_size=self._batch_size):
                columns = [cells(column) for column in batch.columns]
                values = encode(list(map(self._row, *columns))).splitlines()
                first = self.position + 1
                self.position += len(values)
                numbers = range(first, first + len(values))
                yield RawBatch(values, self.name, 0, numbers, len(values))
        except (pa.ArrowException, OSError) as error:
            raise SourceError(f"{self.name}: corrupt after row {self.position}: {error}") from None
