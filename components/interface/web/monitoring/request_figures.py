"""How many requests came, how they were answered and how fast, by the routes they were for.

Two pieces: the outer one counts whatever is answered, the inner one, next to the routes, notes
which of them it was. A route is named by its template, so that nobody makes up new names.
"""

import time
from collections.abc import Callable
from typing import Any, Protocol

from starlette.types import ASGIApp, Message, Receive, Scope, Send

NOTED = "playground.route"
OTHER = "other"
ANSWERED_EARLY = frozenset({"/changes"})
"""Routes that a layer before the routes answers."""
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
STATUS_UNKNOWN = 0
"""Nothing was answered: whoever asked went away."""


class CountsRequests(Protocol):
    """Told of each request when its answer begins."""

    def request(self, method: str, route: str, status: int, took_s: float) -> None:
        """`took_s` is from its arrival to the first line of the answer: a stream may last long."""
        ...


class RequestCounter:
    """The outer piece."""

    def __init__(
        self,
        app: ASGIApp,
        figures: CountsRequests,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.app = app
        self._figures = figures
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and count."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, noted = self._clock(), list[str]()
        answered: tuple[int, float] | None = None

        async def send_counted(message: Message) -> None:
            nonlocal answered
            if message["type"] == "http.response.start" and answered is None:
                answered = (int(message["status"]), self._clock() - began)
            await send(message)

        try:
            await self.app({**scope, NOTED: noted}, receive, send_counted)
        finally:
            status, took_s = answered or (STATUS_UNKNOWN, self._clock() - began)
            method = scope["method"] if scope["method"] in METHODS else OTHER
            self._figures.request(method, _name_of(scope, noted), status, took_s)


class RouteNote:
    """The inner piece."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and note which route it was."""
        try:
            await self.app(scope, receive, send)
        finally:
            noted, route = scope.get(NOTED), scope.get("route")
            if noted is not None and route is not None:
                noted.append(_template_of(route))


def _template_of(route: Any) -> str:
    return str(getattr(route, "path", "")) or OTHER


def _name_of(scope: Scope, noted: list[str]) -> str:
    if noted:
        return noted[-1]
    path: str = scope["path"]
    return path if path in ANSWERED_EARLY else OTHER
