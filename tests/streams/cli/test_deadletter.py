"""`offbook deadletter list` against a topic of records that were really refused."""

import base64
import json

import pytest

from config.settings import Settings
from models.events import Refusal, decode
from streams.demo.platform import SPOILERS
from tests.streams.cli.calling import Call, caller, deployment, publish

_T0 = 1_700_000_000_000
_SECRET = "call me at [bold]12345"
_EVENT = {
    "event_id": "e1",
    "type": "message",
    "ts": 1_704_067_200_000,
    "account": "a",
    "text": _SECRET,
}
# Twice each, so that there is something to count.
_VALUES = [spoil(dict(_EVENT)) for spoil in SPOILERS.values()] * 2


@pytest.fixture(scope="module")
def refused(embedded_broker: str) -> Settings:
    settings = deployment(embedded_broker, "refused")
    records = []
    for number, value in enumerate(_VALUES):
        refusal = decode(value)
        assert isinstance(refusal, Refusal)
        headers = {
            "reason": refusal.reason,
            "detail": refusal.detail,
            "topic": "platform.events",
            "partition": "3",
            "offset": str(number),
        }
        encoded = [(name, text.encode()) for name, text in headers.items()]
        records.append((b"k%d" % number, value, encoded, _T0 + number))
    publish(settings, settings.topic_deadletter, records)
    return settings


@pytest.fixture
def call(
    refused: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Call:
    # Wide enough that no cell of a table is broken.
    monkeypatch.setenv("COLUMNS", "250")
    return caller(refused, monkeypatch, capsys)


def test_a_pipe_gets_all_in_order_without_the_records(call: Call) -> None:
    ended = call("deadletter", "list")
    assert (ended.status, ended.err) == (0, "")
    letters = [json.loads(line) for line in ended.out.splitlines()]
    assert [letter["offset"] for letter in letters] == list(range(len(_VALUES)))
    for letter, value in zip(letters, _VALUES, strict=True):
        refusal = decode(value)
        assert isinstance(refusal, Refusal)
        assert letter == {
            "reason": refusal.reason,
            "detail": refusal.detail,
            "topic": "platform.events",
            "partition": 3,
            "offset": letter["offset"],
            "refused_at": _T0 + letter["offset"],
            "bytes": len(value),
        }


def test_the_records_come_where_they_are_asked_for(call: Call) -> None:
    letters = [json.loads(line) for line in call("deadletter", "list", "--raw").out.splitlines()]
    for letter, value in zip(letters, _VALUES, strict=True):
        if "raw_base64" in letter:
            assert letter["reason"] == "not_utf8"
            assert base64.b64decode(letter["raw_base64"]) == value
        else:
            assert letter["raw"].encode() == value


def test_text_counts_reasons_and_shows_the_latest(call: Call) -> None:
    ended = call("deadletter", "list", "--text", "--limit", "3")
    assert ended.status == 0
    assert f"{len(_VALUES)} dead letters" in ended.out
    assert all(reason in ended.out for reason in SPOILERS)
    shown = [n for n in range(len(_VALUES)) if f"platform.events 3:{n} " in ended.out]
    assert shown == list(range(len(_VALUES)))[-3:]
    assert _SECRET not in ended.out


def test_text_shows_records_only_on_request_and_never_as_markup(call: Call) -> None:
    assert _SECRET not in call("deadletter", "list", "--text").out
    assert _SECRET in call("deadletter", "list", "--text", "--raw").out


def test_one_reason_and_one_time(call: Call) -> None:
    lines = call("deadletter", "list", "--reason", "not_json").out.splitlines()
    assert [json.loads(line)["reason"] for line in lines] == ["not_json", "not_json"]
    later = call("deadletter", "list", "--from", str(_T0 + len(SPOILERS))).out.splitlines()
    assert len(later) == len(SPOILERS)


def test_an_unknown_reason_is_refused(call: Call) -> None:
    ended = call("deadletter", "list", "--reason", "ugly")
    assert (ended.status, ended.out) == (2, "")
    assert "'ugly' is not one of 'empty'" in ended.err


def test_nothing_refused_is_said(
    embedded_broker: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    call = caller(deployment(embedded_broker, "spotless"), monkeypatch, capsys)
    assert call("deadletter", "list").out == ""
    assert call("deadletter", "list", "--text").out == "No dead letters.\n"


def test_a_record_without_headers_is_shown_all_the_same(
    embedded_broker: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = deployment(embedded_broker, "headless")
    publish(settings, settings.topic_deadletter, [(None, b"x", [], _T0)])
    [line] = caller(settings, monkeypatch, capsys)("deadletter", "list").out.splitlines()
    letter = json.loads(line)
    assert (letter["reason"], letter["partition"], letter["bytes"]) == ("", None, 1)
