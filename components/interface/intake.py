"""What a form or an API call hands in becomes a checked request; files go into the media store."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gradio.utils import is_in_or_equal

from components.catalog.fields import MediaKind
from components.catalog.request import ModelRequest
from components.errors import AddressBlocked, InvalidInput, InvalidRequest
from components.media.inputs import take_image, take_video
from components.media.store import MediaStore


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


@dataclass(frozen=True)
class Intake:
    """`allowed_hosts` are host:port pairs that an address may name besides public ones."""

    media: MediaStore
    allowed_hosts: frozenset[str] = frozenset()

    def admit(self, model: type[ModelRequest], values: Mapping[str, Any]) -> ModelRequest:
        """Check everything, keep the files, and return the request.

        Raises:
            InvalidRequest: one sentence for each field that is wrong; nothing was sent.
        """
        problems: dict[str, str] = {}
        try:
            model.parse(values)
        except InvalidRequest as error:
            problems = error.problems
        taken = dict(values)
        for name, parameter in model.parameters().items():
            if name in problems or values.get(name) in (None, "", [], ()):
                continue
            try:
                taken[name] = parameter.map_media(values[name], self._take)
            except InvalidInput as error:
                problems[name] = str(error)
        if problems:
            raise InvalidRequest(problems)
        return model.parse(taken)

    def _take(self, source: str, kind: MediaKind) -> str:
        take = take_image if kind == "image" else take_video
        material = Path(source) if isinstance(source, Upload) else source
        return take(material, self.media, allowed_hosts=self.allowed_hosts)
