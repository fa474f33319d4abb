"""Past a passphrase: few tries at a time, by address and by link, as at the login."""

from dataclasses import dataclass, field
from math import ceil
from threading import Lock

from components.interface.parts.showcases.public_page.access.visits import Visit
from components.interface.web.login import LoginThrottle, address_of
from components.interface.widgets.wording import counted
from components.showcases.passphrases import fits

WRONG = "This is not the passphrase. Ask who sent you the link."
TRIED_MAX_CHARS = 400


@dataclass(frozen=True)
class Refusal:
    """Why somebody is not let in, and the HTTP status for it."""

    code: int
    sentence: str


@dataclass(frozen=True)
class Unlocking:
    """Safe from any thread."""

    throttle: LoginThrottle = field(default_factory=LoginThrottle)
    _lock: Lock = field(default_factory=Lock)

    def refusal(self, visit: Visit, given: str) -> Refusal | None:
        """None for the right passphrase, or where none is asked for."""
        if not visit.link.has_passphrase:
            return None
        # One after the other: of many that come at once, none is tried before the pause is known.
        with self._lock:
            return self._tried(visit, given)

    def _tried(self, visit: Visit, given: str) -> Refusal | None:
        address, token = address_of(visit.request.scope), visit.link.token
        if wait_s := self.throttle.wait_s(address, token):
            seconds = counted(ceil(wait_s), "second")
            return Refusal(429, f"Too many wrong passphrases. Try again in {seconds}.")
        tried = given.strip()[:TRIED_MAX_CHARS]
        if fits(visit.link.passphrase_hash, tried):
            self.throttle.succeeded(address, token)
            return None
        self.throttle.failed(address, token, tried.encode("utf-8", "replace"))
        return Refusal(403, WRONG)
