"""Bringing a result home: download, verify, thumbnail, keep."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from components.errors import DownloadFailed, InvalidInput, MediaRejected
from components.media.images import ImageInfo, thumbnail
from components.media.results import verify_result
from components.media.store import MediaStore, media_type
from components.media.videos import VideoInfo, frame_picture
from components.runs.run import Output

RESULT_MAX_BYTES = 1024**3


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
        with self.media.workspace() as folder:
            file = folder / "result"
            try:
                self.download(output.remote_url, file)
            except InvalidInput as error:
                raise DownloadFailed(f"The result's address cannot be used: {error}") from error
            return self._keep(output, file, folder)

    def keep_bytes(self, content: bytes) -> Output:
        """Keep a picture that came inside the answer itself."""
        with self.media.workspace() as folder:
            file = folder / "result"
            file.write_bytes(content)
            return self._keep(Output(kind="image"), file, folder)

    def _keep(self, output: Output, file: Path, folder: Path) -> Output:
        try:
            info = verify_result(file)
        except MediaRejected as error:
            raise DownloadFailed(f"What arrived is not a whole file: {error.message}") from error
        picture = folder / "thumb.jpg"
        if isinstance(info, VideoInfo):
            frame_picture(file, picture)
        else:
            thumbnail(file, picture)
        name = self.media.keep(file, info.suffix)
        return replace(
            output,
            kind="image" if isinstance(info, ImageInfo) else "video",
            name=name,
            thumb=self.media.keep(picture, ".jpg"),
            mime=media_type(name),
            width_px=info.width_px,
            height_px=info.height_px,
            duration_s=info.duration_s if isinstance(info, VideoInfo) else None,
            size_bytes=info.size_bytes,
        )
