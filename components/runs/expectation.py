"""How long a run will likely take: by past runs here, else the provider's figures, else a guess."""

import logging
import time
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any

from components.catalog import MODELS
from components.catalog.request import ModelRequest
from components.errors import ProviderError
from components.provider.wire import Percentiles
from components.runs.polling import expected_s
from components.runs.store import RunStore

REFRESH_S = 600.0
LOGGER = logging.getLogger(__name__)


class Expectations:
    """Seconds from sending to result. Asking never waits; `refresh` may ask the provider."""

    def __init__(
        self,
        store: RunStore,
        durations: Callable[[list[str]], Mapping[str, Percentiles]],
        *,
        guess_s: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`guess_s` replaces the catalogue's first guesses, as for the quick sandbox."""
        self._store = store
        self._durations = durations
        self._guess_s = guess_s
        self._clock = clock
        self._lock = Lock()
        self._known: Mapping[str, Percentiles] = {}
        self._refreshed_at: float | None = None

    def expected_s(self, model: type[ModelRequest], request: Mapping[str, Any]) -> float:
        """The likely time of this request; runs of the same model and length count as past."""
        past_s = self._store.past_durations_s(model.model_id, request.get("duration"))
        known = self._known.get(model.model_id)
        guess_s = self._guess_s or model.expected_duration_s
        return expected_s(past_s, known.p50 / 1000 if known else None, guess_s)

    def refresh(self) -> None:
        """Fetch the provider's figures when the last ones are old; a failure changes nothing."""
        with self._lock:
            now = self._clock()
            if self._refreshed_at is not None and now - self._refreshed_at < REFRESH_S:
                return
            self._refreshed_at = now
        try:
            self._known = self._durations([model.model_id for model in MODELS])
        except ProviderError as error:
            LOGGER.info("no figures of durations: %s", error.message)
