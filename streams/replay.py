"""Replay: a source through the three stages, in this process, at full speed."""

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from models.events import Refusal
from models.pipeline import Pipeline, Setup, Step
from models.recommendations import Recommendation
from streams.output import DeadLetterWriter
from streams.sources import RawBatch, Source


@dataclass(slots=True)
class Summary:
    """What a replay came to."""

    rows: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    revisions: int = 0
    last: dict[str, tuple[str, str]] = field(default_factory=dict)
    seconds: float = 0.0

    def note(self, said: Iterable[Recommendation]) -> None:
        """Count revisions; of each recommendation the last one stands."""
        for one in said:
            self.revisions += 1
            self.last[one.recommendation_id] = (one.penalty.level, one.status)

    def as_dict(self, pipeline: Pipeline) -> dict[str, Any]:
        """The summary as the contract has it."""
        counts = pipeline.counts
        standing = Counter(level for level, status in self.last.values() if status != "withdrawn")
        return {
            "read": self.rows,
            "events": counts.read - counts.bad,
            "bad": sum(self.reasons.values()),
            "bad_by_reason": dict(sorted(self.reasons.items())),
            "skipped": dict(sorted(self.skipped.items())),
            "duplicate": counts.duplicate,
            "late": counts.late,
            "findings": {
                "all": sum(counts.findings.values()),
                "by_rule": dict(sorted(counts.findings.items())),
            },
            "recommendations": {
                "all": len(self.last),
                "by_level": dict(sorted(standing.items())),
                "withdrawn": sum(status == "withdrawn" for _, status in self.last.values()),
                "revisions": self.revisions,
            },
            "rules_without_input": counts.rules_without_input(),
            "seconds": round(self.seconds, 3),
            "events_per_second": round(counts.read / self.seconds) if self.seconds else 0,
        }


def replay(
    source: Source,
    batches: Iterable[RawBatch],
    setup: Setup,
    *,
    say: Callable[[list[Recommendation]], None],
    step: Callable[[Step], None] = lambda _: None,
    letters: DeadLetterWriter | None = None,
) -> dict[str, Any]:
    """Run the batches of a source through a pipeline; returns the summary.

    `say` is given the revisions of each batch in order, `step` all that each batch gave. Refused
    records go to `letters`. Raises what the source raises, after all before it was judged.
    """
    places = {partition: at for at, partition in enumerate(sorted(source.live_partitions))}
    pipeline = Pipeline(setup, max(len(places), 1))
    summary = Summary()
    ended: set[int] = set()
    start = time.perf_counter()

    def told(given: Step) -> None:
        summary.note(given.recommendations)
        step(given)
        say(given.recommendations)

    for batch in batches:
        given = pipeline.take(batch.values, places[batch.partition])
        _refuse(batch, given.refused, summary, letters)
        told(given)
        for partition in places.keys() - source.live_partitions - ended:
            ended.add(partition)
            told(pipeline.end(places[partition]))
    told(pipeline.finish())
    summary.seconds = time.perf_counter() - start
    return summary.as_dict(pipeline)


def _refuse(
    batch: RawBatch,
    refused: list[tuple[int, Refusal]],
    summary: Summary,
    letters: DeadLetterWriter | None,
) -> None:
    """Count what a batch held that is no event, and write it to the dead letters."""
    summary.rows += batch.rows
    summary.skipped.update(batch.skipped)
    for position, refusal in refused:
        summary.reasons[refusal.reason] += 1
        if letters is not None:
            letters.write_letter(
                reason=refusal.reason,
                detail=refusal.detail,
                topic=batch.origin,
                partition=batch.partition,
                offset=batch.offsets[position],
                raw=batch.values[position],
            )
    for failure in batch.failures:
        summary.reasons[failure.reason] += 1
        if letters is not None:
            letters.write_letter(
                reason=failure.reason,
                detail=failure.detail,
                topic=batch.origin,
                partition=batch.partition,
                offset=failure.row,
                raw=failure.raw,
            )
