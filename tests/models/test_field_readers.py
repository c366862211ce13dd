"""Values of a platform's rows become the contract's, or are refused without being shown."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.field_readers import (
    ROUNDINGS,
    Getter,
    Kind,
    Recipe,
    Scalar,
    UnmappableError,
    field_getter,
    partition_number,
    reader,
    row_number,
)

X = field_getter("x")
PLACE = (17, 3)


def read(kind: Kind, value: Any, **recipe: Any) -> Scalar | None:
    parts: tuple[str | Getter, ...] = recipe.pop("parts", (X,))
    return reader(kind, Recipe(parts=parts, **recipe))({"x": value}, PLACE)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("a", "a"), (3134, "3134"), (3134.0, "3134"), (0.5, "0.5"), (True, "true"), ("ü ", "ü ")],
)
def test_text(value: Any, expected: str) -> None:
    assert read(Kind.TEXT, value) == expected


@pytest.mark.parametrize("value", [None, ""])
@pytest.mark.parametrize("kind", Kind)
def test_null_and_empty_are_absent(kind: Kind, value: Any) -> None:
    assert read(kind, value) is None


@pytest.mark.parametrize(
    ("kind", "value", "says"),
    [
        (Kind.TEXT, [1], "is made of a list or an object"),
        (Kind.TEXT, {"a": 1}, "is made of a list or an object"),
        (Kind.FLAG, "maybe", "is neither true nor false"),
        (Kind.NUMBER, "n/a", "is not a number"),
        (Kind.NUMBER, True, "is not a number"),
        (Kind.INTEGER, "12,50", "is not a number"),
        (Kind.INTEGER, "inf", "is not a number"),
        (Kind.INTEGER, "1e999999", "is not a number"),
        (Kind.INTEGER, 12.5, "is not a whole number, and the source map has no `round` for it"),
        (Kind.INTEGER, 2**63, "is too large"),
        (Kind.INTEGER, "1e30", "is too large"),
        (Kind.INSTANT, "2022-03-01", "is not a number"),
        (Kind.INSTANT, 2**63, "is too large"),
        (Kind.INSTANT, [], "is not a number"),
    ],
)
def test_what_cannot_be_converted(kind: Kind, value: Any, says: str) -> None:
    with pytest.raises(UnmappableError, match=f"^{says}"):
        read(kind, value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(True, True), (1, True), ("TRUE", True), (False, False), (0, False), ("false", False)],
)
def test_flags(value: Any, expected: bool) -> None:
    assert read(Kind.FLAG, value) is expected


@pytest.mark.parametrize(("value", "expected"), [(1, 1.0), ("0.25", 0.25), (0.1, 0.1)])
def test_numbers(value: Any, expected: float) -> None:
    found = read(Kind.NUMBER, value)
    assert found == expected
    assert isinstance(found, float)


@pytest.mark.parametrize(
    ("value", "scale", "expected"),
    [
        (12, "1", 12),
        ("12", "1", 12),
        (12.0, "1", 12),
        (0.29, "100", 29),
        (1.15, "100", 115),
        ("1234.56", "100", 123_456),
        (99.99, "1000000", 99_990_000),
        (700, "0.01", 7),
    ],
)
def test_money_is_scaled_digit_by_digit(value: Any, scale: str, expected: int) -> None:
    found = read(Kind.INTEGER, value, scale=Decimal(scale))
    assert found == expected
    assert type(found) is int


@pytest.mark.parametrize(
    ("rounding", "expected"),
    [
        ("half_even", [0, 2, 2, 1, -2]),
        ("half_up", [1, 2, 3, 1, -2]),
        ("down", [0, 1, 2, 1, -2]),
        ("up", [1, 2, 3, 2, -1]),
    ],
)
def test_rounding_rules(rounding: str, expected: list[int]) -> None:
    values = [0.5, 1.5, 2.5, 1.0000001, -1.5]
    assert [read(Kind.INTEGER, value, rounding=rounding) for value in values] == expected


@given(st.integers(-(10**12), 10**12), st.sampled_from(sorted(ROUNDINGS)))
def test_two_decimals_are_never_rounded(cents: int, rounding: str) -> None:
    value = cents / 100
    assert read(Kind.INTEGER, value, scale=Decimal(100), rounding=rounding) == cents
    assert read(Kind.INTEGER, value, scale=Decimal(100)) == cents


@pytest.mark.parametrize(
    ("unit", "value", "expected"),
    [
        ("ms", 1_646_092_800_123, 1_646_092_800_123),
        ("s", 1_646_092_800, 1_646_092_800_000),
        ("s", 1_646_092_800.123, 1_646_092_800_123),
        ("s", "1646092800.1239", 1_646_092_800_123),
        ("us", 1_646_092_800_123_999, 1_646_092_800_123),
        ("ns", 1_646_092_800_123_999_999, 1_646_092_800_123),
        ("us", -1, -1),
        ("min", 2, 120_000),
        ("h", 2, 7_200_000),
        ("d", 1.5, 129_600_000),
        ("iso", "2022-03-01T00:00:00Z", 1_646_092_800_000),
        ("iso", "2022-03-01 08:00:00.5+08:00", 1_646_092_800_500),
        ("iso", "2022-03-01T00:00:00", 1_646_092_800_000),
        ("iso", "2022-03-01", 1_646_092_800_000),
    ],
)
def test_instants(unit: str, value: Any, expected: int) -> None:
    assert read(Kind.INSTANT, value, unit=unit) == expected
    assert read(Kind.INSTANT, value, unit=unit, plus_ms=-180_000) == expected - 180_000


@given(st.integers(0, 4_102_444_800_000), st.integers(-720, 840))
def test_iso_is_the_inverse_of_writing(instant: int, offset: int) -> None:
    zone = timedelta(minutes=offset)
    local = (datetime(1970, 1, 1) + timedelta(milliseconds=instant) + zone).isoformat()
    assert read(Kind.INSTANT, local, unit="iso", utc_offset=zone) == instant
    aware = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=instant)
    assert read(Kind.INSTANT, aware.isoformat(), unit="iso", utc_offset=zone) == instant


@pytest.mark.parametrize("value", ["yesterday", 5, "2022-02-30", "0001-01-01T00:00+14:00", "9"])
def test_what_is_no_calendar_time(value: Any) -> None:
    if value == "0001-01-01T00:00+14:00":
        assert read(Kind.INSTANT, value, unit="iso") == -62_135_647_200_000
        return
    with pytest.raises(UnmappableError, match="is not a date and time as in ISO 8601"):
        read(Kind.INSTANT, value, unit="iso")


def test_a_count_may_begin_anywhere() -> None:
    assert read(Kind.INSTANT, 3, unit="d", since_ms=1000, plus_ms=-1) == 3 * 86_400_000 + 999


def test_a_template_is_filled_or_absent() -> None:
    parts = ("t-", X, "/", row_number, "@", partition_number)
    assert read(Kind.TEXT, 5.0, parts=parts) == "t-5/17@3"
    assert read(Kind.TEXT, None, parts=parts) is None
    assert read(Kind.TEXT, "", parts=parts) is None


def test_a_constant_needs_no_field() -> None:
    assert read(Kind.INTEGER, None, parts=("1", "2")) == 12


def test_values_are_translated_and_others_refused() -> None:
    values = {"1": "phone", "true": "kyc", "x": "email"}
    assert read(Kind.TEXT, 1, values=values) == "phone"
    assert read(Kind.TEXT, True, values=values) == "kyc"
    assert read(Kind.TEXT, "y", values=values, otherwise="password") == "password"
    assert read(Kind.TEXT, None, values=values) is None
    assert read(Kind.TEXT, None, values=values, default="payment") == "payment"
    with pytest.raises(UnmappableError, match="has a value that `values` does not list"):
        read(Kind.TEXT, "secret", values=values)


def test_a_translated_false_is_a_value() -> None:
    assert read(Kind.FLAG, "n", values={"y": True, "n": False}) is False
    assert read(Kind.FLAG, "z", values={"y": True}, otherwise=False) is False


def test_a_default_is_in_the_rows_own_unit() -> None:
    assert read(Kind.INTEGER, None, default=2, scale=Decimal(100)) == 200


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"a": {"b": 1}}, 1),
        ({"a.b": 2, "a": {"b": 1}}, 2),
        ({"a": {}}, None),
        ({"a": 5}, None),
        ({"a": None}, None),
        ({}, None),
    ],
)
def test_a_path_into_objects(row: dict[str, Any], expected: Any) -> None:
    assert field_getter("a.b")(row, PLACE) == expected
