"""Forgets what nothing can touch again, so that cost does not grow with history."""

from models.adjudication.live import Book
from models.adjudication.state import Account, Case, Episode
from models.rules.base import DAY

# No rule's trail reaches further back; held by the catalogue's tests, with the lanes' windows.
LONGEST_TRAIL_MS = 120 * DAY


def forget(account: Account, clock: int, book: Book) -> list[str]:
    """Drops an account's facts behind the horizon; returns the violations whose case changed.

    `clock` (ms) is the partition's, which other accounts move on: what is forgotten must be what
    no item from then on could see. Episodes are kept for one longest episode, tallies for their
    windows beyond it, what stands beside an episode for the gap before it as well, priors for
    their decay, reversed gifts for as long as evidence can name them.
    """
    longest = book.policy.episode.max_ms
    horizon = clock - longest
    changed = []
    for violation, case in list(account.cases.items()):
        touched = _forget_case(case, horizon, clock - book.beside_ms, book)
        if not (case.pending or case.side or case.excused or case.episodes):
            touched = True
            del account.cases[violation]
        if touched:
            changed.append(violation)
    # A prior counts where it is younger than `decay` at the beginning of an episode.
    decayed = horizon - longest - book.policy.strikes.decay_ms
    account.rulings = {
        name: ruling for name, ruling in account.rulings.items() if ruling.ts > decayed
    }
    named = min(clock - LONGEST_TRAIL_MS, horizon)
    account.retracted = {name: at for name, at in account.retracted.items() if at > named}
    return changed


def _forget_case(case: Case, horizon: int, beside: int, book: Book) -> bool:
    """Whether anything was dropped that tallies or totals were counted from."""
    case.side = [finding for finding in case.side if finding.ts > beside]
    case.excused = {name: each for name, each in case.excused.items() if each.ts > beside}
    changed = False
    for key, waiting in list(case.pending.items()):
        rule = book.rules.get(book.rule_id(key))
        window = rule.tally.window_ms if rule is not None and rule.tally else 0
        left = [finding for finding in waiting if finding.ts > horizon - window]
        if len(left) < len(waiting):
            changed = True
            case.pending[key] = left
            if not left:
                del case.pending[key]
    episodes = [episode for episode in case.episodes if _last(episode) > horizon]
    if len(episodes) < len(case.episodes):
        changed = True
        case.episodes = episodes
    return changed


def _last(episode: Episode) -> int:
    if episode.said is None:
        return episode.closed_ts or 0
    return episode.said.to_ts
