"""What the demonstration's worker says of itself, a JSON line at a time."""

import msgspec


class Report(msgspec.Struct, kw_only=True):
    """How far the worker is; `ready` once it holds partitions."""

    ready: bool = False
    read: int = 0
    bad: int = 0
    duplicate: int = 0
    late: int = 0
    findings: dict[str, int] = {}
    rules_without_input: list[str] = []
