"""One file on its way: what has arrived, how to ask for the rest, and whether it is whole."""

import io
import re

import httpcore

from components.errors import DiskFull, DownloadFailed, DownloadUnfinished, StorageError
from components.media.download.partial_file import PartialFile
from components.media.download.timeouts import Deadline
from components.media.formats.wording import megabytes
from components.media.store.durable_files import disk_space_watched

_CONTENT_RANGE = re.compile(r"bytes (\d{1,19})-(\d{1,19})/(\d{1,19})")
_USER_AGENT = "kling-o1-playground"


class TransferCut(Exception):
    """The body ended before its time; `sentence` is for the user if nothing helps."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


class TurnOver(Exception):
    """The try has had its time; nothing is wrong."""


class Transfer:
    """A download into one part, over as many answers as it takes."""

    def __init__(
        self, part: PartialFile, host: str, max_size_bytes: int, deadline: Deadline
    ) -> None:
        self.part = part
        self.host = host
        self._max_size_bytes = max_size_bytes
        self._deadline = deadline
        self._furthest_bytes = part.furthest_bytes

    def request_headers(self) -> list[tuple[bytes | str, bytes | str]]:
        """Ask for all of it, or for the rest if it has not changed meanwhile (RFC 9110, 13.1.5)."""
        headers: list[tuple[bytes | str, bytes | str]] = [
            ("Accept", "*/*"),
            ("Accept-Encoding", "identity"),
            ("User-Agent", _USER_AGENT),
        ]
        if self._asks_for_the_rest:
            headers.append(("Range", f"bytes={self.part.received_bytes}-"))
            headers.append(("If-Range", self.part.validator))
        return headers

    def receive(self, response: httpcore.Response) -> None:
        """Write the body to the file.

        Raises `TransferCut` when it is not whole at the end, and `TurnOver`.
        """
        self._begin(response)
        try:
            with disk_space_watched():
                self._write_body(response)
        except DiskFull as error:
            raise DiskFull(f"{error.message}{self._so_far()}") from error
        except (httpcore.NetworkError, httpcore.RemoteProtocolError) as error:
            raise TransferCut(f"{self.host} stopped in the middle of the file.") from error
        if self.part.expected_bytes not in (None, self.part.received_bytes):
            raise TransferCut(f"{self.host} sent less of the file than it announced.")

    def failure(self, sentence: str, advice: str) -> StorageError:
        """The error of a try that ended: one that brought the file on is no failed one."""
        new_bytes = self.part.received_bytes - self._furthest_bytes
        if self.part.can_resume and new_bytes >= self._deadline.patience.least_bytes:
            return DownloadUnfinished(f"{sentence}{self._so_far()}".strip(), advice=advice)
        return DownloadFailed(f"{sentence}{self._so_far()}".strip(), advice=advice)

    @property
    def _asks_for_the_rest(self) -> bool:
        return self.part.received_bytes > 0 and self.part.can_resume

    def _so_far(self) -> str:
        """How much has arrived and stays, as a sentence to add; "" for nothing."""
        part = self.part
        if not part.received_bytes or not part.can_resume:
            return ""
        total = f" of {megabytes(part.expected_bytes)}" if part.expected_bytes else ""
        return f" {megabytes(part.received_bytes)}{total} are here."

    def _write_body(self, response: httpcore.Response) -> None:
        part = self.part
        with part.open() as file:
            if not part.received_bytes and part.can_resume:
                part.save()
            for chunk in response.iter_stream():
                if part.received_bytes + len(chunk) > self._max_size_bytes:
                    part.begin_anew()
                    raise self._too_large()
                self._write(file, chunk)
                self._deadline.arrived(len(chunk))
                can_resume = part.can_resume and part.takes_ranges is True
                if self._deadline.is_turn_over(can_resume=can_resume) and not part.is_whole:
                    raise TurnOver

    def _write(self, file: io.FileIO, chunk: bytes) -> None:
        """Write all of it: a disk that is nearly full takes only a part at a time."""
        rest = memoryview(chunk)
        while rest:
            written = file.write(rest)
            self.part.received_bytes += written
            rest = rest[written:]

    def _begin(self, response: httpcore.Response) -> None:
        """Go on where the file ends if the answer is exactly the rest, else start again."""
        if header(response, b"content-encoding").lower() not in ("", "identity"):
            raise DownloadFailed(f"{self.host} sent the file compressed, which was not asked for.")
        if response.status == 206 and self._is_the_rest(response):
            self.part.takes_ranges = True
            return
        if response.status != 200:
            self.part.begin_anew()
            raise TransferCut(f"{self.host} answered {response.status} instead of the file.")
        length = header(response, b"content-length")
        expected_bytes = int(length) if length.isascii() and length.isdigit() else None
        if (expected_bytes or 0) > self._max_size_bytes:
            raise self._too_large()
        self._start_again(response, expected_bytes)

    def _start_again(self, response: httpcore.Response, expected_bytes: int | None) -> None:
        part, validator = self.part, _validator(response)
        if self._asks_for_the_rest and validator == part.validator:
            # The same file, and yet all of it: the server cannot send the rest.
            part.takes_ranges = False
        elif part.takes_ranges is not False:
            part.takes_ranges = _RANGES.get(header(response, b"accept-ranges").lower())
        part.begin_anew()
        part.expected_bytes, part.validator = expected_bytes, validator
        part.content_type = header(response, b"content-type").split(";")[0].strip().lower()

    def _is_the_rest(self, response: httpcore.Response) -> bool:
        part = self.part
        match = _CONTENT_RANGE.fullmatch(header(response, b"content-range"))
        if not match or not part.received_bytes:
            return False
        first, last, total = (int(number) for number in match.groups())
        mark = header(response, b"etag" if part.has_tag else b"last-modified")
        is_same = mark in ("", part.validator) and part.expected_bytes in (None, total)
        return first == part.received_bytes and last + 1 == total and is_same

    def _too_large(self) -> DownloadFailed:
        return DownloadFailed(
            f"{self.host} sends more than the {megabytes(self._max_size_bytes)} allowed here.",
            advice="Take a smaller file.",
        )


_RANGES = {"bytes": True, "none": False}


def _validator(response: httpcore.Response) -> str:
    """What tells this version of the file from another; "" where nothing does."""
    entity_tag = header(response, b"etag")
    is_strong = entity_tag.startswith('"')
    return entity_tag if is_strong else header(response, b"last-modified")


def header(response: httpcore.Response, name: bytes) -> str:
    """Return the first header of this lower-case name, "" when there is none."""
    for key, value in response.headers:
        if key.lower() == name:
            return value.decode("latin-1").strip()
    return ""
