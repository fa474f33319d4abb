"""What is new in the reviews of a link: read once for all who have its page open."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import TypeVar

from components.interface.services import Services
from components.showcases.links import Link
from components.showcases.review import Reviews
from components.showcases.showcase import Showcase

KNOWN_FOR_S = 1.0
"""So late a page hears of what another process wrote; of what this one wrote, at once."""
REMEMBERED = 64
Key = TypeVar("Key")
Kept = TypeVar("Kept")


@dataclass(frozen=True)
class LinkState:
    """Where a link led, and the version of its showcase, when the log of changes stood `at`."""

    link: Link
    version: int
    at: str
    until: float


@dataclass(frozen=True)
class ReviewFeed:
    """Safe from any thread. Everybody asks every two seconds, mostly when nothing is new."""

    services: Services
    clock: Callable[[], float] = time.monotonic
    _lock: Lock = field(default_factory=Lock)
    _states: OrderedDict[str, LinkState] = field(default_factory=OrderedDict)
    _news: OrderedDict[tuple[str, int, int], Reviews] = field(default_factory=OrderedDict)

    def known(self, token: str) -> LinkState | None:
        """The state of a link as far as it can be told without asking the database."""
        state = self._states.get(token)
        if state and state.at == self.services.journal.now and self.clock() < state.until:
            return state
        return None

    def read(self, token: str) -> LinkState:
        """The state of a link. Raises `ShowcaseNotFound` where it leads nowhere."""
        with self._lock:
            if state := self.known(token):
                return state
            at, until = self.services.journal.now, self.clock() + KNOWN_FOR_S
            link = self.services.showcases.links.find(token)
            version = self.services.showcases.reviews.version(link.showcase_id)
            return _remember(self._states, token, LinkState(link, version, at, until))

    def since(self, state: LinkState, version: int) -> Reviews | None:
        """What guests may see of what was said after a version; None where nothing was."""
        showcases, showcase_id = self.services.showcases, state.link.showcase_id
        key = (showcase_id, version, state.version)
        with self._lock:
            if key in self._news:
                return self._news[key]
            found = showcases.reviews.since(showcase_id, version)
            if found is None:
                return None
            seen = _seen(found, showcases.links.showcase(state.link))
            return _remember(self._news, key, seen)


def _seen(found: Reviews, showcase: Showcase) -> Reviews:
    """What a showcase lets guests see of each other's words."""
    shown, items = showcase.shown, {it.id for it in showcase.items}
    return replace(
        found,
        comments=tuple(it for it in found.comments if shown.comments and it.item_id in items),
        verdicts=tuple(it for it in found.verdicts if shown.verdicts and it.item_id in items),
    )


def _remember(kept: "OrderedDict[Key, Kept]", key: Key, value: Kept) -> Kept:
    kept[key] = value
    while len(kept) > REMEMBERED:
        kept.popitem(last=False)
    return value
