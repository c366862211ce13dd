"""What everybody does on any day: look in, chat, pay for lunch, give something to a friend.

These sessions are drawn for a whole day at once; nothing here is meant to look suspicious,
and some of it does all the same.
"""

import math
from collections.abc import Callable
from datetime import date

import numpy as np
from numpy.typing import NDArray

from models.simulation.calendar import TIME_ZONE, draw_hours, festival, local_day, weekday_factor
from models.simulation.people import Person, Story
from models.simulation.scenario import DAY, HOUR, MINUTE
from models.simulation.words import AWKWARD, SMALL_TALK
from models.simulation.world import Site, World

Ints = NDArray[np.int64]

_ACTS_PER_SESSION = {
    "login": 0.6,
    "chat": 0.7,
    "pay": 0.09,
    "gift": 0.022,
    "befriend": 0.03,
    "unfriend": 0.004,
    "report": 0.0008,
    "new_phone": 0.0025,
    "change_password": 0.003,
    "travel": 0.006,
}


class Routine:
    """Draws and performs the ordinary acts of one day after the other."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._rng = np.random.default_rng([world.scenario.seed, 17])
        self._rates = np.array([p.rate for p in world.people])
        self._lateness = np.array([p.lateness for p in world.people])
        self._joined = np.array([p.joined for p in world.people])
        self._acts: tuple[Callable[[Person], None], ...] = tuple(
            getattr(self, f"_{name}") for name in _ACTS_PER_SESSION
        )
        self._carried: tuple[Ints, Ints, Ints] = (_no_ints(), _no_ints(), _no_ints())

    def silence(self, person: Person) -> None:
        """This account tries no drop, and from the next day on does nothing out of habit."""
        person.asleep = True
        self._rates[person.index] = 0.0

    def wake(self, person: Person) -> None:
        """From the next day on, this account lives at its own pace again."""
        person.asleep = False
        self._rates[person.index] = person.rate

    def join(self, person: Person, ts: int) -> None:
        """Let a newcomer arrive at another time."""
        person.joined = person.since = ts
        self._joined[person.index] = ts

    def day(self, day_ts: int) -> list[tuple[int, int, int]]:
        """(ts, act, person) of the day that begins at `day_ts`, in time order."""
        rng = self._rng
        today = local_day(day_ts + DAY // 2)
        sessions = rng.poisson(self._rates * weekday_factor(today))
        who = np.repeat(np.arange(len(sessions)), sessions)
        hours = draw_hours(rng, self._lateness[who])
        begin = day_ts + ((hours * HOUR).astype(np.int64) - TIME_ZONE) % DAY
        moments, acts, people = [self._carried[0]], [self._carried[1]], [self._carried[2]]
        for act, mean in enumerate(self._means(today)):
            doing = np.repeat(np.arange(len(who)), rng.poisson(mean, size=len(who)))
            wait = rng.exponential(6 * MINUTE if act else 1.0, size=len(doing)).astype(np.int64)
            moments.append(begin[doing] + wait)
            acts.append(np.full(len(doing), act, dtype=np.int64))
            people.append(who[doing])
        ts, act_of, person_of = (np.concatenate(p) for p in (moments, acts, people))
        order = np.argsort(ts, kind="stable")
        ts, act_of, person_of = ts[order], act_of[order], person_of[order]
        cut = int(np.searchsorted(ts, day_ts + DAY))
        self._carried = (ts[cut:], act_of[cut:], person_of[cut:])
        there = self._joined[person_of[:cut]] <= ts[:cut]
        return list(
            zip(
                ts[:cut][there].tolist(),
                act_of[:cut][there].tolist(),
                person_of[:cut][there].tolist(),
                strict=True,
            )
        )

    def perform(self, act: int, index: int) -> None:
        """Do one of the acts that `day` has drawn."""
        person = self.world.people[index]
        if not person.gone:
            self._acts[act](person)

    def _means(self, today: date) -> list[float]:
        habits = self.world.scenario.habits
        party = festival(today)
        surge = party[1] if party else 1.0
        factors = {
            "chat": habits.chat * math.sqrt(surge),
            "gift": habits.gifts * surge,
            "pay": habits.payments * math.sqrt(surge),
        }
        return [mean * factors.get(name, 1.0) for name, mean in _ACTS_PER_SESSION.items()]

    def _login(self, person: Person) -> None:
        self.world.login(person)

    def _chat(self, person: Person) -> None:
        world, rng = self.world, self.world.rng
        line = rng.choice(AWKWARD if rng.random() < 0.04 else SMALL_TALK)
        if person.friends and rng.random() < 0.8:
            world.message(person, rng.choice(person.friends), line)
        else:
            world.message(person, None, line, f"circle-{person.circle}")

    def _pay(self, person: Person) -> None:
        if not person.friends:
            return
        rng = self.world.rng
        friend = rng.choice(person.friends)
        if rng.random() < 0.25:
            self.world.pay(person, friend, rng.choice((100, 520, 660, 888, 1_000, 6_600)), "红包")
        else:
            amount = int(rng.lognormvariate(8.3, 0.8))
            self.world.pay(person, friend, amount if rng.random() < 0.4 else amount // 100 * 100)
            if rng.random() < 0.08:
                self.world.start(self._shared_meal(friend, person), self.world.some(10 * MINUTE))

    def _shared_meal(self, host: Person, payer: Person) -> Story:
        world = self.world
        share = 1_500 + int(world.rng.lognormvariate(8.3, 0.5)) // 100 * 100
        guests = [f for f in host.friends if f is not payer]
        for guest in world.rng.sample(guests, min(len(guests), 3)):
            world.pay(guest, host, share, "饭钱")
            yield world.some(8 * MINUTE)

    def _gift(self, person: Person) -> None:
        world = self.world
        token = person.spare(world.now)
        if token is None or not person.friends:
            return
        friend = world.rng.choice(person.friends)
        if world.gift(person, friend, token) is not None and world.chance(0.25):
            world.start(self._thanks(friend, person), world.pause(40 * MINUTE, 1.2))

    def _thanks(self, one: Person, other: Person) -> Story:
        world = self.world
        world.message(one, other, ("谢谢你送的藏品", False, False, False))
        if world.chance(0.2):
            yield world.pause(6 * DAY, 1.0)
            world.gift(one, other, one.spare(world.now))

    def _befriend(self, person: Person) -> None:
        rng, people = self.world.rng, self.world.people
        if person.friends and rng.random() < 0.7:
            other = rng.choice(rng.choice(person.friends).friends)
        else:
            other = rng.choice(people)
        if other.joined <= self.world.now and not other.gone:
            self.world.befriend(person, other)

    def _unfriend(self, person: Person) -> None:
        if person.friends:
            self.world.unfriend(person, self.world.rng.choice(person.friends))

    def _report(self, person: Person) -> None:
        other = self.world.rng.choice(self.world.people)
        if other is not person and other.joined <= self.world.now:
            self.world.report(other, person, "other")

    def _new_phone(self, person: Person) -> None:
        person.phone = self.world.name("d")
        self.world.login(person)
        if self.world.chance(0.15):
            self.world.credential(person, "phone")

    def _change_password(self, person: Person) -> None:
        self.world.credential(person, self.world.rng.choice(("password", "password", "email")))

    def _travel(self, person: Person) -> None:
        """A login on the road, or through somebody's VPN."""
        rng = self.world.rng
        city = f"c{int(rng.random() * 60):02d}"
        at = Site(person.phone, f"ip-{city}-{int(rng.random() * 400)}", city)
        self.world.login(person, at)


def _no_ints() -> Ints:
    return np.zeros(0, dtype=np.int64)
