"""The pictures and clips of a showcase, without metadata: those of this one, and no others."""

import re
from email.utils import formatdate
from pathlib import Path

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.staticfiles import NotModifiedResponse

from components.errors import MediaRejected, ShowcaseNotFound
from components.interface.parts.showcases.public_page.access.guest_route import guest_router
from components.interface.parts.showcases.public_page.access.visits import Entrance
from components.interface.services import Services
from components.interface.web.login import GUEST_PREFIX
from components.interface.web.served.stylesheet import KEPT
from components.media.renditions.pictures import CODINGS, widths_for
from components.media.renditions.renditions import Renditions
from components.media.store.media_store import media_type
from components.showcases.links import NO_LINK
from components.showcases.showcase import Item, Showcase, ShownMedium

_NUMBER = re.compile(r"[0-9]{1,4}")
_NOT_IN_NAMES = re.compile(r"[^\w]+")
_SMALL_LOGO_BYTES = 256 * 1024
_LOGO_PX = 640
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def shown_files_router(services: Services) -> APIRouter:
    """`/show/TOKEN/media/ITEM/SIDE/WHAT`, where `WHAT` is 640.avif, clip.mp4, or download."""
    router = guest_router()
    renditions = services.showcases.renditions
    entrance = Entrance(services)

    def send(token: str, item_id: str, side: str, what: str, request: Request) -> Response:
        _, showcase = entrance.enter(token, request)
        item, medium = _found(showcase, item_id, side)
        if what == "download" and showcase.shown.downloads:
            path = _clean(renditions, medium)
            name = _file_name(showcase, item, int(side), path.suffix)
            return _answer(request, showcase, path, name)
        return _answer(request, showcase, _rendition(renditions, medium, what))

    def logo(token: str, request: Request) -> Response:
        _, showcase = entrance.enter(token, request)
        if not showcase.logo:
            raise ShowcaseNotFound(NO_LINK)
        try:
            # As it is, since it may be clear where the page shines through.
            path = renditions.original(showcase.logo)
            if path.stat().st_size > _SMALL_LOGO_BYTES:
                path = renditions.picture(showcase.logo, _LOGO_PX, "webp")
        except MediaRejected:
            raise ShowcaseNotFound(NO_LINK) from None
        return _answer(request, showcase, path)

    methods = ["GET", "HEAD"]
    at = GUEST_PREFIX + "{token}"
    router.add_api_route(at + "/media/{item_id}/{side}/{what}", send, methods=methods)
    router.add_api_route(at + "/logo/picture", logo, methods=methods)
    return router


def _found(showcase: Showcase, item_id: str, side: str) -> tuple[Item, ShownMedium]:
    item = showcase.item(item_id)
    if item is None or not _NUMBER.fullmatch(side) or int(side) >= len(item.media):
        raise ShowcaseNotFound(NO_LINK)
    return item, item.media[int(side)]


def _rendition(renditions: Renditions, medium: ShownMedium, what: str) -> Path:
    """The file of a name that the page uses; sizes are few, so that nobody fills the disk."""
    width, _, coding = what.partition(".")
    is_picture = coding in CODINGS and _NUMBER.fullmatch(width) is not None
    try:
        if what == "clip.mp4" and medium.is_clip:
            return renditions.clip(medium.name)
        if is_picture and int(width) in widths_for(medium.width_px):
            return renditions.picture(medium.name, int(width), coding)
    except MediaRejected:
        pass
    raise ShowcaseNotFound(NO_LINK)


def _clean(renditions: Renditions, medium: ShownMedium) -> Path:
    try:
        clean = renditions.clip if medium.is_clip else renditions.original
        return clean(medium.name)
    except MediaRejected:
        raise ShowcaseNotFound(NO_LINK) from None


def _file_name(showcase: Showcase, item: Item, side: int, suffix: str) -> str:
    title = _NOT_IN_NAMES.sub("-", showcase.title).strip("-")[:60] or "showcase"
    number = showcase.items.index(item) + 1
    letter = LETTERS[side] if 1 < len(item.media) <= len(LETTERS) else ""
    if len(item.media) > len(LETTERS):
        letter = f"-{side + 1}"
    return f"{title}-{number:02d}{letter}{suffix}"


def _answer(request: Request, showcase: Showcase, path: Path, name: str = "") -> Response:
    """The file with ranges; `name` has it saved rather than shown."""
    response = FileResponse(
        path,
        stat_result=path.stat(),
        media_type=media_type(path.name) if path.suffix != ".avif" else "image/avif",
        filename=name or None,
        headers={
            "Cache-Control": KEPT,
            # By what it was made from: when it was made, or last asked for, says nothing.
            "ETag": f'"{path.name}"',
            "Last-Modified": formatdate(showcase.created_at, usegmt=True),
        },
    )
    if request.headers.get("if-none-match") == response.headers["etag"]:
        return NotModifiedResponse(response.headers)
    return response
