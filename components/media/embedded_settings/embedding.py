"""Files that remember: a result carries the settings it was made with, and gives them back.

They stand as JSON in the comment of the file: of a PNG, JPEG, WebP, MP4 or MOV. The stored file
stays what it is; the copy that is handed out is put together on the way.
"""

import json
import struct
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from components.errors import MediaRejected
from components.media.clips import inspection as video_files
from components.media.embedded_settings.clip_comments import clip_edits
from components.media.embedded_settings.image_comments import (
    PNG_KEYWORD,
    comment_in_exif,
    jpeg_edits,
    png_edits,
    webp_edits,
)
from components.media.embedded_settings.splice import Edit, SplicedFile
from components.media.formats.sniffing import kind_of
from components.media.images import inspection as image_files

APP_NAME = "Kling O1 Playground"
_MAX_CHARS = 100_000
"""Far above the longest prompt with all its references; below what a file may claim to hold."""
_EDITORS: Mapping[str, Callable[[BinaryIO, str], list[Edit]]] = {
    ".png": png_edits,
    ".jpg": jpeg_edits,
    ".webp": webp_edits,
    ".mp4": clip_edits,
    ".mov": clip_edits,
}
# What a file that is built in an unusual way makes of the editors, and Pillow of its EXIF.
_UNUSUAL = (ValueError, LookupError, TypeError, SyntaxError, OSError, struct.error)


def with_settings(path: Path, settings: Mapping[str, Any]) -> SplicedFile:
    """Return the file with the settings in it, named by `APP_NAME`; only its head is read.

    A file of another kind, or one that is built in an unusual way, comes as it is: a result
    without its settings is better than none.
    """
    editor = _EDITORS.get(path.suffix)
    text = json.dumps({"app": APP_NAME, **settings}, ensure_ascii=False)
    if editor is None or len(text) > _MAX_CHARS:
        return SplicedFile(path)
    try:
        with path.open("rb") as file:
            return SplicedFile(path, tuple(editor(file, text)))
    except _UNUSUAL:
        return SplicedFile(path)


def read_settings(path: Path) -> dict[str, Any] | None:
    """Return the settings that a file carries: at least `model`, a text, and `request`, a mapping.

    None where there are none. They come from whoever made the file: check them like any input.
    """
    try:
        text = _comment(path)
        found = json.loads(text) if len(text) <= _MAX_CHARS else None
    except (MediaRejected, ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or found.get("app") != APP_NAME:
        return None
    is_whole = isinstance(found.get("model"), str) and isinstance(found.get("request"), dict)
    return found if is_whole else None


def _comment(path: Path) -> str:
    if kind_of(path) == "image":
        with image_files.opened(path) as picture:
            return str(picture.info.get(PNG_KEYWORD, "")) or comment_in_exif(picture.getexif())
    with video_files.opened(path) as (source, _):
        return source.metadata.get("comment", "")
