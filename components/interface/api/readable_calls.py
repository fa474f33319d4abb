"""Calls over plain HTTP: a call that does not fit its endpoint is answered with one sentence.

Gradio answers a missing argument with a fault, or with a dump of its own objects. Here arguments
are held against the endpoint's signature first; what may be left out is filled in.
"""

import inspect
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gradio.utils import get_upload_folder
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from components.errors import InvalidRequest
from components.interface.uploads.uploaded_files import NOT_UPLOADED, names_foreign_file

_CALL = re.compile(r"/gradio_api/(?P<way>call/v2|call|run|api)/(?P<name>[^/]+)/?")
_QUEUE = re.compile(r"/gradio_api/queue/join/?")
"""Gradio's own client calls here, by the number of what it calls."""
CHECKED_MAX_BYTES = 64 * 1024 * 1024
"""A larger body is passed on unread: reading it twice would take long."""
NOTHING = "Nothing was sent or charged."


@dataclass(frozen=True)
class Endpoint:
    """An endpoint's parameters in order; those with a default may be left out."""

    name: str
    defaults: Mapping[str, Any]

    @classmethod
    def of(cls, name: str, function: Callable[..., Any]) -> "Endpoint":
        """Read the signature; what gradio itself passes in is no parameter of a call."""
        parameters = inspect.signature(function).parameters.values()
        return cls(name, {it.name: it.default for it in parameters if it.name != "request"})

    @property
    def required(self) -> list[str]:
        """The parameters without a default."""
        return [name for name, value in self.defaults.items() if value is inspect.Parameter.empty]

    def check_named(self, body: Any) -> None:
        """Arguments by name. Raises `InvalidRequest`."""
        if not isinstance(body, dict):
            raise self._refusal("takes a JSON object of its parameters by name")
        if unknown := [str(name)[:60] for name in body if name not in self.defaults]:
            raise self._refusal(f"has no parameter {', '.join(sorted(unknown)[:5])}")
        if missing := [name for name in self.required if name not in body]:
            raise self._refusal(f"needs {' and '.join(missing)}")

    def filled(self, body: Any) -> dict[str, Any]:
        """Arguments in order under "data", with what was left out. Raises `InvalidRequest`."""
        data = body.get("data") if isinstance(body, dict) else None
        if not isinstance(data, list):
            raise self._refusal('takes {"data": […]} with its parameters in order')
        if len(data) > len(self.defaults):
            raise self._refusal(f"takes at most {len(self.defaults)} values in order")
        if len(data) < len(self.required):
            missing = self.required[len(data) :]
            raise self._refusal(f"needs {' and '.join(missing)}")
        rest = list(self.defaults.values())[len(data) :]
        return {**body, "data": [*data, *rest]}

    def _refusal(self, what: str) -> InvalidRequest:
        known = ", ".join(name if name in self.required else f"[{name}]" for name in self.defaults)
        return InvalidRequest({"": f"/{self.name} {what}. It takes {known}. {NOTHING}"})


class ReadableCalls:
    """Checks the body of a call before gradio sees it."""

    def __init__(self, app: ASGIApp, endpoints: Mapping[str, Endpoint]) -> None:
        self.app = app
        self._endpoints = endpoints

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 404 and 422 with a sentence, and pass on what fits."""
        is_post = scope["type"] == "http" and scope["method"] == "POST"
        call = (
            (_CALL.fullmatch(scope["path"]) or _QUEUE.fullmatch(scope["path"])) if is_post else None
        )
        if call is None:
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        size = request.headers.get("content-length", "")
        if size.isdecimal() and int(size) > CHECKED_MAX_BYTES:
            await self.app(scope, receive, send)
            return
        content = await request.body()
        try:
            content = await run_in_threadpool(self._fitted, call.groupdict(), content)
        except InvalidRequest as error:
            is_known = call.groupdict().get("name") in {None, *self._endpoints}
            refusal = JSONResponse(
                {"error": str(error), "detail": str(error)}, 422 if is_known else 404
            )
            await refusal(scope, receive, send)
            return
        await self.app(_sized(scope, len(content)), _replayed(content, receive), send)

    def _fitted(self, call: Mapping[str, str], content: bytes) -> bytes:
        name = call.get("name")
        endpoint = self._endpoints.get(name) if name else None
        if name and endpoint is None:
            known = ", ".join(f"/{name}" for name in self._endpoints)
            raise InvalidRequest({"": f"There is no such endpoint; there are {known}. {NOTHING}"})
        try:
            body = json.loads(content)
        except (ValueError, RecursionError):
            raise InvalidRequest({"": f"The body of the call is not JSON. {NOTHING}"}) from None
        if names_foreign_file(body, get_upload_folder()):
            raise InvalidRequest({"": f"{NOT_UPLOADED} {NOTHING}"})
        if endpoint is None:
            return content
        if call["way"] == "call/v2":
            endpoint.check_named(body)
            return content
        filled = endpoint.filled(body)
        return content if filled["data"] == body["data"] else json.dumps(filled).encode()


def _sized(scope: Scope, size_bytes: int) -> Scope:
    scope = {**scope, "headers": list(scope["headers"])}
    MutableHeaders(scope=scope)["content-length"] = str(size_bytes)
    return scope


def _replayed(content: bytes, receive: Receive) -> Receive:
    """The body once more, then whatever follows it."""
    is_sent = False

    async def receive_again() -> Message:
        nonlocal is_sent
        if is_sent:
            return await receive()
        is_sent = True
        return {"type": "http.request", "body": content, "more_body": False}

    return receive_again
