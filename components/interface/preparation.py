"""References looked at in the background: asking never waits, and asking again costs nothing."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from components.errors import (
    AddressBlocked,
    InvalidInput,
    MediaRejected,
    PlaygroundError,
    RepairCancelled,
    StorageError,
)
from components.media.addresses import check_address, host_of
from components.media.desk import Desk, Examined
from components.media.preflight import Choices
from components.media.store import REF_PREFIX, MediaStore
from components.media.wording import called

REMEMBERED = 512
THREADS = 4
"""Downloads wait for others more than they work; repairs are counted by the desk itself."""
State = Literal["working", "ready", "unchecked", "refused"]


@dataclass(frozen=True)
class Look:
    """What is known of a reference now. `carried` is what a request would carry."""

    state: State
    carried: str = ""
    progress: float = 0.0
    sentence: str = ""
    examined: Examined | None = None


@dataclass
class _Job:
    """Work under way; its progress is written by one thread and read by others."""

    future: "Future[Look] | None" = None
    progress: float = 0.0
    cancelled: threading.Event = field(default_factory=threading.Event)


class Preparations:
    """Examines uploads, kept files and addresses; remembers what came of each."""

    def __init__(
        self,
        desk: Desk,
        media: MediaStore,
        fetch: Callable[[str, Path], object],
        allowed_hosts: frozenset[str] = frozenset(),
    ) -> None:
        """`fetch(url, target)` downloads, bounded and to public addresses only."""
        self._desk = desk
        self._media = media
        self._fetch = fetch
        self._allowed_hosts = allowed_hosts
        self._lock = threading.Lock()
        self._jobs: OrderedDict[tuple[str, Choices], _Job] = OrderedDict()
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="preparation")

    def identity(self, source: str) -> str:
        """What stays the same for the same content: an address, or a hash of the file."""
        return source.removeprefix(REF_PREFIX).partition(".")[0]

    def look(self, source: str, choices: Choices, wait_s: float = 0.0) -> Look:
        """What is known; work that is not done begins, and is waited for up to `wait_s`."""
        job = self._job(source, choices)
        future = job.future
        if future is None:
            return Look("working")
        wait([future], wait_s)
        if not future.done():
            return Look("working", progress=job.progress)
        return future.result()

    def cancel(self, source: str, choices: Choices) -> None:
        """Stop a repair; the reference is then refused until it is chosen differently."""
        self._job(source, choices).cancelled.set()

    def close(self) -> None:
        """Stop everything that is under way."""
        for job in list(self._jobs.values()):
            job.cancelled.set()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _job(self, source: str, choices: Choices) -> _Job:
        key = (source, choices)
        with self._lock:
            job = self._jobs.get(key)
            if job is None:
                job = self._jobs[key] = _Job()
                job.future = self._pool.submit(self._examine, source, choices, job)
                if len(self._jobs) > REMEMBERED:
                    self._jobs.popitem(last=False)
            self._jobs.move_to_end(key)
            return job

    def _examine(self, source: str, choices: Choices, job: _Job) -> Look:
        try:
            if source.startswith(REF_PREFIX):
                examined = self._at_the_desk(source, choices, job)
                return Look("ready", examined.ref, 1.0, examined=examined)
            return self._examine_address(source, choices, job)
        except RepairCancelled as error:
            return Look("refused", sentence=str(error))
        except PlaygroundError as error:
            return Look("refused", sentence=str(error))

    def _examine_address(self, source: str, choices: Choices, job: _Job) -> Look:
        if not source.partition(":")[0].isalpha() or "://" not in source:
            raise AddressBlocked("That is not an address; it must begin with https://.")
        url = check_address(source, allowed_hosts=self._allowed_hosts)
        try:
            with self._media.workspace() as folder:
                file = folder / "download"
                self._fetch(url, file)
                with called(f"The file at {host_of(url)}"):
                    examined = self._at_the_desk(file, choices, job)
        except StorageError:
            sentence = "This address could not be checked from here. It is passed on as it is."
            return Look("unchecked", url, 1.0, sentence)
        carried = url if examined.preflight.untouched else examined.ref
        return Look("ready", carried, 1.0, examined=examined)

    def _at_the_desk(self, file: Path | str, choices: Choices, job: _Job) -> Examined:
        def report(progress: float) -> None:
            job.progress = progress

        return self._desk.examine(file, choices, progress=report, cancelled=job.cancelled.is_set)


def refusal(look: Look, name: str = "") -> InvalidInput:
    """The error of a reference that cannot be sent as it is; `name` is what the user calls it."""
    said = look.sentence
    if look.state == "working":
        said = f"This is still being prepared ({look.progress:.0%}); wait a moment."
    return MediaRejected(f"{name}: {said}" if name else said)
