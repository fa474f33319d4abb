"""The table of routes, generated files, and errors in the provider's shape."""

import mimetypes
from functools import partial

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from components.catalog.request import ENDPOINTS
from components.sandbox.app_state import AppState
from components.sandbox.http.account_routes import Account
from components.sandbox.http.generation_routes import Generations
from components.sandbox.http.models_route import models
from components.sandbox.http.responses import ApiError, error_answer


def build_routes(app_state: AppState) -> Starlette:
    """Return the server's application."""
    generations, account = Generations(app_state), Account(app_state)

    async def file(request: Request) -> Response:
        path = app_state.file_store.find(str(request.path_params["name"]))
        if path is None:
            raise ApiError(404, "File not found.")
        media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return FileResponse(path, media_type=media_type)

    return Starlette(
        routes=[
            Route(ENDPOINTS["image"], generations.images, methods=["POST"]),
            Route(ENDPOINTS["video"], generations.videos, methods=["POST"]),
            Route(ENDPOINTS["video"], generations.poll, methods=["GET"]),
            Route("/v1/models", partial(models, options=app_state.options)),
            Route("/models/metrics", account.metrics),
            Route("/v2/billing", account.balance),
            Route("/v2/billing/transactions", account.transactions),
            Route("/v2/logs", account.logs),
            Route("/files/{name}", file),
        ],
        exception_handlers={
            ApiError: _api_error,
            HTTPException: _http_error,
            Exception: _unexpected_error,
        },
    )


async def _api_error(request: Request, error: Exception) -> Response:
    status_code = error.status_code if isinstance(error, ApiError) else 500
    return error_answer(request, status_code, str(error))


async def _http_error(request: Request, _: Exception) -> Response:
    message = f"Cannot {request.method} {request.url.path}"
    return error_answer(request, 404, message)


async def _unexpected_error(request: Request, _: Exception) -> Response:
    return error_answer(request, 500, "Internal server error")
