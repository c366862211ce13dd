"""Which features the anomaly model sees, and what they are in words."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.features.account import FEATURES, MODEL_FEATURES, MODEL_ROLES
from models.features.lane import Columns
from models.views import ROLE_CODE

_SAYS: Final = {feature.name: feature.says for feature in FEATURES}
_CODES: Final = [ROLE_CODE["account"][role] for role in MODEL_ROLES]
MODEL_SENTENCES: Final = tuple(_SAYS[name] for name in MODEL_FEATURES)


def model_rows(role: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Which judged account rows the model learns from and scores."""
    return np.isin(role, _CODES)


def model_matrix(features: Columns) -> NDArray[np.float64]:
    """The model's columns of judged account rows, float64[n, len(MODEL_FEATURES)]."""
    return np.column_stack([getattr(features, name) for name in MODEL_FEATURES])
