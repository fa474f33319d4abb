"""Hands out the queue: which runs may be sent now, for all workers together."""

import logging
from collections.abc import Callable

import sqlalchemy as sa

from components.database.engine import row_by_row
from components.runs.engine.cluster.job_queue import JobQueue
from components.runs.engine.cluster.run_claims import RunClaims
from components.runs.retry import MINUTE_S, RULES, FailureKind
from components.runs.store.leases import Allowance
from components.runs.store.run_store import RunStore
from components.runs.timing.provider_throttle import ProviderThrottle
from components.runs.wording import span

HAND_OUT_LOCK = 1_802_267_249
"""Any number will do, as long as every process on one database takes the same."""
LOGGER = logging.getLogger(__name__)


class SendingQueue:
    """Lets queued runs be sent, and finds those that nobody was told to go on with."""

    def __init__(
        self,
        store: RunStore,
        claims: RunClaims,
        jobs: JobQueue,
        throttle: ProviderThrottle,
        clock: Callable[[], float],
    ) -> None:
        self._store = store
        self._claims = claims
        self._jobs = jobs
        self._throttle = throttle
        self._clock = clock
        self._writing = row_by_row(store.database)

    def hand_out(self) -> int:
        """Let runs be sent, in the order they were made; returns how many.

        One process at a time: what is sent in any minute, and what is at the provider, is counted
        over all of them.
        """
        now = self._clock()
        if self._throttle.begin_question(now):
            self._throttle.ask()
        with self._writing.begin() as connection:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(HAND_OUT_LOCK)))
            now = self._clock()
            self._throttle.recount(self._store.sent_since(now - MINUTE_S))
            room = self._throttle.room(now) - self._claims.begun(connection, now)
            allowance = Allowance(room, self._throttle.limits.in_flight)
            claims = self._claims.hand_out(connection, allowance, now)
            self._jobs.advance(connection, {claim.run.id: claim.lane for claim in claims})
        if claims:
            self._throttle.sent([now])
        return len(claims)

    def hand_out_all(self) -> None:
        """Let all runs be sent that may be."""
        while self.hand_out():
            pass

    def end_what_is_never_taken(self) -> None:
        """Queued runs wait for a silent or busy provider as long as it is said, and no longer."""
        now, longest_s = self._clock(), RULES[FailureKind.NOT_ACCEPTED].within_s
        if self._throttle.held_s >= longest_s:
            why = (
                f"The provider has taken no run for {span(longest_s)}. Nothing was accepted or "
                "charged. Send it again later."
            )
            self._store.end_queued(now - longest_s, now, why)

    def find_lost(self) -> None:
        """Have runs gone on with that are due and have no job: all that can break leads here."""
        due = self._claims.going_on(self._clock())
        lost = self._jobs.without_jobs(due)
        if lost:
            LOGGER.warning("%d runs had no job; they go on", len(lost))
            self._jobs.advance_lost({run_id: due[run_id] for run_id in lost})
