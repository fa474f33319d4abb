"""The router of our routes: JSON that comes in is made storable before it is read."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response
from typing_extensions import override

from components.catalog.storable_text import storable

FRESH = {"Cache-Control": "no-store"}


class StorableRequest(Request):
    """A request whose JSON has no half characters, which no database and no answer could hold."""

    @override
    async def json(self) -> Any:
        return storable(await super().json())


class StorableRoute(APIRoute):
    """A route that gets such requests."""

    @override
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_storable(request: Request) -> Response:
            return await handle(StorableRequest(request.scope, request.receive))

        return handle_storable


def new_router() -> APIRouter:
    """A router for routes of ours."""
    return APIRouter(route_class=StorableRoute)
