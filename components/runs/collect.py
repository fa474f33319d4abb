"""Bringing a result home: download, verify, thumbnail, keep."""

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from components.errors import DownloadFailed, InvalidInput, MediaRejected, StorageError
from components.media.durable_files import disk_space_watched
from components.media.images import ImageInfo, thumbnail
from components.media.results import verify_result
from components.media.store import MediaStore, media_type
from components.media.videos import VideoInfo, frame_picture
from components.runs.run import Output

RESULT_MAX_BYTES = 1024**3
_INLINE = "data:;base64,"
_WORDS = {"image": "a picture", "video": "a video"}


def as_data_uri(content: bytes) -> str:
    """The address of a file that came inside an answer and has no room here yet."""
    return _INLINE + base64.b64encode(content).decode()


@dataclass(frozen=True)
class Collector:
    """`download(url, target)` fetches a file, bounded and verified, or raises `StorageError`."""

    media: MediaStore
    download: Callable[[str, Path], object]

    def collect(self, output: Output) -> Output:
        """The output with its file in the store.

        Raises:
            StorageError: not copied; the remote address stays what it was.
        """
        with _writing(), self.media.workspace() as folder:
            file = folder / "result"
            if output.remote_url.startswith(_INLINE):
                file.write_bytes(base64.b64decode(output.remote_url.removeprefix(_INLINE)))
            else:
                self._fetch(output.remote_url, file)
            return self._keep(output, file, folder)

    def keep_bytes(self, content: bytes) -> Output:
        """Keep a picture that came inside the answer itself. Raises `StorageError`."""
        with _writing(), self.media.workspace() as folder:
            file = folder / "result"
            file.write_bytes(content)
            return self._keep(Output(kind="image"), file, folder)

    def _fetch(self, url: str, file: Path) -> None:
        try:
            self.download(url, file)
        except InvalidInput as error:
            raise DownloadFailed(f"The result's address cannot be used: {error}") from error

    def _keep(self, output: Output, file: Path, folder: Path) -> Output:
        try:
            info = verify_result(file)
        except MediaRejected as error:
            raise DownloadFailed(f"What arrived is not a whole file: {error.message}") from error
        kind = "image" if isinstance(info, ImageInfo) else "video"
        if kind != output.kind:
            raise DownloadFailed(f"{_WORDS[kind].capitalize()} arrived, not {_WORDS[output.kind]}.")
        name = self.media.keep(file, info.suffix)
        return replace(
            output,
            name=name,
            thumb=self._thumb(info, file, folder),
            mime=media_type(name),
            width_px=info.width_px,
            height_px=info.height_px,
            duration_s=info.duration_s if isinstance(info, VideoInfo) else None,
            size_bytes=info.size_bytes,
        )

    def _thumb(self, info: ImageInfo | VideoInfo, file: Path, folder: Path) -> str | None:
        """A small picture of it; a whole result is kept without one rather than not at all."""
        picture = folder / "thumb.jpg"
        try:
            if isinstance(info, VideoInfo):
                frame_picture(file, picture)
            else:
                thumbnail(file, picture)
        except MediaRejected:
            return None
        return self.media.keep(picture, ".jpg")


@contextmanager
def _writing() -> Iterator[None]:
    """Turn what the system says about the disk into `StorageError`."""
    try:
        with disk_space_watched():
            yield
    except OSError as error:
        raise StorageError(f"The file could not be written here ({error.strerror}).") from error
