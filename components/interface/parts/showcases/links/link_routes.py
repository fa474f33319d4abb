"""The link to a showcase: made or changed, renewed, revoked."""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import HTMLResponse

from components.errors import InvalidRequest
from components.interface.parts.showcases.links.link_view import link_html
from components.interface.services import Services
from components.interface.web.routing import FRESH, new_router

DAY_S = 86_400.0
NO_DAY = "Choose the last day of the link. The link is as it was."


class LinkBody(BaseModel):
    """When the link ends and what it asks for.

    `ends` is in days from now, or on the day that `expires_at` names in seconds since the epoch;
    `passphrase` is None to leave it, and "" to ask for none.
    """

    ends: Literal["keep", "never", "1", "7", "30", "date"] = "keep"
    expires_at: float | None = None
    passphrase: str | None = None


def link_router(services: Services) -> APIRouter:
    """Each answers the settings of the link as they are then."""
    router = new_router()
    links = services.showcases.links

    def panel(showcase_id: str, request: Request) -> HTMLResponse:
        base = services.address(str(request.base_url))
        html = link_html(links.of(showcase_id), base, services.clock())
        return HTMLResponse(html, headers=FRESH)

    def ends_at(showcase_id: str, wanted: LinkBody) -> float | None:
        if wanted.ends == "keep":
            link = links.of(showcase_id)
            return link.expires_at if link else None
        if wanted.ends == "date":
            if wanted.expires_at is None:
                raise InvalidRequest({"expires_at": NO_DAY})
            return wanted.expires_at
        return None if wanted.ends == "never" else services.clock() + int(wanted.ends) * DAY_S

    def share(showcase_id: str, wanted: LinkBody, request: Request) -> HTMLResponse:
        showcase = services.showcases.editor.get(showcase_id)
        at = ends_at(showcase_id, wanted)
        links.share(showcase_id, expires_at=at, passphrase=wanted.passphrase)
        services.showcases.prepare(showcase.media)
        return panel(showcase_id, request)

    def renew(showcase_id: str, request: Request) -> HTMLResponse:
        links.renew(showcase_id)
        return panel(showcase_id, request)

    def revoke(showcase_id: str, request: Request) -> HTMLResponse:
        links.revoke(showcase_id)
        return panel(showcase_id, request)

    router.add_api_route("/showcases/{showcase_id}/link", share, methods=["POST"])
    router.add_api_route("/showcases/{showcase_id}/link/renew", renew, methods=["POST"])
    router.add_api_route("/showcases/{showcase_id}/link/revoke", revoke, methods=["POST"])
    return router
