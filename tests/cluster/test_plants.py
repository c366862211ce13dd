"""The simulation catches what it is there to catch."""

import pytest

from tests.cluster.plants import PLANTS
from tests.cluster.reference import Reference, replayed
from tests.cluster.schedule import DisagreementError, Schedule

# Several times what it took; see docs/determinism.md.
WITHIN = {
    "commit_before_checkpoint": 100,
    "skipped_sequence_check": 20,
    "torn_checkpoint_accepted": 1_500,
    "wall_clock_in_a_window": 20,
    "unordered_set": 20,
    "idle_for_ever": 50,
    "unproduced_state_stored": 100,
    "retention_by_name_alone": 1_500,
}


@pytest.mark.parametrize("plant", WITHIN)
def test_a_planted_bug_is_caught(plant: str) -> None:
    with PLANTS[plant]():
        reference = replayed()
        assert _caught(reference, WITHIN[plant])


def _caught(reference: Reference, within: int) -> bool:
    for seed in range(within):
        try:
            Schedule(seed, reference).run()
        except DisagreementError:
            return True
    return False
