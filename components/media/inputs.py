"""An upload or an address becomes what a request may carry.

A source is a local `Path` (an upload), or a string: an https address, a data URI, or a reference
to a file in the store. A string is never opened as a local file.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from components.errors import AddressBlocked, MediaRejected
from components.media.capacity.cpu_slots import ONE_A_CORE
from components.media.capacity.footprint import footprint_bytes
from components.media.download.addresses import check_address
from components.media.formats.sniffing import Kind
from components.media.formats.wording import MB, called, megabytes
from components.media.preflight import preflight
from components.media.report import Choices
from components.media.store.durable_files import disk_space_watched
from components.media.store.incoming_file import costs_nothing_yet
from components.media.store.media_store import REF_PREFIX, MediaStore, name_of, ref

# Above what a model takes, because a picture may become smaller when it is converted.
_MAX_DATA_BYTES = {"image": 50 * MB, "video": 200 * MB}
_DATA_URI = re.compile(r"data:(image|video)/[a-z0-9.+-]{1,40};base64,", re.IGNORECASE)
_SCHEME = re.compile(r"\s*[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def take(
    source: str | Path,
    store: MediaStore,
    choices: Choices,
    allowed_hosts: frozenset[str] = frozenset(),
) -> str:
    """Return the https address unchanged, or the reference of the file kept in the store.

    The type of `choices` says whether it is to be a picture or a clip; one outside the limits is
    repaired first. Raises `AddressBlocked`, `MediaRejected` and `DiskFull`.
    """
    if isinstance(source, Path):
        return _keep(source, store, choices)
    if source[:5].lower() == "data:":
        with _decoded(source, choices.kind, store) as file:
            return _keep(file, store, choices)
    if source.startswith(REF_PREFIX):
        return _keep(store.path(name_of(source)), store, choices, kept_as=source)
    if not _SCHEME.match(source):
        raise AddressBlocked("That is not an address; it must begin with https://.")
    return check_address(source, allowed_hosts=allowed_hosts)


def _keep(file: Path, store: MediaStore, choices: Choices, kept_as: str = "") -> str:
    slot = ONE_A_CORE.slot(needed_bytes=footprint_bytes(file))
    with costs_nothing_yet(), slot, store.workspace() as folder:
        facts = preflight(file, folder, choices)
        if kept_as and facts.untouched:
            return kept_as
        return ref(store.keep(facts.path, facts.after.suffix))


@contextmanager
def _decoded(uri: str, kind: Kind, store: MediaStore) -> Iterator[Path]:
    """Lend the content of a data URI as a file; the size is known before anything is decoded."""
    match = _DATA_URI.match(uri)
    if match is None or match[1].lower() != kind:
        raise MediaRejected(f"The data URI does not begin with data:{kind}/…;base64, as it must.")
    size_bytes = (len(uri) - match.end()) * 3 // 4
    if size_bytes > _MAX_DATA_BYTES[kind]:
        limit = megabytes(_MAX_DATA_BYTES[kind])
        raise MediaRejected(f"The data URI holds {megabytes(size_bytes)}; {limit} is the limit.")
    try:
        content = base64.b64decode(uri[match.end() :], validate=True)
    except (binascii.Error, ValueError) as error:
        raise MediaRejected("The data URI is not valid base64; copy all of it again.") from error
    with costs_nothing_yet(), disk_space_watched(), store.workspace() as work:
        file = work / "pasted"
        file.write_bytes(content)
        with called(f"The pasted {kind}"):
            yield file
