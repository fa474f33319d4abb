"""Showcases: a list of them, and an editor for each."""

from fastapi import APIRouter

from components.interface.parts.showcases.editor.editor_routes import editor_router
from components.interface.parts.showcases.editor.look.logo_routes import logo_router
from components.interface.parts.showcases.links.link_routes import link_router
from components.interface.parts.showcases.listing.list_routes import list_router
from components.interface.parts.showcases.reviews.review_routes import review_router
from components.interface.services import Services
from components.interface.web.routing import new_router
from components.interface.widgets.section import Section
from components.interface.widgets.templating import render
from components.showcases import limits


class Showcases(Section):
    """The place of the list and of the editor; the script fills both."""

    def __init__(self) -> None:
        """Lay out the place, and say how long a title may be."""
        super().__init__(render("showcases.html", title_max_chars=limits.TITLE_MAX_CHARS))


def showcases_router(services: Services) -> APIRouter:
    """What the maker of showcases asks; everything begins with `/showcases`."""
    router = new_router()
    for part in (list_router, logo_router, link_router, review_router, editor_router):
        router.include_router(part(services))
    return router
