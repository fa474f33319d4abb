"""Making a showcase: `GET /showcases/ID` is its editor, the others change it."""

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import HTMLResponse

from components.interface.parts.showcases.editor.editor_view import editor_html
from components.interface.services import Services
from components.interface.web.routing import FRESH, new_router
from components.showcases.limits import MOST_ITEMS


class ShowcaseChange(BaseModel):
    """What is to be another; what is left out stays. `shown` names only what changes."""

    title: str | None = None
    introduction: str | None = None
    accent: str | None = None
    cover_item: str | None = None
    logo: str | None = None
    shown: dict[str, bool] | None = None


class ItemChange(BaseModel):
    """Words of an item; what is left out stays."""

    caption: str | None = None
    text: str | None = None


class ItemOrder(BaseModel):
    """The ids of the items, in the order that is wanted."""

    items: list[str] = Field(max_length=2 * MOST_ITEMS)


class NewText(BaseModel):
    """Words between the results, which may still be empty."""

    text: str = ""


class AddedItem(BaseModel):
    """The item that came in."""

    id: str


def editor_router(services: Services) -> APIRouter:
    """The editor, and a route for each change; what is taken out can be put back for a day."""
    router = new_router()
    editor = services.showcases.editor

    def show(showcase_id: str, request: Request) -> HTMLResponse:
        showcase = editor.get(showcase_id)
        base = services.address(str(request.base_url))
        return HTMLResponse(editor_html(showcase, services, base), headers=FRESH)

    def change(showcase_id: str, wanted: ShowcaseChange) -> None:
        given = wanted.model_dump(exclude_none=True)
        logo = given.pop("logo", None)
        if logo is not None:
            editor.set_logo(showcase_id, logo)
        if given:
            editor.change(showcase_id, **given)

    def order(showcase_id: str, wanted: ItemOrder) -> None:
        editor.order(showcase_id, wanted.items)

    def add_text(showcase_id: str, new: NewText) -> AddedItem:
        return AddedItem(id=editor.add_text(showcase_id, new.text).id)

    def change_item(item_id: str, wanted: ItemChange) -> None:
        editor.change_item(item_id, caption=wanted.caption, text=wanted.text)

    def remove_item(item_id: str) -> None:
        editor.remove_item(item_id)

    def restore_item(item_id: str) -> None:
        editor.restore_item(item_id)

    router.add_api_route("/showcases/{showcase_id}/change", change, methods=["POST"])
    router.add_api_route("/showcases/{showcase_id}/order", order, methods=["POST"])
    router.add_api_route("/showcases/{showcase_id}/text", add_text, methods=["POST"])
    router.add_api_route("/showcases/items/{item_id}/change", change_item, methods=["POST"])
    router.add_api_route("/showcases/items/{item_id}/remove", remove_item, methods=["POST"])
    router.add_api_route("/showcases/items/{item_id}/restore", restore_item, methods=["POST"])
    router.add_api_route("/showcases/{showcase_id}", show, methods=["GET"])
    return router
