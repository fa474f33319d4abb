"""The HTTP client of the provider: requests with the key, and what each way of failing means.

The line that matters runs between "certainly not accepted" (whatever fails before the last byte of
the body was handed over, 429, a 503 by which the provider asks to come back) and "nobody knows" (a
lost answer to a POST, any other 5xx).
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

import requests
from requests.adapters import BaseAdapter
from urllib3.exceptions import HTTPError

from components.errors import AnswerLost, Facts, NotSendable
from components.provider.answers.answer import Answer
from components.provider.answers.status_errors import raise_for_get, raise_for_post
from components.provider.http.get_requests import GetRequests
from components.provider.http.json_body import JsonBody
from components.provider.http.patient_adapter import PatientAdapter
from components.provider.http.transport_errors import FAILURES, not_sent
from components.provider.redaction import Redaction

ANSWER_MAX_BYTES = 256 * 1024 * 1024
"""Nine large pictures in base64, and some."""


@dataclass(frozen=True)
class Timeouts:
    """Seconds. A POST for pictures answers only when they are ready, so it may take minutes."""

    connect_s: float = 10.0
    read_s: float = 30.0
    submit_s: float = 120.0
    images_s: float = 300.0
    stall_s: float = 60.0
    """How long a receiver may take nothing of a body; the whole of it has no limit."""


class HttpClient:
    """Sends requests with the key and tells failures apart; safe to share between threads."""

    def __init__(
        self,
        base_url: str,
        key: str,
        *,
        is_key_secret: bool = True,
        connect_timeout_s: float = Timeouts.connect_s,
        stall_timeout_s: float = Timeouts.stall_s,
        adapter: Callable[[], BaseAdapter] | None = None,
    ) -> None:
        """`adapter` makes the transport of a session, so that a test can put its own in."""
        self.base_url = base_url.rstrip("/")
        self.redaction = Redaction(key if is_key_secret else "")
        self._key = key
        self._connect_timeout_s = connect_timeout_s
        self._new_adapter = adapter or (lambda: PatientAdapter(stall_timeout_s))
        self._local = threading.local()

    def facts(self, answer: Answer) -> Facts:
        """What an answer tells of a call that failed, without the key."""
        return answer.facts(self.redaction)

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
            timeout_s = (self._connect_timeout_s, read_timeout_s)
            answer = _answer(self._get_requests().send(path, params, headers, timeout_s), timeout_s)
        except FAILURES as error:
            silence = f"{self._host} did not answer."
            raise not_sent(error, self.base_url, self.redaction, silence) from None
        raise_for_get(answer, self.redaction, self._host)
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
        body = JsonBody(payload)
        session = self._new_session()
        headers = {
            "Content-Type": "application/json",
            "X-Client-Request-Id": client_request_id,
            "Connection": "close",
        }
        try:
            timeout_s = (self._connect_timeout_s, read_timeout_s)
            response = session.post(
                self.base_url + path,
                data=body,
                headers=headers,
                timeout=timeout_s,
                allow_redirects=False,
                stream=True,
            )
            answer = _answer(response, timeout_s)
        except FAILURES as error:
            if not body.is_handed_over:
                what = f"The connection to {self._host} broke or stood still while sending."
                raise not_sent(error, self.base_url, self.redaction, what) from None
            what = f"The answer from {self._host} was lost."
            raise AnswerLost(what, self._facts_of_loss(error)) from None
        finally:
            session.close()
        raise_for_post(answer, self.redaction, self._host, was_whole=body.is_handed_over)
        return answer

    def _facts_of_loss(self, error: Exception) -> Facts:
        """What is known of a lost answer; its headers may have come and name the inference."""
        detail = self.redaction.text(error)
        response = getattr(error, "response", None)
        if response is None:
            return Facts(detail=detail)
        begun = Answer(response.status_code, response.headers, b"")
        return replace(begun.facts(self.redaction), detail=detail)

    @property
    def _host(self) -> str:
        return self.base_url.partition("://")[2]

    def _get_requests(self) -> GetRequests:
        """Each thread's own, with a connection that is kept alive."""
        if not hasattr(self._local, "get_requests"):
            self._local.get_requests = GetRequests(self._new_session(), self.base_url)
        get_requests: GetRequests = self._local.get_requests
        return get_requests

    def _new_session(self) -> requests.Session:
        session = requests.Session()
        session.auth = self._authorize
        # A proxy for the world must not be asked for this machine's own server.
        session.trust_env = not self._host.startswith(("127.", "localhost", "[::1]"))
        for scheme in ("http://", "https://"):
            session.mount(scheme, self._new_adapter())
        return session

    def _authorize(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Set the key as an auth hook: a `.netrc` entry would otherwise take its place."""
        if not (self._key.isascii() and self._key.isprintable()):
            raise NotSendable(
                "AIML_API_KEY has a character that no key has, such as a typographic quote.",
                advice="Set it again, start the playground again and send the request again.",
            )
        request.headers["Authorization"] = f"Bearer {self._key}"
        return request


def _answer(response: requests.Response, timeout_s: tuple[float, float]) -> Answer:
    """Read the answer, whose body may take the time for its first byte once more, in all."""
    content = bytearray()
    with response:
        try:
            _read_whole(response, content, time.monotonic() + timeout_s[1])
        except HTTPError as error:
            # A refusal is one by its status alone; all else is worth what it says.
            if response.status_code < HTTPStatus.BAD_REQUEST:
                raise requests.ConnectionError(error, response=response) from error
    return Answer(response.status_code, response.headers, bytes(content))


def _read_whole(response: requests.Response, content: bytearray, deadline: float) -> None:
    """Read the body as it arrives: drops of data that never stop would outlast any timeout.

    Raises:
        HTTPError: it broke off, was cut, or did not come to its end in time.
    """
    while piece := response.raw.read1(decode_content=True):
        content += piece
        if time.monotonic() > deadline or len(content) > ANSWER_MAX_BYTES:
            raise HTTPError("The answer did not come to its end.")
    if response.raw.length_remaining:
        raise HTTPError("The answer was cut.")
