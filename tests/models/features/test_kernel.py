"""The kernel, held to the oracle in every cell."""

import math
import random
from itertools import pairwise
from types import SimpleNamespace
from typing import Any, Final, get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import columns
from models import events as ev
from models.features import account, device, kernel, token
from models.features import language as lang
from models.features.lane import Lane
from models.features.language import DAY, HOUR, Feature
from models.views import ROLE_CODE, ROLES, ROW_IDS, Rows
from tests.models.features import oracle
from tests.models.features.running import (
    BETWEEN,
    SHIPPED,
    Between,
    assert_as_the_oracle,
    computed,
    ordered,
    plan_of,
)
from tests.models.features.running import run as run_parts
from tests.strategies import START_TS, WINDOWS, Arrival, examples, histories

LANES: Final = tuple(SHIPPED)
JUDGED: Final = {"account": account.JUDGED, "token": token.JUDGED, "device": device.JUDGED}
cuts = st.lists(st.integers(0, 40), max_size=5)
spaces = st.sampled_from((*ROW_IDS, "actor>other", "other>actor"))
windows = st.sampled_from(WINDOWS)
numbers = st.sampled_from(("amount", "num"))


def _feature_sets(lane: str) -> st.SearchStrategy[tuple[Feature, ...]]:
    """Made-up declarations: every word of the language with every option."""
    often = ("gift_out", "gift_in", "login") if lane == "account" else ()
    role = st.sampled_from((*often, *ROLES[lane]))
    some = st.lists(role, min_size=1, max_size=4, unique=True).map(tuple)
    apart = st.lists(role, min_size=2, max_size=4, unique=True).map(
        lambda roles: (tuple(roles[::2]), tuple(roles[1::2]))
    )
    perhaps = st.one_of(st.none(), spaces)
    sides = st.sampled_from((("actor", "other"), ("other", "actor"), ("token", "token")))
    how = st.one_of(
        st.builds(
            lang.Count,
            some,
            within=st.one_of(st.none(), windows),
            per=perhaps,
            new=st.one_of(st.none(), st.sampled_from(ROW_IDS)),
        ),
        st.builds(lang.Total, some, numbers, windows, per=perhaps),
        st.builds(lang.Distinct, st.sampled_from(ROW_IDS), some, windows),
        st.builds(
            lambda name, two, within: lang.Mutual(name, two[0], two[1], within),
            st.sampled_from(ROW_IDS),
            apart,
            windows,
        ),
        st.builds(lang.Age, some, per=perhaps, first=st.booleans()),
        st.builds(lang.Last, some, numbers, per=perhaps),
        st.builds(lambda of, two: lang.SameAsLast(of, *two), some, sides),
        st.builds(lang.SlowestOfThree, some),
        st.builds(lang.Slept, windows, of=st.one_of(st.just(()), some)),
        st.builds(lang.Woke, windows, of=st.one_of(st.just(()), some)),
        st.builds(lambda of, two: lang.HopsBack(of, *two), some, sides),
        st.builds(lang.This, numbers),
        st.builds(lang.Is, some),
        st.builds(lang.Knows, st.sampled_from(ROW_IDS)),
    )
    return st.lists(how, min_size=1, max_size=8).map(
        lambda hows: tuple(Feature(f"f{n}", how, "n", "made up") for n, how in enumerate(hows))
    )


def _gift(number: int, at: int, sender: str = "ann", recipient: str = "bo", **more: Any) -> Arrival:
    more = {"token": "t1", "collection": "c1", **more}
    gift = ev.Gift(event_id=f"g{number:05}", ts=at, sender=sender, recipient=recipient, **more)
    return Arrival(gift, at)


def _last_row(arrivals: list[Arrival], role: str, *hows: lang.How, lane: str = "account") -> Any:
    """What the kernel says of the last row of a role, by declaration."""
    features = tuple(Feature(f"f{n}", how, "n", "made up") for n, how in enumerate(hows))
    return computed(plan_of(lane, features, judged=(role,)), arrivals)[-1].tolist()


def test_the_oracle_gives_a_meaning_to_every_word_of_the_language() -> None:
    assert {*oracle.MEANING, lang.Derived} == set(get_args(lang.How))


def test_none_is_the_same_to_columns_and_kernel() -> None:
    assert kernel.NEVER == columns.NONE


@pytest.mark.parametrize("lane", LANES)
def test_a_derived_feature_reads_what_is_declared_above_it(lane: str) -> None:
    for number, feature in enumerate(SHIPPED[lane]):
        if isinstance(feature.how, lang.Derived):
            above = {one.name: np.ones(1) for one in SHIPPED[lane][:number]}
            assert feature.how.of(SimpleNamespace(**above)).shape == (1,), feature.name


@pytest.mark.parametrize("short_by", [-1, 0, 1])
def test_this_account_is_one_of_a_devices_accounts_now(short_by: int) -> None:
    """At the edge of the window as well, where it is not counted among the past ones."""
    history = [
        _gift(0, START_TS, device="d1"),
        _gift(1, START_TS + HOUR, "cy", device="d1"),
        _gift(2, START_TS + 30 * DAY - short_by, device="d1"),
    ]
    plan = plan_of("device", SHIPPED["device"])
    assert computed(plan, history)[-1, plan.names.index("accounts_now")] == 2


@pytest.mark.parametrize("lane", LANES)
@examples(120)
@given(arrivals=histories(), cuts=cuts, between=st.sampled_from(BETWEEN))
def test_the_declared_features_are_exact(
    lane: str, arrivals: list[Arrival], cuts: list[int], between: Between
) -> None:
    assert_as_the_oracle(plan_of(lane, SHIPPED[lane]), arrivals, cuts, between)


@pytest.mark.parametrize("lane", LANES)
@examples(200)
@given(data=st.data(), arrivals=histories(), cuts=cuts, between=st.sampled_from(BETWEEN))
def test_any_declaration_is_exact(
    lane: str, data: st.DataObject, arrivals: list[Arrival], cuts: list[int], between: Between
) -> None:
    features = data.draw(_feature_sets(lane))
    # A purchase has an amount of its own, which wins over the outside price.
    valued = ("purchased", "gift_in", "came_back") if lane == "account" else ()
    assert_as_the_oracle(plan_of(lane, features, valued=valued), arrivals, cuts, between)


@pytest.mark.parametrize("window", WINDOWS[:-1])
@pytest.mark.parametrize(("short_by", "inside"), [(0, 0), (1, 1), (-1, 0)])
def test_a_window_holds_what_is_younger_than_it(window: int, short_by: int, inside: int) -> None:
    out, back = ("gift_out",), ("gift_in",)
    now = START_TS + window - short_by
    history = [_gift(0, START_TS), _gift(1, START_TS, "bo", "ann"), _gift(2, now)]
    assert _last_row(
        history,
        "gift_out",
        lang.Count(out, window),
        lang.Count(out, window, per="other"),
        lang.Count(out, window, new="other"),
        lang.Distinct("other", out, window),
        lang.Mutual("other", out, back, window),
        lang.Count(out),
    ) == [inside, inside, inside, inside, inside, 1]


def test_an_age_ends_at_the_horizon() -> None:
    age = (
        lang.Age(("gift_out",)),
        lang.Age(("gift_out",), per="other"),
        lang.Age(("gift_out",), first=True),
    )
    for beyond, expected in ((0, kernel.HORIZON_MS), (1, math.nan)):
        history = [_gift(0, START_TS), _gift(1, START_TS + kernel.HORIZON_MS + beyond)]
        answers = _last_row(history, "gift_out", *age)
        np.testing.assert_array_equal(answers, [expected] * 3)


def test_a_device_seen_anywhere_is_not_new_to_a_login() -> None:
    new = lang.Count(("login",), new="device")
    login = ev.Login(event_id="l", ts=START_TS + 1, account="ann", device="phone")
    asks = _gift(9, START_TS + 2)
    for before, expected in (("phone", 0), ("tablet", 1), (None, 1)):
        history = [_gift(0, START_TS, device=before), Arrival(login, START_TS + 1), asks]
        assert _last_row(history, "gift_out", new) == [expected]


@pytest.mark.parametrize(("beyond", "expected"), [(0, 0), (1, 1)])
def test_a_device_not_seen_for_the_horizon_is_new_again(beyond: int, expected: int) -> None:
    at = START_TS + kernel.HORIZON_MS + beyond
    login = ev.Login(event_id="l", ts=at, account="ann", device="phone")
    history = [_gift(0, START_TS, device="phone"), Arrival(login, at), _gift(1, at + 1)]
    assert _last_row(history, "gift_out", lang.Count(("login",), DAY, new="device")) == [expected]


def test_a_value_leaves_a_distinct_count_with_its_last_row_only() -> None:
    distinct = lang.Distinct("other", ("gift_out",), DAY)
    history = [
        _gift(0, START_TS),
        _gift(1, START_TS + HOUR, recipient="cy"),
        _gift(2, START_TS + 2 * HOUR),
    ]
    for at, expected in ((DAY, 2), (DAY + HOUR, 1), (DAY + 2 * HOUR, 0)):
        asks = _gift(3, START_TS + at)
        assert _last_row([*history, asks], "gift_out", distinct) == [expected]


def test_what_others_do_does_not_wake_an_account() -> None:
    slept, woke = lang.Slept(DAY, ("gift_out",)), lang.Woke(DAY, ("gift_out",))
    history = [_gift(0, START_TS), _gift(1, START_TS + 2 * DAY, "bo", "ann")]
    np.testing.assert_array_equal(_last_row(history, "gift_in", slept, woke), [math.nan] * 2)
    history.append(_gift(2, START_TS + 3 * DAY))
    assert _last_row(history, "gift_out", slept, woke) == [3 * DAY, 0]
    history.append(_gift(3, START_TS + 3 * DAY + HOUR, "bo", "ann"))
    assert _last_row(history, "gift_in", slept, woke) == [3 * DAY, HOUR]


def test_hops_count_the_gift_that_leaves_and_the_gift_that_returns() -> None:
    hops = lang.HopsBack(("moved",), write="actor", read="other")
    names = ("ann", "bo", "cy", "dee", "ann")
    history = [
        _gift(n, START_TS + n, sender, recipient)
        for n, (sender, recipient) in enumerate(pairwise(names))
    ]
    assert _last_row(history, "moved", hops, lane="token") == [4]
    np.testing.assert_array_equal(_last_row(history[:3], "moved", hops, lane="token"), [math.nan])


def test_a_gift_is_worth_the_latest_outside_price_before_it() -> None:
    def price(number: int, at: int, amount: int, collection: str = "c1") -> Arrival:
        event = ev.MarketPrice(event_id=f"m{number}", ts=at, collection=collection, price=amount)
        return Arrival(event, at)

    total = lang.Total(("gift_out",), "amount", DAY, per="other")
    history = [
        _gift(0, START_TS),
        price(0, START_TS + 1, 700),
        price(1, START_TS + 1, 9, "c2"),
        _gift(1, START_TS + 2),
        price(2, START_TS + 3, 40),
        _gift(2, START_TS + 4),
        _gift(3, START_TS + 5),
    ]
    assert _last_row(history, "gift_out", total, lang.This("amount")) == [740, 40]


def _busy(seed: int, size: int) -> list[Arrival]:
    """A few hundred accounts, one of them in every ninth event, over four months."""
    chance = random.Random(seed)
    names = [f"a{n}" for n in range(300)]
    arrivals, at = [], START_TS
    for n in range(size):
        at += chance.choice((0, 1, HOUR, chance.randrange(2 * HOUR), chance.randrange(6 * HOUR)))
        one, two = chance.sample(names, 2)
        if n % 9 == 0 and two != "a0":
            one = "a0"
        token, device = f"t{chance.randrange(150)}", f"d{chance.randrange(400)}"
        geo = f"g{chance.randrange(40)}"
        common: dict[str, Any] = {"event_id": f"e{chance.randrange(10**9)}-{n}", "ts": at}
        event: ev.Event
        match chance.randrange(8):
            case 0:
                event = ev.Login(account=one, device=device, geo=geo, **common)
            case 1:
                amount = chance.randrange(10**6)
                event = ev.Payment(payer=one, payee=two, amount=amount, **common)
            case 2:
                event = ev.FriendAdded(account=one, friend=two, **common)
            case 3:
                collection, price = f"c{chance.randrange(9)}", chance.randrange(10**6)
                event = ev.MarketPrice(collection=collection, price=price, **common)
            case 4:
                event = ev.Listing(site="s", action="posted", price=5, token=token, **common)
            case _:
                event = ev.Gift(
                    sender=one,
                    recipient=two,
                    token=token,
                    collection=f"c{chance.randrange(9)}",
                    device=device,
                    **common,
                )
        arrivals.append(Arrival(event, at))
    return arrivals


@pytest.mark.parametrize(("lane", "between"), list(zip(LANES, BETWEEN, strict=True)))
def test_growing_forgetting_and_restarting_change_no_answer(lane: str, between: Between) -> None:
    arrivals = _busy(seed=11, size=5_200)
    plan = plan_of(lane, SHIPPED[lane], judged=JUDGED[lane])
    chance = random.Random(12)
    many = [chance.randrange(len(arrivals)) for _ in range(150)]
    assert_as_the_oracle(plan, arrivals, many, between)
    np.testing.assert_array_equal(computed(plan, arrivals), computed(plan, arrivals, many))


def test_the_log_behind_the_longest_window_is_dropped() -> None:
    plan = plan_of("account", (Feature("n", lang.Count(("gift_out",), DAY), "n", "made up"),))
    batch = ordered([_gift(n, START_TS + n * HOUR) for n in range(1_000)])
    lane = Lane(plan)
    for start in range(0, 1_000, 10):
        for _ in run_parts(lane, batch.take(slice(start, start + 10))):
            pass
        lane.forget()
    # 24 gifts are inside the window, 10 are new, and as many again may wait to be dropped.
    assert len(lane.log.at) <= 2 * 2 * 2 * (24 + 10 + 1)


@pytest.mark.parametrize("between", BETWEEN)
@examples(60)
@given(
    arrivals=histories(),
    cuts=cuts,
    roles=st.lists(st.sampled_from(ROLES["account"]), min_size=1, unique=True).map(tuple),
    same=st.sampled_from((None, *ROW_IDS)),
    within=st.sampled_from([window for window in WINDOWS if window < 30 * DAY]),
)
def test_trails_are_the_evidence_and_nothing_else(
    between: Between,
    arrivals: list[Arrival],
    cuts: list[int],
    roles: tuple[str, ...],
    same: str | None,
    within: int,
) -> None:
    plan = plan_of("account", SHIPPED["account"])
    expected = iter([r for r in oracle.rows(arrivals, "account") if r.entity is not None])
    ids = [arrival.event.event_id for arrival in oracle.in_order(arrivals)]
    for lane, judged in run_parts(Lane(plan), ordered(arrivals), cuts, between):
        for index in judged.index.tolist():
            row = next(expected)
            assert ids[lane.event_at(index)] == row.event.event_id
            evidence = oracle.trail(row, roles, within, same)
            assert [ids[n] for n in lane.trail(index, roles, within, same)] == [
                one.event.event_id for one in evidence
            ]
    assert next(expected, None) is None


def test_a_trail_ends_with_the_newest_two_hundred() -> None:
    lane = Lane(plan_of("account", SHIPPED["account"], judged=("gift_out",)))
    batch = ordered([_gift(n, START_TS + n) for n in range(450)])
    ((_, judged),) = run_parts(lane, batch)
    trail = lane.trail(int(judged.index[-1]), ("gift_out",), DAY, "other")
    assert trail.tolist() == list(range(250, 450))


def test_relations_that_share_a_number_stay_apart() -> None:
    """Ids of all kinds are numbers from 0 on: enough entities that some of their relations meet
    in the hash table. Each first names one kind of id, then all of them."""
    hows = [lang.Count(("gift_out",), per=name) for name in ROW_IDS]
    features = tuple(Feature(f"f{n}", how, "n", "made up") for n, how in enumerate(hows))
    lane, kinds, step = Lane(plan_of("account", features)), len(ROW_IDS), 500
    for start in range(0, 20_000, step):
        entity = np.repeat(np.arange(start, start + step, dtype=np.int32), 2)
        ids = np.zeros((2 * step, kinds), np.int32)
        ids[::2] = np.where(np.arange(kinds) == entity[::2, None] % kinds, 0, -1)
        rows = Rows(
            event=np.arange(2 * step),
            entity=entity,
            role=np.full(2 * step, ROLE_CODE["account"]["gift_out"], np.uint8),
            at=np.full(2 * step, START_TS),
            ids=ids,
            values=np.full((2 * step, 2), columns.NONE),
        )
        matrix = lane.run(rows, rows.event.astype(np.int64), start + step, 1).features.matrix
        np.testing.assert_array_equal(matrix[1::2], ids[::2] + 1)


def test_novelty_is_kept_for_any_number_of_relations() -> None:
    pairs = [f"{one}>{two}" for one in ("actor", "other") for two in ROW_IDS]
    hows = [lang.Count(("gift_out",), per=name) for name in pairs]
    hows += [lang.Count(("gift_out",), DAY, new=name) for name in ROW_IDS]
    history = [_gift(0, START_TS, device="d", geo="g"), _gift(1, START_TS + 1)]
    answers = _last_row(history, "gift_out", *hows)
    assert dict(zip(ROW_IDS, answers[len(pairs) :], strict=True)) == {
        "other": 1,
        "actor": 1,
        "token": 1,
        "device": 1,
        "geo": 1,
        "person": 0,
        "collection": 1,
    }


def test_a_role_named_twice_counts_once_and_leaves_once() -> None:
    twice = lang.Count(("gift_out", "gift_out"), DAY)
    history = [_gift(0, START_TS), _gift(1, START_TS + HOUR), _gift(2, START_TS + DAY)]
    assert _last_row(history, "gift_out", twice) == [1]


@pytest.mark.parametrize(
    ("hows", "error"),
    [
        ((lang.Mutual("other", ("gift_out", "paid"), ("gift_in", "paid"), DAY),), ValueError),
        ((lang.Count(("gift_oat",)),), KeyError),
        ((lang.Count(("moved",)),), KeyError),
    ],
)
def test_a_declaration_without_a_meaning_is_refused(
    hows: tuple[lang.How, ...], error: type[Exception]
) -> None:
    with pytest.raises(error):
        _last_row([_gift(0, START_TS)], "gift_out", *hows)


def test_a_name_declared_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        plan_of("account", (Feature("n", lang.This("amount"), "n", "made up"),) * 2)


def test_a_senders_device_is_not_known_to_the_recipient() -> None:
    login = ev.Login(event_id="l", ts=START_TS + 1, account="bo", device="phone")
    history = [_gift(0, START_TS, device="phone"), Arrival(login, START_TS + 1)]
    asks = _gift(1, START_TS + 2, "bo", "cy")
    assert _last_row([*history, asks], "gift_out", lang.Count(("login",), new="device")) == [1]
