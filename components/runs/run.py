"""A run: the job and the history at once. Plain values and the legal transitions, no I/O.

queued ──► submitting ──► generating ──► saving ──► done
  │          │     │          │            │
  │          │     └► uncertain            └ retried until the copy is whole
  └► cancelled └► failed ◄────┴────────────┘

A failed run whose end nobody knows for certain (`unresolved`) may be looked for again.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Self

from components.runs.retry import counted_s, is_over


class Status(StrEnum):
    """Where a run is; one line of meaning each."""

    QUEUED = "queued"
    """Accepted here, not sent. Cancelling is free."""
    SUBMITTING = "submitting"
    """The intent to send is stored; the POST may be on its way."""
    UNCERTAIN = "uncertain"
    """The POST left and no answer came back; looked for in the provider's log, never sent again."""
    GENERATING = "generating"
    """The provider works on it; its generation id is stored."""
    SAVING = "saving"
    """The result is known and is being copied into our store."""
    DONE = "done"
    """Every output is in our store."""
    FAILED = "failed"
    """Over without a result; the error says why, and whether it was charged."""
    CANCELLED = "cancelled"
    """Withdrawn before it was sent."""

    @property
    def is_final(self) -> bool:
        """Nothing happens any more."""
        return self in FINAL


FINAL = frozenset({Status.DONE, Status.FAILED, Status.CANCELLED})

TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.QUEUED: frozenset({Status.SUBMITTING, Status.CANCELLED, Status.FAILED}),
    Status.SUBMITTING: frozenset(
        {Status.QUEUED, Status.UNCERTAIN, Status.GENERATING, Status.SAVING, Status.FAILED}
    ),
    Status.UNCERTAIN: frozenset({Status.GENERATING, Status.SAVING, Status.FAILED}),
    Status.GENERATING: frozenset({Status.SAVING, Status.FAILED}),
    Status.SAVING: frozenset({Status.DONE, Status.FAILED}),
    Status.DONE: frozenset(),
    Status.FAILED: frozenset({Status.UNCERTAIN, Status.GENERATING, Status.SAVING}),
    Status.CANCELLED: frozenset(),
}


@dataclass(frozen=True)
class Output:
    """One file of the result. `name` and `thumb` are names in the media store, once copied."""

    kind: str
    remote_url: str = ""
    name: str | None = None
    thumb: str | None = None
    mime: str = ""
    width_px: int | None = None
    height_px: int | None = None
    duration_s: float | None = None
    size_bytes: int | None = None


@dataclass(frozen=True)
class Event:
    """A line of the run's receipt; `at` is seconds since the epoch, UTC."""

    at: float
    what: str


@dataclass(frozen=True)
class Tally:
    """How often a kind of trouble came, and for how many seconds, while the playground ran."""

    kind: str
    tries: int = 0
    lasted_s: float = 0.0


@dataclass(frozen=True)
class Parent:
    """A run whose result went into this one: its `output_index`-th output became `field`.

    `use` is what it was used for, in the page's words, such as "first frame".
    """

    run_id: str
    output_index: int = 0
    field: str = ""
    use: str = ""


@dataclass(frozen=True, kw_only=True)
class Run:
    """One row. Times are seconds since the epoch (UTC), amounts are USD.

    `request` holds the fields as the catalogue names them; its media are https URLs or references
    into the media store. `response` is the provider's last answer. `note` tells what is going on
    while the run is not over, `error` why it failed. `title`, `remark` and `favourite` are the
    user's own. `group_id` joins the runs of one plan, and `group_labels` names its place there:
    {"row": ..., "column": ...}; `group_index` counts the places from 0. `asked_hash` stands
    for what was asked for, as it was before files were repaired. `deleted_at` is set while a
    deletion can still be undone.
    `rendered_s` is how long the provider is known to have worked on it: until the last look that
    said so and, once it is finished, about until its end; None where that cannot be told.

    `charge_unknown` is set when the provider's ledger was searched to the stated end for what the
    run cost, and does not tell.

    `trouble` names what the last step ran into, `attempts` how many steps in a row ran into some,
    and `trouble_since` when that began. `tallies` count each kind since the run last came on, the
    last time at `tried_at`. An `unresolved` failed run may have been charged, or its result may
    still be got. `times_begun` counts how often it was begun to be sent.
    """

    id: str
    model: str
    request: dict[str, Any]
    created_at: float
    next_step_at: float
    status: Status = Status.QUEUED
    attempts: int = 0
    submitted_at: float | None = None
    finished_at: float | None = None
    expected_s: float | None = None
    rendered_s: float | None = None
    generation_id: str | None = None
    inference_id: str | None = None
    quoted_usd: float | None = None
    charged_usd: float | None = None
    cancel_requested: bool = False
    note: str = ""
    error: str = ""
    response: dict[str, Any] | None = None
    outputs: tuple[Output, ...] = ()
    events: tuple[Event, ...] = ()
    trouble: str = ""
    trouble_since: float | None = None
    tallies: tuple[Tally, ...] = ()
    tried_at: float | None = None
    unresolved: bool = False
    provider_request_id: str | None = None
    title: str = ""
    remark: str = ""
    favourite: bool = False
    parents: tuple[Parent, ...] = ()
    group_id: str | None = None
    group_labels: dict[str, str] | None = None
    group_index: int | None = None
    asked_hash: str | None = None
    deleted_at: float | None = None
    charge_unknown: bool = False
    times_begun: int = 0

    @property
    def prompt(self) -> str:
        """The text the user typed."""
        return str(self.request.get("prompt", ""))

    def moved(self, status: Status, at: float, what: str, **changes: Any) -> Self:
        """The run in its next status, with a line on its receipt.

        Raises:
            ValueError: the life of a run has no such step.
        """
        if status not in TRANSITIONS[self.status]:
            raise ValueError(f"a run cannot go from {self.status} to {status}")
        fresh = {
            "attempts": 0,
            "trouble": "",
            "trouble_since": None,
            "tallies": (),
            "tried_at": None,
            "unresolved": False,
            "note": "",
            "error": "",
            "charge_unknown": False,
            "next_step_at": at,
            "finished_at": at if status.is_final else None,
        }
        return replace(
            self,
            **{**fresh, **changes},
            status=status,
            events=(*self.events, Event(at, what)),
        )

    def begun(self, at: float) -> Self:
        """The queued run as it is stored before it is sent."""
        return self.moved(
            Status.SUBMITTING,
            at,
            "Sending.",
            submitted_at=at,
            times_begun=self.times_begun + 1,
            **self.troubles,
        )

    @property
    def troubles(self) -> dict[str, Any]:
        """What is known of its troubles: not over by being sent, only by being accepted."""
        names = ("attempts", "trouble", "trouble_since", "tallies", "tried_at")
        return {name: getattr(self, name) for name in names}

    def failed(self, at: float, why: str, **changes: Any) -> Self:
        """The run, over without a result; `why` is the sentence the user reads."""
        return self.moved(Status.FAILED, at, why, error=why, **changes)

    def waiting(self, until: float, note: str, **changes: Any) -> Self:
        """The run in the same status, to be looked at again at `until`."""
        return replace(self, next_step_at=until, note=note, **changes)

    def tally(self, kind: str) -> Tally:
        """How often and how long a kind of trouble came."""
        return next((tally for tally in self.tallies if tally.kind == kind), Tally(kind))

    @property
    def troubled_s(self) -> float:
        """How long all kinds of trouble lasted together."""
        return sum(tally.lasted_s for tally in self.tallies)

    def counted(self, kind: str, at: float) -> Self:
        """The run with one more of this kind in its tally, and the time since the last try."""
        before = self.tally(kind)
        lasted_s = before.lasted_s + counted_s(self.tried_at, self.next_step_at, at)
        others = tuple(tally for tally in self.tallies if tally.kind != kind)
        tally = Tally(kind, before.tries + 1, lasted_s)
        return replace(self, tallies=(*others, tally), tried_at=at)

    def troubled(self, kind: str, at: float) -> Self:
        """The run with one more trouble, of this kind."""
        since = at if self.trouble_since is None else self.trouble_since
        return replace(
            self.counted(kind, at),
            attempts=self.attempts + 1,
            trouble=kind,
            trouble_since=since,
        )

    def is_over(self, kind: str, at: float | None = None) -> bool:
        """Whether this kind of trouble has come for long enough; with `at`, should it come then."""
        run = self if at is None else self.counted(kind, at)
        tally = run.tally(kind)
        return is_over(kind, tally.tries, tally.lasted_s, run.troubled_s)

    def untroubled(self, *, came_on: bool = True) -> Self:
        """The run after a step that went well; its troubles are over where it also came on."""
        calm: dict[str, Any] = {"attempts": 0, "trouble": "", "trouble_since": None}
        if came_on:
            calm |= {"tallies": (), "tried_at": None}
        # Most looks at most runs go well, one after the other.
        is_calm = all(getattr(self, name) == value for name, value in calm.items())
        return self if is_calm else replace(self, **calm)
