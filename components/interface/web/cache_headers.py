"""How long a browser may keep what the page is made of, where the answer does not say so itself."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from components.interface.web.served.stylesheet import KEPT

REVALIDATED = "private, max-age=3600"
"""For files whose address stays as they change; they have an ETag. An hour, as for a picture."""
DAY = "private, max-age=86400"


class KeptAnswers:
    """Adds `Cache-Control` to files of ours and of gradio's."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wrap `send` for the addresses of files."""
        rule = _rule(scope) if scope["type"] == "http" else None
        if rule is None:
            await self.app(scope, receive, send)
            return

        async def send_kept(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in (200, 206, 304):
                MutableHeaders(scope=message).setdefault("Cache-Control", rule)
            await send(message)

        await self.app(scope, receive, send_kept)


def _rule(scope: Scope) -> str | None:
    path: str = scope["path"]
    # Gradio's build names its files after their content, and the theme by a hash in the query.
    if path.startswith("/assets/") or (path == "/theme.css" and scope["query_string"]):
        return KEPT
    if path.startswith("/playground/"):
        return REVALIDATED
    return DAY if path.startswith("/static/") else None
