"""The platform itself: its clock, its state, and the verbs by which people act on it.

A verb acts at `World.now`, keeps the state consistent (nobody gives what is not theirs, or
what is still on hold) and emits the event of the contract.
"""

import heapq
import math
import random
from dataclasses import dataclass

from models.simulation.calendar import TIME_ZONE, at_local_hour, local_hour
from models.simulation.people import Person, Story, Token, link, make_people, unlink
from models.simulation.scenario import DAY, HOUR, Scenario
from models.simulation.truth import Event, Truth

Line = tuple[str, bool, bool, bool]
"""What somebody writes: text, and whether it holds a price, a contact, a payment word."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where a login or an act comes from."""

    device: str
    ip: str
    city: str


class World:
    """The state of one simulated platform at `now` (ms)."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.rng = random.Random(f"offbook world {scenario.seed}")
        self.now = scenario.start_ts
        self.truth = Truth()
        self.people = make_people(scenario, self.rng)
        self.floor: dict[str, int] = {}
        """Outside price of each collection, in minor units."""
        self.out: list[Event] = []
        self._emitted = 0
        self._tokens = 0
        self._agenda: list[tuple[int, int, Story]] = []
        self._started = 0
        self._hold_purchase = int(scenario.hold_after_purchase * HOUR)
        self._hold_receipt = int(scenario.hold_after_receipt * HOUR)

    # Time

    def start(self, story: Story, delay: int = 0) -> None:
        """Let a story begin after `delay` ms."""
        self.start_at(story, self.now + max(delay, 0))

    def start_at(self, story: Story, ts: int) -> None:
        """Let a story begin at a time."""
        if ts < self.scenario.end_ts:
            self._started += 1
            heapq.heappush(self._agenda, (ts, self._started, story))

    def run_until(self, ts: int) -> None:
        """Let everything happen that is due up to and including `ts`."""
        agenda = self._agenda
        while agenda and agenda[0][0] <= ts:
            self.now, _, story = heapq.heappop(agenda)
            pause = next(story, None)
            if pause is not None:
                self.start(story, pause)
        self.now = ts

    def some(self, median: float, sigma: float = 0.8) -> int:
        """A log-normal stretch of time around a median, in ms."""
        return int(median * math.exp(self.rng.gauss(0.0, sigma)))

    def pause(self, median: float, sigma: float = 0.8) -> int:
        """Like `some`, but people mostly sleep at night and go on in the morning."""
        wait = self.some(median, sigma)
        hour = local_hour(self.now + wait)
        if 1.0 <= hour < 7.0 and self.rng.random() < 0.85:
            wait += int((7.0 - hour + self.rng.expovariate(0.8)) * HOUR)
        return wait

    def until(self, ts: int) -> int:
        """The wait until a time, 0 where it has passed."""
        return max(ts - self.now, 0)

    def on_day(self, days: int, hour: float) -> int:
        """The wait until `hour` (local) in `days` days, give or take an hour."""
        moment = at_local_hour(self.now + days * DAY, hour)
        return self.until(moment + int(self.rng.gauss(0.0, 0.6) * HOUR))

    def chance(self, share: float) -> bool:
        """True in `share` of the cases."""
        return self.rng.random() < share

    @property
    def local_midnight(self) -> int:
        """The last midnight in China, in ms."""
        return self.now - (self.now + TIME_ZONE) % DAY

    # Events

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
