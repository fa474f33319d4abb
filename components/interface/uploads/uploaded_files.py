"""Files that were uploaded, found in what an API call hands over, and checked.

Gradio knows an upload by a path in its own folder. Ours stand in the media store instead: such a
path is the folder with the name in the store, and no file is there.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gradio.utils import is_in_or_equal
from gradio_client.utils import is_http_url_like

from components.errors import AddressBlocked, DiskFull, MediaRejected
from components.media.store.incoming_file import costs_nothing_yet
from components.media.store.media_store import REF_PREFIX, name_of

NOT_UPLOADED = "That file was not uploaded here. Upload it and try again."
NO_ROOM = f"{REF_PREFIX}no-room"
"""Stands where a reference would: the file was not taken in, because the disk is full."""


class Upload(str):
    """The path of a file that gradio fetched, where a request would carry a string."""

    __slots__ = ()


def path_of(reference: str, upload_folder: str) -> str:
    """The path by which a call may name a file of the store."""
    return str(Path(upload_folder) / reference.removeprefix(REF_PREFIX))


def find_uploads(value: Any, upload_folder: str, names: dict[str, str] | None = None) -> Any:
    """Replace gradio's file values, however deep, by references or by `Upload`.

    `names` is told what the caller calls each file, by what stands for it.

    Raises:
        AddressBlocked: a path that no upload made; without this check a call could name any file.
        DiskFull: it was not taken in, because there was no room.
    """
    if isinstance(value, Mapping):
        if "path" in value:
            found = _found(str(value["path"]), upload_folder)
            if names is not None and value.get("orig_name"):
                names[found] = str(value["orig_name"])
            return found
        return {name: find_uploads(item, upload_folder, names) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [find_uploads(item, upload_folder, names) for item in value]
    return value


def names_foreign_file(value: Any, upload_folder: str) -> bool:
    """Whether a call names a file that no upload made; gradio would answer with its path here."""
    if isinstance(value, Mapping):
        path = value.get("path")
        if isinstance(path, str) and not is_http_url_like(path):
            return not _is_inside(path, upload_folder)
        return any(names_foreign_file(item, upload_folder) for item in value.values())
    if isinstance(value, list | tuple):
        return any(names_foreign_file(item, upload_folder) for item in value)
    return False


def _is_inside(path: str, folder: str) -> bool:
    try:
        return bool(path) and is_in_or_equal(path, folder)
    except (OSError, ValueError):
        return False


def _found(path: str, upload_folder: str) -> str:
    if not is_in_or_equal(path, upload_folder):
        raise AddressBlocked(NOT_UPLOADED)
    reference = REF_PREFIX + Path(path).name
    if reference == NO_ROOM:
        with costs_nothing_yet():
            raise DiskFull("There was no room here to take the file in.")
    try:
        name_of(reference)
    except MediaRejected:
        return Upload(path)
    return reference
