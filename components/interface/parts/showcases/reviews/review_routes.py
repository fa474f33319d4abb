"""What guests said of a showcase: read as it comes, answered, resolved, deleted, taken along."""

import re

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from components.interface.export.records import as_json
from components.interface.parts.showcases.links.link_view import link_html
from components.interface.parts.showcases.reviews.review_files import reviews_csv, reviews_record
from components.interface.parts.showcases.reviews.review_view import (
    all_comments_html,
    item_reviews,
    reviews_html,
)
from components.interface.services import Services
from components.interface.web.routing import new_router
from components.showcases.review import Reviews
from components.showcases.reviews import MAKER, NewComment


class DrawnReviews(BaseModel):
    """What was said since: the HTML of the items it was said of, of the list, and of the link.

    Where nothing was said, `items` is empty and `all` is None; `content_version` tells whether the
    showcase itself is another.
    """

    version: int
    content_version: int
    items: dict[str, str]
    all: str | None
    link: str


class MakerComment(BaseModel):
    """Words of the maker: of an item, or in answer to a comment. Asked twice, they stand once."""

    item_id: str
    text: str
    answers: str | None = None
    id: str = ""


class Resolution(BaseModel):
    """Whether what a comment asks for is done."""

    is_resolved: bool


def review_router(services: Services) -> APIRouter:
    """The maker's side of the reviews."""
    router = new_router()
    rooms = services.showcases
    book = rooms.reviews

    def news(showcase_id: str, request: Request, since: int = -1) -> DrawnReviews:
        fresh = book.since(showcase_id, since)
        now = services.clock()
        base = services.address(str(request.base_url))
        link = link_html(rooms.links.of(showcase_id), base, now)
        showcase = rooms.editor.get(showcase_id)
        if fresh is None:
            content = showcase.content_version
            return DrawnReviews(
                version=since, content_version=content, items={}, all=None, link=link
            )
        by_item = item_reviews(showcase, _all(showcase_id))
        changed = {it.item_id for it in fresh.comments} | {it.item_id for it in fresh.verdicts}
        return DrawnReviews(
            version=fresh.version,
            content_version=fresh.content_version,
            items={it: reviews_html(by_item[it], now) for it in changed if it in by_item},
            all=all_comments_html(showcase, by_item, now) if fresh.comments else None,
            link=link,
        )

    def _all(showcase_id: str) -> Reviews:
        return book.since(showcase_id) or Reviews(version=0, content_version=0)

    def comment(showcase_id: str, said: MakerComment, request: Request) -> None:
        author = _name_of(request)
        book.comment(showcase_id, NewComment(**said.model_dump()), None, author)

    def resolve(showcase_id: str, comment_id: str, wanted: Resolution) -> None:
        book.resolve(showcase_id, comment_id, is_resolved=wanted.is_resolved)

    def delete(showcase_id: str, comment_id: str) -> None:
        book.delete(showcase_id, comment_id, None)

    def as_csv(showcase_id: str) -> Response:
        showcase = rooms.editor.get(showcase_id)
        content = reviews_csv(showcase, _all(showcase_id))
        return _as_file(content, showcase.title, "csv", "text/csv; charset=utf-8")

    def as_record(showcase_id: str) -> Response:
        showcase = rooms.editor.get(showcase_id)
        content = as_json(reviews_record(showcase, _all(showcase_id)))
        return _as_file(content, showcase.title, "json", "application/json")

    whole, one = "/showcases/{showcase_id}", "/showcases/{showcase_id}/comments/{comment_id}"
    router.add_api_route(f"{whole}/reviews", news, methods=["GET"])
    router.add_api_route(f"{whole}/reviews.csv", as_csv, methods=["GET"])
    router.add_api_route(f"{whole}/reviews.json", as_record, methods=["GET"])
    router.add_api_route(f"{whole}/comments", comment, methods=["POST"])
    router.add_api_route(f"{one}/resolve", resolve, methods=["POST"])
    router.add_api_route(f"{one}/delete", delete, methods=["POST"])
    return router


def _name_of(request: Request) -> str:
    """Who is logged in, where there is a login."""
    user = request.scope.get("user")
    return str(user.display_name) if user else MAKER


def _as_file(content: bytes, title: str, ending: str, media_type: str) -> Response:
    words = re.sub(r"[^\w]+", "-", title[:60], flags=re.ASCII).strip("-").lower()
    name = f"{words or 'showcase'}-reviews.{ending}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }
    return Response(content, media_type=media_type, headers=headers)
