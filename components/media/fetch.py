"""Downloads: public addresses only, bounded in size, gone on with after a cut, a stall, a restart.

Every hop of a redirect is checked like the first address. Messages name the host alone, because
the rest of a signed address is a secret.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from ssl import SSLCertVerificationError
from urllib.parse import urljoin

import httpcore

from components.errors import AddressBlocked, DownloadFailed, LinkExpired
from components.media.addresses import check_address, host_of
from components.media.connection import Resolver, resolve_by_system
from components.media.durable_files import disk_space_watched
from components.media.outbound import DIRECT, Outbound
from components.media.part import Part
from components.media.patience import Deadline, Patience
from components.media.transfer import Transfer, TransferCut, TurnOver, header

_MAX_REDIRECTS = 5
_MAX_RESUMES = 4
_REDIRECTS = {301, 302, 303, 307, 308}
_GONE = {403, 404, 410}
_PATIENCE = Patience()
_BROKEN = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    TransferCut,
    TurnOver,
)


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
    patience: Patience = _PATIENCE,
    outbound: Outbound = DIRECT,
    resolve: Resolver = resolve_by_system,
) -> Fetched:
    """Copy what is at the address into `target`, which appears only when it is whole.

    What arrived of a try that failed stands beside `target`, if the server lets it be gone on
    with; a later call with the same target does so, also under another address of the same file.
    `allowed_hosts` holds "host:port" that may be private and plain http. Raises `AddressBlocked`,
    `LinkExpired` (403, 404, 410), `DiskFull`, `DownloadUnfinished` where the file came on, and
    `DownloadFailed` for everything else.
    """
    deadline = Deadline(patience)
    part = Part.of(target)
    transfer = Transfer(part, host_of(url), max_size_bytes, deadline)
    journey = _Journey(transfer, deadline, outbound, allowed_hosts, resolve)
    try:
        with disk_space_watched():
            if not part.is_whole:
                journey.transfer_all(url)
            part.file.replace(target)
            part.received_bytes, size_bytes = 0, part.received_bytes
    except _BROKEN as error:
        raise transfer.failure(_sentence(error, transfer.host)) from error
    except OSError as error:
        raise DownloadFailed(f"The file from {transfer.host} could not be written.") from error
    finally:
        part.settle()
    return Fetched(target, size_bytes, part.content_type)


@dataclass(frozen=True)
class _Journey:
    """The way to the file: over redirects, and again from where it was cut."""

    transfer: Transfer
    deadline: Deadline
    outbound: Outbound
    allowed_hosts: frozenset[str]
    resolve: Resolver

    def transfer_all(self, url: str) -> None:
        """Receive the body, going on where it was cut, from the beginning if it must be."""
        for resumes_left in reversed(range(_MAX_RESUMES + 1)):
            try:
                with self._answer(url) as response:
                    self.transfer.receive(response)
                    return
            except TransferCut:
                if not resumes_left:
                    raise

    @contextmanager
    def _answer(self, url: str) -> Iterator[httpcore.Response]:
        """Lend the answer at the end of the redirects."""
        for _ in range(_MAX_REDIRECTS + 1):
            url = check_address(url, allowed_hosts=self.allowed_hosts)
            self.transfer.host = host_of(url)
            self.deadline.asked()
            with (
                self.outbound.pool(url, self.deadline, self.allowed_hosts, self.resolve) as pool,
                pool.stream(
                    "GET",
                    url,
                    headers=self.transfer.request_headers(),
                    extensions={"timeout": self.deadline.patience.timeouts_s()},
                ) as response,
            ):
                if response.status not in _REDIRECTS:
                    _require_success(response, self.transfer.host)
                    self.deadline.asked()
                    yield response
                    return
                url = _next_address(url, header(response, b"location"))
        raise DownloadFailed(f"{self.transfer.host} redirects more than {_MAX_REDIRECTS} times.")


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


def _sentence(error: Exception, host: str) -> str:
    """What went wrong on the way; "" when the try only had its time."""
    if isinstance(error, TransferCut):
        return error.sentence
    if isinstance(error, TurnOver):
        return ""
    if isinstance(error, httpcore.TimeoutException):
        return f"{host} was too slow to send the file."
    if isinstance(error, httpcore.ProxyError):
        return f"The proxy that is set did not connect to {host}."
    # httpcore hides the cause when it gives a connection up, and leaves the context.
    if isinstance(error.__cause__ or error.__context__, SSLCertVerificationError):
        return f"The certificate of {host} is not trusted here."
    return f"The connection to {host} failed."
