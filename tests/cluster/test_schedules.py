"""A thousand fault schedules, each of which must end in the bytes of the undisturbed run."""

from collections import Counter

import pytest

from models.recommendations import decode
from tests.cluster.reference import Reference, undisturbed
from tests.cluster.schedule import DisagreementError, Schedule

BLOCKS, BLOCK = 10, 100


@pytest.fixture(scope="module")
def reference() -> Reference:
    return undisturbed()


def test_there_is_much_to_disagree_about(reference: Reference) -> None:
    together: Counter[str] = Counter()
    for records in reference:
        said = [decode(record) for record in records]
        together.update(one.status for one in said)
        assert len(said) >= 15
        assert len({one.status for one in said}) >= 2
        assert len({line.rule for one in said for line in one.evidence}) >= 4
    assert min(together[status] for status in ("proposed", "amended", "withdrawn")) >= 20


@pytest.mark.parametrize("block", range(BLOCKS))
def test_every_schedule_ends_in_the_bytes_of_the_undisturbed_run(
    block: int, reference: Reference
) -> None:
    happened: Counter[str] = Counter()
    for seed in range(block * BLOCK, (block + 1) * BLOCK):
        schedule = Schedule(seed, reference)
        schedule.run()
        happened.update(schedule.happened)
    for fault in ("crash", "restart", "rebalance", "down", "full", "torn", "clock", "hurt", "cut"):
        assert happened[fault] > 0


def test_a_schedule_is_its_seed(reference: Reference) -> None:
    one, two, other = Schedule(17, reference), Schedule(17, reference), Schedule(18, reference)
    for schedule in (one, two, other):
        schedule.run()
    assert one.world.broker.said == two.world.broker.said
    assert one.happened == two.happened
    assert one.world.broker.said != other.world.broker.said


def test_a_disagreement_names_the_seed_and_the_command(reference: Reference) -> None:
    number = Schedule(3, reference).plan.number
    short = [records[:-1] if at == number else records for at, records in enumerate(reference)]
    with pytest.raises(DisagreementError, match=r"-m tests\.cluster --schedules 1 --seed 3$"):
        Schedule(3, short).run()
