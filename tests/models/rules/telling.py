"""What a rule's stories must show, by decorators that `test_catalogue` counts.

A decorated function returns a `Story`; the test that pytest collects in its place tells it and
asserts what the decorator says. A rule is complete with

- `fires`: a story in which it accuses,
- `silent`: a story beside it in which it does not,
- `look_alike`: for each honest look-alike that it names, a story in which it harms nobody,
- `edge`: for each of its limits a story on the default's very edge, told on both sides of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Final, Literal

import pytest

from models.rules import CATALOGUE
from tests.stories import Story, bundle

Tells = Callable[[], Story]
Kind = Literal["fires", "silent", "look_alike", "edge"]

_MARK: Final = "_shows"


@dataclass(frozen=True)
class Shows:
    """What a test shows of a rule; `name` is the look-alike's or the limit's. `stricter` is the
    direction in which an edge's limit accuses fewer: 1 upwards, -1 downwards."""

    kind: Kind
    rule: str
    name: str = ""
    stricter: int = 0


def shown(module: ModuleType) -> list[Shows]:
    """What the tests of a module show."""
    return [getattr(each, _MARK) for each in vars(module).values() if hasattr(each, _MARK)]


def fires(rule: str, *accounts: str) -> Callable[[Tells], Callable[..., None]]:
    """The rule makes evidence against each of these accounts."""

    def accuses(tell: Tells) -> None:
        told = tell().told()
        for account in accounts:
            assert told.fired(rule, account), told.why(account)

    return _test(Shows("fires", rule), accuses, accounts)


def silent(rule: str, *accounts: str) -> Callable[[Tells], Callable[..., None]]:
    """The rule makes no evidence against any of these accounts."""

    def accuses_nobody(tell: Tells) -> None:
        told = tell().told()
        for account in accounts:
            assert not told.fired(rule, account), told.why(account)

    return _test(Shows("silent", rule), accuses_nobody, accounts)


def look_alike(
    rule: str,
    name: str,
    *accounts: str,
    up_to: Literal["L0", "L1"] = "L0",
    shortfall: str = "",
) -> Callable[[Tells], Callable[..., None]]:
    """No rule brings a level above `up_to` on these honest accounts: with L1, a reminder of the
    rules is accepted, as punishing nobody.

    `shortfall` says why today's rules do harm somebody. The test then has to fail, so that
    whoever mends the rule takes the sentence out.
    """

    def harms_nobody(tell: Tells) -> None:
        told = tell().told()
        for account in accounts:
            assert told.quiet(account, up_to), told.why(account)

    known = pytest.mark.xfail(strict=True, reason=shortfall) if shortfall else None
    return _test(Shows("look_alike", rule, name), harms_nobody, accounts, known)


def edge(
    rule: str,
    limit: str,
    account: str,
    *,
    fires_at: float,
    quiet_at: float,
    shortfall: str = "",
) -> Callable[[Tells], Callable[..., None]]:
    """The same story, told with the limit at its default and one step beside it: with one of the
    two the rule accuses, with the other it does not.

    `shortfall` says why today the rule does not heed the limit, and accuses with both.
    """

    def tells_apart(tell: Tells, value: float, accused: bool) -> None:
        told = tell().told(bundle(**{f"rules.{rule}": {limit: value}}))
        assert told.fired(rule, account) is accused, told.why(account)

    declared = {each.name: each.default for each in CATALOGUE[rule].limits}
    assert declared[limit] in (fires_at, quiet_at), f"the default is {declared[limit]}"
    known = [pytest.mark.xfail(strict=True, reason=shortfall)] if shortfall else []
    sides = pytest.mark.parametrize(
        ("value", "accused"),
        [
            pytest.param(fires_at, True, id="fires"),
            pytest.param(quiet_at, False, id="quiet", marks=known),
        ],
    )
    stricter = 1 if quiet_at > fires_at else -1
    return _test(Shows("edge", rule, limit, stricter), tells_apart, (account,), sides)


def _test(
    shows: Shows,
    check: Callable[..., None],
    accounts: tuple[str, ...],
    mark: pytest.MarkDecorator | None = None,
) -> Callable[[Tells], Callable[..., None]]:
    assert accounts, f"say which accounts the story of {shows.rule} is about"

    def decorate(tell: Tells) -> Callable[..., None]:
        def plain() -> None:
            check(tell)

        def sided(value: float, accused: bool) -> None:
            check(tell, value, accused)

        test: Callable[..., None] = sided if shows.kind == "edge" else plain
        test.__name__, test.__doc__, test.__module__ = tell.__name__, tell.__doc__, tell.__module__
        told: Any = test if mark is None else mark(test)
        setattr(told, _MARK, shows)
        return told

    return decorate
