"""The policy answers what was in force when: holds, calendars, thresholds, states."""

import math

import numpy as np
import pytest

from config.policy import load_preset, parse_policy
from models.policy import Policy
from tests.config.made_up import CATALOGUE, EXCUSES

HOUR = 3_600_000
DAY = 24 * HOUR


def at(date: str) -> int:
    return int(np.datetime64(date, "ms").astype(np.int64))


def policy(text: str = "") -> Policy:
    return parse_policy(text, "test.toml", CATALOGUE, EXCUSES)


def held(of: Policy, date: str, by_gift: bool) -> float:
    return float(of.holds(np.array([at(date)]), np.array([by_gift]))[0])


def test_by_default_a_token_is_held_for_a_day_however_it_came() -> None:
    assert held(policy(), "2022-05-01", by_gift=False) == 24 * HOUR
    assert held(policy(), "2022-05-01", by_gift=True) == 24 * HOUR


def test_a_changed_hold_applies_from_its_date_and_not_before() -> None:
    jingtan = load_preset("hold-then-gift", CATALOGUE, EXCUSES)
    times = np.array([at(d) for d in ("2021-06-22", "2023-07-31T23:59:59", "2023-08-01")])
    bought = np.zeros(3, dtype=np.bool_)
    assert jingtan.holds(times, bought).tolist() == [180 * DAY, 180 * DAY, DAY]
    assert jingtan.holds(times, ~bought).tolist() == [730 * DAY, 730 * DAY, DAY]


def test_where_gifts_are_forbidden_no_hold_is_long_enough() -> None:
    huanhe = load_preset("no-transfer", CATALOGUE, EXCUSES)
    assert held(huanhe, "2022-05-01", by_gift=False) == math.inf


def test_holds_keep_the_shape_of_an_empty_batch() -> None:
    none = policy().holds(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.bool_))
    assert none.shape == (0,)
    assert policy().festive(np.zeros(0, dtype=np.int64)).shape == (0,)


@pytest.mark.parametrize(
    ("date", "multiplier"),
    [
        ("2022-02-01", 2.0),  # Spring Festival, listed for this year
        ("2022-03-15", 1.0),
        ("2024-12-25", 2.0),  # yearly
        ("2031-12-25T23:59:59", 2.0),
        ("2031-12-27", 1.0),
        ("2024-01-01T12:00", 2.0),  # a festival of the year before that runs over its end
        ("2024-01-02", 1.0),
    ],
)
def test_festive_days_multiply(date: str, multiplier: float) -> None:
    assert policy().festive(np.array([at(date)])).tolist() == [multiplier]


def test_overlapping_festivals_count_once_at_the_highest() -> None:
    both = policy(
        """
        calendar = [
          { name = "a", from = 2022-05-01, days = 3, multiplier = 2 },
          { name = "b", from = 2022-05-02, days = 1, multiplier = 3 },
        ]
        """
    )
    days = np.array([at("2022-05-01"), at("2022-05-02"), at("2022-05-03"), at("2022-05-04")])
    assert both.festive(days).tolist() == [2.0, 3.0, 2.0, 1.0]


def test_a_yearly_festival_survives_the_leap_day() -> None:
    march = policy(
        'calendar = [{ name = "a", from = 2021-03-05, days = 1, multiplier = 2, yearly = true }]'
    )
    days = np.array([at("2024-03-04"), at("2024-03-05"), at("2023-03-05"), at("2023-03-06")])
    assert march.festive(days).tolist() == [1.0, 2.0, 2.0, 1.0]


def test_limits_are_the_rules_defaults_overlaid_by_the_policy() -> None:
    rule = CATALOGUE["G04"]
    assert policy().limits(rule) == {"recipients": 5.0, "within": 24.0 * HOUR}
    turned = policy('[rules.G04]\nrecipients = 8\nwithin = "2 d"')
    assert turned.limits(rule) == {"recipients": 8.0, "within": 48.0 * HOUR}
    assert turned.limits(CATALOGUE["G01"]) == {}


def test_a_rule_is_live_unless_the_policy_or_its_author_says_otherwise() -> None:
    states = policy('[rules.G04]\nstate = "off"')
    assert states.state("G04") == "off"
    assert states.state("G01") == "live"
    assert states.state("G09") == "shadow"  # ships in shadow
    assert policy('[rules.G09]\nstate = "live"').state("G09") == "live"


def test_excuses_are_turned_like_rules() -> None:
    turned = policy('[excuses.household]\nstate = "shadow"\nshared = "30 d"')
    assert turned.excuse_state("household") == "shadow"
    assert turned.excuse_limits("household", EXCUSES["household"]) == {"shared": 30.0 * DAY}
    assert policy().excuse_state("household") == "live"


def test_durations_are_in_ms() -> None:
    assert policy("[time]\nallowed_lateness = '7 s'").allowed_lateness_ms == 7_000
