"""The scorecard: how recommendations compare with what really happened.

How things are counted:

- An account stands recommended if one of its ids has a last revision that is not `withdrawn`;
  level and confidence are those of the last revision, times those of the first one that was not
  withdrawn.
- In all, an account is rightly recommended if it broke a rule and is recommended for any: the
  wrong code on a real violator is right in all, and wrong in both codes' own figures.
- `V900` protects. It is right on a labelled victim and wrong on anybody else. It is never a
  penalty, whatever its level, and counts at every cut-off, because a hold is the most it can do.
  A victim recommended for another violation is an honest account wrongly accused.
- Levels are ordered L0 < L1 < H < L2 < ... < L6; a penalty is L2 or more.
- Honest accounts are those that the events name, less the violators; victims are honest.
- Ratios of nothing are null.
"""

from models.scorecard.records import (
    Figures,
    Harm,
    Label,
    Revision,
    Scope,
    Scorecard,
    ScorecardError,
    read_label,
    read_revision,
)
from models.scorecard.scoring import score

__all__ = [
    "Figures",
    "Harm",
    "Label",
    "Revision",
    "Scope",
    "Scorecard",
    "ScorecardError",
    "read_label",
    "read_revision",
    "score",
]
