"""The provider's price list, kept at hand: asking never waits, and asking keeps it fresh."""

import logging
import threading
import time
from collections.abc import Callable, Mapping

from components.catalog import Catalog
from components.errors import ProviderError
from components.provider.answers.answer_models import Pricing

REFRESH_S = 600.0
RETRY_S = 30.0
"""After a failure: a playground that starts before its provider soon has prices."""
LOGGER = logging.getLogger(__name__)


class Prices:
    """`fetch(model_ids)` asks the provider, which by its ETag sends an unchanged list only once."""

    def __init__(
        self,
        catalog: Catalog,
        fetch: Callable[[list[str]], Mapping[str, Pricing]],
        *,
        clock: Callable[[], float] = time.monotonic,
        start: Callable[[Callable[[], None]], None] | None = None,
    ) -> None:
        """`start` runs a function in the background: by default in a thread of its own."""
        self._catalog = catalog
        self._fetch = fetch
        self._clock = clock
        self._start = start or _in_a_thread
        self._lock = threading.Lock()
        self._known: Mapping[str, Pricing] | None = None
        self._next_at: float | None = None

    def known(self) -> Mapping[str, Pricing] | None:
        """The last price list by model id; None before the first."""
        self.keep_fresh()
        return self._known

    def keep_fresh(self) -> None:
        """Have the list fetched in the background if it is old; returns at once."""
        with self._lock:
            now = self._clock()
            if self._next_at is not None and now < self._next_at:
                return
            self._next_at = now + RETRY_S
        self._start(self.refresh)

    def refresh(self) -> None:
        """Ask the provider now; a failure changes nothing."""
        try:
            self._known = self._fetch([model.model_id for model in self._catalog])
        except ProviderError as error:
            LOGGER.info("no prices: %s", error.message)
            return
        with self._lock:
            self._next_at = self._clock() + REFRESH_S


def _in_a_thread(work: Callable[[], None]) -> None:
    threading.Thread(target=work, name="prices", daemon=True).start()
