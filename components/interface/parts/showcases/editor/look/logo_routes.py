"""`POST /showcases/ID/logo?name=…` with a picture as the body: the logo of a showcase."""

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from components.errors import InvalidRequest, MediaRejected
from components.interface.services import Services
from components.interface.uploads.receiving import Arrival, arrivals
from components.interface.web.routing import new_router
from components.media.drawing.canvas import open_picture
from components.media.formats.sniffing import kind_of
from components.media.formats.wording import megabytes
from components.media.store.media_store import REF_PREFIX
from components.showcases.limits import LOGO_MAX_BYTES

UNCHANGED = "The logo is as it was."


class KeptLogo(BaseModel):
    """The file that is the logo now."""

    name: str


def logo_router(services: Services) -> APIRouter:
    """Takes a picture; what is none, or is too large, is refused with a sentence."""
    router = new_router()

    def keep(showcase_id: str, arrival: Arrival) -> KeptLogo:
        _require_picture(arrival)
        name = arrival.keep(services.media).removeprefix(REF_PREFIX)
        services.showcases.editor.set_logo(showcase_id, name)
        return KeptLogo(name=name)

    async def take(showcase_id: str, request: Request, name: str = "The file") -> KeptLogo:
        async with arrivals(services.media) as taken:
            arrival = taken.begin(name)
            async for piece in request.stream():
                await arrival.add(piece)
                if arrival.size_bytes > LOGO_MAX_BYTES:
                    raise _refusal(
                        f"{arrival.label} is larger than {megabytes(LOGO_MAX_BYTES)}; "
                        "take a smaller picture."
                    )
            await arrival.end()
            return await run_in_threadpool(keep, showcase_id, arrival)

    router.add_api_route("/showcases/{showcase_id}/logo", take, methods=["POST"])
    return router


def _require_picture(arrival: Arrival) -> None:
    if kind_of(arrival.path) != "image":
        raise _refusal(f"{arrival.label} is no picture; take a PNG, JPEG or WebP.")
    try:
        open_picture(arrival.path, longest_side_px=64)
    except MediaRejected as error:
        raise _refusal(f"{arrival.label} cannot be read as a picture; take another.") from error


def _refusal(sentence: str) -> InvalidRequest:
    return InvalidRequest({"logo": f"{sentence} {UNCHANGED}"})
