"""What the public page and its server exchange about reviews."""

from typing import Self

from pydantic import BaseModel, Field

from components.showcases.review import Comment, GivenVerdict, Place, Reviews, Verdict

ID = r"^[0-9a-zA-Z-]{1,64}$"


class NameBody(BaseModel):
    """Under which name somebody writes."""

    name: str


class PlaceBody(BaseModel):
    """A place in a picture, or a frame of a clip."""

    side: int = Field(0, ge=0, le=10_000)
    x: float | None = Field(None, allow_inf_nan=False)
    y: float | None = Field(None, allow_inf_nan=False)
    frame: int | None = Field(None, ge=0, le=10_000_000)
    time_s: float | None = Field(None, allow_inf_nan=False)

    def as_place(self) -> Place:
        """As it is kept."""
        return Place(**self.model_dump())


class CommentBody(BaseModel):
    """A new comment; `id` is the sender's, so that sending it again is safe."""

    id: str = Field(pattern=ID)
    item_id: str
    text: str
    place: PlaceBody | None = None
    answers: str | None = None


class ResolvedBody(BaseModel):
    """Whether what a comment asks for is done."""

    is_resolved: bool


class VerdictBody(BaseModel):
    """What somebody thinks of an item; what is left out stays as it was."""

    item_id: str
    verdict: Verdict | None = None
    is_favourite: bool | None = None


class ShownComment(BaseModel):
    """A comment as guests see it; `is_own` is that of who asks."""

    id: str
    item_id: str
    author: str
    text: str
    place: PlaceBody | None
    answers: str | None
    is_resolved: bool
    is_deleted: bool
    is_own: bool
    is_maker: bool
    created_at: float

    @classmethod
    def of(cls, comment: Comment, guest_id: str | None) -> Self:
        """Without the id of its author, which is nobody else's business."""
        place = comment.place
        return cls(
            id=comment.id,
            item_id=comment.item_id,
            author=comment.author,
            text=comment.text,
            place=PlaceBody.model_validate(place, from_attributes=True) if place else None,
            answers=comment.answers,
            is_resolved=comment.is_resolved,
            is_deleted=comment.is_deleted,
            is_own=guest_id is not None and comment.guest_id == guest_id,
            is_maker=comment.guest_id is None,
            created_at=comment.created_at,
        )


class ShownVerdict(BaseModel):
    """What a guest thinks of an item; `guest_id` tells those of one name apart."""

    item_id: str
    guest_id: str
    author: str
    verdict: Verdict
    is_favourite: bool
    is_own: bool

    @classmethod
    def of(cls, given: GivenVerdict, guest_id: str | None) -> Self:
        """One of a showcase."""
        return cls(
            item_id=given.item_id,
            guest_id=given.guest_id,
            author=given.author,
            verdict=given.verdict,
            is_favourite=given.is_favourite,
            is_own=given.guest_id == guest_id,
        )


class ReviewNews(BaseModel):
    """What was said after a version, up to `version`; `content_version` is that of the page."""

    version: int
    content_version: int
    comments: list[ShownComment]
    verdicts: list[ShownVerdict]

    @classmethod
    def of(cls, news: Reviews, guest_id: str | None) -> Self:
        """What changed, as somebody sees it."""
        return cls(
            version=news.version,
            content_version=news.content_version,
            comments=[ShownComment.of(it, guest_id) for it in news.comments],
            verdicts=[ShownVerdict.of(it, guest_id) for it in news.verdicts],
        )
