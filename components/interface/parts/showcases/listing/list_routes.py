"""`GET /showcases`, making and deleting one, and small pictures of what is shown."""

from typing import Any

from fastapi import APIRouter, HTTPException
from fastapi.responses import FileResponse
from pydantic import BaseModel
from starlette.responses import HTMLResponse, Response

from components.errors import PlaygroundError
from components.interface.services import Services
from components.interface.uploads.media_routes import KEPT
from components.interface.web.routing import FRESH, new_router
from components.interface.widgets.templating import render
from components.media.renditions.pictures import LADDER_PX
from components.showcases.showcase import ShowcaseSummary

SMALL_PX = LADDER_PX[1]
"""As wide as pictures are in the list and in the editor, for a screen of two pixels a point."""


class NewShowcase(BaseModel):
    """A showcase that is to be made; asked twice with one `id`, it is one."""

    title: str
    id: str = ""


class MadeShowcase(BaseModel):
    """The showcase that was made."""

    id: str


def list_router(services: Services) -> APIRouter:
    """The list; deleting, which can be undone for a day; pictures by the name of their file."""
    router = new_router()
    editor = services.showcases.editor

    def listed() -> HTMLResponse:
        now = services.clock()
        cards = [_card(it, now) for it in editor.all()]
        return HTMLResponse(render("showcase_cards.html", cards=cards), headers=FRESH)

    def create(new: NewShowcase) -> MadeShowcase:
        return MadeShowcase(id=editor.create(new.title, showcase_id=new.id).id)

    def delete(showcase_id: str) -> None:
        editor.delete(showcase_id)

    def undelete(showcase_id: str) -> None:
        editor.undelete(showcase_id)

    def small(name: str) -> Response:
        try:
            path = services.showcases.renditions.picture(name, SMALL_PX, "webp")
        except PlaygroundError as error:
            raise HTTPException(404, str(error)) from error
        return FileResponse(path, media_type="image/webp", headers={"Cache-Control": KEPT})

    router.add_api_route("/showcases", listed, methods=["GET"])
    router.add_api_route("/showcases", create, methods=["POST"])
    router.add_api_route("/showcases/pictures/{name}", small, methods=["GET"])
    router.add_api_route("/showcases/{showcase_id}/delete", delete, methods=["POST"])
    router.add_api_route("/showcases/{showcase_id}/undelete", undelete, methods=["POST"])
    return router


def small_url(name: str) -> str:
    """Where a picture of a kept file is found, as wide as the page needs it."""
    return f"/showcases/pictures/{name}"


def _card(summary: ShowcaseSummary, now: float) -> dict[str, Any]:
    return {
        "showcase": summary,
        "cover": small_url(summary.cover.name) if summary.cover else "",
        "age_s": now - summary.changed_at,
    }
