"""CPU slots: at most as many repairs at once as there are cores, and as fit into memory."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from components.media.capacity.memory_budget import MEMORY, MemoryBudget
from components.media.report import Cancelled, never, stop_if

_LOOK_AGAIN_S = 0.1


class CpuSlots:
    """Lets `at_once` callers work at a time; the others wait, and may give up waiting."""

    def __init__(self, at_once: int, memory: MemoryBudget = MEMORY) -> None:
        self._free = threading.BoundedSemaphore(at_once)
        self._memory = memory

    @contextmanager
    def slot(self, cancelled: Cancelled = never, *, needed_bytes: int = 0) -> Iterator[None]:
        """Wait for a slot, and for so much memory, and hold both for the block.

        Raises `RepairCancelled`.
        """
        while not self._free.acquire(timeout=_LOOK_AGAIN_S):
            stop_if(cancelled)
        try:
            stop_if(cancelled)
            with self._memory.held(needed_bytes, cancelled):
                yield
        finally:
            self._free.release()


# One for the process, because the cores are.
ONE_A_CORE = CpuSlots(os.cpu_count() or 1)
