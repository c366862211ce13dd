"""What every rule of the catalogue must have, whoever adds it."""

import ast
import importlib
import inspect
from pathlib import Path
from types import ModuleType
from typing import Any, Final, get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from models.detect import PLANS
from models.events import EVENT_TYPES
from models.excuses import EXCUSES
from models.features.lane import Columns
from models.findings import Finding
from models.judge import RowLimits
from models.rules import CATALOGUE
from models.rules.base import Family, Rule, Strength
from models.statements.render import fields, problems
from models.views import ROLE_CODE
from models.violations import ROLES, VIOLATIONS
from tests.models.rules.telling import shown
from tests.stories import policy
from tests.strategies import examples

HERE: Final = Path(__file__).parent
ROOM: Final = HERE.parents[2] / "models" / "rules"


every_rule = pytest.mark.parametrize(
    "rule", [pytest.param(rule, id=name) for name, rule in CATALOGUE.items()]
)


def file_name(rule: Rule) -> str:
    return f"{rule.id.lower()}_{rule.slug.replace('-', '_')}"


def module_of(rule: Rule) -> ModuleType:
    return importlib.import_module(f"models.rules.{file_name(rule)}")


def test_every_file_of_the_room_is_in_the_catalogue() -> None:
    files = {path.stem for path in ROOM.glob("*.py")} - {"__init__", "base"}
    assert files == {file_name(rule) for rule in CATALOGUE.values()}


@every_rule
def test_a_rule_is_documented(rule: Rule) -> None:
    module = module_of(rule)
    assert module.RULE is rule
    assert (module.__doc__ or "").startswith(f"{rule.id}: "), "the module says which rule it is"
    assert rule.fires.__doc__, "`fires` says why it is made as it is"
    for part in ("title", "says", "tells", "tells_zh", "runbook", "blind_spot", "since"):
        assert getattr(rule, part).strip(), f"{rule.id} has no {part}"
    assert rule.look_alikes, "whom might it accuse wrongly?"
    assert rule.family in get_args(Family)
    assert rule.family == rule.id[0]
    assert rule.strength in get_args(Strength)


@every_rule
def test_a_rules_sentences_can_be_filled(rule: Rule) -> None:
    assert problems(rule) == []
    assert sorted(fields(rule.tells)) == sorted(fields(rule.tells_zh))
    assert any("一" <= sign <= "鿿" for sign in rule.tells_zh), "tells_zh is not Chinese"


@every_rule
def test_a_rules_numbers_are_said_in_their_unit(rule: Rule) -> None:
    """A share said as per cent would be a hundred times too small."""
    units = {feature.name: str(feature.unit) for feature in PLANS[rule.view].features}
    units |= {limit.name: limit.unit for limit in rule.limits} | {"hold": "ms"}
    plain = {"flag": "n", "bits": "n"}
    for sentence in (rule.says, rule.tells):
        for name, unit in fields(sentence):
            declared = units[name]
            assert unit == plain.get(declared, declared), f"{rule.id} says {name} as {unit}"


@every_rule
def test_a_rule_shows_and_looks_at_declared_features(rule: Rule) -> None:
    names = set(PLANS[rule.view].names)
    assert set(rule.shows) <= names
    assert rule.shows, "an accusation must show what was observed"


@every_rule
def test_a_rule_is_judged_on_rows_that_exist(rule: Rule) -> None:
    code, judged = ROLE_CODE[rule.view], PLANS[rule.view].tables.judged
    assert rule.on
    for role in rule.on:
        assert role in code, f"{rule.id}: no row of the lane {rule.view} has the role {role}"
        assert judged[code[role]], f"{rule.id}: rows with the role {role} are not judged"


@every_rule
def test_a_rule_needs_events_of_the_contract(rule: Rule) -> None:
    assert rule.needs
    assert set(rule.needs) <= set(EVENT_TYPES)


@every_rule
def test_a_rule_accuses_somebody_of_something_known(rule: Rule) -> None:
    for address in rule.addresses:
        assert address.role in ROLES
        assert address.violation in VIOLATIONS
        # The entity of an account's row is the account; of a token's or a device's, nobody.
        assert (address.who == "self") <= (rule.view == "account")
        assert (address.who == "actor") <= (rule.view != "account")
        assert set(address.on) <= set(rule.on)
    for role in rule.on:
        spoken = [each for each in rule.addresses if not each.on or role in each.on]
        assert spoken, f"{rule.id} accuses nobody on {role}"
        assert len({each.who for each in spoken}) == len(spoken), "one row, one word to each"


@every_rule
def test_a_rule_is_excused_by_what_can_excuse_it(rule: Rule) -> None:
    for name in rule.excused_by:
        assert name in EXCUSES, f"{rule.id}: no excuse is called {name}"
        excuse = EXCUSES[name]
        assert excuse.listed or rule.view in excuse.views, f"{name} does not know {rule.view} rows"


@every_rule
def test_a_rules_limits_have_bounds_a_unit_and_a_sentence(rule: Rule) -> None:
    names = [limit.name for limit in rule.limits]
    assert len(set(names)) == len(names)
    for limit in rule.limits:
        assert limit.name.isidentifier()
        assert limit.name not in ("state", "hold"), "the policy has a key of that name"
        assert limit.low <= limit.default <= limit.high
        assert limit.low < limit.high
        assert limit.unit in ("n", "ms", "money", "share", "bits")
        assert limit.says.strip()


@every_rule
def test_a_rules_festive_limits_know_how_long_a_festival_lasts(rule: Rule) -> None:
    assert any(limit.festive for limit in rule.limits) == (rule.festive_ms > 0)


@every_rule
def test_a_rules_tally_counts_fields_of_findings_against_its_limits(rule: Rule) -> None:
    if rule.tally is None:
        return
    limits = {limit.name for limit in rule.limits}
    assert rule.tally.counts
    assert rule.tally.window_ms > 0
    for field, limit in rule.tally.counts.items():
        assert field in Finding.__struct_fields__
        assert limit in limits
    assert rule.tally.by in (None, "token", "other")


@every_rule
def test_a_rule_that_only_supports_has_no_tally(rule: Rule) -> None:
    """What it finds is set aside as it comes."""
    assert rule.strength != "support" or rule.tally is None


@every_rule
def test_a_rules_trails_lie_within_what_the_lane_remembers(rule: Rule) -> None:
    remembered = int(PLANS[rule.view].tables.windows.max())
    for trail in rule.trails:
        assert set(trail.roles) <= set(ROLE_CODE[rule.view]), f"{rule.id}: an unknown role"
        assert 0 < trail.window_ms <= remembered


class _Watched:
    """A namespace that notes which of its names are asked for."""

    def __init__(self, of: Any) -> None:
        self._of = of
        self.asked: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        self.asked.add(name)
        return getattr(self._of, name)


def judged(rule: Rule, matrix: NDArray[np.float64], **limits: float) -> NDArray[np.bool_]:
    """The rule's verdict on rows of features, with limits turned where said."""
    lane = PLANS[rule.view]
    f = Columns({name: at for at, name in enumerate(lane.names)}, matrix)
    ts = np.full(len(matrix), 1_711_929_600_000, np.int64)
    at = RowLimits(rule, {**policy().limits(rule), **limits}, policy(), ts)
    return rule.fires(f, at)


def rows(rule: Rule, number: int) -> NDArray[np.float64]:
    return np.full((number, len(PLANS[rule.view].names)), np.nan)


@every_rule
@pytest.mark.parametrize("number", [0, 1, 3])
def test_a_rule_does_not_fire_on_what_never_happened(rule: Rule, number: int) -> None:
    hits = judged(rule, rows(rule, number))
    assert hits.dtype == np.bool_
    assert hits.shape == (number,)
    assert not hits.any()


def _values(rule: Rule) -> list[float]:
    """What random rows are made of: never, nothing, and both sides of every limit."""
    near = {0.0, 1.0, 2.0, 1e6, 1e12}
    for limit in rule.limits:
        near |= {limit.default, limit.default - 1, limit.default + 1, limit.low, limit.high}
        near |= {limit.default * 1_000_000, 86_400_000.0 + limit.default}
    return [float("nan"), *sorted(near)]


def _random_rows(rule: Rule, data: st.DataObject) -> NDArray[np.float64]:
    seed = data.draw(st.integers(0, 2**32 - 1), label="seed of the rows")
    shape = (64, len(PLANS[rule.view].names))
    return np.random.default_rng(seed).choice(_values(rule), shape)


@every_rule
@examples(20)
@given(data=st.data())
def test_a_rule_judges_each_row_alone(rule: Rule, data: st.DataObject) -> None:
    """Whatever a row holds, it is judged, and the same beside any others."""
    matrix = _random_rows(rule, data)
    hits = judged(rule, matrix)
    assert hits.dtype == np.bool_
    assert hits.shape == (len(matrix),)
    half = len(matrix) // 2
    apart = [judged(rule, matrix[:half]), judged(rule, matrix[half:])]
    assert np.concatenate(apart).tolist() == hits.tolist()


@every_rule
@examples(10)
@given(data=st.data())
def test_a_stricter_limit_never_accuses_more(rule: Rule, data: st.DataObject) -> None:
    """Which way is stricter is what the rule's `edge` stories say."""
    matrix = _random_rows(rule, data)
    before = judged(rule, matrix)
    limits = {limit.name: limit for limit in rule.limits}
    for each in shown(stories_of(rule)):
        if each.kind == "edge":
            limit = limits[each.name]
            end = limit.high if each.stricter > 0 else limit.low
            share = data.draw(st.floats(0, 1), label=f"how far {limit.name} is turned")
            value = limit.default + share * (end - limit.default)
            after = judged(rule, matrix, **{limit.name: value})
            assert not (after & ~before).any(), f"{limit.name} at {value} accuses more"


@every_rule
def test_a_rule_reads_all_its_limits(rule: Rule) -> None:
    """A limit that neither the predicate nor the tally reads would turn nothing."""
    f = Columns({name: at for at, name in enumerate(PLANS[rule.view].names)}, rows(rule, 1))
    ts = np.zeros(1, np.int64)
    limits = _Watched(RowLimits(rule, policy().limits(rule), policy(), ts))
    rule.fires(f, limits)
    read = limits.asked | set(rule.tally.counts.values() if rule.tally else ())
    assert {limit.name for limit in rule.limits} <= read


@every_rule
def test_a_rule_has_no_thresholds_in_its_body(rule: Rule) -> None:
    """A number that ops cannot turn is no threshold: 0, 1 and a million (for ppm) are structure."""
    tree = ast.parse(inspect.getsource(rule.fires))
    numbers = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, int | float)
        and not isinstance(node.value, bool)
    }
    assert numbers <= {0, 1, 1_000_000}


def stories_of(rule: Rule) -> ModuleType:
    name = f"test_{file_name(rule)}"
    assert (HERE / f"{name}.py").exists(), (
        f"{rule.id} has no stories: write tests/models/rules/{name}.py"
    )
    return importlib.import_module(f"tests.models.rules.{name}")


@every_rule
def test_a_rule_has_its_stories(rule: Rule) -> None:
    told = [each for each in shown(stories_of(rule)) if each.rule == rule.id]
    where = f"in tests/models/rules/test_{file_name(rule)}.py"
    kinds = {each.kind for each in told}
    missing = [
        f"@{kind}({rule.id!r}, ...): {what}"
        for kind, what in (
            ("fires", "a story in which it accuses"),
            ("silent", "a story beside it in which it does not"),
        )
        if kind not in kinds
    ]
    quiet = {each.name for each in told if each.kind == "look_alike"}
    missing += [
        f"@look_alike({rule.id!r}, {name!r}, ...): honest people who look like it"
        for name in rule.look_alikes
        if name not in quiet
    ]
    edges = {each.name for each in told if each.kind == "edge"}
    missing += [
        f"@edge({rule.id!r}, {limit.name!r}, ...): a story on the edge of {limit.default:g}"
        for limit in rule.limits
        if limit.name not in edges
    ]
    assert not missing, "\n".join([f"{where} write", *missing])
