"""Receives an upload over HTTP: its bytes are written and hashed beside the event loop."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from fastapi.concurrency import contextmanager_in_threadpool
from starlette.concurrency import run_in_threadpool

from components.errors import MediaRejected
from components.media.formats.sniffing import kind_of
from components.media.formats.wording import file_label, megabytes
from components.media.store.incoming_file import IncomingFile, suffix_for
from components.media.store.media_store import MediaStore, ref

UPLOAD_MAX_BYTES = 500_000_000
"""Larger than any model takes, since a repair may make a file smaller."""
PIECE_BYTES = 1 << 20
"""So much goes to a thread at once; handing over each packet would cost more than writing it."""
SYNC_EVERY_BYTES = 32 << 20
"""What reaches the disk while more arrives need not be waited for at the end."""


class Arrival:
    """One file while it arrives. `name` is what the user calls it; on disk it has another."""

    def __init__(self, file: IncomingFile, name: str) -> None:
        self.label = file_label(name.replace("\\", "/"))
        self.path = file.path
        self.digest = ""
        self._file = file
        self.size_bytes = 0
        self._pieces: list[bytes] = []
        self._waiting_bytes = 0
        self._synced_bytes = 0
        self._writing: asyncio.Future[None] | None = None
        self._syncing: asyncio.Future[None] | None = None

    async def add(self, piece: bytes) -> None:
        """Take what has arrived. Raises `MediaRejected` for more than there may be, `DiskFull`."""
        self.size_bytes += len(piece)
        if self.size_bytes > UPLOAD_MAX_BYTES:
            limit = megabytes(UPLOAD_MAX_BYTES)
            raise MediaRejected(f"{self.label} is larger than {limit}; add a smaller one.")
        self._pieces.append(piece)
        self._waiting_bytes += len(piece)
        if self._waiting_bytes >= PIECE_BYTES:
            await self._hand_over()

    async def end(self) -> None:
        """Write the rest."""
        await self._hand_over()
        await self._written()
        if self._syncing:
            await self._syncing
        self.digest = await run_in_threadpool(self._file.close)

    async def give_up(self) -> None:
        """Let go of the file, whatever became of it."""
        for going_on in (self._writing, self._syncing):
            with suppress(Exception):
                if going_on:
                    await going_on
        self._file.close()

    def keep(self, media: MediaStore) -> str:
        """Keep what has arrived, whatever it is, and return its reference."""
        return ref(media.keep(self.path, suffix_for(self.path, self.label), self.digest))

    def require_media(self) -> None:
        """Raise `MediaRejected` unless it is a picture or a video by its first bytes."""
        if self.size_bytes == 0:
            raise MediaRejected(f"{self.label} is empty (0 bytes); add another file.")
        if kind_of(self.path) is None:
            raise MediaRejected(f"{self.label} is not a picture or a video; it was not added.")

    async def _hand_over(self) -> None:
        """One piece is written while the next arrives."""
        await self._written()
        piece = b"".join(self._pieces)
        self._pieces.clear()
        self._waiting_bytes = 0
        self._writing = asyncio.ensure_future(run_in_threadpool(self._file.write, piece))
        is_free = self._syncing is None or self._syncing.done()
        if is_free and self.size_bytes - self._synced_bytes >= SYNC_EVERY_BYTES:
            self._synced_bytes = self.size_bytes
            self._syncing = asyncio.ensure_future(run_in_threadpool(self._file.sync))

    async def _written(self) -> None:
        writing, self._writing = self._writing, None
        if writing:
            await writing


@asynccontextmanager
async def arrivals(media: MediaStore) -> AsyncIterator["UploadReceiver"]:
    """Lend a place for files that arrive in one request; what was not kept then goes."""
    async with contextmanager_in_threadpool(media.workspace()) as folder:
        taken = UploadReceiver(media, folder)
        try:
            yield taken
        finally:
            for arrival in taken.begun:
                await arrival.give_up()


class UploadReceiver:
    """The files of one request, under names of ours."""

    def __init__(self, media: MediaStore, folder: Path) -> None:
        self.begun: list[Arrival] = []
        self._media = media
        self._folder = folder

    def begin(self, name: str) -> Arrival:
        """The next file, which the user calls `name`."""
        path = self._folder / f"upload-{len(self.begun)}"
        arrival = Arrival(IncomingFile(path, self._media.free_bytes), name)
        self.begun.append(arrival)
        return arrival
