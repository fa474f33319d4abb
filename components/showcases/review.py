"""What is said of a showcase: comments and verdicts, by guests and by the maker."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self


class Verdict(StrEnum):
    """What a guest thinks of an item; one line of meaning each."""

    NONE = ""
    """Nothing yet, or not any more."""
    APPROVE = "approve"
    """Good as it is."""
    CHANGE = "change"
    """Good when something is changed."""
    REJECT = "reject"
    """Not this one."""


@dataclass(frozen=True)
class Place:
    """What a comment is about: a side by its place from 0, a point of it, a frame of a clip.

    `x` and `y` go from 0 to 1, from the upper left; `frame` counts from 0, and `time_s` says where
    in the clip that is. `medium` names the side whatever stands beside it: "run~pick".
    """

    side: int = 0
    x: float | None = None
    y: float | None = None
    frame: int | None = None
    time_s: float | None = None
    medium: str = field(default="", compare=False)

    @classmethod
    def of(cls, values: dict[str, Any] | None) -> Self | None:
        """What is kept; None for a comment about all of an item."""
        return cls(**values) if values else None


@dataclass(frozen=True, kw_only=True)
class Comment:
    """`guest_id` is None for the maker's; `answers` is the comment that it answers."""

    id: str
    item_id: str
    guest_id: str | None
    author: str
    text: str
    place: Place | None
    answers: str | None
    is_resolved: bool
    is_deleted: bool
    created_at: float


@dataclass(frozen=True, kw_only=True)
class GivenVerdict:
    """What one guest thinks of an item."""

    item_id: str
    guest_id: str
    author: str
    verdict: Verdict
    is_favourite: bool
    changed_at: float


@dataclass(frozen=True, kw_only=True)
class Reviews:
    """What was said, or changed, after a version of the showcase, up to `version`.

    `content_version` tells whether the maker changed what is shown.
    """

    version: int
    content_version: int
    comments: tuple[Comment, ...] = ()
    verdicts: tuple[GivenVerdict, ...] = ()


@dataclass(frozen=True)
class Guest:
    """Somebody who opened a link and gave a name."""

    id: str
    display_name: str


@dataclass(frozen=True, kw_only=True)
class RunReview:
    """What guests said of a run, in all showcases."""

    approvals: int = 0
    change_requests: int = 0
    rejections: int = 0
    comments: int = 0
