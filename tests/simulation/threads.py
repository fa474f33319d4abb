"""Threads that are played: what a pool is given waits until the world lets it run."""

import random
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any


class Tasks:
    """Everything that is given to any pool, run one after the other in any order."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._waiting: list[tuple[Future[Any], Callable[[], Any]]] = []

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, work: Callable[[], Any]) -> Future[Any]:
        """Let it wait for its turn."""
        future: Future[Any] = Future()
        self._waiting.append((future, work))
        return future

    def run_some(self, share_left: float = 0.0) -> int:
        """Run what waits, in any order; some of it may wait on. Returns how many ran.

        What ends the process ends this too, and the rest is never run.
        """
        waiting, self._waiting = self._waiting, []
        self._chance.shuffle(waiting)
        ran = 0
        while waiting:
            future, work = waiting.pop()
            if self._chance.random() < share_left:
                self._waiting.append((future, work))
                continue
            ran += 1
            if future.set_running_or_notify_cancel():
                future.set_result(work())
        return ran


class PlayedPool(Executor):
    """A pool of the engine's."""

    def __init__(self, tasks: Tasks) -> None:
        self._tasks = tasks

    def submit(self, fn: Callable[..., Any], /, *given: Any, **named: Any) -> Future[Any]:
        return self._tasks.add(lambda: fn(*given, **named))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        del wait, cancel_futures
