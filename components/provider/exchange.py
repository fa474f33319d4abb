"""One HTTP exchange with the provider: what was sent, and what each way of failing means.

The line that matters runs between "certainly not accepted" (a refused connection, 429, a 503 by
which the provider asks to come back) and "nobody knows" (a lost answer to a POST, any other 5xx).
"""

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from ssl import SSLCertVerificationError
from typing import Any

import requests
from requests.adapters import BaseAdapter
from urllib3.exceptions import HTTPError, NewConnectionError, ProxyError, SSLError

from components.errors import (
    AnswerLost,
    BadKey,
    BadRequest,
    Facts,
    NoCredit,
    Overloaded,
    RateLimited,
    Unreachable,
)
from components.provider.body import JsonBody
from components.provider.retry_after import retry_after_s

DETAIL_MAX_CHARS = 300
ANSWER_MAX_BYTES = 256 * 1024 * 1024
"""Nine large pictures in base64, and some."""


@dataclass(frozen=True)
class Timeouts:
    """Seconds. A POST for pictures answers only when they are ready, so it may take minutes."""

    connect_s: float = 10.0
    read_s: float = 30.0
    submit_s: float = 120.0
    images_s: float = 300.0


@dataclass(frozen=True)
class Answer:
    """What came back; the key does not occur in it, should anything have echoed it."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes

    def error_body(self) -> dict[str, Any] | None:
        """The provider's error shape, or None (a gateway may answer HTML)."""
        try:
            body = json.loads(self.content)
        except (json.JSONDecodeError, UnicodeDecodeError, RecursionError):
            return None
        return body if isinstance(body, dict) and "message" in body else None


class Exchange:
    """Sends requests with the key and tells failures apart; safe to share between threads."""

    def __init__(
        self,
        base_url: str,
        key: str,
        *,
        connect_timeout_s: float = Timeouts.connect_s,
        adapter: Callable[[], BaseAdapter] | None = None,
    ) -> None:
        """`adapter` makes the transport of a session, so that a test can put its own in."""
        self.base_url = base_url.rstrip("/")
        self._key = key
        self._connect_timeout_s = connect_timeout_s
        self._adapter = adapter
        self._local = threading.local()

    def get(
        self,
        path: str,
        params: Mapping[str, Any],
        *,
        read_timeout_s: float,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """GET with a query; repeating it is always safe.

        Raises:
            ProviderError: never `AnswerLost`; a lost answer to a GET is `Unreachable`.
        """
        try:
            answer = self._send(
                self._session(), "GET", path, read_timeout_s, params=params, headers=headers
            )
        except requests.RequestException as error:
            raise Unreachable(
                f"{self._host} did not answer.", Facts(detail=self._clean(error))
            ) from error
        if _is_no_answer(answer.status_code):
            raise Unreachable(
                f"{self._host} has a problem ({answer.status_code}).", self._facts(answer)
            )
        self._raise_for_refusal(answer)
        return answer

    def post(
        self, path: str, payload: dict[str, Any], *, client_request_id: str, read_timeout_s: float
    ) -> Answer:
        """POST a payload, its attachments streamed, on a connection of its own.

        A kept-alive connection may be closed by the other side at the very moment it is reused, and
        the loss would look like a lost answer; a new connection fails before anything is sent.

        Raises:
            NotAccepted: certainly not accepted; may be sent again.
            Refused: understood and declined.
            AnswerLost: it may have been accepted; must not be sent again.
        """
        session = self._new_session()
        headers = {
            "Content-Type": "application/json",
            "X-Client-Request-Id": client_request_id,
            "Connection": "close",
        }
        try:
            answer = self._send(
                session, "POST", path, read_timeout_s, data=JsonBody(payload), headers=headers
            )
        except requests.RequestException as error:
            if _never_connected(error):
                raise Unreachable(
                    f"No connection to {self._host}.", Facts(detail=self._clean(error))
                ) from error
            raise AnswerLost(
                f"The answer from {self._host} was lost.", Facts(detail=self._clean(error))
            ) from error
        finally:
            session.close()
        self._raise_for_post(answer)
        return answer

    def _send(
        self,
        session: requests.Session,
        method: str,
        path: str,
        read_timeout_s: float,
        **given: Any,
    ) -> Answer:
        """Send it and read the answer, whose body may take `read_timeout_s` once more, in all."""
        with session.request(
            method,
            self.base_url + path,
            timeout=(self._connect_timeout_s, read_timeout_s),
            allow_redirects=False,
            stream=True,
            **given,
        ) as response:
            content = _read_whole(response, time.monotonic() + read_timeout_s)
        if self._key:
            content = content.replace(self._key.encode(), "…".encode())
        return Answer(response.status_code, response.headers, content)

    def _raise_for_post(self, answer: Answer) -> None:
        code, facts = answer.status_code, self._facts(answer)
        told_to_wait = answer.error_body() is not None and facts.retry_after_s is not None
        if code == HTTPStatus.SERVICE_UNAVAILABLE and told_to_wait and not facts.inference_id:
            raise Overloaded("The provider is overloaded.", facts)
        if _is_no_answer(code):
            raise AnswerLost(f"The provider answered with an error ({code}).", facts)
        self._raise_for_refusal(answer)

    def _raise_for_refusal(self, answer: Answer) -> None:
        code, facts = answer.status_code, self._facts(answer)
        if code < HTTPStatus.MULTIPLE_CHOICES or code == HTTPStatus.NOT_MODIFIED:
            return
        said = f" It says: {facts.detail.rstrip('.')}." if facts.detail else ""
        match code:
            case HTTPStatus.TOO_MANY_REQUESTS:
                raise RateLimited("The provider asks for a pause (429).", facts)
            case HTTPStatus.UNAUTHORIZED:
                raise BadKey("The provider does not accept the key (401).", facts)
            case HTTPStatus.PAYMENT_REQUIRED | HTTPStatus.FORBIDDEN:
                raise NoCredit(f"The provider declined the account ({code}).{said}", facts)
            case _ if code < HTTPStatus.BAD_REQUEST:
                raise BadRequest(
                    f"{self._host} sent the request elsewhere ({code}).",
                    facts,
                    advice="Check AIML_API_BASE.",
                )
            case _:
                raise BadRequest(f"The provider declined the request ({code}).{said}", facts)

    def _facts(self, answer: Answer) -> Facts:
        body = answer.error_body() or {}
        detail = " ".join(str(body.get("message") or "").split())
        return Facts(
            detail=self._clean(detail)[:DETAIL_MAX_CHARS],
            request_id=str(body["requestId"]) if body.get("requestId") else None,
            inference_id=answer.headers.get("x-inference-id"),
            status_code=answer.status_code,
            retry_after_s=retry_after_s(answer.headers.get("Retry-After")),
        )

    def _clean(self, text: object) -> str:
        """The text without the key, should anything have echoed it."""
        return str(text).replace(self._key, "…") if self._key else str(text)

    @property
    def _host(self) -> str:
        return self.base_url.partition("://")[2]

    def _session(self) -> requests.Session:
        if not hasattr(self._local, "session"):
            self._local.session = self._new_session()
        session: requests.Session = self._local.session
        return session

    def _new_session(self) -> requests.Session:
        session = requests.Session()
        session.auth = self._authorize
        # A proxy for the world must not be asked for this machine's own server.
        session.trust_env = not self._host.startswith(("127.", "localhost", "[::1]"))
        if self._adapter:
            session.mount("http://", self._adapter())
            session.mount("https://", self._adapter())
        return session

    def _authorize(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Set the key as an auth hook: a `.netrc` entry would otherwise take its place."""
        request.headers["Authorization"] = f"Bearer {self._key}"
        return request


def _read_whole(response: requests.Response, deadline: float) -> bytes:
    """Read the body as it arrives: drops of data that never stop would outlast any timeout."""
    content = bytearray()
    try:
        while piece := response.raw.read1(decode_content=True):
            content += piece
            if time.monotonic() > deadline or len(content) > ANSWER_MAX_BYTES:
                raise requests.Timeout("The answer did not come to its end.")
    except HTTPError as error:
        raise requests.ConnectionError(error) from error
    if response.raw.length_remaining:
        raise requests.ConnectionError("The answer was cut.")
    return bytes(content)


def _is_no_answer(status_code: int) -> bool:
    """Whether a status tells nothing of the request itself: 408, 5xx, and what is no status."""
    is_timeout = status_code == HTTPStatus.REQUEST_TIMEOUT
    return is_timeout or status_code >= HTTPStatus.INTERNAL_SERVER_ERROR


def _never_connected(error: requests.RequestException) -> bool:
    """True only for failures that come before the first byte of the request."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    if isinstance(reason, ProxyError):
        reason = reason.original_error
    first_cause = reason.args[0] if isinstance(reason, SSLError) and reason.args else reason
    return isinstance(first_cause, NewConnectionError | SSLCertVerificationError)
