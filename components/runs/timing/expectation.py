"""How long a run will likely take: by past runs here, else the provider's figures, else a guess."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from math import inf
from statistics import median
from threading import Lock
from typing import Any

from components.catalog import Catalog
from components.catalog.amounts import length_s
from components.catalog.request import ModelRequest
from components.errors import ProviderError, ProviderPaused
from components.provider.answers.answer_models import Percentiles
from components.runs.queries.duration_history import PastRun, past_run
from components.runs.run import Run
from components.runs.store.run_store import RunStore
from components.runs.timing.durations import ENOUGH_RUNS, Durations, guessed, learned, reported
from components.runs.timing.polling import DEFAULT_BUDGET, Plan, plan

REFRESH_S, PAUSED_S = 600.0, 30.0
"""The provider is asked anew after the first, or the second if it was left alone meanwhile."""
COUNTED_RUNS, READ_RUNS = 20, 200
"""The newest so many of a length count, of a model are read: the provider changes."""
REMEMBERED = 256
"""Expectations; a form may ask for any length."""
UNKNOWN_GUESS_S = 120.0
"""For a run of a model that has left the catalogue."""
LOGGER = logging.getLogger(__name__)


class Basis(StrEnum):
    """What an expectation rests on, in the page's words."""

    PAST_RUNS = "past runs here"
    PROVIDER = "the provider's figures"
    OTHER_LENGTHS = "past runs of other lengths"
    GUESS = "a first guess"


@dataclass(frozen=True)
class Expectation:
    """Seconds from sending to result: a tenth of runs are quicker than `low_s`, a tenth slower
    than `high_s`, and only one in twenty takes longer than `unusual_s`. `plan` says when to look.
    """

    expected_s: float
    low_s: float
    high_s: float
    unusual_s: float
    basis: Basis
    plan: Plan


class Expectations:
    """What is known of durations. Asking never waits; `refresh` may ask the provider."""

    def __init__(
        self,
        catalog: Catalog,
        store: RunStore,
        durations: Callable[[list[str]], Mapping[str, Percentiles]],
        *,
        guess_s: float | None = None,
        clip_s: Callable[[type[ModelRequest], Mapping[str, Any]], float | None] = lambda *_: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`guess_s` replaces the catalogue's first guesses, as for the quick sandbox.

        `clip_s` tells the seconds of the clip that a request names, None where it is not known.
        """
        self._catalog, self._store, self._durations = catalog, store, durations
        self._guess_s, self._clip_s, self._clock = guess_s, clip_s, clock
        self._lock, self._refresh_at = Lock(), -inf
        self._figures: Mapping[str, Percentiles] = {}
        self._past: dict[str, list[PastRun]] = {}
        self._expected = lru_cache(REMEMBERED)(self._believe)

    def expect(self, model_id: str, request: Mapping[str, Any]) -> Expectation:
        """What to expect of this request, or of a form that may be unfinished.

        Runs of the same model and length count as past: an edit is as long as its clip.
        """
        model, made_s = self._catalog.find(model_id), None
        try:
            if model:
                made_s = round(
                    float(length_s(model, request) or self._clip_s(model, request) or inf)
                )
        except (TypeError, ValueError, OverflowError):
            pass  # not known
        with self._lock:
            return self._expected(model_id, made_s)

    def first_guess(self, model_id: str) -> Expectation:
        """What to expect of a model of which nothing else can be read."""
        model = self._catalog.find(model_id)
        guess_s = model.expected_duration_s if model else UNKNOWN_GUESS_S
        return _expectation(guessed(self._guess_s or guess_s), Basis.GUESS)

    def learn(self, run: Run) -> None:
        """Let a run that is done count as past, if it is known how long it took."""
        if run.rendered_s is not None:
            with self._lock:
                past = past_run(run.request, run.outputs, run.rendered_s)
                self._past.get(run.model, []).insert(0, past)
                self._expected.cache_clear()

    def refresh(self) -> None:
        """Fetch the provider's figures when the last ones are old; a failure changes nothing."""
        with self._lock:
            now = self._clock()
            if now < self._refresh_at:
                return
            self._refresh_at = now + REFRESH_S
        try:
            figures = self._durations([it.model_id for it in self._catalog])
        except ProviderError as error:
            LOGGER.info("no figures of durations: %s", error.message)
            if isinstance(error, ProviderPaused):
                self._refresh_at = now + PAUSED_S
            return
        with self._lock:
            self._figures = figures
            self._past.clear()
            self._expected.cache_clear()

    def _believe(self, model_id: str, made_s: int | None) -> Expectation:
        if model_id not in self._past:
            self._past[model_id] = self._store.past_runs(model_id, READ_RUNS)
        same_s, other_s = list[float](), list[float]()
        for run in self._past[model_id]:
            (same_s if made_s in (None, run.length_s) else other_s).append(run.rendered_s)
        guess_s, basis = self.first_guess(model_id).expected_s, Basis.GUESS
        before = guessed(guess_s)
        if model_id in self._figures:
            before, basis = reported(self._figures[model_id], guess_s), Basis.PROVIDER
        elif len(other_s) >= ENOUGH_RUNS:
            before, basis = guessed(median(other_s[:COUNTED_RUNS])), Basis.OTHER_LENGTHS
        if len(same_s) >= ENOUGH_RUNS:
            basis = Basis.PAST_RUNS
        return _expectation(learned(same_s[:COUNTED_RUNS], before), basis)


def _expectation(durations: Durations, basis: Basis) -> Expectation:
    is_measured = basis in (Basis.PAST_RUNS, Basis.PROVIDER)
    schedule = plan(durations, first_gap_s=inf if is_measured else DEFAULT_BUDGET.max_gap_s)
    low_s, high_s, unusual_s = map(durations.quantile_s, (0.1, 0.9, 0.95))
    return Expectation(durations.median_s, low_s, high_s, unusual_s, basis, schedule)
