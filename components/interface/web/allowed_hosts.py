"""Which names the playground answers to: no foreign site can take its place (DNS rebinding).

A page of another site can be given any address by its own name server, the playground's included,
but never another name: what a browser sends as `Host` is the name of that site. So addresses are
always answered, and names only those that are known to be ours.
"""

import re
from collections.abc import Iterable
from ipaddress import ip_address

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

LOOPBACK_NAME = "localhost"
_HOST = re.compile(r"(?:\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<name>[A-Za-z0-9._-]+))(?::\d{1,5})?")
UNKNOWN_HOST = (
    "The playground does not answer to this name. Open it by its address, or set "
    "PLAYGROUND_PUBLIC_URL to the address that people use. Nothing was sent or charged."
)


def name_in(host: str) -> str | None:
    """The name or address in a `Host` header, in lower case; None where it is malformed."""
    match = _HOST.fullmatch(host.strip())
    if match is None:
        return None
    return (match["v6"] or match["name"]).rstrip(".").lower()


def is_own(name: str, known: frozenset[str]) -> bool:
    """Whether a name cannot be another site's: an address, this machine, or one that is known."""
    if name == LOOPBACK_NAME or name.endswith(f".{LOOPBACK_NAME}") or name in known:
        return True
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


class OwnHostsOnly:
    """Refuses every request that names a host which is not ours, whatever it asks for."""

    def __init__(self, app: ASGIApp, names: Iterable[str] = ()) -> None:
        """`names` are those of this machine besides loopback names, and that of its public URL."""
        self.app = app
        self._names = frozenset(name.rstrip(".").lower() for name in names if name)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 421 to a name that is not known."""
        if scope["type"] in ("http", "websocket") and not self._is_own(scope):
            refusal = PlainTextResponse(UNKNOWN_HOST, 421)
            await refusal(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _is_own(self, scope: Scope) -> bool:
        """A browser always names one host; what names none is no browser, and cannot be led on."""
        named = Headers(scope=scope).getlist("host")
        names = [name_in(host) for host in named]
        return all(name is not None and is_own(name, self._names) for name in names)
