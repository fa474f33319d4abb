"""Lets a page record its own errors, for browsers that tell nobody what their console says."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

KEY = "recorded-errors"
TAKE_RECORDED = (
    f"() => {{ const all = sessionStorage.getItem('{KEY}') ?? '[]';"
    f" sessionStorage.removeItem('{KEY}'); return all; }}"
)
RECORDER = (
    "<script>{"
    # What is still being loaded when one leaves is broken off, and no fault.
    "let isLeft = false;"
    "addEventListener('beforeunload', () => { isLeft = true; });"
    "const record = (text) => { if (isLeft) return;"
    " const all = JSON.parse(sessionStorage.getItem('KEY') ?? '[]');"
    " sessionStorage.setItem('KEY', JSON.stringify([...all, String(text)])); };"
    "const lost = ({ error, outerHTML }) => `not loaded: ${error?.message} ${outerHTML}`;"
    "addEventListener('error', (it) => record(it.message ?? lost(it.target)), true);"
    "addEventListener('unhandledrejection', (it) => record(it.reason?.stack ?? it.reason));"
    "addEventListener('securitypolicyviolation', (it) => record(`refused: ${it.blockedURI}`));"
    "const { error } = console;"
    "console.error = (...all) => { record(all.join(' ')); error.apply(console, all); };"
    "}</script>"
).replace("KEY", KEY)


class ErrorRecorder:
    """Puts the recording script first into every page; answers must not come compressed."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on as it is, but pages with the script in them."""
        if scope["type"] != "http" or scope["path"] != "/":
            await self._app(scope, receive, send)
            return
        plain = [it for it in scope["headers"] if it[0] != b"accept-encoding"]

        async def put_in(message: Message) -> None:
            if message["type"] == "http.response.start":
                del MutableHeaders(raw=message["headers"])["content-length"]
            elif message["type"] == "http.response.body":
                script = f"<head>{RECORDER}".encode()
                message["body"] = message["body"].replace(b"<head>", script, 1)
            await send(message)

        await self._app({**scope, "headers": plain}, receive, put_in)
