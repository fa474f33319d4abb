"""What may be repeated, when, and for how long: one table and one pure function.

The rule behind the table: a POST is repeated only when it was certainly not accepted; one whose
answer was lost is looked for; questions and copies may always be repeated. Pauses grow with full
jitter (a random share of a doubling ceiling), never end before the `Retry-After` of the provider,
and a run gives up only after so many tries and so long a time, both of them. Nothing is endless:
every kind of trouble has its end, and all kinds together have one. Time counts only while the
playground runs, see `counted_s`.
"""

from dataclasses import dataclass
from enum import Enum, StrEnum

LEAST_PAUSE_S = 0.5
RETRY_AFTER_MAX_S = 300.0
"""A longer pause asked for by the provider is cut to this, so that no header can park a run."""
MINUTE_S, HOUR_S, DAY_S = 60.0, 3600.0, 86_400.0
LONGEST_PAUSE_S = 15 * MINUTE_S + RETRY_AFTER_MAX_S
"""No run is left alone for longer; a time further ahead is one of a clock that was set back."""
STEP_MAX_S = 15 * MINUTE_S
"""No step takes longer, but a copy."""


class FailureKind(StrEnum):
    """What went wrong in a step of a run."""

    NOT_ACCEPTED = "not accepted"
    """The request certainly did not arrive, or was put off (429, 503 with Retry-After)."""
    DECLINED = "declined"
    """The request was understood and refused; it would be again."""
    ANSWER_LOST = "answer lost"
    """The request left, and nobody knows what became of it."""
    NOT_IN_LOG = "not in the log"
    """The provider's log does not name the request, or not yet."""
    LOG_UNREADABLE = "log unreadable"
    """The provider's log, or its ledger, cannot be read."""
    POLL_FAILED = "look failed"
    """A look at the generation brought no answer that can be used."""
    STILL_GOING = "still going"
    """The provider reports it as under way, much longer than any run takes."""
    ODD_REPORT = "odd report"
    """The provider reports an error under a status that is not in the contract."""
    POLL_DENIED = "look denied"
    """The key or the account may not look (401, 402, 403)."""
    UNKNOWN_THERE = "unknown there"
    """The provider does not know the generation (404 and every other 4xx)."""
    FETCHED_UNKNOWN = "fetched unknown"
    """The same of one that somebody named: an id mistyped, or of another key, or not known yet."""
    NO_ADDRESS = "no address"
    """The generation is finished, but the provider names no file."""
    COPY_FAILED = "copy failed"
    """A file of the result did not arrive whole."""
    DISK_FULL = "disk full"
    """A file of the result has no room here."""
    FAULT_HERE = "fault here"
    """A fault of ours."""


class Next(Enum):
    """What to do about it."""

    REPEAT = "repeat"
    RECONCILE = "look for it"
    GIVE_UP = "give up"


@dataclass(frozen=True)
class Rule:
    """Pauses have ceilings from `base_s`, doubling, to `longest_s`.

    It ends when there were `tries` and the trouble lasted `within_s` seconds.
    """

    base_s: float
    longest_s: float
    tries: int = 1
    within_s: float = 0.0
    does: Next = Next.REPEAT


RULES = {
    FailureKind.NOT_ACCEPTED: Rule(2, 5 * MINUTE_S, tries=12, within_s=6 * HOUR_S),
    FailureKind.DECLINED: Rule(0, 0, does=Next.GIVE_UP),
    FailureKind.ANSWER_LOST: Rule(2, 2, does=Next.RECONCILE),
    # Longer than the log's lag and the slowest generation.
    FailureKind.NOT_IN_LOG: Rule(5, 2 * MINUTE_S, tries=4, within_s=HOUR_S / 2),
    FailureKind.LOG_UNREADABLE: Rule(5, 15 * MINUTE_S, tries=12, within_s=DAY_S),
    # A generation goes on whether we reach the provider or not: it outlasts a long weekend.
    FailureKind.POLL_FAILED: Rule(2, 5 * MINUTE_S, tries=12, within_s=3 * DAY_S),
    # Looked at by the plan, not by these pauses.
    FailureKind.STILL_GOING: Rule(2, 5 * MINUTE_S, tries=12, within_s=3 * DAY_S),
    FailureKind.ODD_REPORT: Rule(2, 5 * MINUTE_S, tries=12, within_s=DAY_S),
    FailureKind.POLL_DENIED: Rule(5, 15 * MINUTE_S, tries=12, within_s=DAY_S),
    FailureKind.UNKNOWN_THERE: Rule(5, 5 * MINUTE_S, tries=12, within_s=HOUR_S),
    # Somebody waits for the answer; what was accepted elsewhere a moment ago is known within that.
    FailureKind.FETCHED_UNKNOWN: Rule(4, 15, tries=4, within_s=MINUTE_S / 2),
    FailureKind.NO_ADDRESS: Rule(5, 5 * MINUTE_S, tries=12, within_s=HOUR_S),
    FailureKind.COPY_FAILED: Rule(2, 15 * MINUTE_S, tries=20, within_s=7 * DAY_S),
    FailureKind.DISK_FULL: Rule(5, MINUTE_S, tries=20, within_s=7 * DAY_S),
    FailureKind.FAULT_HERE: Rule(30, 5 * MINUTE_S, tries=12, within_s=DAY_S),
}
ALL_WITHIN_S = max(rule.within_s for rule in RULES.values())
"""However the kinds of trouble alternate, together they last no longer than the longest of them."""


@dataclass(frozen=True)
class Decision:
    """What to do next, and after how many seconds."""

    next: Next
    pause_s: float = 0.0


def decide(
    trouble: FailureKind,
    attempt: int,
    *,
    chance: float,
    retry_after_s: float | None = None,
    is_over: bool = False,
) -> Decision:
    """Decide about the `attempt`-th trouble in a row, `is_over` where it has lasted long enough.

    `chance` is a random number from 0 to 1.
    """
    rule = RULES[trouble]
    if rule.does is Next.GIVE_UP or (rule.does is Next.REPEAT and is_over):
        return Decision(Next.GIVE_UP)
    pause_s = full_jitter_s(rule.base_s, rule.longest_s, attempt, chance)
    return Decision(rule.does, pause_s + honoured_s(retry_after_s))


def is_over(trouble: str, tries: int, lasted_s: float, all_lasted_s: float) -> bool:
    """Whether a kind of trouble has come often and long enough, or all kinds together too long."""
    rule = RULES[FailureKind(trouble)]
    return all_lasted_s >= ALL_WITHIN_S or (tries >= rule.tries and lasted_s >= rule.within_s)


def counted_s(tried_at: float | None, due_at: float, now: float) -> float:
    """The seconds since the last try that count: no more than were planned, and a step takes.

    So the nights do not count in which the playground is off, nor do the leaps of a clock.
    """
    if tried_at is None:
        return 0.0
    planned_s = min(max(0.0, due_at - tried_at), LONGEST_PAUSE_S)
    return max(0.0, min(now - tried_at, planned_s + STEP_MAX_S))


def full_jitter_s(base_s: float, longest_s: float, attempt: int, chance: float) -> float:
    """A random share of a ceiling that doubles with every attempt, from the first one on."""
    ceiling_s = min(longest_s, base_s * 2.0 ** min(attempt - 1, 20))
    return max(LEAST_PAUSE_S, chance * ceiling_s)


def honoured_s(retry_after_s: float | None) -> float:
    """The pause the provider asked for, in reason."""
    return min(retry_after_s or 0.0, RETRY_AFTER_MAX_S)
