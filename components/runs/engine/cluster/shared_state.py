"""What all processes know of the provider together: one row, changed by whoever learns more."""

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from components.database.engine import reading, row_by_row
from components.database.schema import PROVIDER_STATE
from components.runs.timing.breaker import Breaker
from components.runs.timing.outage import Outage
from components.runs.timing.throttle_state import Channel, ThrottleState

KNOWN_FOR_S = 1.0
"""So old may be what a process goes by; a success or a failure is told at once."""
NAME = "throttle"
_ROW = PROVIDER_STATE.c.name == NAME


class SharedState:
    """Keeps the state in the database; safe from any thread."""

    def __init__(
        self, database: sa.Engine, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._database = database
        self._writing = row_by_row(database)
        self._monotonic = monotonic
        self._state = ThrottleState()
        self._known_until = 0.0

    def look(self) -> ThrottleState:
        """The state as it was `KNOWN_FOR_S` ago at most, or later where the database is silent."""
        if self._monotonic() >= self._known_until:
            with reading(self._database) as connection:
                self._known(_read(connection.scalar(sa.select(PROVIDER_STATE.c.state).where(_ROW))))
        return self._state

    def change(self, changed: Callable[[ThrottleState], ThrottleState]) -> ThrottleState:
        """Replace the state by what `changed` makes of it, one process after the other."""
        with self._writing.begin() as connection:
            before = _locked(connection)
            after = changed(before)
            if after != before:
                connection.execute(PROVIDER_STATE.update().where(_ROW).values(state=_plain(after)))
        self._known(after)
        return after

    def _known(self, state: ThrottleState) -> None:
        self._state, self._known_until = state, self._monotonic() + KNOWN_FOR_S


def _locked(connection: Connection) -> ThrottleState:
    """The state, which nobody else changes until the transaction ends."""
    wanted = sa.select(PROVIDER_STATE.c.state).where(_ROW).with_for_update()
    state = connection.scalar(wanted)
    if state is None:
        made = PROVIDER_STATE.insert().values(name=NAME, state=_plain(ThrottleState()))
        try:
            with connection.begin_nested():
                connection.execute(made)
        except sa.exc.IntegrityError:
            pass  # Another process made it in this moment.
        state = connection.scalar(wanted)
    return _read(state)


def _plain(state: ThrottleState) -> dict[str, Any]:
    return {
        "breakers": {channel.value: asdict(it) for channel, it in state.breakers.items()},
        "reasons": {channel.value: reason for channel, reason in state.reasons.items()},
        "must_ask": state.must_ask,
        "outage": asdict(state.outage),
    }


def _read(state: Mapping[str, Any] | None) -> ThrottleState:
    if not state:
        return ThrottleState()
    return ThrottleState(
        {channel: Breaker(**state["breakers"][channel.value]) for channel in Channel},
        {channel: str(state["reasons"][channel.value]) for channel in Channel},
        bool(state["must_ask"]),
        Outage(**state["outage"]),
    )
