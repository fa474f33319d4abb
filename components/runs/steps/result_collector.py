"""Bringing a result home: download, verify, thumbnail, keep.

What arrived of a file stays from one try to the next, and over a restart.
"""

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from components.errors import DownloadFailed, InvalidInput, MediaRejected, StorageError
from components.media.capacity.cpu_slots import CpuSlots
from components.media.capacity.footprint import footprint_bytes
from components.media.clips.inspection import VideoInfo
from components.media.clips.limits import frame_picture
from components.media.download.partial_folders import PartialFolders
from components.media.formats.sniffing import kind_of
from components.media.formats.wording import called
from components.media.images.inspection import ImageInfo
from components.media.images.limits import thumbnail
from components.media.store.durable_files import disk_space_watched, link
from components.media.store.media_store import MediaStore, media_type
from components.media.store.verification import verify_result
from components.runs.run import Output

RESULT_MAX_BYTES = 1024**3
_INLINE = "data:;base64,"
_WORDS = {"image": "a picture", "video": "a video"}
_ARRIVED = "What arrived"
"""What sentences about a file call it."""
_THERE = "The result is paid for and still at the provider."
_HERE = "The result is paid for, and its data is kept with the run."
_WHERE_IT_WAS = "The file is where it was."
_PICTURE = Output(kind="image")
_VERIFYING = CpuSlots(4)
"""Many files may be under way at once, and reading one through takes a core."""


def as_data_uri(content: bytes) -> str:
    """The address of a file that came inside an answer and has no room here yet."""
    return _INLINE + base64.b64encode(content).decode()


@dataclass(frozen=True)
class Collector:
    """`download(url, target)` fetches a file, bounded and verified, or raises `StorageError`.

    `parts` keeps what arrived of a file for the next try; without it each begins anew.
    """

    media: MediaStore
    download: Callable[[str, Path], object]
    parts: PartialFolders | None = None

    def collect(self, output: Output, run_id: str = "", index: int = 0) -> Output:
        """The output with its file in the store; it is the `index`-th of its run.

        Raises:
            StorageError: not copied; the remote address stays what it was.
        """
        if output.remote_url.startswith(_INLINE):
            content = base64.b64decode(output.remote_url.removeprefix(_INLINE))
            return self.keep_bytes(content, output)
        with _of_a_result(_THERE), self.media.workspace() as folder:
            if self.parts is None or not run_id:
                return self._fetched(output, folder / "arrived", folder)
            with self.parts.place(run_id, index) as place:
                kept = self._fetched(output, place / "arrived", folder)
            self.parts.remove(run_id, index)
            return kept

    def keep_bytes(self, content: bytes, output: Output = _PICTURE) -> Output:
        """Keep a picture that came inside the answer itself. Raises `StorageError`."""
        with _of_a_result(_HERE), self.media.workspace() as folder:
            file = folder / "result"
            file.write_bytes(content)
            return self._keep(output, file, folder)

    def keep_file(self, file: Path) -> Output:
        """Keep a picture or a clip that is here already. Raises `StorageError`."""
        kind = "video" if kind_of(file) == "video" else "image"
        with _of_a_result(_WHERE_IT_WAS), self.media.workspace() as folder:
            return self._keep(Output(kind), file, folder)

    def _fetched(self, output: Output, file: Path, folder: Path) -> Output:
        """Fetch the file, unless an earlier try did and found no room for it, and keep it."""
        if not file.exists():
            try:
                self.download(output.remote_url, file)
            except InvalidInput as error:
                raise DownloadFailed(f"The result's address cannot be used: {error}") from error
        try:
            # A file of the workspace is kept as it is, without a copy.
            result = folder / "result"
            link(file, result)
            return self._keep(output, result, folder)
        except DownloadFailed:
            # It is of no use: the next try begins with nothing.
            file.unlink(missing_ok=True)
            raise

    def _keep(self, output: Output, file: Path, folder: Path) -> Output:
        needed_bytes = footprint_bytes(file)
        try:
            with _VERIFYING.slot(needed_bytes=needed_bytes), called(_ARRIVED):
                info = verify_result(file)
        except MediaRejected as error:
            raise DownloadFailed(f"{error.finding}.") from error
        kind = "image" if isinstance(info, ImageInfo) else "video"
        if kind != output.kind:
            raise DownloadFailed(f"{_WORDS[kind].capitalize()} arrived, not {_WORDS[output.kind]}.")
        name = self.media.keep(file, info.suffix)
        return replace(
            output,
            name=name,
            thumb=self._thumb(info, file, folder, needed_bytes),
            mime=media_type(name),
            width_px=info.width_px,
            height_px=info.height_px,
            duration_s=info.duration_s if isinstance(info, VideoInfo) else None,
            size_bytes=info.size_bytes,
        )

    def _thumb(
        self, info: ImageInfo | VideoInfo, file: Path, folder: Path, needed_bytes: int
    ) -> str | None:
        """A small picture of it; a whole result is kept without one rather than not at all."""
        picture = folder / "thumb.jpg"
        draw = frame_picture if isinstance(info, VideoInfo) else thumbnail
        try:
            with _VERIFYING.slot(needed_bytes=needed_bytes):
                draw(file, picture)
        except MediaRejected:
            return None
        return self.media.keep(picture, ".jpg")


@contextmanager
def _of_a_result(cost: str) -> Iterator[None]:
    """Say of every failure what is true of a result: it is paid for, and copied again."""
    try:
        with disk_space_watched():
            yield
    except StorageError as error:
        raise error.of_a_result(cost) from error
    except OSError as error:
        failure = StorageError(f"The file could not be written here ({error.strerror}).")
        raise failure.of_a_result(cost) from error
