"""Files that gradio took in: found in what a form or an API call hands over, and checked."""

from collections.abc import Mapping
from typing import Any

from gradio.utils import is_in_or_equal

from components.errors import AddressBlocked


class Upload(str):
    """The path of a file that was uploaded, where a request would carry a string."""

    __slots__ = ()


def find_uploads(value: Any, upload_folder: str) -> Any:
    """Replace gradio's file values, however deep, by `Upload`.

    Raises:
        AddressBlocked: a path that no upload made; without this check a call could name any file.
    """
    if isinstance(value, Mapping):
        if "path" in value:
            path = str(value["path"])
            if not is_in_or_equal(path, upload_folder):
                raise AddressBlocked("That file was not uploaded here. Upload it and try again.")
            return Upload(path)
        return {name: find_uploads(item, upload_folder) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [find_uploads(item, upload_folder) for item in value]
    return value
