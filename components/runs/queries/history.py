"""Queries of the history: pages, searches, families. Every list is newest first."""

from collections import deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from components.catalog.storable_text import storable
from components.database.schema import KEPT, RUN_PARENTS, RUNS
from components.database.showcase_tables import RUN_REVIEWS
from components.runs.queries.prompt_search import matching
from components.runs.run import Output, Parent, Run, Status
from components.runs.store.run_rows import as_run

PAGE_MAX_RUNS = 100
FAMILY_MAX_RUNS = 100
Listed = TypeVar("Listed", "RunSummary", Run)


@dataclass(frozen=True, kw_only=True)
class Query:
    """Which runs to list, newest first. `cursor` comes from the page before.

    `text` is looked for in prompts and titles, letter by letter, small and large alike. The times
    are seconds since the epoch: from `created_from`, up to but not including `created_to`. With
    `ids`, only those of them that fit the rest. `review` is what guests did, of `REVIEWS`.
    """

    text: str = ""
    model: str = ""
    status: str = ""
    statuses: Collection[str] = ()
    favourite: bool = False
    group_id: str = ""
    created_from: float | None = None
    created_to: float | None = None
    limit: int = 24
    cursor: str = ""
    ids: Collection[str] = ()
    review: str = ""

    @property
    def all_statuses(self) -> list[str]:
        """The statuses asked for in either way; none asks for every run."""
        return sorted({*self.statuses, self.status} - {""})


@dataclass(frozen=True, kw_only=True)
class Reviewed:
    """How often guests said what of a run, in all showcases."""

    approvals: int = 0
    change_requests: int = 0
    rejections: int = 0
    comments: int = 0


@dataclass(frozen=True, kw_only=True)
class RunSummary:
    """What a list shows of a run; read without its request, its answer and its receipt."""

    id: str
    model: str
    prompt: str
    status: Status
    created_at: float
    submitted_at: float | None
    finished_at: float | None
    expected_s: float | None
    quoted_usd: float | None
    charged_usd: float | None
    cancel_requested: bool
    note: str
    error: str
    outputs: tuple[Output, ...]
    title: str
    favourite: bool
    parents: tuple[Parent, ...]
    group_id: str | None
    group_labels: dict[str, str] | None
    group_index: int | None
    reviewed: Reviewed = Reviewed()


@dataclass(frozen=True)
class Page(Generic[Listed]):
    """Some runs, and where the next page starts ("" on the last)."""

    runs: tuple[Listed, ...]
    next_cursor: str


REVIEWS: dict[str, sa.ColumnElement[bool]] = {
    "approved": RUN_REVIEWS.c.approvals > 0,
    "commented": RUN_REVIEWS.c.comments > 0,
}
"""What can be looked for in reviews, by its name."""
_REVIEWED = tuple(field.name for field in fields(Reviewed))
_CARD = sa.select(
    *(RUNS.c[field.name] for field in fields(RunSummary) if field.name != "reviewed"),
    *(RUN_REVIEWS.c[name] for name in _REVIEWED),
).select_from(RUNS.outerjoin(RUN_REVIEWS, RUN_REVIEWS.c.run_id == RUNS.c.id))
_NEWEST_FIRST = (RUNS.c.created_at.desc(), RUNS.c.id.desc())


def in_plan_order(runs: Iterable[Listed]) -> list[Listed]:
    """The runs of a plan by their place in it; those made for the same place oldest first."""
    return sorted(runs, key=_place_in_plan)


def _place_in_plan(run: "RunSummary | Run") -> tuple[int, float, str]:
    # Before places were kept, runs of a plan were told apart by the clock alone.
    return (-1 if run.group_index is None else run.group_index, run.created_at, run.id)


def find_runs(connection: Connection, query: Query) -> Page[Run]:
    """List whole runs by keyset, so that a late page costs no more than the first."""
    rows = connection.execute(_listed(connection, RUNS.select(), query))
    return _page([as_run(row) for row in rows], query)


def find_cards(connection: Connection, query: Query) -> Page[RunSummary]:
    """The same list of what a grid shows."""
    rows = connection.execute(_listed(connection, _CARD, query))
    return _page([_card(row) for row in rows], query)


def count(connection: Connection, query: Query, most: int | None = None) -> int:
    """How many runs a query finds on all pages; it looks at each of them, up to `most`."""
    found = sa.select(RUNS.c.id).where(*_conditions(connection, query)).limit(most)
    if statuses := query.all_statuses:
        found = found.where(RUNS.c.status.in_(statuses))
    wanted = sa.select(sa.func.count()).select_from(found.subquery())
    return int(connection.execute(wanted).scalar_one())


def find_children(connection: Connection, run_id: str) -> list[RunSummary]:
    """The runs that were made from a result of this one, newest first."""
    made_from = sa.select(RUN_PARENTS.c.run_id).where(RUN_PARENTS.c.parent_id == run_id)
    wanted = _CARD.where(KEPT, RUNS.c.id.in_(made_from))
    rows = connection.execute(wanted.order_by(*_NEWEST_FIRST))
    return [_card(row) for row in rows]


def find_family(connection: Connection, run_id: str) -> list[RunSummary]:
    """The run, its ancestors and its descendants, oldest first; up to `FAMILY_MAX_RUNS`.

    Their `parents` are the lines between them; one that is not in the list was deleted.
    """
    family: dict[str, RunSummary] = {}
    waiting = deque([(run_id, True, True)])
    while waiting and len(family) < FAMILY_MAX_RUNS:
        member_id, looks_up, looks_down = waiting.popleft()
        row = connection.execute(_CARD.where(KEPT, RUNS.c.id == member_id)).one_or_none()
        if row is None or member_id in family:
            continue
        family[member_id] = member = _card(row)
        if looks_up:
            waiting += [(parent.run_id, True, False) for parent in member.parents]
        if looks_down:
            children = find_children(connection, member_id)
            waiting += [(child.id, False, True) for child in children]
    return sorted(family.values(), key=lambda card: (card.created_at, card.id))


def _listed(connection: Connection, columns: sa.Select[Any], query: Query) -> sa.Select[Any]:
    """Choose the page's runs by indexes alone, and only then read their columns."""
    conditions = _conditions(connection, query)
    ids = sa.select(RUNS.c.id).where(*conditions)
    chosen = [ids.where(RUNS.c.status == it) for it in query.all_statuses] or [ids]
    # One walk down the index for each status: together they would have to be sorted.
    first = [it.order_by(*_NEWEST_FIRST).limit(_limit(query) + 1).subquery() for it in chosen]
    page = sa.union_all(*(sa.select(it.c.id) for it in first))
    return columns.where(RUNS.c.id.in_(page)).order_by(*_NEWEST_FIRST).limit(_limit(query) + 1)


def _conditions(connection: Connection, query: Query) -> list[sa.ColumnElement[bool]]:
    """What a query asks for, but for the statuses."""
    conditions = [KEPT]
    if query.favourite:
        conditions.append(RUNS.c.favourite)
    if query.text:
        conditions.append(matching(connection, RUNS.c.id, storable(query.text)))
    if query.ids:
        conditions.append(RUNS.c.id.in_(query.ids))
    if query.model:
        conditions.append(RUNS.c.model == query.model)
    if query.group_id:
        conditions.append(RUNS.c.group_id == query.group_id)
    if query.review in REVIEWS:
        # Those of which something was said are few: they are looked up, and the rest never read.
        said = sa.select(RUN_REVIEWS.c.run_id).where(REVIEWS[query.review])
        conditions.append(RUNS.c.id.in_(said))
    if query.created_from is not None:
        conditions.append(RUNS.c.created_at >= query.created_from)
    if query.created_to is not None:
        conditions.append(RUNS.c.created_at < query.created_to)
    if query.cursor:
        created_at, _, run_id = query.cursor.partition("~")
        key = sa.tuple_(RUNS.c.created_at, RUNS.c.id)
        conditions.append(key < sa.tuple_(sa.literal(_float(created_at)), run_id))
    return conditions


def _page(found: list[Listed], query: Query) -> Page[Listed]:
    limit = _limit(query)
    shown = tuple(found[:limit])
    more = len(found) > limit
    return Page(shown, f"{shown[-1].created_at!r}~{shown[-1].id}" if more else "")


def _limit(query: Query) -> int:
    return max(1, min(query.limit, PAGE_MAX_RUNS))


def _card(row: Row[Any]) -> RunSummary:
    values = row._asdict()
    values["status"] = Status(values["status"])
    values["outputs"] = tuple(Output(**output) for output in values["outputs"])
    values["parents"] = tuple(Parent(**parent) for parent in values["parents"])
    said = {name: values.pop(name) for name in _REVIEWED}
    values["reviewed"] = Reviewed(**{name: count or 0 for name, count in said.items()})
    return RunSummary(**values)


def _float(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
