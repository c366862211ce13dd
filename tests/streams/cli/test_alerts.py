"""`offbook alerts` against a topic that holds what the pipeline recommends."""

import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from config.settings import Settings
from models.recommendations import encode
from models.violations import VIOLATIONS
from streams.brokers.process import free_port
from streams.screens.recommendations import headline
from tests.streams.cli.calling import Call, caller, deployment, publish
from tests.streams.cli.recommended import recommended

_T0 = 1_700_000_000_000


@pytest.fixture(scope="module")
def published(embedded_broker: str) -> Settings:
    settings = deployment(embedded_broker, "alerts")
    publish(
        settings,
        settings.topic_recommendations,
        [
            (one.account.encode(), encode(one), [], _T0 + number)
            for number, one in enumerate(recommended())
        ],
    )
    return settings


@pytest.fixture
def call(
    published: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Call:
    return caller(published, monkeypatch, capsys)


def test_a_pipe_gets_every_revision_as_it_was_published(call: Call) -> None:
    ended = call("alerts")
    assert (ended.status, ended.err) == (0, "")
    assert sorted(ended.out.encode().splitlines()) == sorted(map(encode, recommended()))


def test_text_is_in_order_of_event_time_and_tells_the_evidence(call: Call) -> None:
    out = call("alerts", "--text").out
    expected = sorted(recommended(), key=lambda r: (r.decided_at, r.recommendation_id, r.revision))
    told = [line for line in out.splitlines() if not line.startswith(" ")]
    assert told == [headline(one).plain for one in expected]
    for one in recommended():
        assert all(f"    {line.rule}: " in out for line in one.evidence)


def test_chinese_names_violations_in_chinese(call: Call) -> None:
    out = call("alerts", "--text", "--language", "zh").out
    assert VIOLATIONS[recommended()[0].violation].title_zh in out


@pytest.mark.parametrize(
    ("options", "lets"),
    [
        (["--violation", "V100,V500"], lambda one: one.violation in ("V100", "V500")),
        (["--level", "L2+"], lambda one: one.penalty.level in ("L2", "L3", "L4", "L5", "L6")),
        (["--level", "L1,H"], lambda one: one.penalty.level in ("L1", "H")),
        (["--status", "amended"], lambda one: one.status == "amended"),
        (["--account", "{}"], lambda one: one.account == recommended()[0].account),
        (["--from", str(_T0 + 5)], lambda one: recommended().index(one) >= 5),
        (
            ["--violation", "V102", "--level", "L1"],
            lambda one: (one.violation, one.penalty.level) == ("V102", "L1"),
        ),
    ],
)
def test_filters(call: Call, options: list[str], lets: object) -> None:
    options = [option.format(recommended()[0].account) for option in options]
    expected = sorted(encode(one) for one in recommended() if lets(one))  # type: ignore[operator]
    assert 0 < len(expected) < len(recommended())
    assert sorted(call("alerts", *options).out.encode().splitlines()) == expected


def test_following_shows_what_is_there_and_what_comes(published: Settings) -> None:
    command = [sys.executable, "-m", "streams.cli", "alerts", "--follow"]
    env = {
        **os.environ,
        "OFFBOOK_BROKERS": published.brokers[0],
        "OFFBOOK_TOPIC_RECOMMENDATIONS": published.topic_findings,
    }
    first, then = recommended()[:2]
    publish(published, published.topic_findings, [(b"k", encode(first), [], _T0)])
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=env,
        # Where the suite itself runs in the background, Ctrl-C is ignored, and that is inherited.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline().rstrip() == encode(first)
        publish(published, published.topic_findings, [(b"k", encode(then), [], _T0)])
        assert process.stdout.readline().rstrip() == encode(then)
        process.send_signal(signal.SIGINT)
        rest, err = process.communicate(timeout=30)
    finally:
        process.kill()
    assert (process.returncode, rest, err) == (0, b"", b"")


def test_the_documented_consumer_reads_what_is_published(embedded_broker: str) -> None:
    settings = deployment(embedded_broker, "documented")
    first, then = recommended()[:2]
    # The second time it is no news.
    records = [(one.account.encode(), encode(one), [], _T0) for one in (first, first, then)]
    publish(settings, settings.topic_recommendations, records)
    text = (Path(__file__).parents[3] / "docs" / "alerts.md").read_text()
    [code] = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    code = code.replace('"offbook.recommendations"', repr(settings.topic_recommendations))
    env = {**os.environ, "OFFBOOK_BROKERS": embedded_broker}
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=env
    )
    try:
        assert process.stdout is not None
        expected = [
            line
            for one in (first, then)
            for line in (
                f"{one.status} {one.penalty.level} {one.penalty.action} {one.account}",
                f"  ask: {one.penalty.approval}",
                *(f"  {each.rule} {each.text}" for each in one.evidence),
            )
        ]
        said = [process.stdout.readline().rstrip("\n") for _ in expected]
    finally:
        process.kill()
        process.wait()
    assert sorted(said) == sorted(expected)


def test_a_record_that_is_none_is_told_of_and_passed_over(
    embedded_broker: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = deployment(embedded_broker, "foreign")
    good = encode(recommended()[0])
    values = [b'{"recommendation_id": 7}', b"\xff", good]
    records = [(b"one", value, [], _T0) for value in values]
    publish(settings, settings.topic_recommendations, records)
    ended = caller(settings, monkeypatch, capsys)("alerts")
    assert (ended.status, ended.out) == (0, good.decode() + "\n")
    first, second = ended.err.splitlines()
    assert "foreign.recommendations partition" in first
    assert "offset 0: no recommendation" in first
    assert "offset 1: no recommendation" in second


def test_a_name_cannot_steer_the_terminal(
    embedded_broker: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = deployment(embedded_broker, "hostile")
    one = json.loads(encode(recommended()[0])) | {"account": "\x1b[2J\u202e[red]x"}
    value = json.dumps(one).encode()
    publish(settings, settings.topic_recommendations, [(b"k", value, [], _T0)])
    out = caller(settings, monkeypatch, capsys)("alerts", "--text").out
    assert "\ufffd[2J\ufffd[red]x" in out
    assert "\x1b" not in out


@pytest.mark.parametrize(
    ("options", "names"),
    [
        (["--violation", "V999"], "'V999' is not one of V100"),
        (["--level", "L9"], "'L9' is not one of H, L0"),
        (["--level", "H+"], "'H+' is not one of H, L0"),
        (["--status", "new"], "'new' is not one of proposed"),
        (["--from", "yesterday"], "--from: 'yesterday' is no instant"),
    ],
)
def test_a_wrong_filter_is_refused_with_what_is_allowed(
    call: Call, options: list[str], names: str
) -> None:
    ended = call("alerts", *options)
    assert (ended.status, ended.out) == (2, "")
    assert names in ended.err


def test_a_missing_topic_and_a_missing_broker_are_named(
    published: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    no_topic = replace(published, topic_recommendations="nowhere")
    ended = caller(no_topic, monkeypatch, capsys)("alerts")
    broker = published.brokers[0]
    assert (ended.status, ended.out) == (2, "")
    assert ended.err == f"offbook: topic nowhere: no such topic on {broker}\n"
    no_broker = replace(no_topic, brokers=(f"127.0.0.1:{free_port()}",))
    ended = caller(no_broker, monkeypatch, capsys)("alerts")
    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith(
        f"offbook: topic nowhere: brokers {no_broker.brokers[0]}: none answers"
    )
    assert len(ended.err.splitlines()) == 1
