"""A run's life has these steps and no others; and how long it waits between two looks."""

import itertools

import pytest

from components.runs.retry import DAY_S, LONGEST_PAUSE_S, STEP_MAX_S
from components.runs.run import Event, Run, Status, Tally
from tests.samples.run_samples import NOW, sample_run

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
    ("saving", "failed"),
    ("failed", "uncertain"),
    ("failed", "generating"),
    ("failed", "saving"),
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


def test_troubles_are_counted_by_their_kind_and_forgotten_by_the_next_step() -> None:
    run = sample_run(status=Status.GENERATING).troubled("a", NOW + 1).troubled("a", NOW + 2)
    assert (run.trouble, run.attempts, run.trouble_since) == ("a", 2, NOW + 1)
    other = run.troubled("b", NOW + 3)
    assert (other.trouble, other.attempts, other.trouble_since) == ("b", 3, NOW + 1)
    assert (other.tally("a"), other.tally("b")) == (Tally("a", 2, 1.0), Tally("b", 1, 1.0))
    for calm in (other.untroubled(), other.moved(Status.SAVING, NOW + 4, "Finished.")):
        assert (calm.trouble, calm.attempts, calm.trouble_since, calm.tallies) == ("", 0, None, ())


def test_a_night_in_which_the_playground_is_off_does_not_count() -> None:
    run = sample_run(status=Status.GENERATING).troubled("a", NOW).waiting(NOW + 60, "")
    assert run.troubled("a", NOW + 50).troubled_s == 50
    assert run.troubled("a", NOW + DAY_S).troubled_s == 60 + STEP_MAX_S
    assert run.troubled("a", NOW - DAY_S).troubled_s == 0
    far = run.waiting(NOW + 10 * DAY_S, "").troubled("a", NOW + 10 * DAY_S)
    assert far.troubled_s == LONGEST_PAUSE_S + STEP_MAX_S


def test_a_failed_run_that_goes_on_forgets_that_it_failed() -> None:
    failed = sample_run(status=Status.GENERATING).failed(NOW + 1, "Lost.", unresolved=True)
    again = failed.moved(Status.GENERATING, NOW + 2, "Looked for again.")
    assert (again.error, again.finished_at, again.unresolved) == ("", None, False)
