"""A provider that makes a clip or a picture for everybody and counts what it was asked for."""

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from urllib.parse import parse_qs, urlsplit

from tests.samples.run_samples import log_row
from tests.servers.provider_server import Handler, Reply, ScriptedProvider, problem, reply

LOOKS = 1
"""A clip is finished at so many looks."""


class CountingProvider:
    """The reply to every request; `files` are what "/clip" and "/picture" answer.

    `on_post` is called when a request for a generation is accepted and noted, before its answer.
    """

    def __init__(self, provider: ScriptedProvider, files: Mapping[str, bytes]) -> None:
        self._provider = provider
        self._files = files
        self._lock = threading.Lock()
        self._looks: Counter[str] = Counter()
        self.posts: Counter[str] = Counter()
        self.on_post: Callable[[], None] = lambda: None
        provider.replies = [self]

    def __call__(self, handler: Handler) -> None:
        parts = urlsplit(handler.path)
        with self._lock:
            if handler.command == "POST":
                answer = self._accept(handler, parts.path)
            else:
                answer = self._report(parts.path, parse_qs(parts.query))
        answer(handler)

    def _accept(self, handler: Handler, path: str) -> Reply:
        run_id = handler.headers["X-Client-Request-Id"]
        self.posts[run_id] += 1
        self.on_post()
        if "images" in path:
            return reply({"data": [{"url": f"{self._provider.url}/picture"}]})
        generation_id = _generation_of(run_id)
        return reply({"id": generation_id, "status": "queued"}, x_inference_id=generation_id)

    def _report(self, path: str, query: dict[str, list[str]]) -> Reply:
        if path in self._files:
            return reply(raw=self._files[path])
        if path == "/v2/logs":
            rows = [log_row(it, inference_id=_generation_of(it)) for it in self.posts]
            return reply({"data": rows})
        if path == "/v2/billing/transactions":
            return reply({"data": [], "pagination": {}})
        if path != "/v2/video/generations":
            return problem(404)
        (generation_id,) = query["generation_id"]
        self._looks[generation_id] += 1
        if self._looks[generation_id] < LOOKS:
            return reply({"id": generation_id, "status": "generating"})
        url = f"{self._provider.url}/clip"
        return reply({"id": generation_id, "status": "completed", "video": {"url": url}})


def _generation_of(run_id: str) -> str:
    return f"g-{run_id}"
