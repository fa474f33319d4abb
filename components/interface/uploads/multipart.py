"""The files in the body of a form (multipart/form-data, RFC 7578), taken apart as it arrives."""

from dataclasses import dataclass

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from components.errors import MediaRejected

UNREADABLE = "The upload could not be understood; send it again."


@dataclass(frozen=True)
class FileBegins:
    """What follows is a file of this name."""

    name: str


@dataclass(frozen=True)
class FilePiece:
    """Some bytes of the file that began last."""

    content: bytes


class FileEnds:
    """The file that began last is whole."""


Event = FileBegins | FilePiece | FileEnds


class MultipartFiles:
    """Tells of the files in a body; its plain fields are passed over."""

    def __init__(self, content_type: str) -> None:
        """Raises `MediaRejected` where the body is of another type."""
        kind, options = parse_options_header(content_type)
        if kind != b"multipart/form-data" or not options.get(b"boundary"):
            raise MediaRejected(UNREADABLE)
        self._events: list[Event] = []
        self._header = self._value = b""
        self._is_file = False
        self._parser = MultipartParser(
            options[b"boundary"],
            {
                "on_part_begin": self._part_begins,
                "on_header_field": self._header_field,
                "on_header_value": self._header_value,
                "on_header_end": self._header_ends,
                "on_part_data": self._part_data,
                "on_part_end": self._part_ends,
            },
        )

    def read(self, content: bytes) -> list[Event]:
        """What more of the body brings. Raises `MediaRejected` where it is malformed."""
        try:
            self._parser.write(content)
        except FormParserError as error:
            raise MediaRejected(UNREADABLE) from error
        events, self._events = self._events, []
        return events

    def _part_begins(self) -> None:
        self._is_file = False
        self._header = self._value = b""

    def _header_field(self, content: bytes, begin: int, end: int) -> None:
        self._header += content[begin:end]

    def _header_value(self, content: bytes, begin: int, end: int) -> None:
        self._value += content[begin:end]

    def _header_ends(self) -> None:
        if self._header.lower() == b"content-disposition":
            _, options = parse_options_header(self._value)
            if b"filename" in options:
                self._is_file = True
                self._events.append(FileBegins(options[b"filename"].decode(errors="replace")))
        self._header = self._value = b""

    def _part_data(self, content: bytes, begin: int, end: int) -> None:
        if self._is_file:
            self._events.append(FilePiece(content[begin:end]))

    def _part_ends(self) -> None:
        if self._is_file:
            self._events.append(FileEnds())
