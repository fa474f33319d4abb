"""Threads that all visitors share, and none takes for itself."""

import threading
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

MOST_WAITING = 64
"""Of one visitor; a form takes ten references at the most, and there are five forms."""
MOST_WAITING_IN_ALL = 512

Work = Callable[[], object]


class SharedPool:
    """Visitors take turns, and each has at most `share` of the threads at a time."""

    def __init__(self, name: str, *, threads: int, share: int) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._share = share
        self._free = threads
        self._at_work: Counter[str] = Counter()
        self._waiting: OrderedDict[str, deque[Work]] = OrderedDict()
        self._lock = threading.Lock()

    def submit(self, visitor: str, work: Work) -> bool:
        """Have the work done when it is its turn; False where too much waits already."""
        with self._lock:
            mine = len(self._waiting.get(visitor, ()))
            everybodys = sum(map(len, self._waiting.values()))
            if mine >= MOST_WAITING or everybodys >= MOST_WAITING_IN_ALL:
                return False
            self._waiting.setdefault(visitor, deque()).append(work)
            self._hand_out()
            return True

    def close(self) -> None:
        """Begin nothing more; what goes on is not waited for."""
        with self._lock:
            self._waiting.clear()
            self._pool.shutdown(wait=False, cancel_futures=True)

    def _hand_out(self) -> None:
        while self._free:
            its_turn = (it for it in self._waiting if self._at_work[it] < self._share)
            visitor = next(its_turn, None)
            if visitor is None:
                return
            work = self._waiting[visitor].popleft()
            self._waiting.move_to_end(visitor)
            if not self._waiting[visitor]:
                del self._waiting[visitor]
            self._free -= 1
            self._at_work[visitor] += 1
            self._pool.submit(self._do, visitor, work)

    def _do(self, visitor: str, work: Work) -> None:
        try:
            work()
        finally:
            with self._lock:
                self._free += 1
                self._at_work[visitor] -= 1
                if not self._at_work[visitor]:
                    del self._at_work[visitor]
                self._hand_out()
