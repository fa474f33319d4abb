"""When the ledger is searched at for a run that has ended, how often, and which part of it.

Searches are counted with the run, over restarts, and each is so long after the one before, however
long the playground was closed in between. So a run is given up only after searches that were made,
over half a day at least; a run of long ago, whose charge must be there by now, after one.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from components.runs.money.ledger import LAST_MARGIN, LOG_MARGIN
from components.runs.retry import DAY_S
from components.runs.store.charges import Uncharged

SEARCH_GAPS_S = (0.0, 10.0, 60.0, 300.0, 1_800.0, 7_200.0, 46_800.0)
"""How long each search is after the one before, the first after the run's end."""
TOGETHER = 0.8
"""Runs that have waited this share of a gap are searched for together with one that is due."""
BOOKED_WITHIN_S = DAY_S
"""A charge is booked at most so long after we learned of the end; the rest is not searched."""
SETTLED_S = 7 * DAY_S
"""So long after a run's end one search is enough."""


@dataclass(frozen=True)
class Window:
    """A part of the ledger, up to now where `until` is None, and the runs to look for in it."""

    since: datetime
    until: datetime | None
    runs: tuple[Uncharged, ...]


def is_due(run: Uncharged, now: float, share: float = 1.0) -> bool:
    """Whether it is time to search for a run's charge, or this share of the time is over."""
    if not run.searches or run.searched_at is None:
        return True
    gap_s = SEARCH_GAPS_S[min(run.searches, len(SEARCH_GAPS_S) - 1)]
    # The last gap is kept also where the clock was set back by less than that meanwhile.
    return is_past(run.searched_at + share * gap_s, now, 2 * SEARCH_GAPS_S[-1])


def is_past(at: float, now: float, longest_s: float) -> bool:
    """Whether a moment has come, set `longest_s` ahead at most: else the clock was set back."""
    return not now < at <= now + longest_s


def is_last_search(run: Uncharged, now: float) -> bool:
    """Whether a search now is the last one."""
    return run.searches + 1 >= len(SEARCH_GAPS_S) or now - run.finished_at > SETTLED_S


def windows(runs: Collection[Uncharged], now: float) -> list[Window]:
    """The parts of the ledger in which the charges of these runs can be, newest first."""
    merged: list[Window] = []
    for window in sorted((_window(run, now) for run in runs), key=lambda each: each.since):
        before = merged[-1] if merged else None
        if before is None or (before.until is not None and before.until < window.since):
            merged.append(window)
            continue
        is_open = before.until is None or window.until is None
        until = None if is_open else max(filter(None, (before.until, window.until)))
        merged[-1] = Window(before.since, until, (*before.runs, *window.runs))
    return merged[::-1]


def _window(run: Uncharged, now: float) -> Window:
    """A clock that is far off is thought of in the last search, as in a search of the log."""
    margin: timedelta = LAST_MARGIN if is_last_search(run, now) else LOG_MARGIN
    since = datetime.fromtimestamp(run.sent_at, UTC) - margin
    until = datetime.fromtimestamp(run.finished_at + BOOKED_WITHIN_S, UTC) + margin
    return Window(since, until if until.timestamp() < now else None, (run,))
