"""The catalogue of rules, by id. A new rule is one file here, and one line below."""

from typing import Final

from models.rules import (
    a01_handover_burst,
    a06_wake_and_drain,
    g01_early_transfer,
    g02_unlock_snipe,
    g03_stranger_gift,
    g04_fan_out,
    g05_fan_in_hub,
    g07_relay_chain,
    g08_round_trip,
    x01_listing_match,
    x03_payment_echo,
)
from models.rules.base import Rule

_MODULES = (
    g01_early_transfer,
    g02_unlock_snipe,
    g03_stranger_gift,
    g04_fan_out,
    g05_fan_in_hub,
    g07_relay_chain,
    g08_round_trip,
    x01_listing_match,
    x03_payment_echo,
    a01_handover_burst,
    a06_wake_and_drain,
)

CATALOGUE: Final[dict[str, Rule]] = {module.RULE.id: module.RULE for module in _MODULES}
