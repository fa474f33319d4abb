"""GET requests to one server, sent often: what is the same in all of them is prepared once.

A session of `requests` puts every request together anew, with the environment's proxies and the
hooks: a third of what a small GET costs.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import requests
from requests.models import PreparedRequest


class GetRequests:
    """Sends through a session's transport, proxies and certificates; cookies are not kept."""

    def __init__(self, session: requests.Session, base_url: str) -> None:
        """Raises `RequestException` where the address is none."""
        model = session.prepare_request(requests.Request("GET", base_url))
        address = str(model.url)
        self._base_url = address.rstrip("/")
        self._headers = model.headers
        self._adapter = session.get_adapter(address)
        self._settings: Mapping[str, Any] = session.merge_environment_settings(
            address, {}, True, None, None
        )

    def send(
        self,
        path: str,
        params: Mapping[str, Any],
        headers: Mapping[str, str] | None,
        timeout_s: tuple[float, float],
    ) -> requests.Response:
        """Send a GET; the answer's body is not read yet. A parameter may be a list, or None."""
        given = [(name, value) for name, value in params.items() if value is not None]
        request = PreparedRequest()
        request.method = "GET"
        request.url = self._base_url + path + ("?" + urlencode(given, doseq=True) if given else "")
        request.headers = self._headers.copy()
        request.headers.update(headers or {})
        request.hooks = {"response": []}
        return self._adapter.send(request, timeout=timeout_s, **self._settings)
