"""What every excuse must have, whoever adds it."""

import importlib
from pathlib import Path
from typing import Final

import numpy as np
import pytest

from models.detect import PLANS
from models.excuses import EXCUSES
from models.excuses.base import Excuse
from models.features.lane import Columns
from models.rules import CATALOGUE
from models.views import LANES
from tests.stories import policy

HERE: Final = Path(__file__).parent
ROOM: Final = HERE.parents[2] / "models" / "excuses"

every_excuse = pytest.mark.parametrize("excuse", EXCUSES.values(), ids=list(EXCUSES))


class _Limits:
    """The parameters of an excuse, by name."""

    def __init__(self, excuse: Excuse) -> None:
        self.__dict__.update(policy().excuse_limits(excuse.id, excuse))


def test_every_file_of_the_room_is_in_the_catalogue() -> None:
    assert {path.stem for path in ROOM.glob("*.py")} - {"__init__", "base"} == set(EXCUSES)


@every_excuse
def test_an_excuse_is_documented(excuse: Excuse) -> None:
    module = importlib.import_module(f"models.excuses.{excuse.id}")
    assert module.EXCUSE is excuse
    assert (module.__doc__ or "").strip()
    assert excuse.title.strip()
    assert excuse.tells.strip()
    assert any("一" <= sign <= "鿿" for sign in excuse.tells_zh), "tells_zh is not Chinese"
    assert not set("{}") & set(excuse.tells + excuse.tells_zh), "an excuse's sentence has no fields"


@every_excuse
def test_an_excuse_looks_at_rows_or_at_a_list(excuse: Excuse) -> None:
    assert (excuse.applies is None) is (excuse.listed is not None)
    assert bool(excuse.views) is (excuse.applies is not None)
    assert set(excuse.views) <= set(LANES)


@every_excuse
def test_some_rule_asks_for_it(excuse: Excuse) -> None:
    assert any(excuse.id in rule.excused_by for rule in CATALOGUE.values())


@every_excuse
def test_its_limits_have_bounds_a_unit_and_a_sentence(excuse: Excuse) -> None:
    for limit in excuse.limits:
        assert limit.name.isidentifier()
        assert limit.name != "state", "the policy has a key of that name"
        assert limit.low <= limit.default <= limit.high
        assert limit.low < limit.high
        assert limit.unit in ("n", "ms", "money", "share")
        assert limit.says.strip()
        assert not limit.festive, "only a rule's limits vary with the calendar"


@every_excuse
@pytest.mark.parametrize("number", [0, 1, 3])
def test_nothing_excuses_nobody(excuse: Excuse, number: int) -> None:
    for lane in excuse.views:
        names = {name: at for at, name in enumerate(PLANS[lane].names)}
        f = Columns(names, np.full((number, len(names)), np.nan))
        assert excuse.applies is not None
        applies = excuse.applies(f, _Limits(excuse))  # type: ignore[arg-type]
        assert applies.dtype == np.bool_
        assert applies.tolist() == [False] * number


@every_excuse
def test_an_excuse_has_its_stories(excuse: Excuse) -> None:
    name = f"test_{excuse.id}.py"
    assert (HERE / name).exists(), (
        f"write tests/models/excuses/{name}: whom the excuse {excuse.id} lets go, and whom not"
    )
