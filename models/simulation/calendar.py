"""Chinese calendar days, and the daily and weekly rhythm of people who live by them."""

from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from models.simulation.scenario import DAY, HOUR

TIME_ZONE = 8 * HOUR  # China has one time zone, UTC+8, and no daylight saving

_SOLAR = {
    "new_year": (1, 1, 2.0),
    "valentine": (2, 14, 3.0),
    "womens_day": (3, 8, 2.0),
    "520": (5, 20, 4.5),
    "childrens_day": (6, 1, 2.0),
    "teachers_day": (9, 10, 1.8),
    "national_day": (10, 1, 2.2),
    "singles_day": (11, 11, 1.6),
    "christmas": (12, 25, 2.2),
}

# Lunar festivals by Gregorian date, from the published calendar, 2023 to 2030.
_SPRING_FESTIVAL = (
    "2023-01-22 2024-02-10 2025-01-29 2026-02-17 2027-02-06 2028-01-26 2029-02-13 2030-02-03"
)
_DRAGON_BOAT = (
    "2023-06-22 2024-06-10 2025-05-31 2026-06-19 2027-06-09 2028-05-28 2029-06-16 2030-06-05"
)
_QIXI = "2023-08-22 2024-08-10 2025-08-29 2026-08-19 2027-08-08 2028-08-26 2029-08-16 2030-08-05"
_MID_AUTUMN = (
    "2023-09-29 2024-09-17 2025-10-06 2026-09-25 2027-09-15 2028-10-03 2029-09-22 2030-09-12"
)
_LUNAR = {
    "spring_festival": (_SPRING_FESTIVAL, 6.0),
    "dragon_boat": (_DRAGON_BOAT, 1.8),
    "qixi": (_QIXI, 3.5),
    "mid_autumn": (_MID_AUTUMN, 3.5),
}


def _lunar_days() -> dict[date, tuple[str, float]]:
    days: dict[date, tuple[str, float]] = {}
    for name, (listed, surge) in _LUNAR.items():
        for text in listed.split():
            day = date.fromisoformat(text)
            days[day] = (name, surge)
            if name == "spring_festival":
                for offset, rest in ((-1, 5.0), (1, 4.0), (2, 3.0), (3, 2.0)):
                    days[day + timedelta(offset)] = (name, rest)
                days[day + timedelta(14)] = ("lantern", 2.0)
    return days


_LUNAR_DAYS = _lunar_days()


def festival(day: date) -> tuple[str, float] | None:
    """The festival of a day and how many times the usual number of gifts it brings.

    Lunar festivals are known from 2023 to 2030; other years have the solar ones alone.
    """
    lunar = _LUNAR_DAYS.get(day)
    if lunar is not None:
        return lunar
    for name, (month, number, surge) in _SOLAR.items():
        if (day.month, day.day) == (month, number):
            return name, surge
    return None


def local_day(ts: int) -> date:
    """The calendar day in China of a time in ms."""
    return date(1970, 1, 1) + timedelta((ts + TIME_ZONE) // DAY)


def local_hour(ts: int) -> float:
    """Hours since midnight in China of a time in ms."""
    return (ts + TIME_ZONE) % DAY / HOUR


def at_local_hour(ts: int, hour: float) -> int:
    """The time in ms, on the day in China of `ts`, at which its clock shows `hour`."""
    return ts - (ts + TIME_ZONE) % DAY + int(hour * HOUR)


_WEEK = (0.95, 0.93, 0.95, 0.98, 1.08, 1.18, 1.12)  # from Monday


def weekday_factor(day: date) -> float:
    """How much livelier than usual this day of the week is."""
    return _WEEK[day.weekday()]


def draw_hours(rng: np.random.Generator, lateness: NDArray[np.float64]) -> NDArray[np.float64]:
    """Local hours of sessions, one for each entry of `lateness` (hours a person runs late).

    People look at their phones on the way to work, at noon, and mostly in the evening.
    """
    count = len(lateness)
    mode = rng.choice(4, size=count, p=(0.2, 0.2, 0.5, 0.1))
    centre = np.array((8.2, 12.6, 20.8, 15.0))[mode]
    spread = np.array((1.1, 0.9, 1.8, 4.5))[mode]
    hours = (centre + lateness + spread * rng.standard_normal(count)) % 24.0
    return np.asarray(hours, dtype=np.float64)
