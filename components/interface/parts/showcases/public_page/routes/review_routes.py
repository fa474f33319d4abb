"""What guests say: a name, comments and verdicts, and what others said since they last asked."""

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from components.errors import ShowcaseNotFound
from components.interface.parts.showcases.public_page.access.guest_route import guest_router
from components.interface.parts.showcases.public_page.access.visits import (
    GUEST,
    GUEST_KEPT_S,
    Entrance,
    Visit,
)
from components.interface.parts.showcases.public_page.access.writing import Writer, Writing
from components.interface.parts.showcases.public_page.routes.review_feed import (
    LinkState,
    ReviewFeed,
)
from components.interface.parts.showcases.public_page.routes.review_messages import (
    CommentBody,
    NameBody,
    ResolvedBody,
    ReviewNews,
    ShownComment,
    VerdictBody,
)
from components.interface.services import Services
from components.interface.web.login import GUEST_PREFIX
from components.interface.web.routing import FRESH
from components.showcases.review import Verdict
from components.showcases.reviews import NewComment, ReviewBook

CLOSED = "Whoever sent the link does not ask for this. Nothing was sent."


def review_router(services: Services) -> APIRouter:
    """The routes below a link's `guest`, `comments`, `verdicts` and `reviews`."""
    router = guest_router()
    endpoints = _ReviewEndpoints(
        services.showcases.reviews, Entrance(services), Writing(), ReviewFeed(services)
    )
    at = GUEST_PREFIX + "{token}"
    router.add_api_route(at + "/guest", endpoints.introduce, methods=["POST"])
    router.add_api_route(at + "/comments", endpoints.comment, methods=["POST"])
    router.add_api_route(at + "/comments/{comment_id}/resolve", endpoints.resolve, methods=["POST"])
    router.add_api_route(at + "/comments/{comment_id}/delete", endpoints.delete, methods=["POST"])
    router.add_api_route(at + "/comments/{comment_id}", endpoints.delete, methods=["DELETE"])
    router.add_api_route(at + "/verdicts", endpoints.judge, methods=["POST"])
    router.add_api_route(at + "/reviews", endpoints.news, methods=["GET"])
    return router


@dataclass(frozen=True)
class _ReviewEndpoints:
    """What guests send and ask."""

    reviews: ReviewBook
    entrance: Entrance
    writing: Writing
    feed: ReviewFeed

    def introduce(self, token: str, request: Request, body: NameBody) -> Response:
        visit, showcase = self.entrance.enter(token, request)
        _require(showcase.shown.comments or showcase.shown.verdicts)
        self.writing.check_newcomer(visit)
        guest, secret = self.reviews.enter(showcase.id, body.name)
        answer = JSONResponse({"name": guest.display_name}, headers=FRESH)
        visit.keep(answer, GUEST, secret, GUEST_KEPT_S)
        return answer

    def comment(self, token: str, request: Request, body: CommentBody) -> Response:
        writer = self._commenting(token, request)
        place = body.place.as_place() if body.place else None
        new = NewComment(
            item_id=body.item_id, text=body.text, place=place, answers=body.answers, id=body.id
        )
        kept = self.reviews.comment(writer.showcase.id, new, writer.guest)
        shown = ShownComment.of(kept, writer.guest.id)
        return JSONResponse(shown.model_dump(mode="json"), headers=FRESH)

    def resolve(
        self, token: str, comment_id: str, request: Request, body: ResolvedBody
    ) -> Response:
        writer = self._commenting(token, request)
        self.reviews.resolve(writer.showcase.id, comment_id, is_resolved=body.is_resolved)
        return _done()

    def delete(self, token: str, comment_id: str, request: Request) -> Response:
        writer = self._commenting(token, request)
        self.reviews.delete(writer.showcase.id, comment_id, writer.guest)
        return _done()

    def judge(self, token: str, request: Request, body: VerdictBody) -> Response:
        visit, showcase = self.entrance.enter(token, request)
        _require(showcase.shown.verdicts)
        writer = self.writing.writer(visit, showcase)
        given: dict[str, bool | Verdict] = {}
        if body.verdict is not None:
            given["verdict"] = body.verdict
        if body.is_favourite is not None:
            given["is_favourite"] = body.is_favourite
        if given:
            self.reviews.judge(showcase.id, body.item_id, writer.guest, **given)
        return _done()

    async def news(self, token: str, request: Request, since: int = -1) -> Response:
        state = self.feed.known(token)
        if state is None:
            state = await run_in_threadpool(self.feed.read, token)
        visit = Visit(state.link, request, self.entrance.services)
        visit.require_admission()
        if state.version == since:
            return _done()
        return await run_in_threadpool(self._told, visit, state, since)

    def _told(self, visit: Visit, state: LinkState, since: int) -> Response:
        found = self.feed.since(state, since)
        if found is None:
            return _done()
        guest = visit.guest()
        told = ReviewNews.of(found, guest.id if guest else None)
        return JSONResponse(told.model_dump(mode="json"), headers=FRESH)

    def _commenting(self, token: str, request: Request) -> Writer:
        visit, showcase = self.entrance.enter(token, request)
        _require(showcase.shown.comments)
        return self.writing.writer(visit, showcase)


def _done() -> Response:
    return Response(status_code=204, headers=FRESH)


def _require(is_asked: bool) -> None:
    if not is_asked:
        raise ShowcaseNotFound(CLOSED)
