"""Real transfers through a real broker: what the worker says of them, and how often it is right.

31,001 transfers of CryptoPunks, of which it is known whether somebody paid for them. They are
produced through a source map, once with the payments that a platform might see and once without,
and consumed by `offbook worker`.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import msgspec
import pyarrow.parquet as pq
from jsonschema import Draft202012Validator

from benchmarks.brokers import apache, embedded, filled, no_apache, reading
from benchmarks.inputs import default_setup
from benchmarks.report import Options, table
from config.settings import Settings
from config.source_maps import builtin_source_map
from models.recommendations import Recommendation, encode
from streams.replay import replay as run_replay
from streams.sources import open_source
from tests.streams.running_worker import same_but_for_replay, until, worker

FILE: Final = "cryptopunks_until_2021_08.parquet"
MAPS: Final = {"cryptopunks": "payments visible", "cryptopunks-no-payments": "payments left out"}
# The contract that wraps a punk: the source maps leave it out.
WRAPPER: Final = "0xb7f7f6c52f2e2fdb1963eab30438024864c313f6"

_ENDED: Final = re.compile(
    r"([\d,]+) read, ([\d,]+) bad, ([\d,]+) duplicate, ([\d,]+) late; "
    r"([\d,]+) findings, ([\d,]+) revisions"
)


@dataclass(frozen=True, slots=True)
class Truth:
    """The transfers that reach the worker, by event id: those somebody paid for, and all.
    `unpriced` of the paid ones were sales for 0 ether, which no payment goes with."""

    paid: frozenset[str]
    transfers: frozenset[str]
    unpriced: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one stream: the worker's own counts, and its recommendations."""

    ended: dict[str, int]
    said: list[bytes]
    same_as_replay: bool
    read_by_kcat: int | None

    def latest(self) -> dict[str, dict[str, Any]]:
        """The last revision of each recommendation, by id."""
        last: dict[str, dict[str, Any]] = {}
        for raw in self.said:
            one = msgspec.json.decode(raw)
            if one["revision"] >= last.get(one["recommendation_id"], one)["revision"]:
                last[one["recommendation_id"]] = one
        return last

    def named(self, *, violations: Iterable[str] = (), rule: str | None = None) -> set[str]:
        """The transfers among the evidence of what was said and not withdrawn: of these
        violations (or of any), by this rule (or by any)."""
        wanted = set(violations)
        withdrawn = {name for name, one in self.latest().items() if one["status"] == "withdrawn"}
        found = set()
        for one in map(msgspec.json.decode, self.said):
            if one["recommendation_id"] in withdrawn:
                continue
            if wanted and one["violation"] not in wanted:
                continue
            for line in one["evidence"]:
                if rule is None or line["rule"] == rule:
                    found.update(line["event_ids"])
        return {name for name in found if name.startswith("transfer-")}


def run(options: Options) -> str:
    """Take both streams through the worker; the tables as Markdown."""
    folder = os.environ.get("OFFBOOK_DATA", "")
    if not folder:
        return "Skipped: OFFBOOK_DATA does not name the folder of the outside data."
    source = Path(folder) / FILE
    truth = known(source)
    with ExitStack() as stack:
        reason = no_apache()
        broker = f"the embedded broker ({reason})" if reason else "Apache Kafka"
        address = stack.enter_context(embedded() if reason else apache())
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        outcomes = {name: through(address, source, name, scratch) for name in MAPS}
    for outcome in outcomes.values():
        validate(outcome.said)
    return _text(truth, outcomes, broker)


def known(source: Path) -> Truth:
    """Read from the file itself which transfers were sales."""
    columns = pq.read_table(source).to_pydict()
    rows = zip(
        *(columns[name] for name in ("kind", "sender", "receiver", "price_eth")), strict=True
    )
    paid, transfers, unpriced = set(), set(), 0
    for number, (kind, sender, receiver, price) in enumerate(rows, start=1):
        # What the map leaves out, and what the contract refuses: a transfer to oneself.
        if WRAPPER in (sender, receiver) or sender == receiver:
            continue
        transfers.add(f"transfer-{number}")
        if kind == "sale":
            paid.add(f"transfer-{number}")
            unpriced += not price
    return Truth(frozenset(paid), frozenset(transfers), unpriced)


def through(address: str, source: Path, source_map: str, scratch: Path) -> Outcome:
    """Produce the stream, run the worker until it has said what a replay says, and end it."""
    values: list[bytes] = []
    expected: list[bytes] = []
    with open_source(str(source), source_map=builtin_source_map(source_map)) as rows:
        read = list(rows)
    for batch in read:
        values += batch.values

    def say(said: list[Recommendation]) -> None:
        expected.extend(map(encode, said))

    with open_source(str(source), source_map=builtin_source_map(source_map)) as opened:
        run_replay(opened, read, default_setup(), say=say)
    settings = replace(filled(address, values), log_level="info")
    log = scratch / f"{source_map}.log"
    with worker(settings, log) as process, reading(settings) as arrived:
        until(lambda: len(arrived()) >= len(expected), process, log)
        said = arrived()
    ended = _ENDED.search(log.read_text())
    if ended is None:
        raise RuntimeError(f"the worker did not end well:\n{log.read_text()[-4000:]}")
    numbers = (int(number.replace(",", "")) for number in ended.groups())
    names = ("read", "bad", "duplicate", "late", "findings", "revisions")
    return Outcome(
        dict(zip(names, numbers, strict=True)),
        said,
        same_but_for_replay(said) == same_but_for_replay(expected),
        _with_kcat(settings),
    )


def _with_kcat(settings: Settings) -> int | None:
    """How many records a foreign client reads; None where it is not installed."""
    kcat = shutil.which("kcat")
    if kcat is None:
        return None
    command = [kcat, "-b", ",".join(settings.brokers), "-t", settings.topic_recommendations]
    done = subprocess.run([*command, "-C", "-e", "-q"], capture_output=True, check=True)
    return len(done.stdout.splitlines())


def validate(said: Iterable[bytes]) -> None:
    """Hold every record to the schema as the command prints it. Raises ValidationError."""
    command = [sys.executable, "-m", "streams.cli", "schema", "recommendations"]
    schema = subprocess.run(command, capture_output=True, check=True).stdout
    validator = Draft202012Validator(msgspec.json.decode(schema))
    for record in said:
        validator.validate(msgspec.json.decode(record))


def _text(truth: Truth, outcomes: dict[str, Outcome], broker: str) -> str:
    rate = len(truth.paid) / len(truth.transfers)
    with_payments, without = outcomes.values()
    trade = ("V100", "V102")
    scores = [
        scored("payments visible, named by X03", with_payments.named(rule="X03"), truth),
        scored("payments visible, V100 and V102", with_payments.named(violations=trade), truth),
        scored("payments left out, V100 and V102", without.named(violations=trade), truth),
        scored("payments left out, any violation", without.named(), truth),
        ("every transfer, called paid", f"{len(truth.transfers):,}", f"{rate:.3f}", "1.000", ""),
    ]
    head = ("", *MAPS.values())
    counts = [
        (name, *(f"{outcome.ended[name]:,}" for outcome in outcomes.values()))
        for name in with_payments.ended
    ]
    counts += [
        ("recommendations", *(f"{len(one.latest()):,}" for one in outcomes.values())),
        (
            "the same bytes as a replay (sorted, `replay` aside)",
            *("yes" if one.same_as_replay else "NO" for one in outcomes.values()),
        ),
        ("records that kcat reads", *(_shown(one.read_by_kcat) for one in outcomes.values())),
        (
            "records that the schema allows",
            *(f"{len(one.said):,} of {len(one.said):,}" for one in outcomes.values()),
        ),
    ]
    return f"""\
`OFFBOOK_DATA=FOLDER python -m benchmarks cryptopunks`: the {31_001:,} real transfers of
`{FILE}` through a source map, produced into {broker}, consumed by `offbook worker` with the
default policy.

{table(head, counts)}

How well a recommendation's evidence tells a transfer that was paid for. Of {len(truth.transfers):,}
transfers between two people {len(truth.paid):,} were sales, {rate:.3f} of all; {truth.unpriced}
of the sales were for 0 ether, with which no payment goes.

{table(("", "transfers named", "precision", "recall", "precision beside the base rate"), scores)}
"""


def _shown(number: int | None) -> str:
    return "kcat is not installed" if number is None else f"{number:,}"


def scored(name: str, named: set[str], truth: Truth) -> tuple[str, str, str, str, str]:
    named &= truth.transfers
    right = len(named & truth.paid)
    precision = right / len(named) if named else 0.0
    lift = precision * len(truth.transfers) / len(truth.paid)
    recall = right / len(truth.paid)
    return name, f"{len(named):,}", f"{precision:.3f}", f"{recall:.3f}", f"{lift:.2f}"
