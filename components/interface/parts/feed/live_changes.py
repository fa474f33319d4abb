"""What changed: asked by every open page every second or two, so answered before anything else."""

import json
from urllib.parse import parse_qs

from starlette.types import ASGIApp, Receive, Scope, Send

from components.interface.parts.feed.plan_grid import GROUP_PREFIX
from components.runs.store.change_log import Journal, News

PATH = "/changes"
_NO_STORE = (b"cache-control", b"no-store")


class LiveChanges:
    """Answers `GET /changes?since=NOW`: 204 where nothing changed, else what did.

    That is `{"now": …, "ids": […], "new": […]}`, of which `new` were made or came back, or
    `{"now": …, "all": true}` where everything may have changed.
    """

    def __init__(self, app: ASGIApp, journal: Journal) -> None:
        self.app = app
        self._journal = journal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything else on."""
        if scope["type"] != "http" or scope["path"] != PATH or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        since = parse_qs(scope["query_string"].decode("latin-1")).get("since", [""])[0]
        news = self._journal.since(since)
        body = _body(news) if news else b""
        headers = [_NO_STORE]
        if news:
            headers += [
                (b"content-type", b"application/json"),
                (b"content-length", str(len(body)).encode()),
            ]
        await send(
            {"type": "http.response.start", "status": 200 if news else 204, "headers": headers}
        )
        await send({"type": "http.response.body", "body": body})


def _body(news: News) -> bytes:
    if news.is_all:
        return json.dumps({"now": news.now, "all": True}).encode()
    plans = [GROUP_PREFIX + plan_id for plan_id in news.plan_ids]
    changed = {"now": news.now, "ids": [*news.run_ids, *plans], "new": news.new_ids}
    return json.dumps(changed).encode()
