"""The journal tells what was written to runs since somebody asked, whoever wrote it."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa

from components.database.changes import Writing
from components.runs.run import Parent, Status
from components.runs.store.change_log import Journal, News
from components.runs.store.charges import Uncharged
from components.runs.store.run_store import RunStore
from tests.processes.replicas import wait_until_heard
from tests.samples.run_samples import EVERY_LANE, LEASE_S, NOW, sample_run


@pytest.fixture
def store(store_url: str) -> Iterator[RunStore]:
    """A database of its own."""
    opened = RunStore(store_url)
    yield opened
    opened.close()


class PatientJournal(Journal):
    """One that is asked only when it has heard of all that is written."""

    def __init__(self, database: sa.Engine) -> None:
        super().__init__(database)
        self.database = database

    @property
    def now(self) -> str:
        if self.database.dialect.name == "postgresql":
            wait_until_heard(lambda: super(PatientJournal, self).now, self.database)
        return super().now

    def since(self, then: str) -> News | None:
        assert self.now
        return super().since(then)


@pytest.fixture
def journal(store: RunStore) -> Iterator[Journal]:
    """What listens to it."""
    opened = PatientJournal(store.database)
    opened.start()
    yield opened
    opened.stop()


def changed(journal: Journal, then: str) -> tuple[str, ...]:
    news = journal.since(then)
    return news.run_ids if news else ()


def test_a_new_run_is_told_once_with_its_plan_and_what_it_was_made_from(
    store: RunStore, journal: Journal
) -> None:
    before = journal.now
    store.add(sample_run("a", group_id="g", parents=(Parent("source"),)))
    news = journal.since(before)
    assert news
    assert set(news.run_ids) == {"a", "source"}
    assert (news.new_ids, news.plan_ids) == (("a",), ("g",))
    assert journal.since(news.now) is None


def test_every_step_that_can_be_seen_is_told(store: RunStore, journal: Journal) -> None:
    store.add(sample_run("a"))
    before = journal.now
    [claim] = store.tick([], NOW, LEASE_S, EVERY_LANE)
    assert journal.since(before) is None, "being worked on is nothing that shows"
    sending = store.begin_sending(claim, NOW)
    assert changed(journal, before) == ("a",)
    before = journal.now
    accepted = sending.run.moved(Status.GENERATING, NOW, "Accepted.", generation_id="g-1")
    store.tick([(sending, accepted)], NOW, LEASE_S, {})
    assert changed(journal, before) == ("a",)


def test_a_look_that_found_nothing_new_is_not_told(store: RunStore, journal: Journal) -> None:
    store.add(sample_run("a", status=Status.GENERATING, generation_id="g-1"))
    [claim] = store.tick([], NOW, LEASE_S, EVERY_LANE)
    before = journal.now
    store.tick(
        [(claim, replace(claim.run, next_step_at=NOW + 9, rendered_s=4.0))], NOW, LEASE_S, {}
    )
    assert journal.since(before) is None


@pytest.mark.parametrize("wish", ["annotate", "cancel", "delete", "undelete", "charge"])
def test_what_a_person_or_the_ledger_changes_is_told(
    store: RunStore, journal: Journal, wish: str
) -> None:
    run = sample_run("a")
    ended = replace(run, status=Status.DONE, finished_at=NOW, inference_id="i", submitted_at=NOW)
    store.add(run if wish == "cancel" else ended)
    if wish == "undelete":
        store.delete(["a"], NOW)
    before = journal.now
    wishes: dict[str, Callable[[], object]] = {
        "annotate": lambda: store.annotate("a", title="Dusk"),
        "cancel": lambda: store.cancel("a", NOW),
        "delete": lambda: store.delete(["a"], NOW),
        "undelete": lambda: store.undelete(["a", "unknown"]),
        "charge": lambda: store.note_charge(Uncharged("a", "i", NOW, NOW), 0.5, NOW),
    }
    wishes[wish]()
    news = journal.since(before)
    assert news
    assert news.run_ids == ("a",)
    assert news.new_ids == (("a",) if wish == "undelete" else ())


def test_who_asks_for_too_long_ago_or_another_process_looks_at_everything(
    store: RunStore,
) -> None:
    journal = Journal(store.database, most_remembered=2)
    before = journal.now
    for name in "abc":
        journal.note([Writing(name)])
    for then in (before, "", "other-3", "nonsense", f"{before}x", "-", "\ud800"):
        news = journal.since(then)
        assert news
        assert news.is_all
    assert changed(journal, journal.since(before).now) == ()  # type: ignore[union-attr]


def test_what_came_between_is_told_newest_first_and_each_run_once(journal: Journal) -> None:
    journal.note([Writing("a", is_new=True)])
    before = journal.now
    for name in "bab":
        journal.note([Writing(name, is_new=name == "b")])
    news = journal.since(before)
    assert news
    assert news.run_ids == ("b", "a")
    assert news.new_ids == ("b",)
