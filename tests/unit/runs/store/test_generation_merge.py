"""A generation that was fetched by its id and then found for the run that was sent is one run."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from components.errors import RunNotFound
from components.runs.new_runs.resend import can_look_again, run_of_generation
from components.runs.queries.run_figures import figures
from components.runs.run import Parent, Run, Status
from components.runs.store.generation_merge import GAVE_WAY, JOINED
from components.runs.store.leases import Claim
from components.runs.store.run_store import RunStore
from tests.samples.models import CATALOG
from tests.samples.run_samples import FRAMES, LEASE_S, NOW, claimed, sample_run

GENERATION = f"60ac7c34-3224-4b14-8e7d-0aa0db708325:{FRAMES}"
USD = 0.56


def claim(store: RunStore, run_id: str) -> Claim:
    return next(it for it in claimed(store, NOW) if it.run.id == run_id)


def write(store: RunStore, held: Claim, run: Run) -> None:
    store.tick([(held, run)], NOW, LEASE_S, {})


def fetch(store: RunStore) -> Run:
    return store.add_generation(run_of_generation(CATALOG, GENERATION, "", NOW), NOW)


def found(run: Run) -> Run:
    return run.moved(
        Status.GENERATING, NOW, "Found.", generation_id=GENERATION, inference_id=GENERATION
    )


def done(run: Run) -> Run:
    saving = run if run.status is Status.SAVING else run.moved(Status.SAVING, NOW, "Made.")
    return saving.moved(Status.DONE, NOW, "Saved.", charged_usd=USD)


def booked_usd(store: RunStore) -> float:
    """What is booked for all runs, and for those that are gone."""
    booked = figures(lambda _: sa.true())
    with store.database.connect() as connection:
        total = connection.execute(sa.select(sa.func.sum(booked.c.charged_usd))).scalar()
    return float(total or 0)


def test_what_was_fetched_meanwhile_goes_into_the_run_that_was_sent(store: RunStore) -> None:
    store.add(sample_run("lost", status=Status.UNCERTAIN, submitted_at=NOW))
    searched = claim(store, "lost")
    fetched = fetch(store)
    assert fetched.id != "lost"
    held = claim(store, fetched.id)
    write(store, held, done(held.run))
    store.annotate(fetched.id, title="Mine", favourite=True)
    write(store, searched, found(searched.run))
    run = store.get("lost")
    assert (run.status, run.generation_id, run.charged_usd) == ("generating", GENERATION, USD)
    assert (run.title, run.favourite) == ("Mine", True)
    assert [event.what for event in run.events][-2:] == ["Found.", JOINED]
    with pytest.raises(RunNotFound):
        store.get(fetched.id)
    looking = claim(store, "lost")
    write(store, looking, done(looking.run))
    assert booked_usd(store) == USD
    assert fetch(store).id == "lost"


def test_a_step_of_the_run_that_gave_way_books_nothing(store: RunStore) -> None:
    store.add(sample_run("lost", status=Status.UNCERTAIN, submitted_at=NOW))
    searched = claim(store, "lost")
    held = claim(store, fetch(store).id)
    write(store, searched, found(searched.run))
    write(store, held, done(held.run))
    with pytest.raises(RunNotFound):
        store.get(held.run.id)
    assert booked_usd(store) == 0
    assert claimed(store, NOW + 2 * LEASE_S) != []
    assert store.uncharged() == []


def test_results_of_both_that_are_written_at_once_are_one_run(store: RunStore) -> None:
    store.add(sample_run("lost", status=Status.UNCERTAIN, submitted_at=NOW))
    searched = claim(store, "lost")
    held = claim(store, fetch(store).id)
    results = [(held, done(held.run)), (searched, found(searched.run))]
    store.tick(results, NOW, LEASE_S, {})
    with pytest.raises(RunNotFound):
        store.get(held.run.id)
    assert (store.get("lost").status, booked_usd(store)) == (Status.GENERATING, 0)


def test_an_answer_that_comes_late_takes_over_what_was_fetched(store: RunStore) -> None:
    store.add(sample_run("lost"))
    sent = claim(store, "lost")
    (again,) = claimed(store, NOW + LEASE_S)
    assert again.run.id == "lost"
    fetched = fetch(store)
    write(store, sent, found(sent.run))
    assert store.get("lost").generation_id == GENERATION
    with pytest.raises(RunNotFound):
        store.get(fetched.id)


def test_the_figures_of_a_fetched_run_that_was_purged_are_taken_over(store: RunStore) -> None:
    store.add(sample_run("lost", status=Status.UNCERTAIN, submitted_at=NOW))
    searched = claim(store, "lost")
    held = claim(store, fetch(store).id)
    write(store, held, done(held.run))
    store.delete([held.run.id], NOW)
    assert store.purge(NOW + 1, lambda _: True) == 1
    assert booked_usd(store) == USD
    write(store, searched, found(searched.run))
    assert store.get("lost").charged_usd == USD
    assert booked_usd(store) == USD


def test_what_was_made_from_the_fetched_run_names_the_one_it_went_into(store: RunStore) -> None:
    store.add(sample_run("lost", status=Status.UNCERTAIN, submitted_at=NOW))
    searched = claim(store, "lost")
    fetched = fetch(store)
    source = Parent(fetched.id, 0, "image_url", "last frame")
    store.add(sample_run("child", parents=(source,)))
    write(store, searched, found(searched.run))
    assert store.get("child").parents == (replace(source, run_id="lost"),)
    assert [it.id for it in store.children("lost")] == ["child"]


def test_a_run_of_which_the_id_is_known_is_gone_on_with_instead_of_fetched(
    store: RunStore,
) -> None:
    lost = sample_run("lost", status=Status.UNCERTAIN, submitted_at=NOW, inference_id=GENERATION)
    store.add(lost.failed(NOW, "It could not be found.", unresolved=True))
    assert (fetch(store).id, store.get("lost").status) == ("lost", "uncertain")


def test_a_run_that_gave_way_is_looked_for_no_more(store: RunStore) -> None:
    store.add(sample_run("lost", status=Status.UNCERTAIN, submitted_at=NOW))
    searched = claim(store, "lost")
    held = claim(store, fetch(store).id)
    write(store, held, held.run.failed(NOW, "It could not be copied.", unresolved=True))
    write(store, searched, found(searched.run))
    store.undelete([held.run.id])
    gone = store.get(held.run.id)
    assert (gone.status, gone.error) == (Status.CANCELLED, GAVE_WAY)
    assert not can_look_again(gone)


def test_a_fetched_run_without_another_stays_as_it_is(store: RunStore) -> None:
    held = claim(store, fetch(store).id)
    write(store, held, done(held.run))
    assert store.get(held.run.id).events[-1].what == "Saved."
    assert GAVE_WAY not in store.get(held.run.id).error
