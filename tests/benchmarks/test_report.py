"""The document of the benchmarks: each section replaced by its name, the others kept."""

from pathlib import Path

import msgspec

from benchmarks.cryptopunks import Outcome, Truth, scored
from benchmarks.report import record, table
from benchmarks.turns import Cost, in_turns


def test_a_section_is_replaced_and_the_others_stay_in_order(tmp_path: Path) -> None:
    document = tmp_path / "benchmarks.md"
    record("stages", "old stages", document)
    record("forest", table(("", "us"), [("a row", 1)]), document)
    record("stages", "new stages", document)
    text = document.read_text("utf-8")
    assert text.count("## stages") == 1
    assert "old stages" not in text
    assert text.index("## forest") < text.index("| a row | 1 |") < text.index("## stages")
    assert text.index("## stages") < text.index("new stages")


def test_turns_alternate_and_the_median_counts() -> None:
    order: list[str] = []
    times = {"a": iter((1.0, 9.0, 2.0)), "b": iter((5.0, 4.0, 100.0))}

    def job(name: str) -> Cost:
        order.append(name)
        return Cost(next(times[name]), 0.0)

    costs = in_turns({"a": lambda: job("a"), "b": lambda: job("b")}, 3)
    assert order == ["a", "b"] * 3
    assert (costs["a"].wall, costs["b"].wall) == (2.0, 5.0)


def test_only_transfers_that_are_known_count_for_or_against() -> None:
    transfers = frozenset(f"transfer-{number}" for number in range(1, 5))
    truth = Truth(frozenset({"transfer-1", "transfer-2"}), transfers, 0)
    name, named, precision, recall, lift = scored("x", {"transfer-1", "transfer-3", "other"}, truth)
    assert (name, named, precision, recall, lift) == ("x", "2", "0.500", "0.500", "1.00")


def test_what_was_withdrawn_names_nothing() -> None:
    def said(name: str, revision: int, status: str, event: str) -> bytes:
        line = {"rule": "X03", "event_ids": ["payment-1", event]}
        return msgspec.json.encode(
            {
                "recommendation_id": name,
                "revision": revision,
                "status": status,
                "violation": "V100",
                "evidence": [line],
            }
        )

    lines = [
        said("kept", 2, "amended", "transfer-2"),
        said("kept", 1, "proposed", "transfer-1"),
        said("gone", 1, "proposed", "transfer-3"),
        said("gone", 2, "withdrawn", "transfer-3"),
    ]
    outcome = Outcome({}, lines, True, None)
    assert outcome.latest()["kept"]["revision"] == 2
    assert outcome.named(rule="X03") == {"transfer-1", "transfer-2"}
    assert outcome.named(violations=["V102"]) == set()
