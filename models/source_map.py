"""Translate a platform's own rows into events of the contract."""

from msgspec import Struct


class MappingFailure(Struct, frozen=True):
    """A foreign row that gave no event: reason code of `models.events.REASONS`, and the row."""

    row: int
    reason: str
    field: str | None
    detail: str
    raw: bytes
