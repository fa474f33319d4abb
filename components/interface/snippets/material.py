"""What a program is made of: the payload, and the files that stand in it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from components.catalog.request import ModelRequest
from components.media.store.media_store import REF_PREFIX, name_of

POLL_S = 10
"""Seconds between two looks at a video; the fastest of them takes more than a minute."""
_ADDRESS_SIGNS = ":/[]%"


@dataclass(frozen=True)
class UploadedFile:
    """A file of the media store, where the payload needs its content: "/media/<name>"."""

    ref: str

    @property
    def suffix(self) -> str:
        """The file's ending, with its dot."""
        return PurePath(self.ref).suffix


@dataclass(frozen=True)
class Addresses:
    """Where the provider and this playground are, as settings and visitors say.

    What could end a string or a line of code is quoted away. With `needs_login` a program for the
    playground's own API reads "user:password" from PLAYGROUND_LOGIN.
    """

    provider: str
    playground: str
    needs_login: bool = False

    def __post_init__(self) -> None:
        for name in ("provider", "playground"):
            plain = quote(getattr(self, name).rstrip("/"), safe=_ADDRESS_SIGNS)
            object.__setattr__(self, name, plain)


@dataclass(frozen=True)
class Material:
    """One request, ready to be written in any language.

    `files` maps each uploaded file to the constant that stands for it, "IMAGES_1", in the order
    of the payload.
    """

    model: type[ModelRequest]
    payload: Mapping[str, Any]
    fields: Mapping[str, Any]
    files: Mapping[UploadedFile, str]
    addresses: Addresses
    poll_s: float

    def file_name(self, file: UploadedFile) -> str:
        """What the program calls the file until somebody puts in a path of their own."""
        return self.files[file].lower().replace("_", "-") + file.suffix

    def declared(self, line: Callable[[str, str, str], str]) -> str:
        """One line for each file; `line` is told its constant, its name and where to get it."""
        lines = [
            line(constant, self.file_name(file), self.addresses.playground + file.ref)
            for file, constant in self.files.items()
        ]
        return "\n".join(lines)


def gather(
    model: type[ModelRequest],
    values: Mapping[str, Any],
    addresses: Addresses,
    poll_s: float = POLL_S,
) -> Material:
    """Check the values and find the files in them.

    Raises:
        InvalidRequest: one sentence for each field that is wrong.
        MediaRejected: a reference into the media store that no file can have.
    """
    request = model.parse(values)
    payload = request.payload(_as_file)
    files: dict[UploadedFile, str] = {}
    for file, path in _files_in(payload):
        files.setdefault(file, _constant(path))
    return Material(model, payload, request.plain(), files, addresses, poll_s)


def _as_file(source: str, kind: str) -> Any:
    del kind
    return UploadedFile(REF_PREFIX + name_of(source)) if source.startswith(REF_PREFIX) else source


def _files_in(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[UploadedFile, str]]:
    if isinstance(value, UploadedFile):
        yield value, "_".join(path)
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from _files_in(item, (*path, name))
    elif isinstance(value, list):
        for number, item in enumerate(value, 1):
            yield from _files_in(item, (*path, str(number)))


def _constant(path: str) -> str:
    """Name what stands for a file: the contract's `image_urls_1` is an address, this is not."""
    return path.replace("_urls", "s").replace("_url", "").upper()
