"""Bundles are read, merged and refused with the file, the line, the key, and what is allowed."""

import tomllib
from pathlib import Path

import jsonschema
import pytest

from config.policy import DEFAULT, PRESETS, load_policy, load_preset, parse_policy, preset_names
from config.policy_schema import policy_schema
from config.policy_text import policy_text
from models.policy import Policy, PolicyError
from tests.config.made_up import CATALOGUE, EXCUSES

TRANSFER = """\
[[transfer]]
from = 2021-06-23
gifting = "allowed"
hold_after_purchase = "180 d"
hold_after_gift = "730 d"
"""


def parse(text: str) -> Policy:
    return parse_policy(text, "my.toml", CATALOGUE, EXCUSES)


def refusal(text: str) -> str:
    with pytest.raises(PolicyError) as refused:
        parse(text)
    return str(refused.value)


def test_no_path_means_the_default_bundle() -> None:
    policy = load_policy(None, CATALOGUE, EXCUSES)
    assert policy.name == "default"
    assert policy == load_policy(DEFAULT, CATALOGUE, EXCUSES)


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_loads_under_its_own_name(name: str) -> None:
    assert load_preset(name, CATALOGUE, EXCUSES).name == name


def test_a_bundle_says_only_what_differs() -> None:
    policy = parse('name = "mine"\n[ladder.L3]\napproval = "two_reviewers"')
    default = load_policy(None, CATALOGUE, EXCUSES)
    assert policy.ladder["L3"].approval == "two_reviewers"
    assert policy.ladder["L3"].days == default.ladder["L3"].days
    assert policy.ladder["L4"] == default.ladder["L4"]


def test_a_bundle_may_extend_a_preset() -> None:
    policy = parse('extends = "hold-then-gift"\nname = "mine"')
    assert policy.transfer == load_preset("hold-then-gift", CATALOGUE, EXCUSES).transfer


def test_the_version_knows_content_and_not_spelling() -> None:
    one = parse('[rules.G04]\nrecipients = 8\nwithin = "48 h"\n[appeal]\ndays = 200')
    same = parse('# why\n[appeal]\ndays = 200\n[rules]\nG04 = { within = "2 d", recipients = 8.0 }')
    other = parse('[rules.G04]\nrecipients = 9\nwithin = "48 h"\n[appeal]\ndays = 200')
    assert one.version == same.version
    assert one.version != other.version


def test_saying_what_holds_anyway_changes_nothing() -> None:
    plain = load_policy(None, CATALOGUE, EXCUSES)
    said = parse('[rules.G04]\nstate = "live"\nrecipients = 5\n[rules.G09]\nstate = "shadow"')
    assert said == plain
    assert said.version == plain.version


@pytest.mark.parametrize("name", preset_names())
def test_a_policy_written_out_in_full_reads_back_the_same(name: str) -> None:
    policy = load_preset(name, CATALOGUE, EXCUSES)
    text = policy_text(policy, CATALOGUE, EXCUSES)
    assert parse(text) == policy
    assert parse(text).version == policy.version
    jsonschema.Draft202012Validator(policy_schema(CATALOGUE, EXCUSES)).validate(
        _as_json(tomllib.loads(text))
    )


def test_what_differs_is_written_out_too() -> None:
    policy = parse(
        "calendar = []\n[rules.G04]\nstate = 'off'\nrecipients = 7.5\nwithin = '90 min'\n"
        "[rules.G09]\nstate = 'live'\n[excuses.household]\nshared = '36 h'\n"
        '[allow]\ncreators = ["a \\"quoted\\" name", "名"]\n'
        "[time]\naccepted_from = 2020-01-01T08:30:00+08:00"
    )
    text = policy_text(policy, CATALOGUE, EXCUSES)
    assert parse(text) == policy
    assert 'within = "90 min"' in text
    assert "accepted_from = 2020-01-01T00:30:00Z" in text


def test_a_preset_equals_its_expansion() -> None:
    text = (PRESETS / "hold-then-gift.toml").read_text(encoding="utf-8")
    own = text.split('extends = "default"')[1].split('name = "hold-then-gift"')[1]
    default = DEFAULT.read_text(encoding="utf-8").replace('"default"\n', '"hold-then-gift"\n', 1)
    start = default.index("[[transfer]]")
    end = default.index("\n\n", start)
    expansion = parse(default[:start] + own + default[end:])
    assert expansion == load_preset("hold-then-gift", CATALOGUE, EXCUSES)
    assert expansion.version == load_preset("hold-then-gift", CATALOGUE, EXCUSES).version


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('langauge = "en"', "my.toml:1: langauge: unknown key; did you mean 'language'?"),
        ("\n[appeal]\ndays = 90", "my.toml:3: appeal.days: expected int >= 183, got 90"),
        (
            "[rules.G04]\n# soft\nrecipients = 1",
            "my.toml:3: rules.G04.recipients: 1 is out of bounds: 2 to 500 accounts is allowed"
            " (default 5)",
        ),
        (
            "[rules.G04]\nrecipents = 3",
            "my.toml:2: rules.G04.recipents: unknown threshold; did you mean 'recipients'?",
        ),
        ("[rules.fan-out]\nx = 1", "my.toml:1: rules.fan-out: unknown rule; did you mean 'G04'?"),
        ("[rules]\nG44 = {}", "my.toml:2: rules.G44: unknown rule; did you mean 'G04'?"),
        (
            "[rules.G04]\nstate = 'on'",
            "my.toml:2: rules.G04.state: expected one of live, shadow, off, got 'on'",
        ),
        (
            "[rules.G04]\nwithin = '2 weeks'",
            'my.toml:2: rules.G04.within: expected a duration such as "24 h"'
            " (units: ms, s, min, h, d), got '2 weeks'",
        ),
        (
            "[rules.G04]\nrecipients = true",
            "my.toml:2: rules.G04.recipients: expected a number, got True",
        ),
        (
            "[excuses.houshold]\n",
            "my.toml:1: excuses.houshold: unknown excuse; did you mean 'household'?",
        ),
        (
            "[time]\nallowed_lateness = 5",
            'my.toml:2: time.allowed_lateness: expected a duration such as "24 h"'
            " (units: ms, s, min, h, d), got 5",
        ),
        (
            TRANSFER + TRANSFER,
            "my.toml:7: transfer[2].from: must be later than the rule before it",
        ),
        (
            TRANSFER.replace('"allowed"', '"sometimes"'),
            "my.toml:3: transfer[1].gifting: expected one of allowed, forbidden, got 'sometimes'",
        ),
        (
            TRANSFER.replace('gifting = "allowed"\n', ""),
            "my.toml:1: transfer[1]: the key 'gifting' is missing",
        ),
        (
            "[first.V900]\nlevel = 'L2'",
            "my.toml:2: first.V900.level: expected H: it protects, got 'L2'",
        ),
        (
            "[first]\nV402 = { level = 'L4' }",
            "my.toml:2: first.V402: unknown violation; did you mean 'V401'?",
        ),
        (
            "[first.V100]\ndays = 8",
            "my.toml:2: first.V100.days: L3 lasts 7, 30, 90 (ladder.L3.days), got 8",
        ),
        ("[ladder.L3]\ndays = [30, 7]", "my.toml:2: ladder.L3.days: must grow, got [30, 7]"),
        (
            "[ladder.L9]\ndays = []",
            "my.toml:1: ladder.L9: unknown key; known: H, L0, L1, L2, L3, L4, L5, L6",
        ),
        ("[gates]\nL2 = []", "my.toml:2: gates.L2: expected at least one gate"),
        (
            "[evidence]\nlone = ['X09']",
            "my.toml:2: evidence.lone: unknown rule 'X09'; did you mean 'X01'?",
        ),
        (
            "[minors]\ncap = 'H'",
            "my.toml:2: minors.cap: expected one of L0, L1, L2, L3, L4, L5, L6, got 'H'",
        ),
        (
            "extends = 'nothing'",
            "my.toml: extends: 'nothing' is no preset; known: default, hold-then-gift, no-transfer",
        ),
        ("rules = 3", "my.toml:1: rules: expected a table"),
        ("x = = 3", "my.toml: not TOML: Invalid value (at line 1, column 5)"),
    ],
)
def test_what_is_refused_is_named(text: str, message: str) -> None:
    assert refusal(text) == message


def test_an_unreadable_file_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"nowhere\.toml: cannot be read: No such file"):
        load_policy(tmp_path / "nowhere.toml", CATALOGUE, EXCUSES)
    latin = tmp_path / "latin.toml"
    latin.write_bytes(b'name = "caf\xe9"')
    with pytest.raises(PolicyError, match=r"latin\.toml: not UTF-8 text \(byte 11\)"):
        load_policy(latin, CATALOGUE, EXCUSES)


@pytest.mark.parametrize("path", [DEFAULT, *sorted(PRESETS.glob("*.toml"))], ids=lambda p: p.stem)
def test_every_bundle_agrees_with_its_schema(path: Path) -> None:
    schema = policy_schema(CATALOGUE, EXCUSES)
    jsonschema.Draft202012Validator.check_schema(schema)
    tree = _as_json(tomllib.loads(path.read_text(encoding="utf-8")))
    jsonschema.Draft202012Validator(schema).validate(tree)


def test_the_schema_refuses_what_the_loader_refuses() -> None:
    validator = jsonschema.Draft202012Validator(policy_schema(CATALOGUE, EXCUSES))
    for tree in (
        {"langauge": "en"},
        {"rules": {"G04": {"recipients": 1}}},
        {"rules": {"G99": {}}},
        {"appeal": {"days": 90}},
        {"time": {"allowed_lateness": 5}},
    ):
        assert not validator.is_valid(tree), tree
    assert validator.is_valid({"rules": {"G04": {"recipients": 8, "within": "2 d"}}})


def _as_json(value: object) -> object:
    if isinstance(value, dict):
        return {key: _as_json(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_as_json(each) for each in value]
    return value if isinstance(value, str | int | float | bool) else str(value)
