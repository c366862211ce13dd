"""Rows become events, failures or counted skips; none vanishes."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.field_readers import Kind, Recipe, Scalar, field_getter, reader, row_number
from models.source_map import Condition, EventRule, SkipRule, SourceMap

PLACE = (1, 0)


def text(name: str) -> Any:
    return reader(Kind.TEXT, Recipe(parts=(field_getter(name),)))


def number(name: str) -> Any:
    return reader(Kind.INTEGER, Recipe(parts=(field_getter(name),)))


LOGIN = EventRule(
    type="login",
    when=(Condition(field="kind", one_of=("in", "both")).test(),),
    fields=(
        ("event_id", True, reader(Kind.TEXT, Recipe(parts=("l-", row_number)))),
        ("ts", True, number("t")),
        ("account", True, text("who")),
        ("ip", False, text("ip")),
    ),
)
REPORT = EventRule(
    type="report",
    when=(Condition(field="kind", one_of=("both",)).test(),),
    fields=(("account", True, text("who")), ("reporter", True, text("by"))),
)
MAP = SourceMap(
    name="test",
    skips=(
        SkipRule("robots", (Condition(field="robot", one_of=(True,)).test(),)),
        SkipRule("old", (Condition(field="t", below=10).test(),)),
    ),
    events=(LOGIN, REPORT),
)


def translated(*rows: Any) -> Any:
    raws = [row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows]
    return MAP.translate(raws, range(1, len(raws) + 1), 0)


def test_a_row_becomes_each_event_it_is_meant_for() -> None:
    done = translated(
        {"kind": "both", "t": 20, "who": 7, "by": "b"}, {"kind": "in", "t": 30, "who": "x"}
    )
    assert [json.loads(value) for value in done.values] == [
        {"type": "login", "event_id": "l-1", "ts": 20, "account": "7"},
        {"type": "report", "account": "7", "reporter": "b"},
        {"type": "login", "event_id": "l-2", "ts": 30, "account": "x"},
    ]
    assert done.offsets == [1, 1, 2]
    assert (done.failures, done.skipped) == ([], {})


def test_the_first_skip_that_fits_counts() -> None:
    done = translated({"robot": True, "t": 1}, {"t": 1}, {"t": 2, "robot": False})
    assert done.skipped == {"robots": 1, "old": 2}
    assert (done.values, done.failures) == ([], [])


@pytest.mark.parametrize(
    ("row", "field", "detail"),
    [
        ({"kind": "in", "who": "secret"}, "ts", "`ts` has nothing to be made of"),
        ({"kind": "in", "t": "soon", "who": "secret"}, "ts", "`ts` is not a number"),
        ({"kind": "both", "t": 20, "who": "secret"}, "reporter", "`reporter` has nothing"),
        ({"kind": "out", "who": "secret"}, None, "no [[event]] and no [[skip]]"),
    ],
)
def test_a_row_that_fails_gives_no_event_and_is_kept(
    row: dict[str, Any], field: str | None, detail: str
) -> None:
    done = translated({"kind": "in", "t": 20, "who": "x"}, row)
    assert done.offsets == [1]
    [failure] = done.failures
    assert (failure.row, failure.reason, failure.field) == (2, "unmapped", field)
    assert failure.detail.startswith(detail)
    assert "secret" not in failure.detail
    assert failure.raw == json.dumps(row).encode()


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "empty"),
        (b"{", "not_json"),
        (b"[" * 100_000, "not_json"),
        (b'"\xff"', "not_utf8"),
        (b"[1]", "not_an_object"),
        (b"null", "not_an_object"),
        (b'"text"', "not_an_object"),
        (b'{"a":1e999}', "not_json"),
        (
            b'{"type":"login","event_id":"e","ts":1,"account":"a","device":"d","x":1e999}',
            "not_json",
        ),
    ],
)
def test_what_is_no_row_has_the_decoders_reason(raw: bytes, reason: str) -> None:
    done = translated(raw)
    assert [(f.row, f.reason, f.raw) for f in done.failures] == [(1, reason, raw)]


@given(
    st.lists(
        st.one_of(
            st.binary(max_size=12),
            st.fixed_dictionaries(
                {},
                optional={
                    "kind": st.sampled_from(["in", "both", "out", "", 1]),
                    "t": st.one_of(st.integers(), st.floats(), st.text(max_size=3)),
                    "who": st.one_of(st.text(max_size=3), st.lists(st.none())),
                    "by": st.text(max_size=3),
                    "robot": st.booleans(),
                },
            ),
        )
    )
)
def test_every_row_is_accounted_for(rows: list[Any]) -> None:
    done = translated(*rows)
    with_events = set(done.offsets)
    failed = [failure.row for failure in done.failures]
    assert len(with_events) + len(failed) + sum(done.skipped.values()) == len(rows)
    assert with_events.isdisjoint(failed)
    assert all(json.loads(value)["type"] in ("login", "report") for value in done.values)


@pytest.mark.parametrize(
    ("condition", "holds", "fails"),
    [
        ({"one_of": ("a",)}, ["a"], ["b", None, 1, ["a"]]),
        ({"one_of": ("a", 1)}, ["a", 1, 1.0], [True, "1", None, {}]),
        ({"one_of": (True,)}, [True], [1, "true", False]),
        ({"none_of": ("a", 0)}, ["b", None, False], ["a", 0]),
        ({"present": True}, ["a", 0, False], [None, ""]),
        ({"present": False}, [None, ""], ["a", 0, False]),
        ({"above": 0}, [0.1, "2", 10**40 - 1], [0, -1, None, "", "x", True]),
        ({"below": 5}, [4, -1, "4.9"], [5, None, [], False]),
        ({"above": 0, "below": 5, "none_of": (3,)}, [1, 4.5], [0, 3, 5]),
    ],
)
def test_conditions(condition: dict[str, Any], holds: list[Scalar], fails: list[Scalar]) -> None:
    test = Condition(field="f", **condition).test()
    assert [value for value in holds if not test({"f": value}, PLACE)] == []
    assert [value for value in fails if test({"f": value}, PLACE)] == []
