"""What is known of files and addresses: the one memory of it."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from components.media.preflight import Examined
from components.media.report import Choices
from components.media.store.media_store import MediaStore, name_of

REMEMBERED = 512
FAILURE_S = 15.0
"""A disk may have room again by then, a server answer."""
FAILURE_FACTOR = 3.0
"""What took long to fail is not tried all the time."""
STOPPED_S = 600.0
"""Whoever stopped a repair does not want it to begin by itself."""
State = Literal["working", "ready", "unchecked", "refused", "stopped"]
Key = tuple[str, Choices]


@dataclass(frozen=True)
class ReferenceStatus:
    """What is known of a reference now. `carried` is what a request would carry.

    "stopped" is refused, by the user.
    """

    state: State
    carried: str = ""
    progress: float = 0.0
    sentence: str = ""
    examined: Examined | None = None


class KnownReferences:
    """What looks brought. A success holds while its files are kept, a failure for moments.

    Not safe from several threads: whoever asks holds a lock of his own.
    """

    def __init__(
        self, media: MediaStore, clock: Callable[[], float], remembered: int = REMEMBERED
    ) -> None:
        self._media = media
        self._clock = clock
        self._remembered = remembered
        self._known: OrderedDict[Key, tuple[ReferenceStatus, float]] = OrderedDict()

    def recall(self, key: Key) -> ReferenceStatus | None:
        """What is known and still true."""
        look, until = self._known.get(key, (None, 0.0))
        if look is None:
            return None
        refs = look.examined.refs if look.examined else ()
        if self._clock() >= until or not all(self._media.has(name_of(it)) for it in refs):
            del self._known[key]
            return None
        self._known.move_to_end(key)
        return look

    def remember(self, key: Key, look: ReferenceStatus, took_s: float) -> None:
        """Note what a look brought that took so many seconds."""
        lasts_s = max(FAILURE_S, FAILURE_FACTOR * took_s)
        if look.state == "stopped":
            lasts_s = STOPPED_S
        elif look.examined:
            lasts_s = float("inf")
        self._known[key] = look, self._clock() + lasts_s
        self._known.move_to_end(key)
        if len(self._known) > self._remembered:
            self._known.popitem(last=False)
