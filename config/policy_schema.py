"""The JSON Schema of a policy bundle as people write it: every key optional, durations as text."""

from collections.abc import Mapping
from typing import Any, get_args

import msgspec

from models.policy import Policy, Ruling, Tunable
from models.rules.base import State

_DURATION = {"type": "string", "pattern": r"^\s*\d+(\.\d+)?\s*(ms|s|min|h|d)\s*$"}
_INSTANT = {"type": "string", "description": "a TOML date or time, or its ISO 8601 text"}


def policy_schema(
    catalogue: Mapping[str, Ruling] | None = None, excuses: Mapping[str, Tunable] | None = None
) -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a bundle; with a catalogue its thresholds and bounds too.

    A bundle says only what differs from the one it extends, so no key is required but the inner
    ones of arrays' items.
    """
    schema: dict[str, Any] = _written(msgspec.json.schema(Policy))
    parts = schema["$defs"]
    parts["Policy"]["properties"]["extends"] = {"type": "string", "minLength": 1}
    parts["Policy"]["properties"]["rules"] = _settings(catalogue)
    parts["Policy"]["properties"]["excuses"] = _settings(excuses)
    for name, part in parts.items():
        if name not in ("Transfer", "Festival", "Gate"):
            part.pop("required", None)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _written(node: Any) -> Any:
    if isinstance(node, list):
        return [_written(each) for each in node]
    if not isinstance(node, dict):
        return node
    form = node.get("format")
    if form == "duration":
        return dict(_DURATION)
    if form == "instant":
        return dict(_INSTANT)
    return {key: _written(value) for key, value in node.items()}


def _settings(known: Mapping[str, Tunable] | None) -> dict[str, Any]:
    state = {"enum": list(get_args(State))}
    if known is None:
        value = {"anyOf": [{"type": "number"}, {"type": "string"}]}
        inner = {"type": "object", "properties": {"state": state}, "additionalProperties": value}
        return {"type": "object", "additionalProperties": inner}
    properties: dict[str, Any] = {}
    for name, tunable in known.items():
        keys: dict[str, Any] = {"state": state}
        for limit in tunable.limits:
            number = {"type": "number", "minimum": limit.low, "maximum": limit.high}
            keys[limit.name] = {
                "description": f"{limit.says} ({limit.unit}; default {limit.default:g})",
                **({"anyOf": [number, _DURATION]} if limit.unit == "ms" else number),
            }
        properties[name] = {
            "type": "object",
            "properties": keys,
            "additionalProperties": False,
        }
    return {"type": "object", "properties": properties, "additionalProperties": False}
