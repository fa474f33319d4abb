"""Downloads, checks and repairs references in the background, each once; callers never wait.

With `shared` statuses, once for all replicas: whichever is asked tells what any of them knows.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from components.errors import (
    AddressBlocked,
    InvalidInput,
    MediaRejected,
    PlaygroundError,
    RepairCancelled,
    StorageError,
)
from components.interface.requests.reference_status import (
    STOPPED_S,
    Key,
    ReferenceCache,
    ReferenceStatus,
    lasts_s,
)
from components.interface.requests.shared_pool import SharedPool
from components.interface.requests.shared_statuses import SharedStatuses
from components.media.download.addresses import check_address, host_of
from components.media.formats.wording import called
from components.media.preflight import Examined, Preflighter
from components.media.report import Choices
from components.media.store.incoming_file import costs_nothing_yet
from components.media.store.media_store import REF_PREFIX, MediaStore

LOGGER = logging.getLogger(__name__)
THREADS = 4
"""For files, and as many for addresses; repairs are counted by their CPU slots."""
SHARE = 2
"""So many threads of each one visitor has at the most."""
TOO_MANY = (
    "Too many of your files and addresses wait to be looked at. Take some out, or wait a moment."
)
LOOK_AGAIN_S = 0.1
"""What another replica does is asked for so often while somebody waits."""
TELL_EVERY_S = 1.0
"""So often the others hear how far this one is."""
STOPPED = ReferenceStatus("stopped", sentence="The repair was stopped; the file was not added.")
OUR_FAULT = "This could not be looked at. Nothing was sent or charged. Try it again in a moment."


@dataclass
class _Job:
    """Work under way; its progress is written by one thread and read by others."""

    key: Key
    progress: float = 0.0
    told_at: float = 0.0
    status: ReferenceStatus | None = None
    done: threading.Event = field(default_factory=threading.Event)
    cancelled: threading.Event = field(default_factory=threading.Event)


class ReferencePreparer:
    """Prepares kept files and addresses for sending, and caches the status of each."""

    def __init__(
        self,
        preflighter: Preflighter,
        media: MediaStore,
        fetch: Callable[[str, Path], object],
        allowed_hosts: frozenset[str] = frozenset(),
        clock: Callable[[], float] = monotonic,
        *,
        shared: SharedStatuses | None = None,
    ) -> None:
        """`fetch(url, target)` downloads, bounded and to public addresses only."""
        self._shared = shared
        self._preflighter = preflighter
        self._media = media
        self._fetch = fetch
        self._allowed_hosts = allowed_hosts
        self._clock = clock
        self._lock = threading.Lock()
        self._cache = ReferenceCache(media, clock)
        self._jobs: dict[Key, _Job] = {}
        self._files = SharedPool("file", threads=THREADS, share=SHARE)
        self._addresses = SharedPool("address", threads=THREADS, share=SHARE)

    def identity(self, source: str) -> str:
        """What stays the same for the same content: an address, or a hash of the file."""
        is_kept = source.startswith(REF_PREFIX)
        return source.removeprefix(REF_PREFIX).partition(".")[0] if is_kept else source

    def prepare(
        self, source: str, choices: Choices, wait_s: float = 0.0, visitor: str = ""
    ) -> ReferenceStatus:
        """What is known; work that is not done begins, and is waited for up to `wait_s`.

        It is done in the visitor's share of the threads; where too much of theirs waits already,
        the answer is a refusal.
        """
        key, until = (source, choices), monotonic() + wait_s
        while (elsewhere := self._known_elsewhere(key)) and elsewhere.state == "working":
            if monotonic() >= until:
                return elsewhere
            time.sleep(min(LOOK_AGAIN_S, max(0.0, until - monotonic())))
        if elsewhere:
            return elsewhere
        with self._lock:
            known = self._cache.get(key)
            job = self._jobs.get(key)
            if known is None and job is None:
                job = self._jobs[key] = _Job(key)
                if not self._begin(key, job, visitor):
                    del self._jobs[key]
                    if self._shared:
                        self._shared.forget(key)
                    return ReferenceStatus("refused", sentence=TOO_MANY)
        if known or job is None:
            return known or ReferenceStatus("working")
        job.done.wait(max(0.0, until - monotonic()))
        return job.status or ReferenceStatus("working", progress=job.progress)

    def _known_elsewhere(self, key: Key) -> ReferenceStatus | None:
        """What another replica knows or does; None where it is for this one to say."""
        if self._shared is None:
            return None
        with self._lock:
            known, job = self._cache.get(key), self._jobs.get(key)
        if known:
            return None
        if job:
            stopped = self._shared.stopped(key)
            if stopped:
                job.cancelled.set()
            return stopped
        found = self._shared.claim(key)
        if found and found.examined:
            with self._lock:
                self._cache.put(key, found, 0.0)
        return found

    def cancel(self, source: str, choices: Choices) -> None:
        """Stop a repair; the reference is then refused until it is chosen differently."""
        key = (source, choices)
        with self._lock:
            job = self._jobs.get(key)
        if job:
            job.cancelled.set()
        if self._shared and (job or self._shared.is_looked_at(key)):
            self._shared.end(key, STOPPED, STOPPED_S)

    def close(self) -> None:
        """Stop everything that is under way."""
        with self._lock:
            jobs = list(self._jobs.values())
        for job in jobs:
            job.cancelled.set()
        self._files.close()
        self._addresses.close()

    def _begin(self, key: Key, job: _Job, visitor: str) -> bool:
        pool = self._files if key[0].startswith(REF_PREFIX) else self._addresses
        return pool.submit(visitor, lambda: self._do(key, job))

    def _do(self, key: Key, job: _Job) -> None:
        began = self._clock()
        try:
            status = self._examine(*key, job)
        except RepairCancelled as error:
            status = ReferenceStatus("stopped", sentence=str(error))
        except PlaygroundError as error:
            status = ReferenceStatus("refused", sentence=str(error))
        except Exception:
            LOGGER.exception("a reference could not be looked at")
            status = ReferenceStatus("refused", sentence=OUR_FAULT)
        took_s = self._clock() - began
        if self._shared:
            status = self._shared.end(key, status, lasts_s(status, took_s))
        with self._lock:
            self._cache.put(key, status, took_s)
            del self._jobs[key]
        job.status = status
        job.done.set()

    def _examine(self, source: str, choices: Choices, job: _Job) -> ReferenceStatus:
        if not source.startswith(REF_PREFIX):
            return self._examine_address(source, choices, job)
        examined = self._preflighted(source, choices, job)
        return ReferenceStatus("ready", examined.ref, 1.0, examined=examined)

    def _examine_address(self, source: str, choices: Choices, job: _Job) -> ReferenceStatus:
        if not source.partition(":")[0].isalpha() or "://" not in source:
            raise AddressBlocked("That is not an address; it must begin with https://.")
        url = check_address(source, allowed_hosts=self._allowed_hosts)
        try:
            with self._media.workspace() as folder:
                file = folder / "download"
                self._fetch(url, file)
                with called(f"The file at {host_of(url)}"):
                    examined = self._preflighted(file, choices, job)
        except StorageError as error:
            passed_on = "So it could not be checked, and is passed on as it is."
            sentence = f"{error.message} {passed_on} {error.advice}"
            return ReferenceStatus("unchecked", url, 1.0, sentence)
        carried = url if examined.preflight.untouched else examined.ref
        return ReferenceStatus("ready", carried, 1.0, examined=examined)

    def _preflighted(self, file: Path | str, choices: Choices, job: _Job) -> Examined:
        def report(progress: float) -> None:
            job.progress = progress
            if self._shared and monotonic() >= job.told_at + TELL_EVERY_S:
                job.told_at = monotonic()
                if not self._shared.go_on(job.key, progress):
                    job.cancelled.set()

        with costs_nothing_yet():
            return self._preflighter.examine(
                file, choices, progress=report, cancelled=job.cancelled.is_set
            )


def refusal(status: ReferenceStatus, name: str = "") -> InvalidInput:
    """The error of a reference that cannot be sent as it is; `name` is what the user calls it."""
    said = status.sentence
    if status.state == "working":
        said = f"This is still being prepared ({status.progress:.0%}); wait a moment."
    return MediaRejected(f"{name}: {said}" if name else said)
