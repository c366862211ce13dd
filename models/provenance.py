"""What decided: hashes of the policy, the rules, the features and the model."""

import hashlib
from collections.abc import Mapping

from models.anomaly import AnomalyModel
from models.features import account, token
from models.features.language import Derived, Feature
from models.policy import Policy
from models.recommendations import Provenance
from models.rules.base import Rule

BUNDLE = "offbook-0.1.0"
SCHEMA = "1"


def rules_version(catalogue: Mapping[str, Rule]) -> str:
    """A hash of what the rules are and look at: ids, limits, tallies, features."""
    said: list[object] = [
        (rule.id, rule.since, rule.on, rule.limits, rule.tally, rule.addresses, rule.shows)
        for rule in catalogue.values()
    ]
    said += [_declared(feature) for feature in (*account.FEATURES, *token.FEATURES)]
    return hashlib.blake2b(repr(said).encode(), digest_size=8).hexdigest()


def provenance(
    policy: Policy, catalogue: Mapping[str, Rule], model: AnomalyModel | None
) -> Provenance:
    """The versions that go into every recommendation."""
    return Provenance(
        bundle=BUNDLE,
        policy=policy.version,
        rules=rules_version(catalogue),
        model=model.version if model is not None else "none",
        schema=SCHEMA,
    )


def _declared(feature: Feature) -> tuple[object, ...]:
    # A function has no stable repr; its name and sentence say what it is.
    how = "derived" if isinstance(feature.how, Derived) else feature.how
    return (feature.name, feature.unit, feature.says, how)
