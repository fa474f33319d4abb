"""Who writes, and whether that fast: every word of a guest passes here."""

from dataclasses import dataclass, field

from components.errors import InvalidRequest
from components.interface.parts.showcases.public_page.access.guest_route import TooFast
from components.interface.parts.showcases.public_page.access.rate_limit import RateLimit
from components.interface.parts.showcases.public_page.access.visits import Visit
from components.interface.web.login import address_of
from components.showcases.review import Guest
from components.showcases.showcase import Showcase

STRANGER = "Say who you are first."


@dataclass(frozen=True)
class Writer:
    """A guest, and what they write about."""

    showcase: Showcase
    guest: Guest


@dataclass(frozen=True)
class Writing:
    """Safe from any thread. A meeting room shares an address, and opens a link at once."""

    by_guest: RateLimit = field(default_factory=lambda: RateLimit(20, 10))
    by_address: RateLimit = field(default_factory=lambda: RateLimit(90, 40))
    newcomers: RateLimit = field(default_factory=lambda: RateLimit(30, 30))

    def check_newcomer(self, visit: Visit) -> None:
        """Take a name from this address. Raises `TooFast`."""
        _check(self.newcomers, address_of(visit.request.scope))

    def writer(self, visit: Visit, showcase: Showcase) -> Writer:
        """Who writes now. Raises `TooFast`, and `InvalidRequest` for somebody without a name."""
        _check(self.by_address, address_of(visit.request.scope))
        guest = visit.guest()
        if guest is None:
            raise InvalidRequest({"name": STRANGER})
        _check(self.by_guest, guest.id)
        return Writer(showcase, guest)


def _check(limit: RateLimit, key: str) -> None:
    if wait_s := limit.wait_s(key):
        raise TooFast(wait_s)
