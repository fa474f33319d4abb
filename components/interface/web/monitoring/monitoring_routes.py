"""The addresses that a monitor asks at, of a web replica and of a worker, which has no page."""

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from components.interface.web.monitoring.metrics import Metrics
from components.interface.web.monitoring.readiness import Readiness


def add_monitoring(app: FastAPI, readiness: Readiness, metrics: Metrics | None) -> None:
    """`GET /healthz`, `/readyz`, and `/metrics`, which is not there without `metrics`."""
    for route in _routes(readiness, metrics):
        app.router.routes.append(route)


def probes_app(readiness: Readiness, metrics: Metrics | None = None) -> Starlette:
    """Nothing but the same three."""
    return Starlette(routes=_routes(readiness, metrics))


def _routes(readiness: Readiness, metrics: Metrics | None) -> list[Route]:
    async def healthz(_: Request) -> Response:
        return PlainTextResponse("ok")

    async def readyz(request: Request) -> Response:
        return await readiness.respond(request)

    def shown(_: Request) -> Response:
        if metrics is None:
            return JSONResponse({"detail": "Not Found"}, 404)
        return metrics.respond()

    return [
        Route("/healthz", healthz, methods=["GET"]),
        Route("/readyz", readyz, methods=["GET"]),
        Route("/metrics", shown, methods=["GET"]),
    ]
