"""What changed: asked by every open page every second or two, so answered before anything else."""

from urllib.parse import parse_qs

from pydantic import BaseModel
from starlette.types import ASGIApp, Receive, Scope, Send

from components.interface.parts.feed.plan_grid import GROUP_PREFIX
from components.runs.store.change_log import Journal, News

PATH = "/changes"
_NO_STORE = (b"cache-control", b"no-store")


class Changes(BaseModel):
    """What changed until `now`: runs and plans, of which `new` were made or came back.

    `all`: everything may have changed.
    """

    now: str
    ids: list[str]
    new: list[str]
    all: bool


class LiveChanges:
    """Answers `GET /changes?since=NOW`: 204 where nothing changed, else what did.

    For speed it stands before the routes, and a page hears of nothing at no cost.
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
    plans = [GROUP_PREFIX + plan_id for plan_id in news.plan_ids]
    ids, made = [*news.run_ids, *plans], list(news.new_ids)
    return Changes(now=news.now, ids=ids, new=made, all=news.is_all).model_dump_json().encode()
