"""What stands below `requests`: no sockets, only answers and the ways in which there is none."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from io import BytesIO
from itertools import islice
from typing import Any
from urllib.parse import parse_qs

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from urllib3 import HTTPResponse
from urllib3.connectionpool import ConnectionPool
from urllib3.exceptions import (
    ConnectTimeoutError,
    MaxRetryError,
    NewConnectionError,
    ProtocolError,
)


@dataclass(frozen=True)
class Call:
    """One request as the provider sees it."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class Reply:
    """An answer; `is_cut` loses its second half."""

    status: int
    content: bytes
    headers: dict[str, str] = field(default_factory=dict)
    is_cut: bool = False


class NoReply(Exception):
    """There is no answer, for the reason that `kind` names."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(kind)


class PlayedTransport(BaseAdapter):
    """Carries requests to `provider`, whose `before` says whether one arrives at all."""

    def __init__(self, before: Callable[[Call], None], provider: Callable[[Call], Reply]) -> None:
        super().__init__()
        self._before = before
        self._provider = provider

    def send(
        self, request: requests.PreparedRequest, *given: Any, **named: Any
    ) -> requests.Response:
        del given, named
        path, _, query = str(request.path_url).partition("?")
        call = Call(str(request.method), path, parse_qs(query), request.headers)
        try:
            self._before(call)
            whole = replace(call, body=_handed_over(request.body))
            return _response(request, self._provider(whole))
        except NoReply as silence:
            if silence.kind == "body cut":
                _handed_over(request.body, pieces=0)
            raise _failure(silence.kind, request) from silence

    def close(self) -> None:
        """There is nothing to close."""


def _handed_over(body: Any, pieces: int | None = None) -> bytes:
    """Take the body piece by piece, as a connection does; all of it, or so many pieces."""
    if body is None or isinstance(body, bytes):
        return body or b""
    return b"".join(islice(body, pieces))


def _response(request: requests.PreparedRequest, reply: Reply) -> requests.Response:
    headers = {"Content-Length": str(len(reply.content)), **reply.headers}
    sent = reply.content[: len(reply.content) // 2] if reply.is_cut else reply.content
    response = requests.Response()
    response.status_code = reply.status
    response.headers = CaseInsensitiveDict(headers)
    response.raw = HTTPResponse(
        BytesIO(sent),
        headers=headers,
        status=reply.status,
        preload_content=False,
        request_method=request.method,
    )
    response.url = str(request.url)
    response.request = request
    return response


def _failure(kind: str, request: requests.PreparedRequest) -> requests.RequestException:
    pool: Any = ConnectionPool("provider.example")
    match kind:
        case "refused":
            reason: Exception = NewConnectionError(pool, "Connection refused")
            return requests.ConnectionError(MaxRetryError(pool, "/", reason), request=request)
        case "connect timeout":
            reason = ConnectTimeoutError(pool, "timed out")
            return requests.ConnectTimeout(MaxRetryError(pool, "/", reason), request=request)
        case "timeout":
            return requests.ReadTimeout("Read timed out.", request=request)
        case _:
            broken = ProtocolError("Connection aborted.", ConnectionResetError(104, kind))
            return requests.ConnectionError(broken, request=request)
