"""What a look at a file tells: what it is, whether each limit holds, and what was repaired."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

from components.errors import RepairCancelled
from components.media.clips.inspection import VideoInfo
from components.media.formats.sniffing import Kind
from components.media.images.inspection import ImageInfo

Progress = Callable[[float], None]
Cancelled = Callable[[], bool]


@dataclass(frozen=True)
class ImageChoices:
    """What a user may choose for a picture that has to be repaired.

    `background` ("#rrggbb") fills what is padded and what was transparent where the file must
    become a JPEG; `beyond_ratio` says what happens to a picture wider than 2.5:1 or taller.
    """

    background: str = "#ffffff"
    beyond_ratio: Literal["pad", "crop"] = "pad"
    kind: ClassVar[Kind] = "image"


@dataclass(frozen=True)
class ClipChoices:
    """`start_s` is where the clip begins, in seconds; at least three seconds are always left."""

    start_s: float = 0.0
    kind: ClassVar[Kind] = "video"


Choices = ImageChoices | ClipChoices


@dataclass(frozen=True)
class Check:
    """One limit and the file as it was given: "Size", "12.4 MB", "at most 10 MB", False."""

    label: str
    value: str
    limit: str
    holds: bool


class Harmless(str):
    """A change that nobody sees in the picture or clip, as of almost every photo of a camera."""

    __slots__ = ()


@dataclass(frozen=True)
class Preflight:
    """A file that can be sent, and how it came to be that.

    `path` is `source` itself and `after` is `before` when nothing was changed. `checks` are of
    the source; `changes` are plain sentences, none when untouched.
    """

    kind: Kind
    source: Path
    path: Path
    before: ImageInfo | VideoInfo
    after: ImageInfo | VideoInfo
    checks: tuple[Check, ...]
    changes: tuple[str, ...]

    @property
    def visible_changes(self) -> tuple[str, ...]:
        """What may matter: cropped, padded, cut, converted."""
        return tuple(it for it in self.changes if not isinstance(it, Harmless))

    @property
    def harmless_changes(self) -> tuple[str, ...]:
        """What needs no attention."""
        return tuple(it for it in self.changes if isinstance(it, Harmless))

    @property
    def untouched(self) -> bool:
        """True when the file goes out byte for byte as it came."""
        return not self.changes


def ignore(share: float) -> None:
    """Report progress to nobody."""


def never() -> bool:
    """Never cancel."""
    return False


def stop_if(cancelled: Cancelled) -> None:
    """Raise `RepairCancelled` when the user does not want it any more."""
    if cancelled():
        raise RepairCancelled("The repair was stopped; the file was not added.")
