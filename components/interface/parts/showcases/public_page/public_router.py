"""All that is below `/show/`, in the order in which addresses are looked up."""

from pathlib import Path

from fastapi import APIRouter

from components.interface.parts.showcases.public_page.access.guest_route import guest_router
from components.interface.parts.showcases.public_page.routes.page_files import PageFiles
from components.interface.parts.showcases.public_page.routes.page_routes import (
    nothing_else_router,
    page_router,
)
from components.interface.parts.showcases.public_page.routes.review_routes import review_router
from components.interface.parts.showcases.public_page.routes.shown_files import shown_files_router
from components.interface.services import Services


def public_router(services: Services, assets: Path) -> APIRouter:
    """The public page with its files and its reviews; nothing else answers below `/show/`."""
    files = PageFiles.read(assets)
    router = guest_router()
    router.include_router(files.router())
    router.include_router(page_router(services, files))
    router.include_router(shown_files_router(services))
    router.include_router(review_router(services))
    router.include_router(nothing_else_router())
    return router
