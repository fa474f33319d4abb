"""How long a run will likely take: by past runs here, else the provider's figures, else a guess."""

import logging
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from math import inf
from statistics import median
from threading import Lock
from typing import Any

from components.catalog import Catalog
from components.catalog.amounts import length_s
from components.errors import ProviderError, ProviderPaused
from components.provider.answers.answer_models import Percentiles
from components.runs.queries.duration_history import PastRun, past_run
from components.runs.run import Run
from components.runs.store.run_store import RunStore
from components.runs.timing.durations import ENOUGH_RUNS, Durations, guessed, learned, reported
from components.runs.timing.polling import DEFAULT_BUDGET, Plan, plan

REFRESH_S, PAUSED_S = 600.0, 30.0
"""How often the provider is asked, and how soon again if it was left alone meanwhile."""
COUNTED_RUNS, READ_RUNS, REMEMBERED = 20, 200, 256
"""The newest runs of a length that count, those of a model that are read; expectations."""
UNKNOWN_GUESS_S = 120.0
"""For a run of a model that has left the catalogue."""


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


@dataclass(eq=False)
class Expectations:
    """What is known of durations. Asking never waits; `refresh` may ask the provider. `guess_s`
    replaces the catalogue's; `clip_s` tells the seconds of the clip that a request names, if known.
    """

    _catalog: Catalog
    _store: RunStore
    _durations: Callable[[list[str]], Mapping[str, Percentiles]]
    guess_s: float | None = None
    clip_s: Callable[..., float | None] = lambda *_: None
    clock: Callable[[], float] = time.monotonic

    def __post_init__(self) -> None:
        self._lock, self._refresh_at = Lock(), -inf
        self._figures: Mapping[str, Percentiles] = {}
        self._past: dict[str, list[PastRun]] = {}
        self._remembered = lru_cache(REMEMBERED)(self._expect)

    def expect(self, model_id: str, request: Mapping[str, Any]) -> Expectation:
        """What to expect of this request, or of a form that may be unfinished."""
        model, made_s = self._catalog.find(model_id), None
        with suppress(TypeError, ValueError, OverflowError):
            asked_s: Any = model and (length_s(model, request) or self.clip_s(model, request))
            made_s = round(float(asked_s))
        with self._lock:
            return self._remembered(model_id, made_s)

    def first_guess(self, model_id: str) -> Expectation:
        """What to expect of a model of which nothing else can be read."""
        model = self._catalog.find(model_id)
        guess_s = model.expected_duration_s if model else UNKNOWN_GUESS_S
        return _expectation(guessed(self.guess_s or guess_s), Basis.GUESS)

    def learn(self, run: Run) -> None:
        """Let a run that is done count as past, if it is known how long it took."""
        with self._lock:
            if run.rendered_s is not None:
                past = past_run(run.request, run.outputs, run.rendered_s)
                self._past.get(run.model, []).insert(0, past)
                self._remembered.cache_clear()

    def refresh(self) -> None:
        """Fetch the provider's figures when the last ones are old; a failure changes nothing."""
        with self._lock:
            if self.clock() < self._refresh_at:
                return
            self._refresh_at = self.clock() + REFRESH_S
        try:
            figures = self._durations([it.model_id for it in self._catalog])
        except ProviderError as error:
            logging.getLogger(__name__).info("no figures of durations: %s", error.message)
            if isinstance(error, ProviderPaused):
                self._refresh_at += PAUSED_S - REFRESH_S
            return
        with self._lock:
            self._figures = figures
            self._past.clear()
            self._remembered.cache_clear()

    def _expect(self, model_id: str, made_s: int | None) -> Expectation:
        if model_id not in self._past:
            self._past[model_id] = self._store.past_runs(model_id, READ_RUNS)
        past, guess_s = self._past[model_id], self.first_guess(model_id).expected_s
        same_s = [run.rendered_s for run in past if made_s in (None, run.length_s)][:COUNTED_RUNS]
        before, basis = guessed(guess_s), Basis.GUESS
        if model_id in self._figures:
            before, basis = reported(self._figures[model_id], guess_s), Basis.PROVIDER
        elif len(past) - len(same_s) >= ENOUGH_RUNS:
            before, basis = guessed(median(run.rendered_s for run in past)), Basis.OTHER_LENGTHS
        if len(same_s) >= ENOUGH_RUNS:
            basis = Basis.PAST_RUNS
        return _expectation(learned(same_s, before), basis)


def _expectation(belief: Durations, basis: Basis) -> Expectation:
    is_measured = basis in (Basis.PAST_RUNS, Basis.PROVIDER)
    looks = plan(belief, first_gap_s=inf if is_measured else DEFAULT_BUDGET.max_gap_s)
    low_s, high_s, unusual_s = map(belief.quantile_s, (0.1, 0.9, 0.95))
    return Expectation(belief.median_s, low_s, high_s, unusual_s, basis, looks)
