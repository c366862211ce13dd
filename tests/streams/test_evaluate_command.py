"""`offbook evaluate` as a person calls it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from streams.cli import main

START = 1_704_067_200_000
HOUR = 3_600_000


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def recommendation(account: str, level: str, violation: str = "V100") -> dict[str, Any]:
    return {
        "recommendation_id": f"{account}-1",
        "revision": 1,
        "status": "proposed",
        "account": account,
        "violation": violation,
        "confidence": 0.9,
        "penalty": {"level": level},
        "decided_at": START + 3 * HOUR,
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    events: list[dict[str, Any]] = [
        {"type": "login", "account": "a", "device": "d", "ts": START},
        {"type": "gift", "sender": "b", "recipient": "c", "token": "t", "ts": START + HOUR},
        {"type": "payment", "payer": "d", "payee": "e", "amount": 1, "ts": START + 24 * HOUR},
        {"type": "friend_added", "account": "a", "friend": "f", "ts": START},
        {"type": "household_declared", "account": "a", "member": "g", "ts": START},
        {"type": "listing", "site": "s", "action": "posted", "price": 1, "ts": START},
    ]
    write(tmp_path / "events.jsonl", events)
    violation = {"violation": "V100", "from_ts": START, "to_ts": START + HOUR}
    labels = [
        {"account": "b", **violation, "typology": "relay_chain"},
        {"account": "c", **violation, "typology": "wash_ring"},
        {"account": "a", "benign": "birthday"},
    ]
    write(tmp_path / "labels.jsonl", labels)
    write(tmp_path / "recs.jsonl", [recommendation("b", "L3"), recommendation("a", "L2")])
    return tmp_path


@dataclass(frozen=True)
class Ended:
    """How a call of the command line ended."""

    status: object
    out: str
    err: str


@pytest.fixture
def call(folder: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    def run(**files: str) -> Ended:
        names = {"recs": "recs.jsonl", "labels": "labels.jsonl", "events": "events.jsonl"} | files
        paths = {name: str(folder / file) for name, file in names.items()}
        options = ["--labels", paths["labels"], "--events", paths["events"]]
        with pytest.raises(SystemExit) as ended:
            main(["evaluate", paths["recs"], *options, "--out", str(folder / "card.json")])
        return Ended(ended.value.code, *capsys.readouterr())

    return run


def test_the_card_is_written_and_shown(folder: Path, call: Callable[..., Ended]) -> None:
    result = call()
    assert result.status == 0
    card = json.loads((folder / "card.json").read_bytes())
    assert card["accounts"] == 7
    assert card["honest_accounts"] == 5
    assert card["days"] == 1.0
    assert card["in_all"]["at"]["any"]["recall"] == 0.5
    assert card["in_all"]["at"]["L2"]["precision"] == 0.5
    assert card["in_all"]["median_hours"] == 3.0
    assert card["honest"]["penalised_per_10000"] == 2_000.0
    assert card["per_benign_kind"]["birthday"]["penalised"] == 1
    assert card["missed_typologies"] == ["wash_ring"]
    assert "Missed altogether: wash_ring" in result.out
    assert "birthday" in result.out


def test_unreadable_events_are_counted(folder: Path, call: Callable[..., Ended]) -> None:
    with (folder / "events.jsonl").open("a") as file:
        file.write("nonsense\n")
    result = call()
    assert result.status == 0
    assert "1 unreadable events" in result.err


def test_a_broken_recommendation_is_refused_with_its_line(
    folder: Path, call: Callable[..., Ended]
) -> None:
    broken = recommendation("b", "L9")
    write(folder / "recs.jsonl", [recommendation("a", "L1"), broken])
    result = call()
    assert result.status == 2
    assert "recs.jsonl:2" in result.err
    assert "level" in result.err
    assert not (folder / "card.json").exists()


def test_a_line_that_is_no_object_is_refused_with_its_place(
    folder: Path, call: Callable[..., Ended]
) -> None:
    (folder / "labels.jsonl").write_text('\n[1, 2]\n{"account": "a", "benign": "club"}\n')
    result = call()
    assert result.status == 2
    assert "labels.jsonl:2" in result.err


@pytest.mark.parametrize("name", ["recs", "labels", "events"])
def test_a_missing_file_is_named(call: Callable[..., Ended], name: str) -> None:
    result = call(**{name: "gone.jsonl"})
    assert result.status == 2
    assert "gone.jsonl" in result.err


def test_events_without_accounts_are_refused(folder: Path, call: Callable[..., Ended]) -> None:
    write(folder / "events.jsonl", [{"type": "market_price", "price": 3, "ts": START}])
    result = call()
    assert result.status == 2
    assert "no event that names an account" in result.err
