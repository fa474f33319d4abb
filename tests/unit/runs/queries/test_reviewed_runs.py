"""What guests said of runs is listed with them, looked for, and costs no walk through all runs."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from components.database.showcase_tables import RUN_REVIEWS
from components.runs.queries.history import Query, Reviewed, find_cards
from components.runs.run import Parent
from components.runs.store.run_store import RunStore
from tests.samples.run_samples import NOW, run_store, sample_run

SAID = {
    "approved": Reviewed(approvals=2),
    "commented": Reviewed(comments=3),
    "both": Reviewed(approvals=1, comments=1),
    "other": Reviewed(change_requests=1, rejections=1),
}
RUNS = [*SAID, "unseen"]


@pytest.fixture(scope="module")
def database(new_database: Callable[[], str]) -> Iterator[sa.Engine]:
    with closing(filled(run_store(new_database()))) as store:
        yield store.database


def filled(store: RunStore) -> RunStore:
    """Five runs, of four of which guests said something; the one listed last is the newest."""
    for number, name in enumerate(RUNS):
        made_from = (Parent("unseen", 0, "image_url", "first frame"),) if name == "both" else ()
        store.add(sample_run(name, created_at=NOW + number, parents=made_from))
    with store.database.begin() as connection:
        rows = [{"run_id": name, **vars(said)} for name, said in SAID.items()]
        connection.execute(RUN_REVIEWS.insert(), rows)
    return store


def test_every_run_tells_what_was_said_of_it(database: sa.Engine) -> None:
    with database.connect() as connection:
        cards = find_cards(connection, Query()).runs
    assert {card.id: card.reviewed for card in cards} == {**SAID, "unseen": Reviewed()}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (Query(review="approved"), ["both", "approved"]),
        (Query(review="commented"), ["both", "commented"]),
        (Query(review="approved", limit=1), ["both"]),
        (Query(review="approved", created_to=NOW + 1), ["approved"]),
        (Query(review="approved", ids=["approved", "unseen"]), ["approved"]),
        (Query(review="approved", status="failed"), []),
        (Query(review=""), RUNS[::-1]),
    ],
)
def test_runs_are_found_by_what_was_said(
    database: sa.Engine, query: Query, found: list[str]
) -> None:
    with database.connect() as connection:
        assert [card.id for card in find_cards(connection, query).runs] == found


def test_pages_of_reviewed_runs_follow_one_another(database: sa.Engine) -> None:
    with database.connect() as connection:
        first = find_cards(connection, Query(review="commented", limit=1))
        rest = find_cards(connection, Query(review="commented", cursor=first.next_cursor))
    assert [card.id for card in (*first.runs, *rest.runs)] == ["both", "commented"]
    assert rest.next_cursor == ""


def test_whole_runs_are_found_by_what_was_said(store: RunStore) -> None:
    store.add(sample_run("unseen"))
    assert store.find(Query(review="approved")).runs == ()
    assert store.count(Query(review="commented")) == 0


@pytest.mark.parametrize(
    ("query", "walk"),
    [
        (Query(), "SCAN runs USING INDEX runs_listed"),
        (Query(cursor=f"{NOW}~x"), "SEARCH runs USING INDEX runs_listed ((created_at,id)<(?,?))"),
        (Query(status="done"), "SEARCH runs USING INDEX runs_of_status (status=?)"),
    ],
    ids=["first page", "later page", "of a status"],
)
def test_pages_are_still_a_walk_down_an_index_of_sqlite(
    tmp_path: Path, query: Query, walk: str
) -> None:
    store = filled(run_store(tmp_path))
    database = store.database
    asked: list[tuple[str, tuple[object, ...]]] = []

    @sa.event.listens_for(database, "before_cursor_execute")
    def note(*told: object) -> None:
        asked.append((str(told[2]), tuple(told[3])))  # type: ignore[arg-type]

    with database.connect() as connection:
        find_cards(connection, query)
        sa.event.remove(database, "before_cursor_execute", note)
        statement, values = asked[-1]
        steps = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    store.close()
    said = [str(step[3]) for step in steps]
    assert any(it.startswith(walk) for it in said), said
    assert any(it.startswith("SEARCH run_reviews") and "(run_id=?)" in it for it in said), said
    assert not [it for it in said if it in {"SCAN run_reviews", "SCAN runs"}]
