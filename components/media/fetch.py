"""Downloads: public addresses only, bounded in size and time, resumed after a cut, verified.

Every hop of a redirect is checked like the first address. Messages name the host alone, because
the rest of a signed address is a secret.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import httpcore

from components.errors import AddressBlocked, DownloadFailed, LinkExpired
from components.media.addresses import check_address, host_of
from components.media.connection import Deadline, PublicBackend, Resolver, resolve_by_system
from components.media.durable_files import disk_space_watched
from components.media.transfer import Transfer, TransferCut, header

_MAX_REDIRECTS = 5
_MAX_RESUMES = 4
_TIMEOUTS_S = {"connect": 10.0, "read": 20.0, "write": 10.0, "pool": 10.0}
_REDIRECTS = {301, 302, 303, 307, 308}
_GONE = {403, 404, 410}


@dataclass(frozen=True)
class Fetched:
    """A whole file that arrived; `content_type` is what the server said, in lower case."""

    path: Path
    size_bytes: int
    content_type: str


def download(
    url: str,
    target: Path,
    *,
    max_size_bytes: int,
    allowed_hosts: frozenset[str] = frozenset(),
    total_timeout_s: float = 120,
    resolve: Resolver = resolve_by_system,
) -> Fetched:
    """Copy what is at the address into `target`, which appears only when it is whole.

    `allowed_hosts` holds "host:port" that may be private and plain http. Raises `AddressBlocked`,
    `LinkExpired` (403, 404, 410), `DiskFull`, and `DownloadFailed` for everything else.
    """
    deadline = Deadline(total_timeout_s)
    part = target.with_name(f"{target.name}.part")
    transfer = Transfer(part, host_of(url), max_size_bytes)
    backend = PublicBackend(resolve, allowed_hosts, deadline)
    try:
        with disk_space_watched(), httpcore.ConnectionPool(network_backend=backend) as pool:
            _transfer_all(pool, url, transfer, allowed_hosts)
            part.replace(target)
    except httpcore.TimeoutException as error:
        raise DownloadFailed(f"{transfer.host} was too slow to send the file.") from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise DownloadFailed(f"The connection to {transfer.host} failed.") from error
    except OSError as error:
        raise DownloadFailed(f"The file from {transfer.host} could not be written.") from error
    finally:
        part.unlink(missing_ok=True)
    return Fetched(target, transfer.received_bytes, transfer.content_type)


def _transfer_all(
    pool: httpcore.ConnectionPool, url: str, transfer: Transfer, allowed_hosts: frozenset[str]
) -> None:
    """Receive the body, going on where it was cut, from the beginning if it must be."""
    for resumes_left in reversed(range(_MAX_RESUMES + 1)):
        try:
            with _answer(pool, url, transfer, allowed_hosts) as response:
                transfer.receive(response)
                return
        except TransferCut as cut:
            if not resumes_left:
                raise DownloadFailed(cut.sentence) from cut


@contextmanager
def _answer(
    pool: httpcore.ConnectionPool, url: str, transfer: Transfer, allowed_hosts: frozenset[str]
) -> Iterator[httpcore.Response]:
    """Lend the answer at the end of the redirects."""
    for _ in range(_MAX_REDIRECTS + 1):
        url = check_address(url, allowed_hosts=allowed_hosts)
        transfer.host = host_of(url)
        with pool.stream(
            "GET", url, headers=transfer.request_headers(), extensions={"timeout": _TIMEOUTS_S}
        ) as response:
            if response.status not in _REDIRECTS:
                _require_success(response, transfer.host)
                yield response
                return
            url = _next_address(url, header(response, b"location"))
    raise DownloadFailed(f"{transfer.host} redirects more than {_MAX_REDIRECTS} times.")


def _next_address(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise AddressBlocked(f"{host_of(url)} redirects to an address that is none.") from error


def _require_success(response: httpcore.Response, host: str) -> None:
    if response.status in _GONE:
        raise LinkExpired(f"{host} no longer serves this link ({response.status}).")
    if response.status not in (200, 206, 416):
        raise DownloadFailed(f"{host} answered {response.status} instead of the file.")
