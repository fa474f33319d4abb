"""`/show/TOKEN`: the page that guests see, and what it asks before."""

import re
from typing import Any

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from components.errors import ShowcaseNotFound
from components.interface.parts.showcases.public_page.access.guest_route import guest_router
from components.interface.parts.showcases.public_page.access.unlocking import Unlocking
from components.interface.parts.showcases.public_page.access.visits import (
    PROOF,
    PROOF_KEPT_S,
    SEEN,
    SEEN_KEPT_S,
    Entrance,
    Visit,
)
from components.interface.parts.showcases.public_page.drawing.accent import look_css
from components.interface.parts.showcases.public_page.drawing.page_view import items_of, paragraphs
from components.interface.parts.showcases.public_page.drawing.preview import (
    LOCKED_TITLE,
    line_of,
    previews,
)
from components.interface.parts.showcases.public_page.routes.page_files import (
    ENTRY,
    ICON,
    STYLESHEET,
    PageFiles,
)
from components.interface.services import Services
from components.interface.web.login import GUEST_PREFIX
from components.interface.web.routing import FRESH
from components.interface.widgets.templating import render
from components.showcases.links import NO_LINK
from components.showcases.showcase import ItemKind, Showcase

PREVIEW_KEPT = {"Cache-Control": "private, max-age=300"}
LOOK_KEPT = {"Cache-Control": "private, max-age=3600"}
_ROBOTS = re.compile(
    r"bot\b|bot/|crawl|spider|preview|facebookexternalhit|whatsapp|slack|telegram|embedly|"
    r"vkshare|iframely|mastodon|pleroma|signal|skype|curl|wget|python|headlesschecker",
    re.IGNORECASE,
)
"""How those call themselves that fetch a link to show what is behind it, and no person."""
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def page_router(services: Services, files: PageFiles) -> APIRouter:
    """The page, the way past its passphrase, its colours, and the preview of its link."""
    router = guest_router()
    entrance, unlocking, preview_of = Entrance(services), Unlocking(), previews(services)

    def page(token: str, request: Request) -> Response:
        visit = entrance.visit(token, request)
        if not visit.is_admitted:
            return _locked(visit, files)
        showcase = visit.showcase()
        response = HTMLResponse(_page_html(visit, showcase, files), headers=FRESH)
        if _is_opened(visit.request):
            services.showcases.links.opened(visit.link)
            visit.keep(response, SEEN, "1", SEEN_KEPT_S)
            services.showcases.prepare(showcase.media)
        return response

    async def unlock(token: str, request: Request) -> Response:
        visit = await run_in_threadpool(entrance.visit, token, request)
        # Read as far as it may be long, before anything takes it apart.
        await request.body()
        given = (await request.form(max_files=0, max_fields=4)).get("passphrase", "")
        refusal = await run_in_threadpool(unlocking.refusal, visit, str(given))
        if refusal:
            return _locked(visit, files, refusal.sentence, refusal.code)
        response = RedirectResponse(visit.path, 303, FRESH)
        visit.keep(response, PROOF, visit.link.proof, PROOF_KEPT_S)
        return response

    def look(token: str, request: Request) -> Response:
        visit = entrance.visit(token, request)
        accent = visit.showcase().accent if visit.is_admitted else ""
        return Response(look_css(accent), media_type="text/css", headers=LOOK_KEPT)

    def preview(token: str, request: Request) -> Response:
        visit = entrance.visit(token, request)
        # The same for everybody: who asks for it has no cookies.
        showcase = None if visit.link.has_passphrase else visit.showcase()
        return Response(preview_of(showcase), media_type="image/jpeg", headers=PREVIEW_KEPT)

    at = GUEST_PREFIX + "{token}"
    router.add_api_route(at, page, methods=["GET", "HEAD"])
    router.add_api_route(at + "/unlock", unlock, methods=["POST"])
    router.add_api_route(at + "/look.css", look, methods=["GET", "HEAD"])
    router.add_api_route(at + "/preview.jpg", preview, methods=["GET", "HEAD"])
    return router


def nothing_else_router() -> APIRouter:
    """Whatever else is below `/show/` ends here, and reaches nothing that asks for a login."""
    router = guest_router()

    def nothing() -> Response:
        raise ShowcaseNotFound(NO_LINK)

    router.add_api_route(GUEST_PREFIX + "{rest:path}", nothing, methods=_METHODS)
    return router


def _is_opened(request: Request) -> bool:
    """Whether a person looks, who was not counted a moment ago."""
    is_person = not _ROBOTS.search(request.headers.get("user-agent", ""))
    is_ahead = "prefetch" in request.headers.get("sec-purpose", "")
    return request.method == "GET" and is_person and not is_ahead and SEEN not in request.cookies


def _page_html(visit: Visit, showcase: Showcase, files: PageFiles) -> str:
    guest = visit.guest()
    is_open = not visit.link.has_passphrase
    results = sum(it.kind is not ItemKind.TEXT for it in showcase.items)
    return render(
        "public_page.html",
        **_head(visit, files, f"?v={showcase.content_version}"),
        showcase=showcase,
        shown=showcase.shown,
        items=items_of(showcase, visit.path),
        introduction=paragraphs(showcase.introduction),
        paragraphs=paragraphs,
        results=results,
        guest=guest.display_name if guest else "",
        scripts=[files.at(name) for name in files.scripts],
        entry=files.at(ENTRY),
        share_title=showcase.title if is_open else LOCKED_TITLE,
        share_line=line_of(showcase) if is_open else "",
    )


def _locked(visit: Visit, files: PageFiles, problem: str = "", code: int = 200) -> Response:
    html = render(
        "passphrase.html",
        **_head(visit, files),
        problem=problem,
        share_title=LOCKED_TITLE,
        share_line="",
    )
    return HTMLResponse(html, code, FRESH)


def _head(visit: Visit, files: PageFiles, version: str = "") -> dict[str, Any]:
    return {
        "version": version,
        "path": visit.path,
        "base": visit.base,
        "stylesheet": files.at(STYLESHEET),
        "icon": files.at(ICON),
    }
