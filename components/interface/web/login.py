"""The login: HTTP Basic, and a pause for whoever tries one password after the other."""

import base64
import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from ipaddress import IPv6Address, ip_address
from math import ceil
from threading import Lock

from starlette.authentication import SimpleUser
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

OPEN_PATHS = frozenset({"/healthz", "/readyz"})
"""What a monitor asks: neither tells anything of what is kept here."""
GUEST_PREFIX = "/show/"
"""Below it are showcases, each behind a link that proves itself; see `public_page`."""
FREE_TRIES = 5
"""Wrong passwords in a row that cost nothing, as a person mistypes."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 2.0, 300.0
FORGOTTEN_AFTER_S = 3600.0
REMEMBERED = 10_000
"""Addresses and names that failures are counted of; the oldest are forgotten first."""
NAME_MAX_CHARS = 200


@dataclass(frozen=True)
class Failures:
    """Different wrong passwords in a row, when the last one came, and until when none is tried."""

    count: int = 0
    last_at: float = 0.0
    until: float = 0.0
    last_tried: bytes = b""


class LoginThrottle:
    """Counts wrong passwords by address and by name; the same one again counts once."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._failures: OrderedDict[tuple[str, str], Failures] = OrderedDict()
        self._known: OrderedDict[tuple[str, str], None] = OrderedDict()

    def wait_s(self, address: str, name: str) -> float:
        """Seconds until a password from this address, or for this name, is tried again.

        What strangers try for a name does not keep out an address that has logged in under it.
        """
        with self._lock:
            now = self._clock()
            keys = [("address", address)]
            if (address, name) not in self._known:
                keys.append(("name", name))
            waits = [self._failures[key].until - now for key in keys if key in self._failures]
        return max(0.0, *waits, 0.0)

    def failed(self, address: str, name: str, tried: bytes) -> None:
        """A wrong password came; `tried` is what was sent, of which only a hash is kept."""
        digest = hashlib.sha256(tried).digest()
        with self._lock:
            now = self._clock()
            for key in (("address", address), ("name", name)):
                self._failures[key] = _counted(self._failures.pop(key, Failures()), digest, now)
            while len(self._failures) > REMEMBERED:
                self._failures.popitem(last=False)

    def succeeded(self, address: str, name: str) -> None:
        """A right one came: this address, and the name from here, begin anew."""
        with self._lock:
            self._failures.pop(("address", address), None)
            self._known[address, name] = None
            self._known.move_to_end((address, name))
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)


def _counted(before: Failures, digest: bytes, now: float) -> Failures:
    if digest == before.last_tried:
        return replace(before, last_at=now)
    if now - before.last_at > FORGOTTEN_AFTER_S:
        before = Failures()
    count = before.count + 1
    doublings = count - FREE_TRIES
    pause_s = 0.0
    if doublings >= 0:
        pause_s = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(doublings, 16))
    return Failures(count, now, now + pause_s, digest)


class Login:
    """HTTP Basic over everything but what monitors ask, and what guests see, who have a link.

    Without logins nobody is asked.
    """

    def __init__(
        self,
        app: ASGIApp,
        logins: Mapping[str, str],
        throttle: LoginThrottle | None = None,
    ) -> None:
        self.app = app
        self._pairs = {f"{user}:{password}".encode(): user for user, password in logins.items()}
        self._throttle = throttle or LoginThrottle()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 401 to who is not known, 429 to who tries too often; others become the `user`."""
        if scope["type"] != "http" or _is_open(scope["path"]) or not self._pairs:
            await self.app(scope, receive, send)
            return
        given = _given(scope)
        if given is None:
            await _ask()(scope, receive, send)
            return
        address = address_of(scope)
        name = given.partition(b":")[0].decode("utf-8", "replace")[:NAME_MAX_CHARS]
        if wait_s := self._throttle.wait_s(address, name):
            await _pause(wait_s)(scope, receive, send)
            return
        user = _user_of(given, self._pairs)
        if user is None:
            self._throttle.failed(address, name, given)
            await _ask()(scope, receive, send)
            return
        self._throttle.succeeded(address, name)
        await self.app({**scope, "user": SimpleUser(user)}, receive, send)


def _given(scope: Scope) -> bytes | None:
    """What was sent as "name:password"; None for nothing, or for what is no login at all."""
    scheme, _, token = Headers(scope=scope).get("authorization", "").partition(" ")
    if scheme.lower() != "basic" or not token:
        return None
    try:
        return base64.b64decode(token.strip(), validate=True)
    except ValueError:
        return None


def _is_open(path: str) -> bool:
    """Whether nobody is asked there; what is below the prefix is answered there, or nowhere."""
    return path in OPEN_PATHS or path.startswith(GUEST_PREFIX)


def address_of(scope: Scope) -> str:
    """Who asks, by the network that one customer has: an IPv6 address by its first half."""
    host = str((scope.get("client") or ("",))[0])
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address) and not address.ipv4_mapped:
        return str(int(address) >> 64)
    return str(address)


def _ask() -> PlainTextResponse:
    return PlainTextResponse(
        "Log in to use the playground.",
        401,
        {"WWW-Authenticate": 'Basic realm="Kling O1 Playground", charset="UTF-8"'},
    )


def _pause(wait_s: float) -> PlainTextResponse:
    seconds = ceil(wait_s)
    unit = "second" if seconds == 1 else "seconds"
    return PlainTextResponse(
        f"Too many wrong passwords. Try again in {seconds} {unit}.",
        429,
        {"Retry-After": str(seconds)},
    )


def _user_of(given: bytes, pairs: Mapping[bytes, str]) -> str | None:
    """Compare with every pair in constant time, so that timing tells nothing."""
    found = None
    for pair, user in pairs.items():
        if secrets.compare_digest(given, pair):
            found = user
    return found
