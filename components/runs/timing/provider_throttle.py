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
from dataclasses import dataclass
from enum import Enum
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
from components.runs.timing.breaker import Breaker
from components.runs.timing.outage import Outage
from components.runs.wording import moment, span

P = ParamSpec("P")
Told = TypeVar("Told")
LOGGER = logging.getLogger(__name__)
SPREAD_S = 3.0
"""Runs that wait for the same moment come back spread over this."""
SILENT = "The provider does not answer"
STRANGE = "The provider does not answer as it should"
BUSY = "The provider asks for a pause"


@dataclass(frozen=True)
class Limits:
    """How many runs are sent in any minute, and how many may be at the provider at once."""

    per_minute: int = 600
    in_flight: int = 5000


class _Channel(Enum):
    SENDING = "sending"
    ASKING = "asking"


class ProviderThrottle:
    """Shared by the engine, which asks before it claims, and the steps, which tell how it went."""

    def __init__(
        self,
        limits: Limits | None = None,
        clock: Callable[[], float] = time.time,
        chance: random.Random | None = None,
        question: Callable[[], object] | None = None,
    ) -> None:
        """`question` asks the provider something that costs nothing, or raises `ProviderError`."""
        self.limits = limits or Limits()
        self._clock = clock
        self._chance = chance or random.Random()  # noqa: S311
        self._lock = Lock()
        self._breakers = dict.fromkeys(_Channel, Breaker())
        self._reasons = dict.fromkeys(_Channel, SILENT)
        self._sent: deque[float] = deque()
        self._question = question
        self._must_ask = False
        self._is_asked = False
        self._outage = Outage()
        self._has_last_try = False

    def room(self, now: float) -> int:
        """How many runs may be sent now."""
        with self._lock:
            breaker = self._breakers[_Channel.SENDING]
            self._outage = self._outage.seen(now, is_out=breaker.is_open or self._must_ask)
            if breaker.wait_s(now) or self._must_ask:
                return 0
            self._forget(now)
            room = max(0, self.limits.per_minute - len(self._sent))
            return min(1, room) if breaker.is_open else room

    def next_room_at(self, now: float) -> float | None:
        """When to ask for room again, or None while there is some."""
        with self._lock:
            wait_s = self._breakers[_Channel.SENDING].wait_s(now)
            if wait_s:
                return now + wait_s
            self._forget(now)
            is_full = len(self._sent) >= self.limits.per_minute
            return self._sent[0] + MINUTE_S if is_full else None

    @property
    def held_s(self) -> float:
        """For how long nothing could be sent, in seconds in which the playground ran."""
        return self._outage.lasted_s

    def begin_question(self, now: float) -> bool:
        """Whether it is time to ask whether the provider is back; the caller then calls `ask`."""
        with self._lock:
            waits = any(breaker.wait_s(now) for breaker in self._breakers.values())
            is_due = self._must_ask and not self._is_asked and not waits
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
            for at in moments:
                self._sent.append(at)
                breaker = self._breakers[_Channel.SENDING]
                self._breakers[_Channel.SENDING] = breaker.began(at)

    def word(self, now: float) -> str:
        """What a run that waits to be sent is told while sending rests, "" otherwise."""
        with self._lock:
            if not self._breakers[_Channel.SENDING].is_open:
                return ""
            longest = span(RULES[FailureKind.NOT_ACCEPTED].within_s)
            return (
                f"{self._paused(_Channel.SENDING, now)} A run waits for up to {longest}, and "
                "cancelling is free."
            )

    @contextmanager
    def sending(self) -> Iterator[None]:
        """Around a POST that the engine has made room for."""
        try:
            yield
        except ProviderError as error:
            self._tell(_Channel.SENDING, error)
            raise
        self._tell(_Channel.SENDING, None)

    @contextmanager
    def asking(self, *, is_vital: bool = True, is_last: bool = False) -> Iterator[None]:
        """Around a question. The failure of one that is not vital counts only as a probe.

        One that `is_last` is asked also in a pause, though one at a time.

        Raises:
            ProviderPaused: before anything is asked.
        """
        now = self._clock()
        with self._lock:
            breaker = self._breakers[_Channel.ASKING]
            passes = False
            if breaker.wait_s(now):
                if self._has_last_try or not is_last:
                    raise self._paused(_Channel.ASKING, now)
                self._has_last_try = passes = True
            else:
                self._breakers[_Channel.ASKING] = breaker.began(now)
        try:
            yield
        except ProviderError as error:
            if is_vital or breaker.is_open:
                self._tell(_Channel.ASKING, error)
            raise
        finally:
            if passes:
                self._has_last_try = False
        self._tell(_Channel.ASKING, None)

    def through(self, ask: Callable[P, Told]) -> Callable[P, Told]:
        """The same question, asked through here as one that is not vital."""

        def asked(*args: P.args, **named: P.kwargs) -> Told:
            with self.asking(is_vital=False):
                return ask(*args, **named)

        return asked

    def _paused(self, channel: _Channel, now: float) -> ProviderPaused:
        until = now + self._breakers[channel].wait_s(now)
        return ProviderPaused(
            f"{self._reasons[channel]}; trying again at {moment(until)}.",
            until=until + SPREAD_S * self._chance.random(),
        )

    def _tell(self, channel: _Channel, error: ProviderError | None) -> None:
        now = self._clock()
        with self._lock:
            match error:
                case RateLimited() | Overloaded():
                    self._fail(channel, BUSY, now, asked_s=error.facts.retry_after_s, at_once=True)
                case Unreachable():
                    for each in _Channel:
                        self._fail(each, _silence(error), now)
                case AnswerLost():
                    self._fail(channel, _silence(error), now)
                case NotTheProvider() | NotSendable():
                    # No sign that a silent provider is back, nor that one is silent.
                    for each in _Channel:
                        if self._breakers[each].is_open:
                            self._fail(each, _silence(error), now)
                case _:
                    self._answered(channel)

    def _fail(
        self,
        channel: _Channel,
        reason: str,
        now: float,
        *,
        asked_s: float | None = None,
        at_once: bool = False,
    ) -> None:
        before = self._breakers[channel]
        after = before.failed(now, self._chance.random(), asked_s=asked_s, at_once=at_once)
        self._breakers[channel] = after
        if not before.is_open or reason == STRANGE:
            self._reasons[channel] = reason
        if channel is _Channel.SENDING and after.openings > before.openings:
            self._must_ask = self._question is not None and reason != BUSY

    def _answered(self, channel: _Channel) -> None:
        """Close this breaker; the other one only forgets what it has not acted upon."""
        self._must_ask = False
        for each, breaker in self._breakers.items():
            if each is channel or not breaker.is_open:
                self._breakers[each] = breaker.answered()

    def _forget(self, now: float) -> None:
        if self._sent and self._sent[-1] > now:
            # The clock was set back since.
            self._sent = deque(min(at, now) for at in self._sent)
        while self._sent and self._sent[0] <= now - MINUTE_S:
            self._sent.popleft()


def _silence(error: ProviderError) -> str:
    """How to name a failure: one with a status is no silence."""
    return STRANGE if error.facts.status_code else SILENT
