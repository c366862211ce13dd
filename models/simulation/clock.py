"""Time on the platform: one clock, and the agenda of stories that wait for their moment."""

import heapq
import math
import random

from models.simulation.calendar import at_local_hour, local_hour
from models.simulation.people import Story
from models.simulation.scenario import DAY, HOUR, Scenario


class Clock:
    """Event time in ms, the stories due, and the chances of one scenario."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.rng = random.Random(f"offbook world {scenario.seed}")
        self.now = scenario.start_ts
        self._agenda: list[tuple[int, int, Story]] = []
        self._started = 0

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
