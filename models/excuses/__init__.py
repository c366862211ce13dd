"""The catalogue of excuses, by id: a room of their own, beside the rules that accuse."""

from typing import Final

from models.excuses import creator, grace, household, migration, moderator, returned_mistake
from models.excuses.base import Excuse

_MODULES = (creator, grace, household, migration, moderator, returned_mistake)

EXCUSES: Final[dict[str, Excuse]] = {module.EXCUSE.id: module.EXCUSE for module in _MODULES}
