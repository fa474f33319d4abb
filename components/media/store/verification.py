"""What came back from the provider is looked at before it is kept."""

from pathlib import Path

from components.errors import MediaRejected
from components.media.clips.inspection import VideoInfo, inspect_video
from components.media.formats.sniffing import kind_of
from components.media.images.inspection import ImageInfo, inspect_image


def verify_result(path: Path) -> ImageInfo | VideoInfo:
    """Decode a picture fully or read a video to its end, by content whatever the name says.

    `suffix` of the answer is the ending to keep the file with. Raises `MediaRejected` when the
    file is neither, or is damaged.
    """
    match kind_of(path):
        case "image":
            return inspect_image(path)
        case "video":
            return inspect_video(path)
        case None:
            raise MediaRejected("What arrived is neither a picture nor a video.")
