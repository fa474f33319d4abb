"""The status of references (files and addresses), and the bounded cache of it."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import Literal

from components.media.preflight import Examined
from components.media.report import Choices
from components.media.store.media_store import MediaStore, name_of

MAX_ENTRIES = 512
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


class ReferenceCache:
    """Statuses by source and choices. A success holds while its files are kept, a failure briefly.

    Not safe from several threads: whoever asks holds a lock of his own.
    """

    def __init__(
        self, media: MediaStore, clock: Callable[[], float], max_entries: int = MAX_ENTRIES
    ) -> None:
        self._media = media
        self._clock = clock
        self._remembered = max_entries
        self._entries: OrderedDict[Key, tuple[ReferenceStatus, float]] = OrderedDict()

    def get(self, key: Key) -> ReferenceStatus | None:
        """The status that still holds, if there is one."""
        status, until = self._entries.get(key, (None, 0.0))
        if status is None:
            return None
        refs = status.examined.refs if status.examined else ()
        if self._clock() >= until or not all(self._media.has(name_of(it)) for it in refs):
            del self._entries[key]
            return None
        self._entries.move_to_end(key)
        return status

    def put(self, key: Key, status: ReferenceStatus, took_s: float) -> None:
        """Keep a status whose preparation took so many seconds."""
        self._entries[key] = status, self._clock() + lasts_s(status, took_s)
        self._entries.move_to_end(key)
        if len(self._entries) > self._remembered:
            self._entries.popitem(last=False)


def lasts_s(status: ReferenceStatus, took_s: float) -> float:
    """For how long a status holds whose preparation took so many seconds."""
    if status.state == "stopped":
        return STOPPED_S
    return inf if status.examined else max(FAILURE_S, FAILURE_FACTOR * took_s)
