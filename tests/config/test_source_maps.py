"""Source maps are read, or refused by file, key, fault and remedy; those that come along work."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from config.source_maps import (
    SourceMapError,
    builtin_names,
    builtin_source_map,
    load_source_map,
    parse_source_map,
)

WRAPPER = "0xb7f7f6c52f2e2fdb1963eab30438024864c313f6"
LOGIN = """\
[[event]]
type = "login"
event_id = "{id}"
ts = { field = "at", unit = "s" }
account = "{user}"
device = "{device}"
"""


def made(toml: str, row: dict[str, Any], number: int = 1) -> list[dict[str, Any]]:
    done = parse_source_map(toml, "my.toml").translate([json.dumps(row).encode()], [number], 0)
    assert done.failures == []
    return [json.loads(value) for value in done.values]


def refusal(toml: str) -> str:
    with pytest.raises(SourceMapError) as refused:
        parse_source_map(toml, "my.toml")
    return str(refused.value)


def field(value: str, name: str = "ts") -> str:
    """A login with one field said otherwise."""
    return "\n".join(
        f"{name} = {value}" if line.startswith(f"{name} =") else line for line in LOGIN.splitlines()
    )


def purchase(price: str) -> str:
    return (
        '[[event]]\ntype = "purchase"\nevent_id = "{i}"\nts = "{t}"\naccount = "{a}"\n'
        f'token = "t"\ncollection = "c"\nprice = {price}'
    )


def test_all_that_the_format_can_say() -> None:
    toml = """
[source]
title = "made up"

[[skip]]
name = "robots"
when = { robot = true }

[[event]]
type = "credential_changed"
when = { what = ["tel", "pw"], user.present = true }
event_id = "{user.id}-{row}-{{x}}"
ts = { field = "when", unit = "iso", utc_offset = "+08:00", plus = "-1h30m" }
account = { field = "user.id" }
kind = { field = "what", values = { tel = "phone", pw = "password" } }
holder = { text = "h:{owner}", default = "unknown" }
platform = "made-up"

[[event]]
type = "purchase"
when = { price = { above = 0, below = 1e6 }, state = { not = ["void", 0] } }
event_id = { text = "p{row}" }
ts = { field = "day", unit = "d", since = 2022-01-01 }
account = "{user.id}"
token = "{serial}"
collection = "c1"
price = { field = "price", scale = 100, round = "half_up" }
currency = { field = "money", values = { "1" = "CNY" }, otherwise = "USD" }
latency_ms = 5
"""
    row = {
        "user": {"id": 7},
        "what": "tel",
        "when": "2022-03-01T08:00:00",
        "price": 12.345,
        "day": 2,
        "serial": "s",
        "money": 2,
    }
    assert made(toml, row, 3) == [
        {
            "type": "credential_changed",
            "event_id": "7-3-{x}",
            "ts": 1_646_092_800_000 - 5_400_000,
            "account": "7",
            "kind": "phone",
            "holder": "unknown",
            "platform": "made-up",
        },
        {
            "type": "purchase",
            "event_id": "p3",
            "ts": 1_640_995_200_000 + 2 * 86_400_000,
            "account": "7",
            "token": "s",
            "collection": "c1",
            "price": 1235,
            "currency": "USD",
            "latency_ms": 5,
        },
    ]
    source_map = parse_source_map(toml, "my.toml")
    assert source_map.about == {"title": "made up"}
    assert source_map.translate([b'{"robot":true}'], [1], 0).skipped == {"robots": 1}


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        ("x", "my.toml: is not TOML: Expected '=' after a key"),
        ("", "my.toml: has no [[event]]: nothing would become of any row"),
        ("event = 1", "my.toml: event: must be tables under [[event]]"),
        ("[event]\nx = 1", "my.toml: event: must be tables under [[event]]"),
        ("[[events]]", "my.toml: events: 'events' is not an allowed key; did you mean event?"),
        ("source = 1", "my.toml: source: must be a table"),
        ("[source]\nlicense = 'x'", "my.toml: source.license: 'license' is not an allowed key"),
        ("[source]\ntitle = 1\n" + LOGIN, "my.toml: source.title: must be a text"),
        ("[[skip]]\nwhen = { a = 1 }\n" + LOGIN, "my.toml: skip[1].name: must be a text"),
        ("[[skip]]\nname = 'x'\n" + LOGIN, "my.toml: skip[1].when: is missing or empty"),
        ("[[skip]]\nnam = 'x'\n" + LOGIN, "my.toml: skip[1].nam: 'nam' is not an allowed key"),
        ("[[event]]", "my.toml: event[1].type: must be a text"),
        (
            LOGIN + "[[event]]\ntype = 'gifts'",
            "my.toml: event[2].type: 'gifts' is not an event type; did you mean gift? allowed: ",
        ),
        (
            "\n".join(LOGIN.splitlines()[:-1]),
            "my.toml: event[1]: `device` is missing: a login needs it",
        ),
        (
            LOGIN + "acount = 'x'",
            "my.toml: event[1].acount: 'acount' is not an allowed key; did you mean account?",
        ),
        (LOGIN + "when = 1", "my.toml: event[1].when: must be a table"),
        (LOGIN + "when = { a = [] }", "my.toml: event[1].when.a: is an empty list"),
        (LOGIN + "when = { a = {} }", "my.toml: event[1].when.a: is empty; allowed: a value"),
        (LOGIN + "when = { a = 2022-01-01 }", "my.toml: event[1].when.a: must be a text, a num"),
        (LOGIN + "when = { a = { abov = 1 } }", "my.toml: event[1].when.a.abov: 'abov' is not"),
        (LOGIN + "when = { a = { above = 'x' } }", "my.toml: event[1].when.a.above: must be a n"),
        (LOGIN + "when = { a = { below = nan } }", "my.toml: event[1].when.a.below: must be a n"),
        (LOGIN + "when = { a = { present = 1 } }", "my.toml: event[1].when.a.present: must be t"),
        (field("{}"), "my.toml: event[1].ts: needs either `field` or `text`"),
        (field("{ field = 'a', text = 'b' }"), "my.toml: event[1].ts: needs either `field` or"),
        (field("{ field = '' }"), "my.toml: event[1].ts.field: must be a text, and not empty"),
        (field("{ field = 1 }"), "my.toml: event[1].ts.field: must be a text, and not empty"),
        (field("[1]"), "my.toml: event[1].ts: must be a text, a number, or true or false"),
        (field("''"), "my.toml: event[1].ts: must be a text, and not empty"),
        (field("{ field = 'a', unit = 'sec' }"), "my.toml: event[1].ts.unit: 'sec' is not a unit"),
        (field("{ field = 'a', unit = 1 }"), "my.toml: event[1].ts.unit: '1' is not a unit"),
        (field("{ field = 'a', plus = '3' }"), "my.toml: event[1].ts.plus: must be a duration"),
        (field("{ field = 'a', plus = 3 }"), "my.toml: event[1].ts.plus: must be a duration"),
        (field("{ field = 'a', since = 5 }"), "my.toml: event[1].ts.since: must be a TOML date"),
        (
            field("{ field = 'a', unit = 'iso', since = 2022-01-01 }"),
            "my.toml: event[1].ts.since: does not go with the unit iso",
        ),
        (
            field("{ field = 'a', utc_offset = '+08:00' }"),
            "my.toml: event[1].ts.utc_offset: does not go with the unit ms",
        ),
        (
            field("{ field = 'a', unit = 'iso', utc_offset = '+24:00' }"),
            "my.toml: event[1].ts.utc_offset: must be an offset from UTC, such as +08:00",
        ),
        (field("{ field = 'a', scale = 2 }"), "my.toml: event[1].ts.scale: 'scale' is not an all"),
        (field("'soon'"), "my.toml: event[1].ts: must be an instant, but is not a number"),
        (
            field("{ field = 'a', default = 'x' }"),
            "my.toml: event[1].ts.default: must be an instant, but is not a number",
        ),
        (field("'{a'", "device"), "my.toml: event[1].device: expected '}' before end of string"),
        (field("'{}'", "device"), "my.toml: event[1].device: between braces stands the name"),
        (field("'{a:>3}'", "device"), "my.toml: event[1].device: between braces stands the name"),
        (field("'{a!r}'", "device"), "my.toml: event[1].device: between braces stands the name"),
        (
            field("{ field = 'a', unit = 's' }", "device"),
            "my.toml: event[1].device.unit: 'unit' is not an allowed key",
        ),
        (
            field("{ field = 'a', otherwise = 'x' }", "device"),
            "my.toml: event[1].device.otherwise: goes with `values` only",
        ),
        (
            field("{ field = 'a', values = 5 }", "device"),
            "my.toml: event[1].device.values: must be a table",
        ),
        (
            field("{ field = 'a', values = { x = [1] } }", "device"),
            "my.toml: event[1].device.values.x: must be a text, a number, or true or false",
        ),
        (purchase("{ field = 'p', scale = 0 }"), "my.toml: event[1].price.scale: must be above 0"),
        (purchase("{ field = 'p', scale = '9' }"), "my.toml: event[1].price.scale: must be a num"),
        (
            purchase("{ field = 'p', round = 'even' }"),
            "my.toml: event[1].price.round: 'even' is not a rounding rule; did you mean half_even?",
        ),
        (purchase("1.5"), "my.toml: event[1].price: must be a whole number, but is not a whole n"),
        (
            '[[event]]\ntype = "listing"\nevent_id = "{i}"\nts = 1\nsite = "s"\nprice = 1\n'
            'action = { field = "a", values = { new = "post" } }',
            "my.toml: event[1].action.values.new: 'post' is not allowed here; did you mean posted?"
            " allowed: posted, removed",
        ),
    ],
)
def test_what_is_refused(toml: str, says: str) -> None:
    assert refusal(toml).replace("?; allowed", "? allowed").startswith(says)


def test_a_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "map.toml"
    with pytest.raises(SourceMapError, match=f"{path}: cannot be read: No such file"):
        load_source_map(path)
    with pytest.raises(SourceMapError, match=f"{tmp_path}: cannot be read: Is a directory"):
        load_source_map(tmp_path)
    path.write_bytes(b'x = "\xff"')
    with pytest.raises(SourceMapError, match=f"{path}: is not UTF-8"):
        load_source_map(path)
    path.write_text("[[event]]\nx\n")
    with pytest.raises(SourceMapError, match=rf"{path}: is not TOML: .* \(at line 2"):
        load_source_map(path)
    path.write_text(LOGIN)
    assert load_source_map(str(path)).name == str(path)


def test_the_example_in_the_documentation_does_what_it_says() -> None:
    text = (Path(__file__).parents[2] / "docs" / "source-maps.md").read_text(encoding="utf-8")
    [(toml, rows, events)] = re.findall(
        r"```toml\n# shop\.toml\n(.*?)```.*?```json\n(.*?)```.*?```json\n(.*?)```", text, re.DOTALL
    )
    raws = [row.encode() for row in rows.splitlines()]
    done = parse_source_map(toml, "shop.toml").translate(raws, range(1, len(raws) + 1), 0)
    assert [json.loads(value) for value in done.values] == list(
        map(json.loads, events.splitlines())
    )
    assert [(failure.row, failure.detail) for failure in done.failures] == [
        (4, "`price` is not a number")
    ]
    assert done.skipped == {"test accounts": 1}


def test_a_builtin_is_found_by_name() -> None:
    assert builtin_names() == ("amlsim", "cryptopunks", "cryptopunks-no-payments", "darpa")
    assert load_source_map("darpa").name == builtin_source_map("darpa").name == "darpa.toml"
    with pytest.raises(SourceMapError, match="or one of offbook's own: amlsim, cryptopunks, "):
        load_source_map("darp")
    with pytest.raises(SourceMapError, match=r"'cryptopunk' is not .* did you mean cryptopunks\?"):
        builtin_source_map("cryptopunk")


@pytest.mark.parametrize("name", builtin_names())
def test_every_builtin_loads_and_says_where_its_data_is_from(name: str) -> None:
    assert {"title", "url", "licence"} <= set(builtin_source_map(name).about)


SALE = {"kind": "sale", "ts": 1_500_000_000, "sender": "0xa", "receiver": "0xb", "token": 3134}


def translated(name: str, row: dict[str, Any]) -> tuple[list[dict[str, Any]], dict[str, int]]:
    done = builtin_source_map(name).translate([json.dumps(row).encode()], [9], 0)
    assert done.failures == []
    return [json.loads(value) for value in done.values], done.skipped


TRANSFER = {
    "type": "gift",
    "event_id": "transfer-9",
    "ts": 1_500_000_000_000,
    "sender": "0xa",
    "recipient": "0xb",
    "token": "3134",
    "collection": "cryptopunks",
}


@pytest.mark.parametrize(
    ("price", "amount"), [(0.01, 10_000), (4200.0, 4_200_000_000), (1e-18, 1), (0.1234567, 123_457)]
)
def test_a_sale_of_a_punk_is_a_gift_that_was_paid_for(price: float, amount: int) -> None:
    payment = {
        "type": "payment",
        "event_id": "payment-9",
        "ts": 1_499_999_970_000,
        "payer": "0xb",
        "payee": "0xa",
        "amount": amount,
        "currency": "ETH",
    }
    events, _ = translated("cryptopunks", SALE | {"price_eth": price})
    assert events == [payment, TRANSFER]


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("cryptopunks", SALE | {"kind": "gift"}),
        ("cryptopunks", SALE | {"price_eth": 0.0}),
        ("cryptopunks-no-payments", SALE | {"price_eth": 5.0}),
        ("cryptopunks-no-payments", SALE | {"kind": "gift"}),
    ],
)
def test_a_transfer_without_payment(name: str, row: dict[str, Any]) -> None:
    assert translated(name, row) == ([TRANSFER], {})


@pytest.mark.parametrize("name", ["cryptopunks", "cryptopunks-no-payments"])
def test_wrapping_a_punk_is_no_gift(name: str) -> None:
    gift = SALE | {"kind": "gift"}
    assert translated(name, gift | {"receiver": WRAPPER}) == ([], {"wrapped": 1})
    assert translated(name, gift | {"sender": WRAPPER}) == ([], {"unwrapped": 1})


def test_rows_of_the_other_builtins() -> None:
    row = {"sourceNodeId": 280, "targetNodeId": 15349, "value": 147.8, "time": 1}
    [payment], _ = translated("amlsim", row)
    assert payment["ts"] == 1_577_923_200_000
    assert (payment["payer"], payment["payee"]) == ("node-280", "node-15349")
    assert payment["amount"] == 100
    [login], _ = translated("darpa", {"src": 1, "dst": 2, "minute": 217_915, "tick": 1})
    assert login == {
        "type": "login",
        "event_id": "edge-9",
        "ts": 1_577_836_800_000 + 217_915 * 60_000,
        "account": "host-1",
        "device": "host-2",
    }
