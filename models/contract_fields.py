"""What the fields of each event type hold, read off the structs of `models.events`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import msgspec.inspect as inspect

from models.events import EVENT_CLASSES, Event
from models.field_readers import Kind

INSTANTS: Final = frozenset({"ts", "ingested_at"})


@dataclass(frozen=True, slots=True)
class ContractField:
    """A field of the contract; `allowed` lists its values where the contract does."""

    kind: Kind
    required: bool
    allowed: tuple[str, ...] = ()


def _field(name: str, held: inspect.Type, required: bool) -> ContractField:
    if isinstance(held, inspect.UnionType):
        held = next(t for t in held.types if not isinstance(t, inspect.NoneType))
    if isinstance(held, inspect.LiteralType):
        return ContractField(Kind.TEXT, required, tuple(map(str, held.values)))
    if isinstance(held, inspect.IntType):
        return ContractField(Kind.INSTANT if name in INSTANTS else Kind.INTEGER, required)
    if isinstance(held, inspect.FloatType):
        return ContractField(Kind.NUMBER, required)
    if isinstance(held, inspect.BoolType):
        return ContractField(Kind.FLAG, required)
    return ContractField(Kind.TEXT, required)


def _fields(event: type[Event]) -> dict[str, ContractField]:
    struct = inspect.type_info(event)
    assert isinstance(struct, inspect.StructType)
    return {f.name: _field(f.name, f.type, f.required) for f in struct.fields}


CONTRACT_FIELDS: Final[Mapping[str, Mapping[str, ContractField]]] = {
    str(event.__struct_config__.tag): _fields(event) for event in EVENT_CLASSES
}
"""By event type and name of the field; `type` itself is not among them."""
