"""What really happened: who broke which rule when, and which honest people look as if."""

from dataclasses import dataclass, field

Event = dict[str, str | int | float | bool]
Label = dict[str, str | int | list[str]]


@dataclass(slots=True)
class Case:
    """One violation of one account: its events and the time they span."""

    account: str
    violation: str
    typology: str
    skill: str
    event_ids: list[str] = field(default_factory=list)
    from_ts: int = 0
    to_ts: int = 0


class Truth:
    """The ledger from which the labels are written."""

    def __init__(self) -> None:
        self._cases: dict[tuple[str, str, str], Case] = {}
        self._benign: dict[tuple[str, str], None] = {}
        self._guilty: set[str] = set()

    def blame(
        self, account: str, violation: str, typology: str, skill: str, event: Event | None
    ) -> None:
        """Count an event as part of a violation; None (nothing came of it) changes nothing."""
        if event is None:
            return
        ts, event_id = event["ts"], event["event_id"]
        if not isinstance(ts, int) or not isinstance(event_id, str):
            raise TypeError("an event carries ts in ms and a string event_id")
        key = (account, violation, typology)
        self._guilty.add(account)
        case = self._cases.get(key)
        if case is None:
            case = self._cases[key] = Case(account, violation, typology, skill, from_ts=ts)
        case.event_ids.append(event_id)
        case.to_ts = ts

    def excuse(self, account: str, kind: str) -> None:
        """Note that an honest account did something that looks like a violation."""
        self._benign[account, kind] = None

    def is_guilty(self, account: str) -> bool:
        """Whether the account has broken a rule so far."""
        return account in self._guilty

    def labels(self) -> list[Label]:
        """Labels of the contract, in order of account; a violator is never called benign."""
        labels: list[Label] = [
            {
                "account": case.account,
                "violation": case.violation,
                "from_ts": case.from_ts,
                "to_ts": case.to_ts,
                "typology": case.typology,
                "skill": case.skill,
                "event_ids": case.event_ids,
            }
            for _, case in sorted(self._cases.items())
        ]
        labels += [
            {"account": account, "benign": kind}
            for account, kind in sorted(self._benign)
            if account not in self._guilty
        ]
        return sorted(labels, key=lambda label: str(label["account"]))
