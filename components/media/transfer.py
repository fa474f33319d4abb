"""One file on its way: what has arrived, how to ask for the rest, and whether it is whole."""

import re
from pathlib import Path

import httpcore

from components.errors import DownloadFailed
from components.media.wording import megabytes

_CONTENT_RANGE = re.compile(r"bytes (\d{1,19})-(\d{1,19})/(\d{1,19})")
_USER_AGENT = "kling-o1-playground"


class TransferCut(Exception):
    """The body ended before its time; `sentence` is for the user if nothing helps."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


class Transfer:
    """A download into one file, over as many answers as it takes."""

    def __init__(self, file: Path, host: str, max_size_bytes: int) -> None:
        self.file = file
        self.host = host
        self.received_bytes = 0
        self.content_type = ""
        self._max_size_bytes = max_size_bytes
        self._expected_bytes: int | None = None
        self._validator = ""

    def request_headers(self) -> list[tuple[bytes | str, bytes | str]]:
        """Ask for all of it, or for the rest if it has not changed meanwhile (RFC 9110, 13.1.5)."""
        headers: list[tuple[bytes | str, bytes | str]] = [
            ("Accept", "*/*"),
            ("Accept-Encoding", "identity"),
            ("User-Agent", _USER_AGENT),
        ]
        if self.received_bytes and self._validator:
            headers.append(("Range", f"bytes={self.received_bytes}-"))
            headers.append(("If-Range", self._validator))
        return headers

    def receive(self, response: httpcore.Response) -> None:
        """Write the body to the file. Raises `TransferCut` when it is not whole at the end."""
        self._begin(response)
        try:
            # Unbuffered: what has arrived is on the file when the next piece is awaited.
            with self.file.open("r+b" if self.received_bytes else "wb", buffering=0) as file:
                file.seek(self.received_bytes)
                for chunk in response.iter_stream():
                    if self.received_bytes + len(chunk) > self._max_size_bytes:
                        raise DownloadFailed(self._too_large())
                    file.write(chunk)
                    self.received_bytes += len(chunk)
        except (httpcore.NetworkError, httpcore.RemoteProtocolError) as error:
            raise TransferCut(f"{self.host} stopped in the middle of the file.") from error
        if self._expected_bytes is not None and self.received_bytes != self._expected_bytes:
            raise TransferCut(f"{self.host} sent less of the file than it announced.")

    def _begin(self, response: httpcore.Response) -> None:
        """Go on where the file ends if the answer is exactly the rest, else start again."""
        if header(response, b"content-encoding").lower() not in ("", "identity"):
            raise DownloadFailed(f"{self.host} sent the file compressed, which was not asked for.")
        if response.status == 206 and self._is_the_rest(response):
            return
        if response.status != 200:
            self._forget()
            raise TransferCut(f"{self.host} answered {response.status} instead of the file.")
        self._forget()
        length = header(response, b"content-length")
        self._expected_bytes = int(length) if length.isascii() and length.isdigit() else None
        if (self._expected_bytes or 0) > self._max_size_bytes:
            raise DownloadFailed(self._too_large())
        self.content_type = header(response, b"content-type").split(";")[0].strip().lower()
        entity_tag = header(response, b"etag")
        is_strong = entity_tag.startswith('"')
        self._validator = entity_tag if is_strong else header(response, b"last-modified")

    def _is_the_rest(self, response: httpcore.Response) -> bool:
        match = _CONTENT_RANGE.fullmatch(header(response, b"content-range"))
        if not match or not self.received_bytes:
            return False
        first, last, total = (int(number) for number in match.groups())
        same_total = self._expected_bytes in (None, total)
        return first == self.received_bytes and last + 1 == total and same_total

    def _forget(self) -> None:
        self.received_bytes = 0
        self._expected_bytes = None
        self._validator = ""

    def _too_large(self) -> str:
        return f"{self.host} sends more than the {megabytes(self._max_size_bytes)} allowed here."


def header(response: httpcore.Response, name: bytes) -> str:
    """Return the first header of this lower-case name, "" when there is none."""
    for key, value in response.headers:
        if key.lower() == name:
            return value.decode("latin-1").strip()
    return ""
