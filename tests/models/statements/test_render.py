"""Sentences are filled with values that people can read."""

import math
from dataclasses import replace

import pytest

from models.rules import CATALOGUE as REAL
from models.statements.render import fields, problems, render, say
from tests.models.adjudication.story import CATALOGUE


@pytest.mark.parametrize(
    ("value", "unit", "en", "zh"),
    [
        (12_000_000.0, "ms", "3 h 20 min", "3 小时 20 分钟"),
        (86_400_000.0, "ms", "1 d", "1 天"),
        (90_061_000.0, "ms", "1 d 1 h", "1 天 1 小时"),
        (86_460_000.0, "ms", "1 d", "1 天"),
        (59_999.0, "ms", "59 s", "59 秒"),
        (250.0, "ms", "250 ms", "250 毫秒"),
        (0.0, "ms", "0 ms", "0 毫秒"),
        (-120_000.0, "ms", "-2 min", "-2 分钟"),
        (math.inf, "ms", "without end", "无限期"),
        (123_456.0, "money", "1234.56", "1234.56"),
        (0.625, "share", "62.5 %", "62.5 %"),
        (99.5, "pct", "99.5 %", "99.5 %"),
        (1_500_000.0, "n", "1500000", "1500000"),
        (0.3333, "n", "0.33", "0.33"),
        (None, "ms", "never", "从未"),
        (math.nan, "n", "never", "从未"),
    ],
)
def test_values_in_words(value: float | None, unit: str, en: str, zh: str) -> None:
    assert say(value, unit) == en
    assert say(value, unit, "zh") == zh


def test_a_sentence_is_filled_field_by_field() -> None:
    template = "gave {n_gifts} for {price:money}, last {ago:ms}"
    assert fields(template) == [("n_gifts", "n"), ("price", "money"), ("ago", "ms")]
    assert render(template, {"n_gifts": 3, "price": 1800}) == "gave 3 for 18.00, last never"


def test_format_strings_reach_nothing_but_values() -> None:
    assert render("{a.__class__} {0} {}", {"a": 1}) == "{a.__class__} {0} {}".replace(
        "{0}", "never"
    )


def test_every_rule_of_the_catalogue_has_sound_sentences() -> None:
    assert [problem for rule in REAL.values() for problem in problems(rule)] == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"tells": "within {soon:ms}"}, "G01: tells names the threshold 'soon'"),
        ({"tells_zh": "{hold:ms}"}, "G01: tells_zh names the threshold 'hold'"),
        ({"tells": "{bob}"}, "G01: tells names 'bob', which the rule does not show"),
        ({"says": "{price:yuan}"}, "G01: says: unknown unit 'yuan' of 'price'"),
        ({"says": "{price:.2f}"}, "G01: says has a brace that opens no field"),
        ({"tells": " "}, "G01: tells is empty"),
        ({"shows": ("held_for", "price", "soon")}, "G01: 'soon' is both shown and a limit"),
    ],
)
def test_what_is_wrong_with_a_sentence_is_said(change: dict[str, str], problem: str) -> None:
    assert problem in problems(replace(CATALOGUE["G01"], **change))
