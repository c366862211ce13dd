"""Translate a platform's own rows into events of the contract.

A source map says which rows are which events, and how each field is made. This module is what it
does; `config.source_maps` reads one from TOML and refuses what makes no sense.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from models.events import REASONS
from models.field_readers import Place, Reader, Row, Scalar, UnmappableError, field_getter, number

Test = Callable[[Row, Place], bool]
"""Whether a row meets a condition."""

_decode: Final = msgspec.json.Decoder().decode
_encode: Final = msgspec.json.Encoder().encode


class MappingFailure(msgspec.Struct, frozen=True):
    """A row that gave no event: reason code of `models.events.REASONS`, the event's field or
    None, a sentence without the row's values, and the row as received."""

    row: int
    reason: str
    field: str | None
    detail: str
    raw: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What must hold for one field of a row; what is None is not asked."""

    field: str
    one_of: tuple[Scalar, ...] | None = None
    none_of: tuple[Scalar, ...] | None = None
    present: bool | None = None
    above: float | None = None
    below: float | None = None

    def test(self) -> Test:
        """Whether it holds for a row. A null or empty field is absent, and no number."""
        get = field_getter(self.field)
        tests: list[Callable[[Any], bool]] = []
        if (options := self.one_of) is not None:
            tests.append(_is_among(options))
        if (refused := self.none_of) is not None:
            among = _is_among(refused)
            tests.append(lambda value: not among(value))
        if (present := self.present) is not None:
            tests.append(lambda value: present == (value is not None and value != ""))
        if (least := self.above) is not None:
            tests.append(lambda value: (n := number(value)) is not None and n > least)
        if (most := self.below) is not None:
            tests.append(lambda value: (n := number(value)) is not None and n < most)
        if len(tests) == 1:
            only = tests[0]
            return lambda row, place: only(get(row, place))
        return lambda row, place: all(test(get(row, place)) for test in tests)


def _is_among(options: tuple[Scalar, ...]) -> Callable[[Any], bool]:
    if all(isinstance(option, str) for option in options):
        return options.__contains__
    # True is no 1 here, although Python has it so.
    typed = [(isinstance(option, bool), option) for option in options]
    return lambda value: (isinstance(value, bool), value) in typed


@dataclass(frozen=True, slots=True)
class SkipRule:
    """Rows to leave out on purpose, counted by this name."""

    name: str
    when: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class EventRule:
    """One event for each row that meets all conditions."""

    type: str
    when: tuple[Test, ...]
    fields: tuple[tuple[str, bool, Reader], ...]
    """Name, whether the contract requires it, and how it is read from a row."""

    def event(self, row: Row, place: Place) -> dict[str, Scalar]:
        """The event of a row.

        Raises:
            UnmappableError: a required field is missing, or a value cannot be converted.
        """
        event: dict[str, Scalar] = {"type": self.type}
        for name, required, read in self.fields:
            try:
                value = read(row, place)
            except UnmappableError as error:
                raise UnmappableError(f"`{name}` {error}", name) from None
            if value is not None:
                event[name] = value
            elif required:
                raise UnmappableError(f"`{name}` has nothing to be made of", name)
        return event


@dataclass(slots=True)
class Translation:
    """What became of a batch of rows: rows = rows with events + failures + skipped."""

    values: list[bytes] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)
    """For each value, the row it was made of."""
    failures: list[MappingFailure] = field(default_factory=list)
    skipped: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SourceMap:
    """How rows become events. `about` is documentation: title, address, licence, notes."""

    name: str
    skips: tuple[SkipRule, ...]
    events: tuple[EventRule, ...]
    about: Mapping[str, str] = field(default_factory=dict)

    def translate(
        self, raws: Sequence[bytes], offsets: Sequence[int], partition: int
    ) -> Translation:
        """Translate JSON rows. A row gives all of its events or, if one fails, none.

        Args:
            raws: the rows.
            offsets: line, row or Kafka offset of each.
            partition: where they come from; 0 for a file.
        """
        done = Translation()
        for raw, offset in zip(raws, offsets, strict=True):
            try:
                row = _decode(raw)
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
                row = None
            if not isinstance(row, dict):
                done.failures.append(_no_row(raw, offset))
                continue
            place = (offset, partition)
            skip = next((s for s in self.skips if _all_hold(s.when, row, place)), None)
            if skip is not None:
                done.skipped[skip.name] = done.skipped.get(skip.name, 0) + 1
                continue
            try:
                events = self.events_of(row, place)
            except UnmappableError as error:
                failure = MappingFailure(offset, "unmapped", error.field, str(error), raw)
                done.failures.append(failure)
                continue
            done.values += map(_encode, events)
            done.offsets += [offset] * len(events)
        return done

    def events_of(self, row: Row, place: Place) -> list[dict[str, Scalar]]:
        """The events of one row that is not to be skipped.

        Raises:
            UnmappableError: no event is meant for such a row, or one of them cannot be made.
        """
        events = [
            rule.event(row, place) for rule in self.events if _all_hold(rule.when, row, place)
        ]
        if not events:
            raise UnmappableError("no [[event]] and no [[skip]] of the source map is for this row")
        return events


def _all_hold(tests: tuple[Test, ...], row: Row, place: Place) -> bool:
    return all(test(row, place) for test in tests)


def _no_row(raw: bytes, offset: int) -> MappingFailure:
    """Why a record is no row, with the codes that the event decoder has for it."""
    reason = "not_an_object"
    if not raw.strip():
        reason = "empty"
    else:
        try:
            _decode(raw.decode())
        except UnicodeDecodeError:
            reason = "not_utf8"
        except (msgspec.MsgspecError, RecursionError):
            reason = "not_json"
    return MappingFailure(offset, reason, None, REASONS[reason], raw)
