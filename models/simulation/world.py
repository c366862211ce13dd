"""The platform itself: its clock, its state, and the verbs by which people act on it.

A verb acts at `World.now`, keeps the state consistent (nobody gives what is not theirs, or
what is still on hold) and emits the event of the contract.
"""

from dataclasses import dataclass

from models.simulation.clock import Clock
from models.simulation.people import Person, Token, link, make_people, unlink
from models.simulation.scenario import HOUR, Scenario
from models.simulation.truth import Event, Truth

Line = tuple[str, bool, bool, bool]
"""What somebody writes: text, and whether it holds a price, a contact, a payment word."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where a login or an act comes from."""

    device: str
    ip: str
    city: str


class World(Clock):
    """The state of one simulated platform at `now` (ms)."""

    def __init__(self, scenario: Scenario) -> None:
        super().__init__(scenario)
        self.truth = Truth()
        self.people = make_people(scenario, self.rng)
        self.floor: dict[str, int] = {}
        """Outside price of each collection, in minor units."""
        self.out: list[Event] = []
        self._emitted = 0
        self._tokens = 0
        self._named = scenario.accounts
        self._hold_purchase = int(scenario.hold_after_purchase * HOUR)
        self._hold_receipt = int(scenario.hold_after_receipt * HOUR)

    def name(self, prefix: str) -> str:
        """A new opaque identifier, of the same form as those of the first day."""
        self._named += 1
        return f"{prefix}{self._named:07d}"

    def emit(self, kind: str, /, **fields: str | int | float | bool) -> Event:
        """Write down an event of now."""
        self._emitted += 1
        event: Event = {
            "event_id": f"s{self.scenario.seed}-{self._emitted:09d}",
            "type": kind,
            "ts": self.now,
            **fields,
        }
        self.out.append(event)
        return event

    def stranger(self, person: Person) -> Person:
        """Anybody else who is on the platform now."""
        while True:
            other = self.rng.choice(self.people)
            if other is not person and other.joined <= self.now and not other.gone:
                return other

    def friend(self, person: Person) -> Person:
        """One of a person's friends, or somebody new where they have lost them all."""
        return self.rng.choice(person.friends) if person.friends else self.stranger(person)

    def site(self, person: Person) -> Site:
        """A person's own phone, at home or on the mobile network of the city."""
        if self.rng.random() < 0.3:
            return Site(
                person.phone, f"ip-{person.city}-{int(self.rng.random() * 400)}", person.city
            )
        return Site(person.phone, person.ip, person.city)

    def register(self, person: Person, at: Site | None = None) -> Event:
        """A new account."""
        at = at or self.site(person)
        band = "minor" if person.index % 23 == 0 else "adult"
        return self.emit(
            "account_registered",
            account=person.account,
            kyc=person.kyc,
            age_band=band,
            device=at.device,
            ip=at.ip,
            geo=at.city,
        )

    def login(self, person: Person, at: Site | None = None) -> Event:
        """A successful login."""
        at = at or self.site(person)
        return self.emit("login", account=person.account, device=at.device, ip=at.ip, geo=at.city)

    def credential(
        self, person: Person, kind: str, holder: str = "", at: Site | None = None
    ) -> Event:
        """A changed credential; `holder` is the person behind a new payment account."""
        at = at or self.site(person)
        extra = {"holder": holder} if holder else {}
        return self.emit(
            "credential_changed",
            account=person.account,
            kind=kind,
            device=at.device,
            ip=at.ip,
            geo=at.city,
            **extra,
        )

    def recover(self, person: Person, at: Site | None = None) -> Event:
        """The verified owner takes the account back."""
        at = at or self.site(person)
        return self.emit(
            "account_recovered",
            account=person.account,
            kyc=person.kyc,
            device=at.device,
            ip=at.ip,
            geo=at.city,
        )

    def befriend(self, one: Person, other: Person) -> Event | None:
        """A new friendship; None between old friends, or where the feed misses it."""
        if one is other or other in one.friends:
            return None
        link(one, other)
        if self.rng.random() >= self.scenario.habits.friend_feed:
            return None
        return self.emit("friend_added", account=one.account, friend=other.account)

    def unfriend(self, one: Person, other: Person) -> Event | None:
        """The end of a friendship; None where there was none, or where the feed misses it."""
        if other not in one.friends:
            return None
        unlink(one, other)
        if self.rng.random() >= self.scenario.habits.friend_feed:
            return None
        return self.emit("friend_removed", account=one.account, friend=other.account)

    def declare(self, one: Person, other: Person) -> Event:
        """A family tie that the platform has verified."""
        return self.emit("household_declared", account=one.account, member=other.account)

    def new_token(self, person: Person, collection: str, free_at: int) -> Token:
        """A token of a person's, with no event."""
        self._tokens += 1
        token = Token(f"t{self._tokens:08d}", collection, free_at)
        person.tokens.append(token)
        return token

    def airdrop(self, person: Person, collection: str) -> Token:
        """A token handed out by the platform, on hold like a bought one."""
        token = self.new_token(person, collection, self.now + self._hold_purchase)
        self.emit("airdrop", account=person.account, token=token.name, collection=collection)
        return token

    def attempt(self, person: Person, drop: str, latency: int, device: str) -> Event:
        """A try to buy at a drop, `latency` ms after it opened."""
        return self.emit(
            "purchase_attempted",
            account=person.account,
            drop=drop,
            latency_ms=latency,
            device=device,
        )

    def purchase(
        self, person: Person, collection: str, price: int, drop: str, latency: int, device: str
    ) -> tuple[Token, Event]:
        """A primary-market purchase."""
        token = self.new_token(person, collection, self.now + self._hold_purchase)
        event = self.emit(
            "purchase",
            account=person.account,
            token=token.name,
            collection=collection,
            price=price,
            drop=drop,
            latency_ms=latency,
            device=device,
        )
        if person.on_purchase is not None:
            self.start(person.on_purchase(person, token))
        return token, event

    def gift(
        self,
        sender: Person,
        recipient: Person,
        token: Token | None,
        *,
        early: bool = False,
        at: Site | None = None,
    ) -> Event | None:
        """A free transfer; None where the platform refuses it (not theirs, or still on hold).

        `early` goes through a gap in the platform's check of the hold.
        """
        if token is None or sender is recipient or token not in sender.tokens or recipient.gone:
            return None
        if (token.free_at > self.now and not early) or recipient.joined > self.now:
            return None
        sender.tokens.remove(token)
        recipient.tokens.append(token)
        token.free_at = self.now + self._hold_receipt
        token.reserved = False
        at = at or self.site(sender)
        return self.emit(
            "gift",
            sender=sender.account,
            recipient=recipient.account,
            token=token.name,
            collection=token.collection,
            device=at.device,
            ip=at.ip,
            geo=at.city,
        )

    def reverse(self, gift: Event, sender: Person, recipient: Person, token: Token) -> Event | None:
        """The token of a gift goes back; None where the recipient no longer has it."""
        if token not in recipient.tokens:
            return None
        recipient.tokens.remove(token)
        sender.tokens.append(token)
        return self.emit(
            "gift_reversed",
            gift_event_id=gift["event_id"],
            sender=sender.account,
            recipient=recipient.account,
            token=token.name,
        )

    def pay(self, payer: Person, payee: Person, amount: int, memo: str = "") -> Event | None:
        """A person-to-person payment of `amount` minor units; None to oneself."""
        if payer is payee:
            return None
        extra = {"memo": memo} if memo else {}
        return self.emit(
            "payment",
            payer=payer.account,
            payee=payee.account,
            amount=max(amount, 1),
            currency="CNY",
            **extra,
        )

    def message(
        self, sender: Person, recipient: Person | None, line: Line, channel: str = ""
    ) -> Event:
        """A message to one person, or (None) into a channel."""
        where = {"recipient": recipient.account} if recipient else {"channel": channel or "plaza"}
        text, price, contact, payment = line
        return self.emit(
            "message",
            account=sender.account,
            **where,
            text=text,
            has_price=price,
            has_contact=contact,
            has_payment_word=payment,
        )

    def offer(
        self,
        action: str,
        price: int,
        collection: str,
        *,
        token: Token | None = None,
        seller: Person | None = None,
        confidence: float | None = None,
        site: str = "",
    ) -> Event:
        """An offer posted on, or removed from, an outside market."""
        fields: dict[str, str | float] = {}
        if token is not None:
            fields["token"] = token.name
        if seller is not None:
            fields["seller"] = seller.account
        if confidence is not None:
            fields["match_confidence"] = round(confidence, 3)
        return self.emit(
            "listing",
            site=site or self.rng.choice(("xianpin", "haiwai", "qunbiao")),
            action=action,
            price=max(price, 1),
            collection=collection,
            **fields,
        )

    def report(self, account: Person, reporter: Person, reason: str) -> Event:
        """Somebody reports an account."""
        return self.emit(
            "report", account=account.account, reporter=reporter.account, reason=reason
        )
