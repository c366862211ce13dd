"""Parquet: rows as JSON objects without their nulls, or refused by file and column."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from streams.sources import SourceError, open_source


def written(path: Path, columns: dict[str, Any], **options: Any) -> str:
    pq.write_table(pa.table(columns), path, **options)
    return str(path)


def events(path: Path, **more: Any) -> str:
    """Three events; the second lacks `device`."""
    columns = {
        "event_id": ["a", "b", "c"],
        "type": ["login"] * 3,
        "ts": [1, 2, 3],
        "account": ["x", "y", "z"],
        "device": ["d1", None, "d3"],
    }
    return written(path, columns | more)


def rows(spec: str) -> list[dict[str, Any]]:
    with open_source(spec) as source:
        return [json.loads(value) for batch in source for value in batch.values]


def test_rows_are_objects_without_their_nulls(tmp_path: Path) -> None:
    assert rows(events(tmp_path / "e.parquet")) == [
        {"event_id": "a", "type": "login", "ts": 1, "account": "x", "device": "d1"},
        {"event_id": "b", "type": "login", "ts": 2, "account": "y"},
        {"event_id": "c", "type": "login", "ts": 3, "account": "z", "device": "d3"},
    ]


def test_rows_are_numbered_across_batches_and_row_groups(tmp_path: Path) -> None:
    ids = [f"e{n}" for n in range(1, 26)]
    columns = {"event_id": ids, "type": ["login"] * 25, "ts": list(range(25))}
    spec = written(tmp_path / "e.parquet", columns, row_group_size=7)
    with open_source(spec, batch_size=4) as source:
        assert (source.total, source.unit) == (25, "rows")
        found = []
        for batch in source:
            assert len(batch.values) == batch.rows <= 4
            found += zip(batch.values, batch.offsets, strict=True)
            assert source.position == batch.offsets[-1]
    assert [(json.loads(value)["event_id"], number) for value, number in found] == [
        (f"e{n}", n) for n in range(1, 26)
    ]


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (pa.array([7, None, 9], pa.int32()), [7, None, 9]),
        (pa.array([7, 8, 9], pa.uint64()), [7, 8, 9]),
        (pa.array([7.0, float("nan"), None]), [7, None, None]),
        (pa.array([0.5, 2.0, -1e300]), [0.5, 2, -1e300]),
        (pa.array([True, None, False]), [True, None, False]),
        (pa.array(["u", None, '\u2028\n"']).dictionary_encode(), ["u", None, '\u2028\n"']),
        (pa.array([b"u", None, b"w"]), ["u", None, "w"]),
        (
            pa.array([date(1970, 1, 2), None, date(2022, 3, 1)]),
            [86_400_000, None, 1_646_092_800_000],
        ),
        (
            pa.array([datetime(2022, 3, 1, 8, tzinfo=UTC), None, None], pa.timestamp("ns", "UTC")),
            [1_646_121_600_000, None, None],
        ),
        (pa.array([1_999, None, None], pa.timestamp("us")), [1, None, None]),
        (pa.array([Decimal("1.50"), None, Decimal(2)]), ["1.50", None, "2.00"]),
        (pa.nulls(3), [None, None, None]),
    ],
    ids=lambda value: str(value.type) if isinstance(value, pa.Array) else "",
)
def test_what_becomes_of_a_columns_type(
    tmp_path: Path, column: pa.Array, expected: list[Any]
) -> None:
    found = rows(events(tmp_path / "e.parquet", extra=column))
    assert [row.get("extra") for row in found] == expected
    assert [type(row.get("extra")) for row in found] == [type(value) for value in expected]


def test_a_name_that_is_no_identifier(tmp_path: Path) -> None:
    found = rows(events(tmp_path / "e.parquet", **{"class": [1, 2, 3], "a b.ü": [4, 5, 6]}))
    assert (found[1]["class"], found[1]["a b.ü"]) == (2, 5)


def test_no_rows_are_no_events(tmp_path: Path) -> None:
    columns = {"event_id": pa.array([], pa.string()), "type": [], "ts": []}
    assert rows(written(tmp_path / "e.parquet", columns)) == []


@pytest.mark.parametrize("content", [b"", b"PAR1", b'{"event_id":"a"}\n' * 20])
def test_what_is_no_parquet_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "e.parquet"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=r"e\.parquet: not a readable Parquet file: "):
        open_source(str(path))


def test_a_truncated_file(tmp_path: Path) -> None:
    path = tmp_path / "e.parquet"
    events(path)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(SourceError, match=r"e\.parquet: not a readable Parquet file: "):
        open_source(str(path))


def test_a_corrupt_page_is_found_where_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "e.parquet"
    columns = {"event_id": [f"event-{n}" for n in range(9000)], "type": ["x"] * 9000}
    spec = written(path, columns | {"ts": list(range(9000))}, row_group_size=3000)
    second = pq.ParquetFile(path).metadata.row_group(1).column(0).dictionary_page_offset
    data = bytearray(path.read_bytes())
    data[second : second + 400] = b"\xff" * 400
    path.write_bytes(data)
    with open_source(spec, batch_size=1000) as source:
        numbers = (number for batch in source for number in batch.offsets)
        found: list[int] = []
        with pytest.raises(SourceError, match=r"e\.parquet: corrupt after row \d+: "):
            found.extend(numbers)
    assert found
    assert found == list(range(1, len(found) + 1))


def test_columns_of_another_make_need_a_source_map(tmp_path: Path) -> None:
    spec = written(tmp_path / "e.parquet", {"kind": ["sale"], "ts": [1]})
    with pytest.raises(
        SourceError, match=r"no column event_id, type; there are kind, ts\..*source map"
    ):
        open_source(spec)


def test_two_columns_of_one_name(tmp_path: Path) -> None:
    names = ["event_id", "type", "ts", "ts"]
    table = pa.Table.from_arrays([pa.array(["x"])] * 4, names=names)
    pq.write_table(table, tmp_path / "e.parquet")
    with pytest.raises(SourceError, match="more than one column ts"):
        open_source(str(tmp_path / "e.parquet"))
