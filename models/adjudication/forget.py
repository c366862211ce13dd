"""Forgets what nothing can touch again, so that cost does not grow with history."""

from models.adjudication.live import Book
from models.adjudication.state import Account, Case, Episode


def forget(account: Account, clock: int, book: Book) -> list[str]:
    """Drops an account's facts behind the horizon; returns the violations whose case changed.

    The horizon is one longest episode before `clock` (ms): evidence that comes even later than
    that finds its episode gone. Tallies keep their windows beyond it, priors their decay.
    """
    longest = book.policy.episode.max_ms
    horizon = clock - longest
    changed = []
    for violation, case in list(account.cases.items()):
        touched = _forget_case(case, horizon, book)
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
    account.retracted = {name: at for name, at in account.retracted.items() if at > horizon}
    return changed


def _forget_case(case: Case, horizon: int, book: Book) -> bool:
    """Whether anything was dropped that tallies or totals were counted from."""
    case.side = [finding for finding in case.side if finding.ts > horizon]
    case.excused = {name: each for name, each in case.excused.items() if each.ts > horizon}
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
