"""Rows of other makes, from files, through source maps; on the real CryptoPunks as well."""

import gzip
import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from config.source_maps import builtin_source_map, parse_source_map
from models.events import Gift, Payment, decode_all
from streams.sources import open_source

MAP = parse_source_map(
    """
[[skip]]
name = "robots"
when = { who = "robot" }

[[event]]
type = "login"
event_id = "{row}"
ts = { field = "at", unit = "s" }
account = "{who}"
device = "d"

[[event]]
type = "report"
when = { by = { present = true } }
event_id = "r{row}"
ts = { field = "at", unit = "s" }
account = "{who}"
reporter = "{by}"
""",
    "map.toml",
)
ROWS: list[dict[str, Any]] = [
    {"who": "a", "at": 5, "by": None},
    {"who": "robot", "at": 6, "by": None},
    {"who": "b", "at": None, "by": None},
    {"who": "c", "at": 7, "by": "d"},
]


def as_lines(folder: Path) -> Path:
    path = folder / "rows.jsonl.gz"
    path.write_bytes(gzip.compress(b"\n".join(json.dumps(row).encode() for row in ROWS)))
    return path


def as_parquet(folder: Path) -> Path:
    path = folder / "rows.parquet"
    pq.write_table(pa.Table.from_pylist(ROWS), path)
    return path


@pytest.mark.parametrize("write", [as_lines, as_parquet])
@pytest.mark.parametrize("batch_size", [1, 3, 5000])
def test_rows_of_lines_and_of_parquet_alike(tmp_path: Path, write: Any, batch_size: int) -> None:
    path = write(tmp_path)
    with open_source(str(path), source_map=MAP, batch_size=batch_size) as source:
        batches = list(source)
        assert source.position == source.total
        assert source.name == str(path)
    found = [
        (json.loads(value)["event_id"], offset)
        for batch in batches
        for value, offset in zip(batch.values, batch.offsets, strict=True)
    ]
    assert found == [("1", 1), ("4", 4), ("r4", 4)]
    assert [(f.row, f.field) for batch in batches for f in batch.failures] == [(3, "ts")]
    assert sum((Counter(batch.skipped) for batch in batches), Counter()) == {"robots": 1}
    assert sum(batch.rows for batch in batches) == len(ROWS)
    assert {batch.origin for batch in batches} == {str(path)}


def test_a_line_that_is_no_row_is_a_failure_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b'\n{"who":"a","at":1}\n\noops\n')
    with open_source(str(path), source_map=MAP) as source:
        [batch] = source
    assert batch.offsets == [2]
    assert [(f.row, f.reason, f.raw) for f in batch.failures] == [(4, "not_json", b"oops")]


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "payments"), [("cryptopunks", 13_844), ("cryptopunks-no-payments", 0)]
)
def test_every_real_transfer_of_a_punk_is_accounted_for(name: str, payments: int) -> None:
    folder = os.environ.get("OFFBOOK_DATA")
    if not folder:
        pytest.skip("OFFBOOK_DATA does not name the folder with the outside data")
    spec = str(Path(folder) / "cryptopunks_until_2021_08.parquet")
    rows = 0
    skipped: Counter[str] = Counter()
    types: Counter[type] = Counter()
    refused: Counter[tuple[str, str | None]] = Counter()
    newest = 0
    with open_source(spec, source_map=builtin_source_map(name)) as source:
        for batch in source:
            rows += batch.rows
            skipped.update(batch.skipped)
            assert batch.failures == []
            events, bad = decode_all(batch.values)
            refused.update((refusal.reason, refusal.field) for _, refusal in bad)
            types.update(map(type, events))
            for event in events:
                assert event.ts > newest - 60_000
                newest = max(newest, event.ts)
    assert rows == 31_001
    assert skipped == {"wrapped": 2_708, "unwrapped": 2_480}
    # Forty gifts of a punk to the account that had it: no event by the contract.
    assert refused == {("same_account", "recipient"): 40}
    assert types[Gift] == 31_001 - 2_708 - 2_480 - 40
    assert types[Payment] == payments
