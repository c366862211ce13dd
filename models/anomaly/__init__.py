"""The anomaly model: how unlike its peers and its own past an account's row of features is.

It ranks what people look at. It never supports a penalty: see docs/anomaly-model.md.
"""

from models.anomaly.errors import ModelError
from models.anomaly.model import AnomalyModel, TopFeature
from models.anomaly.sampling import Reservoir
from models.anomaly.training import train

__all__ = ["AnomalyModel", "ModelError", "Reservoir", "TopFeature", "train"]
