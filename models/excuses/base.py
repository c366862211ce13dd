"""What an excuse is: a predicate over the same columns that the rules see, for the defence."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from models.rules.base import Columns, Limit, Limits

Applies = Callable[[Columns, Limits], NDArray[np.bool_]]


@dataclass(frozen=True, slots=True)
class Excuse:
    """An excuse of the catalogue: `applies` on rows of the lanes in `views`, or, with `listed`,
    to accounts that the policy's allow-list names there."""

    id: str
    title: str
    tells: str
    tells_zh: str
    views: tuple[str, ...] = ()
    applies: Applies | None = None
    listed: Literal["creators", "moderators"] | None = None
    limits: tuple[Limit, ...] = ()
