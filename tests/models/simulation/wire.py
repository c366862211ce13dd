"""An independent reading of the wire contract, to hold simulated events to."""

from typing import Any

TEXT = "text"
INTEGER = "integer"
COUNT = "count"
SHARE = "share"
FLAG = "flag"

COMMON = {"event_id": TEXT, "type": TEXT, "ts": INTEGER}
ANYWHERE = {"platform": TEXT, "device": TEXT, "ip": TEXT, "geo": TEXT, "ingested_at": INTEGER}

REQUIRED: dict[str, dict[str, str]] = {
    "account_registered": {"account": TEXT},
    "login": {"account": TEXT, "device": TEXT},
    "credential_changed": {"account": TEXT, "kind": TEXT},
    "account_recovered": {"account": TEXT},
    "friend_added": {"account": TEXT, "friend": TEXT},
    "friend_removed": {"account": TEXT, "friend": TEXT},
    "household_declared": {"account": TEXT, "member": TEXT},
    "airdrop": {"account": TEXT, "token": TEXT, "collection": TEXT},
    "purchase_attempted": {"account": TEXT, "drop": TEXT},
    "purchase": {"account": TEXT, "token": TEXT, "collection": TEXT, "price": COUNT},
    "gift": {"sender": TEXT, "recipient": TEXT, "token": TEXT, "collection": TEXT},
    "gift_reversed": {"gift_event_id": TEXT, "sender": TEXT, "recipient": TEXT, "token": TEXT},
    "payment": {"payer": TEXT, "payee": TEXT, "amount": COUNT},
    "message": {"account": TEXT},
    "listing": {"site": TEXT, "action": TEXT, "price": COUNT},
    "market_price": {"collection": TEXT, "price": COUNT},
    "report": {"account": TEXT, "reporter": TEXT},
}

OPTIONAL: dict[str, dict[str, str]] = {
    "account_registered": {"kyc": TEXT, "age_band": TEXT},
    "credential_changed": {"holder": TEXT},
    "account_recovered": {"kyc": TEXT},
    "purchase_attempted": {"latency_ms": COUNT},
    "purchase": {"currency": TEXT, "drop": TEXT, "latency_ms": COUNT},
    "payment": {"currency": TEXT, "memo": TEXT},
    "message": {
        "recipient": TEXT,
        "channel": TEXT,
        "text": TEXT,
        "has_price": FLAG,
        "has_contact": FLAG,
        "has_payment_word": FLAG,
    },
    "listing": {"token": TEXT, "collection": TEXT, "seller": TEXT, "match_confidence": SHARE},
    "market_price": {"site": TEXT},
    "report": {"reason": TEXT},
}

CHOICES = {
    ("credential_changed", "kind"): {"phone", "password", "email", "payment", "kyc"},
    ("listing", "action"): {"posted", "removed"},
}

SIDES = (("sender", "recipient"), ("payer", "payee"), ("account", "friend"), ("account", "member"))
NAMED = ("account", "sender", "recipient", "friend", "member", "payer", "payee")


def fault(event: Any) -> str:
    """What is wrong with an event, or an empty string."""
    if not isinstance(event, dict) or event.get("type") not in REQUIRED:
        return f"no event of the contract: {event}"
    kind = event["type"]
    required = COMMON | REQUIRED[kind]
    known = required | ANYWHERE | OPTIONAL.get(kind, {})
    for name in required:
        if name not in event:
            return f"{kind}: {name} is missing"
    for name, value in event.items():
        if name not in known:
            return f"{kind}: {name} is not in the contract"
        if not _fits(value, known[name]):
            return f"{kind}: {name} is {value!r}"
        if (kind, name) in CHOICES and value not in CHOICES[kind, name]:
            return f"{kind}: {name} is {value!r}"
    for one, other in SIDES:
        if one in event and other in event and event[one] == event[other]:
            return f"{kind}: {one} and {other} are one account"
    return ""


def _fits(value: Any, shape: str) -> bool:
    if shape == TEXT:
        return isinstance(value, str) and 1 <= len(value) <= 128
    if shape == FLAG:
        return isinstance(value, bool)
    if isinstance(value, bool):
        return False
    if shape == SHARE:
        return isinstance(value, int | float) and 0 <= value <= 1
    return isinstance(value, int) and value >= 0
