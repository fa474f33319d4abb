"""The throttle to the provider: who may call it now, and how many runs may be sent.

Two breakers, since a provider may take no more runs and still tell about those it has: one for
sending, one for asking. A provider that is dead opens both. The limits are per key, that is, per
throttle. What a step may not do now it is told as `ProviderPaused`; the engine asks before it
claims.

After a silence a question tries the provider out and not a run, whose answer might be lost again.
Nobody waits here for ever: `held_s` tells for how long nothing could be sent, and a run whose time
is over may make its last try past a breaker that is open.
"""

import logging
import random
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from threading import Lock
from typing import ParamSpec, TypeVar

from components.errors import (
    AnswerLost,
    NotSendable,
    NotTheProvider,
    Overloaded,
    ProviderError,
    ProviderPaused,
    RateLimited,
    Unreachable,
)
from components.runs.retry import MINUTE_S, RULES, FailureKind
from components.runs.timing.throttle_state import (
    BUSY,
    SILENT,
    STRANGE,
    Channel,
    StateInMemory,
    StateKeeper,
    ThrottleState,
)
from components.runs.wording import moment, span

P = ParamSpec("P")
Told = TypeVar("Told")
LOGGER = logging.getLogger(__name__)
SPREAD_S = 3.0
"""Runs that wait for the same moment come back spread over this."""


@dataclass(frozen=True)
class Limits:
    """How many runs are sent in any minute, and how many may be at the provider at once."""

    per_minute: int = 600
    in_flight: int = 5000


class ProviderThrottle:
    """Shared by the engine, which asks before it claims, and the steps, which tell how it went."""

    def __init__(
        self,
        limits: Limits | None = None,
        clock: Callable[[], float] = time.time,
        chance: random.Random | None = None,
        question: Callable[[], object] | None = None,
        keeper: StateKeeper | None = None,
    ) -> None:
        """`question` asks the provider something that costs nothing, or raises `ProviderError`.

        `keeper` keeps what is known of the provider where several processes share one key."""
        self.limits = limits or Limits()
        self._clock = clock
        self._chance = chance or random.Random()  # noqa: S311
        self._lock = Lock()
        self._keeper = keeper or StateInMemory()
        self._sent: deque[float] = deque()
        self._question = question
        self._is_asked = False
        self._has_last_try = False

    def room(self, now: float) -> int:
        """How many runs may be sent now."""
        state = self._seen(now)
        breaker = state.breakers[Channel.SENDING]
        if breaker.wait_s(now) or state.must_ask:
            return 0
        with self._lock:
            self._forget(now)
            room = max(0, self.limits.per_minute - len(self._sent))
        return min(1, room) if breaker.is_open else room

    def _seen(self, now: float) -> ThrottleState:
        """The state, with how long nothing can be sent by now."""
        state = self._keeper.look()
        is_out = state.breakers[Channel.SENDING].is_open or state.must_ask
        if state.outage.seen(now, is_out=is_out) == state.outage:
            return state
        return self._keeper.change(
            lambda kept: replace(kept, outage=kept.outage.seen(now, is_out=is_out))
        )

    def next_room_at(self, now: float) -> float | None:
        """When to ask for room again, or None while there is some."""
        wait_s = self._keeper.look().breakers[Channel.SENDING].wait_s(now)
        if wait_s:
            return now + wait_s
        with self._lock:
            self._forget(now)
            is_full = len(self._sent) >= self.limits.per_minute
            return self._sent[0] + MINUTE_S if is_full else None

    @property
    def held_s(self) -> float:
        """For how long nothing could be sent, in seconds in which the playground ran."""
        return self._keeper.look().outage.lasted_s

    @property
    def breakers(self) -> dict[str, bool]:
        """Which breakers are open, by what they are for: "sending" and "asking"."""
        with self._lock:
            return {
                each.value: breaker.is_open
                for each, breaker in self._keeper.look().breakers.items()
            }

    def begin_question(self, now: float) -> bool:
        """Whether it is time to ask whether the provider is back; the caller then calls `ask`."""
        state = self._keeper.look()
        waits = any(breaker.wait_s(now) for breaker in state.breakers.values())
        with self._lock:
            is_due = state.must_ask and not self._is_asked and not waits
            self._is_asked = self._is_asked or is_due
        return is_due

    def ask(self) -> None:
        """Ask whether the provider is back; never raises."""
        try:
            with self.asking():
                if self._question:
                    self._question()
        except ProviderError as error:
            LOGGER.info("the provider is not back: %s", error.message)
        except Exception:
            LOGGER.exception("the question whether the provider is back failed")
        finally:
            self._is_asked = False

    def sent(self, moments: Iterable[float]) -> None:
        """Count runs that are being sent, or were before this process began."""
        with self._lock:
            count = len(self._sent)
            self._sent.extend(moments)
            newest = list(self._sent)[count:]
        if newest and self._keeper.look().breakers[Channel.SENDING].is_open:
            self._is_probe(Channel.SENDING, newest[-1])

    def recount(self, moments: Iterable[float]) -> None:
        """Take these for all runs that were sent of late, whoever sent them."""
        with self._lock:
            self._sent = deque(moments)

    def _is_probe(self, channel: Channel, now: float) -> bool:
        """Whether this call may be made: it is the one that tries an open breaker out."""
        may = False

        def begun(state: ThrottleState) -> ThrottleState:
            nonlocal may
            breaker = state.breakers[channel]
            may = not breaker.wait_s(now)
            return state.with_breaker(channel, breaker.began(now)) if may else state

        self._keeper.change(begun)
        return may

    def word(self, now: float) -> str:
        """What a run that waits to be sent is told while sending rests, "" otherwise."""
        state = self._keeper.look()
        if not state.breakers[Channel.SENDING].is_open:
            return ""
        longest = span(RULES[FailureKind.NOT_ACCEPTED].within_s)
        return (
            f"{self._paused(state, Channel.SENDING, now)} A run waits for up to {longest}, and "
            "cancelling is free."
        )

    @contextmanager
    def sending(self) -> Iterator[None]:
        """Around a POST that the engine has made room for."""
        try:
            yield
        except ProviderError as error:
            self._tell(Channel.SENDING, error)
            raise
        self._tell(Channel.SENDING, None)

    @contextmanager
    def asking(self, *, is_vital: bool = True, is_last: bool = False) -> Iterator[None]:
        """Around a question. The failure of one that is not vital counts only as a probe.

        One that `is_last` is asked also in a pause, though one at a time.

        Raises:
            ProviderPaused: before anything is asked.
        """
        now = self._clock()
        state = self._keeper.look()
        was_open = state.breakers[Channel.ASKING].is_open
        passes = False
        if was_open and not self._is_probe(Channel.ASKING, now):
            with self._lock:
                if self._has_last_try or not is_last:
                    raise self._paused(self._keeper.look(), Channel.ASKING, now)
                self._has_last_try = passes = True
        try:
            yield
        except ProviderError as error:
            if is_vital or was_open:
                self._tell(Channel.ASKING, error)
            raise
        finally:
            if passes:
                self._has_last_try = False
        self._tell(Channel.ASKING, None)

    def through(self, ask: Callable[P, Told]) -> Callable[P, Told]:
        """The same question, asked through here as one that is not vital."""

        def asked(*args: P.args, **named: P.kwargs) -> Told:
            with self.asking(is_vital=False):
                return ask(*args, **named)

        return asked

    def _paused(self, state: ThrottleState, channel: Channel, now: float) -> ProviderPaused:
        until = now + state.breakers[channel].wait_s(now)
        return ProviderPaused(
            f"{state.reasons[channel]}; trying again at {moment(until)}.",
            until=until + SPREAD_S * self._chance.random(),
        )

    def _tell(self, channel: Channel, error: ProviderError | None) -> None:
        now = self._clock()
        match error:
            case RateLimited() | Overloaded():
                self._fail([channel], BUSY, now, asked_s=error.facts.retry_after_s, at_once=True)
            case Unreachable():
                self._fail(list(Channel), _silence(error), now)
            case AnswerLost():
                self._fail([channel], _silence(error), now)
            case NotTheProvider() | NotSendable():
                # No sign that a silent provider is back, nor that one is silent.
                breakers = self._keeper.look().breakers
                self._fail([it for it in Channel if breakers[it].is_open], _silence(error), now)
            case _:
                state = self._keeper.look()
                if state.answered(channel) != state:
                    self._keeper.change(lambda kept: kept.answered(channel))

    def _fail(
        self,
        channels: list[Channel],
        reason: str,
        now: float,
        *,
        asked_s: float | None = None,
        at_once: bool = False,
    ) -> None:
        chances = {channel: self._chance.random() for channel in channels}

        def failed(state: ThrottleState) -> ThrottleState:
            for channel, chance in chances.items():
                before = state.breakers[channel]
                after = before.failed(now, chance, asked_s=asked_s, at_once=at_once)
                state = state.with_breaker(channel, after)
                if not before.is_open or reason == STRANGE:
                    state = replace(state, reasons={**state.reasons, channel: reason})
                if channel is Channel.SENDING and after.openings > before.openings:
                    must_ask = self._question is not None and reason != BUSY
                    state = replace(state, must_ask=must_ask)
            return state

        if channels:
            self._keeper.change(failed)

    def _forget(self, now: float) -> None:
        if self._sent and self._sent[-1] > now:
            # The clock was set back since.
            self._sent = deque(min(at, now) for at in self._sent)
        while self._sent and self._sent[0] <= now - MINUTE_S:
            self._sent.popleft()


def _silence(error: ProviderError) -> str:
    """How to name a failure: one with a status is no silence."""
    return STRANGE if error.facts.status_code else SILENT
