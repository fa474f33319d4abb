"""Downloads: public addresses only, bounded in size, gone on with after a cut, a stall, a restart.

Every hop of a redirect is checked like the first address. Messages name the host alone, because
the rest of a signed address is a secret.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import httpcore

from components.errors import AddressBlocked, DownloadFailed
from components.media.download.addresses import check_address, host_of
from components.media.download.connection import Resolver, resolve_by_system
from components.media.download.failures import (
    failure_of,
    require_success,
    too_many_redirects,
)
from components.media.download.partial_file import PartialFile
from components.media.download.proxies import DIRECT, ProxySettings
from components.media.download.timeouts import Deadline, DownloadTimeouts
from components.media.download.transfer import Transfer, TransferCut, TurnOver, header
from components.media.store.durable_files import disk_space_watched

_MAX_REDIRECTS = 5
_MAX_RESUMES = 4
_REDIRECTS = {301, 302, 303, 307, 308}
_PATIENCE = DownloadTimeouts()
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
    patience: DownloadTimeouts = _PATIENCE,
    proxy_settings: ProxySettings = DIRECT,
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
    part = PartialFile.of(target)
    transfer = Transfer(part, host_of(url), max_size_bytes, deadline)
    attempt = _Download(transfer, deadline, proxy_settings, allowed_hosts, resolve)
    try:
        with disk_space_watched():
            if not part.is_whole:
                attempt.run(url)
            part.file.replace(target)
            part.received_bytes, size_bytes = 0, part.received_bytes
    except _BROKEN as error:
        failure = failure_of(error, transfer.host)
        raise transfer.failure(failure.sentence, failure.advice) from error
    except OSError as error:
        raise DownloadFailed(f"The file from {transfer.host} could not be written.") from error
    finally:
        part.settle()
    return Fetched(target, size_bytes, part.content_type)


@dataclass(frozen=True)
class _Download:
    """A download: follows redirects, and resumes where it was cut."""

    transfer: Transfer
    deadline: Deadline
    proxy_settings: ProxySettings
    allowed_hosts: frozenset[str]
    resolve: Resolver

    def run(self, url: str) -> None:
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
                self.proxy_settings.pool(
                    url, self.deadline, self.allowed_hosts, self.resolve
                ) as pool,
                pool.stream(
                    "GET",
                    url,
                    headers=self.transfer.request_headers(),
                    extensions={"timeout": self.deadline.patience.timeouts_s()},
                ) as response,
            ):
                if response.status not in _REDIRECTS:
                    require_success(response.status, self.transfer.host)
                    self.deadline.asked()
                    yield response
                    return
                url = _next_address(url, header(response, b"location"))
        raise too_many_redirects(self.transfer.host, _MAX_REDIRECTS)


def _next_address(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise AddressBlocked(f"{host_of(url)} redirects to an address that is none.") from error
