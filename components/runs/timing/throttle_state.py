"""What a throttle knows of the provider, as a value; and who keeps it.

One process keeps it in memory; several that share one key keep it where all of them see it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from threading import Lock
from typing import Protocol

from components.runs.timing.breaker import Breaker
from components.runs.timing.outage import Outage

SILENT = "The provider does not answer"
STRANGE = "The provider does not answer as it should"
BUSY = "The provider asks for a pause"


class Channel(Enum):
    """What may fail for itself: a provider may take no more runs and still tell about others."""

    SENDING = "sending"
    ASKING = "asking"


def _all_closed() -> Mapping[Channel, Breaker]:
    return dict.fromkeys(Channel, Breaker())


def _silent() -> Mapping[Channel, str]:
    return dict.fromkeys(Channel, SILENT)


@dataclass(frozen=True)
class ThrottleState:
    """A breaker for each channel and why it opened, whether to ask first, how long nothing went."""

    breakers: Mapping[Channel, Breaker] = field(default_factory=_all_closed)
    reasons: Mapping[Channel, str] = field(default_factory=_silent)
    must_ask: bool = False
    outage: Outage = field(default_factory=Outage)

    def with_breaker(self, channel: Channel, breaker: Breaker) -> "ThrottleState":
        """The state with another breaker in this channel."""
        return replace(self, breakers={**self.breakers, channel: breaker})

    def answered(self, channel: Channel) -> "ThrottleState":
        """The breaker closed; the other one only forgets what it has not acted upon."""
        after = {
            each: breaker.answered() if each is channel or not breaker.is_open else breaker
            for each, breaker in self.breakers.items()
        }
        return replace(self, breakers=after, must_ask=False)


class StateKeeper(Protocol):
    """Keeps the state; safe from any thread."""

    def look(self) -> ThrottleState:
        """The state as it is, or was a moment ago."""
        ...

    def change(self, changed: Callable[[ThrottleState], ThrottleState]) -> ThrottleState:
        """Replace the state by what `changed` makes of it; returns the new one."""
        ...


class StateInMemory:
    """The state of one process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._state = ThrottleState()

    def look(self) -> ThrottleState:
        """The state as it is."""
        return self._state

    def change(self, changed: Callable[[ThrottleState], ThrottleState]) -> ThrottleState:
        """Replace the state by what `changed` makes of it."""
        with self._lock:
            self._state = changed(self._state)
            return self._state
