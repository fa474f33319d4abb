"""Memory for files that are worked on: they share a budget, and what they took is given back."""

import ctypes
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from components.media.report import Cancelled, never, stop_if

BUDGET_BYTES = 450_000_000
"""For all files together, beside what the playground takes itself: a small machine has 1 GB."""
_LARGE_BYTES = 32_000_000
_LOOK_AGAIN_S = 0.1


def give_back() -> None:
    """Return freed memory to the system, where its allocator keeps it: glibc does."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


class MemoryBudget:
    """Lets files be worked on at once as long as they fit together, first come, first served.

    One that needs more than there is waits until it is alone.
    """

    def __init__(
        self, total_bytes: int = BUDGET_BYTES, give_back: Callable[[], object] = give_back
    ) -> None:
        self._total_bytes = total_bytes
        self._give_back = give_back
        self._changed = threading.Condition()
        self._waiting: deque[object] = deque()
        self._held: list[int] = []

    @contextmanager
    def held(self, needed_bytes: int, cancelled: Cancelled = never) -> Iterator[None]:
        """Wait for so much memory, and hold it for the block. Raises `RepairCancelled`."""
        ticket = object()
        with self._changed:
            self._waiting.append(ticket)
            try:
                while not self._has_room_for(ticket, needed_bytes):
                    self._changed.wait(_LOOK_AGAIN_S)
                    stop_if(cancelled)
                self._held.append(needed_bytes)
            finally:
                self._waiting.remove(ticket)
                self._changed.notify_all()
        try:
            yield
        finally:
            if needed_bytes >= _LARGE_BYTES:
                self._give_back()
            with self._changed:
                self._held.remove(needed_bytes)
                self._changed.notify_all()

    def _has_room_for(self, ticket: object, needed_bytes: int) -> bool:
        is_next = self._waiting[0] is ticket
        return is_next and (not self._held or sum(self._held) + needed_bytes <= self._total_bytes)


# One for the process, because its memory is.
MEMORY = MemoryBudget()
