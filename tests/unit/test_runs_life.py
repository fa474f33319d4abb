"""A run's life has these steps and no others; and how long it waits between two looks."""

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.runs import polling
from components.runs.run import Event, Run, Status
from tests.run_samples import NOW, sample_run

LEGAL = {
    ("queued", "submitting"),
    ("queued", "cancelled"),
    ("queued", "failed"),
    ("submitting", "queued"),
    ("submitting", "uncertain"),
    ("submitting", "generating"),
    ("submitting", "saving"),
    ("submitting", "failed"),
    ("uncertain", "generating"),
    ("uncertain", "saving"),
    ("uncertain", "failed"),
    ("generating", "saving"),
    ("generating", "failed"),
    ("saving", "done"),
}
PAIRS = list(itertools.product(Status, Status))


@pytest.mark.parametrize(("old", "new"), [pair for pair in PAIRS if pair in LEGAL])
def test_a_legal_step_is_taken_and_noted(old: Status, new: Status) -> None:
    run = sample_run(status=old, attempts=3, note="waiting", events=(Event(NOW, "Before."),))
    moved = run.moved(new, NOW + 5, "Now.")
    assert (moved.status, moved.attempts, moved.note) == (new, 0, "")
    assert moved.events == (Event(NOW, "Before."), Event(NOW + 5, "Now."))
    is_over = new in ("done", "failed", "cancelled")
    assert moved.finished_at == (NOW + 5 if is_over else None)
    assert new.is_final is is_over


@pytest.mark.parametrize(("old", "new"), [pair for pair in PAIRS if pair not in LEGAL])
def test_an_illegal_step_is_an_error(old: Status, new: Status) -> None:
    with pytest.raises(ValueError, match=f"cannot go from {old} to {new}"):
        sample_run(status=old).moved(new, NOW, "No.")


def test_waiting_changes_neither_the_status_nor_the_receipt() -> None:
    run: Run = sample_run(status=Status.GENERATING).waiting(NOW + 9, "Later.", attempts=2)
    assert (run.status, run.next_step_at, run.note, run.attempts) == (
        "generating",
        NOW + 9,
        "Later.",
        2,
    )
    assert run.events == ()


@given(
    attempts=st.integers(0, 10_000),
    asked_s=st.none() | st.floats(0, allow_infinity=True),
    seed=st.integers(0, 99),
)
def test_a_pause_grows_is_capped_and_keeps_to_what_was_asked(
    attempts: int, asked_s: float | None, seed: int
) -> None:
    pause_s = polling.retry_s(attempts, asked_s, random.Random(seed))
    assert 1.0 <= pause_s <= 300.0
    assert pause_s >= min(asked_s or 0, 300.0)
    if not asked_s:
        assert pause_s <= min(60.0, 2.0 * 2 ** min(attempts, 10))
