"""How long a run will likely take: by past runs here, else the provider's figures, else a guess."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import inf
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

REFRESH_S = 600.0
PAUSED_S = 30.0
"""Where nothing was asked since the provider is left alone, it is asked this much later."""
COUNTED_RUNS = 20
"""The newest so many of a length count: more teach little, and the provider changes."""
KEPT_RUNS = 200
REMEMBERED = 256
"""Expectations; a form may ask for any length."""
UNKNOWN_GUESS_S = 120.0
"""For a run of a model that has left the catalogue."""
LOGGER = logging.getLogger(__name__)
ClipLength = Callable[[type[ModelRequest], Mapping[str, Any]], float | None]


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
    plan: Plan = field(repr=False)


def no_clip_s(_: type[ModelRequest], __: Mapping[str, Any]) -> float | None:
    """Say of every request that no clip of known length is in it."""
    return None


class Expectations:
    """What is known of durations. Asking never waits; `refresh` may ask the provider."""

    def __init__(
        self,
        catalog: Catalog,
        store: RunStore,
        durations: Callable[[list[str]], Mapping[str, Percentiles]],
        *,
        guess_s: float | None = None,
        clip_s: ClipLength = no_clip_s,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`guess_s` replaces the catalogue's first guesses, as for the quick sandbox.

        `clip_s` tells the seconds of the clip that a request names, None where it is not known.
        """
        self._catalog = catalog
        self._store = store
        self._durations = durations
        self._guess_s = guess_s
        self._clip_s = clip_s
        self._clock = clock
        self._lock = Lock()
        self._figures: Mapping[str, Percentiles] = {}
        self._past: dict[str, list[PastRun]] = {}
        self._expected: dict[tuple[str, int | None], Expectation] = {}
        self._refreshed_at: float | None = None

    def expect(self, model_id: str, request: Mapping[str, Any]) -> Expectation:
        """What to expect of this request, or of a form that may be unfinished.

        Runs of the same model and length count as past.
        """
        key = (model_id, self._length_s(model_id, request))
        with self._lock:
            if key not in self._expected:
                if len(self._expected) >= REMEMBERED:
                    self._expected.clear()
                self._expected[key] = _expectation(*self._believe(*key))
            return self._expected[key]

    def expected_s(self, model: type[ModelRequest], request: Mapping[str, Any]) -> float:
        """The likely time of this request, in seconds."""
        return self.expect(model.model_id, request).expected_s

    def learn(self, run: Run) -> None:
        """Let a run that is done count as past, if it is known how long it took."""
        past = past_run(run)
        if past is None:
            return
        with self._lock:
            if run.model in self._past:
                self._past[run.model] = [past, *self._past[run.model][: KEPT_RUNS - 1]]
            for key in [key for key in self._expected if key[0] == run.model]:
                del self._expected[key]

    def refresh(self) -> None:
        """Fetch the provider's figures when the last ones are old; a failure changes nothing."""
        with self._lock:
            now = self._clock()
            if self._refreshed_at is not None and now - self._refreshed_at < REFRESH_S:
                return
            self._refreshed_at = now
        try:
            figures = self._durations([it.model_id for it in self._catalog])
        except ProviderError as error:
            LOGGER.info("no figures of durations: %s", error.message)
            if isinstance(error, ProviderPaused):
                with self._lock:
                    self._refreshed_at = now + PAUSED_S - REFRESH_S
            return
        with self._lock:
            self._figures = figures
            self._past.clear()
            self._expected.clear()

    def _length_s(self, model_id: str, request: Mapping[str, Any]) -> int | None:
        """How long the video will be, as far as it is known: an edit is as long as its clip."""
        model = self._catalog.find(model_id)
        if model is None:
            return None
        asked_s = length_s(model, request) or self._clip_s(model, request) or inf
        try:
            return round(float(asked_s))
        except (TypeError, ValueError, OverflowError):
            return None

    def _believe(self, model_id: str, made_s: int | None) -> tuple[Durations, Basis]:
        guess_s = self._guess_s or self._model_guess_s(model_id)
        past = self._past.get(model_id)
        if past is None:
            past = self._past[model_id] = self._store.past_runs(model_id, KEPT_RUNS)
        same_s = [run.rendered_s for run in past if made_s in (None, run.length_s)]
        other_s = [run.rendered_s for run in past if made_s not in (None, run.length_s)]
        before, basis = guessed(guess_s), Basis.GUESS
        if model_id in self._figures:
            before, basis = reported(self._figures[model_id], guess_s), Basis.PROVIDER
        elif len(other_s) >= ENOUGH_RUNS:
            before = guessed(learned(other_s[:COUNTED_RUNS], before).median_s)
            basis = Basis.OTHER_LENGTHS
        if len(same_s) >= ENOUGH_RUNS:
            basis = Basis.PAST_RUNS
        return learned(same_s[:COUNTED_RUNS], before), basis

    def first_guess(self, model_id: str) -> Expectation:
        """What to expect of a model of which nothing else can be read."""
        return _expectation(guessed(self._model_guess_s(model_id)), Basis.GUESS)

    def _model_guess_s(self, model_id: str) -> float:
        model = self._catalog.find(model_id)
        return model.expected_duration_s if model else UNKNOWN_GUESS_S


def _expectation(durations: Durations, basis: Basis) -> Expectation:
    measured = basis in (Basis.PAST_RUNS, Basis.PROVIDER)
    return Expectation(
        expected_s=durations.median_s,
        low_s=durations.quantile_s(0.1),
        high_s=durations.quantile_s(0.9),
        unusual_s=durations.quantile_s(0.95),
        basis=basis,
        plan=plan(durations, first_gap_s=inf if measured else DEFAULT_BUDGET.max_gap_s),
    )
