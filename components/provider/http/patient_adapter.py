"""Sends the body of a POST with a stall timeout: only standing still uses it up.

Python's own `sendall` allows a whole chunk no longer than the connect timeout. Here each part that
the connection takes begins the time anew, and an answer that comes before the body was read, as a
server does that declines a request by its headers, is read although the sending failed.
"""

import ssl
from collections.abc import Mapping
from functools import cache
from typing import Any

from requests import PreparedRequest
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import ConnectionPool, HTTPConnectionPool
from urllib3.response import HTTPResponse
from urllib3.util.wait import wait_for_read

EARLY_ANSWER_S = 5.0
"""An answer that was given before the body was read is there already, or on its last metres."""


class PatientAdapter(HTTPAdapter):
    """Sends as `requests` does; a body may take as long as it goes on, in whatever small steps."""

    def __init__(self, stall_s: float) -> None:
        """`stall_s`: how long the other side may take nothing at all."""
        self._stall_s = stall_s
        super().__init__()

    def get_connection_with_tls_context(
        self,
        request: PreparedRequest,
        verify: bool | str | None,
        proxies: Mapping[str, str] | None = None,
        cert: Any = None,
    ) -> ConnectionPool:
        """The pool that `requests` would take, be it of a proxy, with connections of ours."""
        pool = super().get_connection_with_tls_context(request, verify, proxies, cert)
        if isinstance(pool, HTTPConnectionPool):
            pool.ConnectionCls = _patient(pool.ConnectionCls, self._stall_s)
        return pool


class _PatientConnection(HTTPConnection):
    """Mixed into the class of a connection; `stall_s` is set by `_patient`."""

    stall_s: float
    is_cut = False

    def send(self, data: Any) -> None:
        """Send all of the data. Raises `BrokenPipeError` where an answer may be read all the same.

        urllib3 goes on to the answer after that one, and raises all others.
        """
        if self.sock is None or not isinstance(data, bytes):
            super().send(data)
            return
        timeout_s = self.sock.gettimeout()
        self.sock.settimeout(self.stall_s)
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[self.sock.send(rest) :]
        except (ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError) as error:
            self.is_cut = True
            raise BrokenPipeError(str(error)) from error
        except TimeoutError as error:
            self.is_cut = True
            if wait_for_read(self.sock, 0.0):
                raise BrokenPipeError("It answered before it had read the request.") from error
            raise
        self.sock.settimeout(timeout_s)

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]
        """The answer; an early one is not waited for."""
        if self.is_cut:
            self.timeout = EARLY_ANSWER_S
        return super().getresponse()


@cache
def _patient(kind: type[Any], stall_s: float) -> type[Any]:
    if issubclass(kind, _PatientConnection):
        return kind
    return type(f"Patient{kind.__name__}", (_PatientConnection, kind), {"stall_s": stall_s})
