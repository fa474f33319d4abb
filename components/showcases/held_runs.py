"""Runs that showcases show: which, and how they are taken out when they are deleted."""

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from components.database.engine import reading
from components.database.schema import RUNS
from components.database.showcase_tables import (
    RUN_REVIEWS,
    SHOWCASE_COMMENTS,
    SHOWCASE_GUESTS,
    SHOWCASE_ITEMS,
    SHOWCASE_LINKS,
    SHOWCASE_MEDIA,
    SHOWCASE_RUNS,
    SHOWCASE_VERDICTS,
    SHOWCASES,
)
from components.runs.store.unowned_files import leave_over
from components.showcases.review import RunReview
from components.showcases.store import rows
from components.showcases.store.run_reviews import count_reviews_of_runs, runs_of_items

PURGED_AFTER_S = 24 * 3600.0
"""How long what was taken out, or deleted, can be brought back."""


@dataclass(frozen=True)
class Holder:
    """A showcase that shows something of runs."""

    id: str
    title: str
    run_ids: tuple[str, ...]


@dataclass(frozen=True)
class HeldRuns:
    """Safe from any thread; `clock` gives seconds since the epoch."""

    database: sa.Engine
    clock: Callable[[], float]

    def holders(self, run_ids: Collection[str]) -> list[Holder]:
        """The showcases that show something of these runs."""
        with reading(self.database) as connection:
            found: dict[tuple[str, str], set[str]] = defaultdict(set)
            for row in _standing(connection, run_ids):
                if row.run_id not in row.without_runs:
                    found[row.showcase_id, row.title].add(row.run_id)
        return [Holder(*key, tuple(sorted(held))) for key, held in found.items()]

    def reviews(self, run_ids: Collection[str]) -> dict[str, RunReview]:
        """What guests said of these runs; those of which nothing was said are left out."""
        wanted = RUN_REVIEWS.select().where(RUN_REVIEWS.c.run_id.in_(run_ids))
        with reading(self.database) as connection:
            found = [row._asdict() for row in connection.execute(wanted)]
        return {values.pop("run_id"): RunReview(**values) for values in found}

    def take_out(self, run_ids: Collection[str]) -> int:
        """Take runs out of every showcase; an item that has nothing left goes. Returns how many."""
        with self.database.begin() as connection:
            changed = _standing(connection, run_ids)
            gone = set(run_ids)
            for item_id in {row.item_id for row in changed}:
                self._without(connection, item_id, add=gone)
            return len({row.run_id for row in changed})

    def put_back(self, run_ids: Collection[str]) -> None:
        """Undo `take_out`, while nothing was purged."""
        with self.database.begin() as connection:
            back = set(run_ids)
            for item_id in _items_of(connection, run_ids):
                self._without(connection, item_id, drop=back)

    def _without(
        self,
        connection: Connection,
        item_id: str,
        *,
        add: Collection[str] = (),
        drop: Collection[str] = (),
    ) -> None:
        item = connection.execute(
            SHOWCASE_ITEMS.select().where(SHOWCASE_ITEMS.c.id == item_id)
        ).one()
        before, own = set(item.without_runs), {it["run_id"] for it in item.runs}
        without = (before | (set(add) & own)) - set(drop)
        if without == before:
            return
        now = self.clock()
        values: dict[str, Any] = {"without_runs": sorted(without)}
        if without >= own:
            values["removed_at"] = now
        elif before >= own:
            values["removed_at"] = None
        connection.execute(
            SHOWCASE_ITEMS.update().where(SHOWCASE_ITEMS.c.id == item_id).values(values)
        )
        rows.touch(connection, item.showcase_id, now)

    def purge(self) -> None:
        """Forget for good what was deleted or taken out a day ago; its files may go then."""
        before = self.clock() - PURGED_AFTER_S
        # Asked every minute, and mostly in vain: only who has to write takes the lock.
        with reading(self.database) as connection:
            if not _is_anything_out(connection, before):
                return
        with self.database.begin() as connection:
            deleted = sa.select(SHOWCASES.c.id).where(SHOWCASES.c.deleted_at < before)
            _forget_showcases(connection, list(connection.execute(deleted).scalars()))
            removed = sa.select(SHOWCASE_ITEMS.c.id).where(SHOWCASE_ITEMS.c.removed_at < before)
            _forget_items(connection, list(connection.execute(removed).scalars()))
            _forget_sides(connection)


def _is_anything_out(connection: Connection, before: float) -> bool:
    items = SHOWCASE_ITEMS.c
    is_out = (items.removed_at < before) | (sa.cast(items.without_runs, sa.Text) != "[]")
    wanted = (
        sa.select(SHOWCASES.c.id).where(SHOWCASES.c.deleted_at < before),
        sa.select(items.id).where(is_out),
    )
    return any(connection.execute(it.limit(1)).first() for it in wanted)


def _standing(connection: Connection, run_ids: Collection[str]) -> list[sa.Row[Any]]:
    items, held = SHOWCASE_ITEMS.c, SHOWCASE_RUNS.c
    joined = SHOWCASE_RUNS.join(SHOWCASE_ITEMS, items.id == held.item_id).join(
        SHOWCASES, SHOWCASES.c.id == held.showcase_id
    )
    wanted = (
        sa.select(held.item_id, held.run_id, held.showcase_id, SHOWCASES.c.title)
        .add_columns(items.without_runs)
        .select_from(joined)
        .where(held.run_id.in_(run_ids), items.removed_at.is_(None), rows.IS_THERE)
    )
    return list(connection.execute(wanted.order_by(SHOWCASES.c.title)).all())


def _items_of(connection: Connection, run_ids: Collection[str]) -> list[str]:
    held, items = SHOWCASE_RUNS.c, SHOWCASE_ITEMS.c
    wanted = sa.select(held.item_id).where(held.run_id.in_(run_ids)).distinct()
    there = wanted.join(SHOWCASES, SHOWCASES.c.id == held.showcase_id).where(rows.IS_THERE)
    return list(connection.execute(there.join(SHOWCASE_ITEMS, items.id == held.item_id)).scalars())


def _forget_showcases(connection: Connection, ids: list[str]) -> None:
    if not ids:
        return
    items = sa.select(SHOWCASE_ITEMS.c.id).where(SHOWCASE_ITEMS.c.showcase_id.in_(ids))
    _forget_items(connection, list(connection.execute(items).scalars()))
    _forget_files(connection, ids)
    for table in (SHOWCASE_LINKS, SHOWCASE_GUESTS):
        connection.execute(table.delete().where(table.c.showcase_id.in_(ids)))
    connection.execute(SHOWCASES.delete().where(SHOWCASES.c.id.in_(ids)))


def _forget_items(connection: Connection, ids: list[str]) -> None:
    if not ids:
        return
    _forget_files(connection, ids)
    run_ids = runs_of_items(connection, ids)
    for table in (SHOWCASE_RUNS, SHOWCASE_COMMENTS, SHOWCASE_VERDICTS):
        connection.execute(table.delete().where(table.c.item_id.in_(ids)))
    connection.execute(SHOWCASE_ITEMS.delete().where(SHOWCASE_ITEMS.c.id.in_(ids)))
    count_reviews_of_runs(connection, run_ids)


def _forget_sides(connection: Connection) -> None:
    """Forget what was taken out of items that stay, once its run is gone for good."""
    without = SHOWCASE_ITEMS.c.without_runs
    wanted = SHOWCASE_ITEMS.select().where(SHOWCASE_ITEMS.c.removed_at.is_(None))
    for item in connection.execute(wanted.where(sa.cast(without, sa.Text) != "[]")).all():
        there = sa.select(RUNS.c.id).where(RUNS.c.id.in_(item.without_runs))
        gone = set(item.without_runs) - set(connection.execute(there).scalars())
        if gone:
            _forget_side(connection, item, gone)


def _forget_side(connection: Connection, item: sa.Row[Any], gone: set[str]) -> None:
    media, runs = (
        [it for it in kept if it["run_id"] not in gone] for kept in (item.media, item.runs)
    )
    without = [it for it in item.without_runs if it not in gone]
    changed = SHOWCASE_ITEMS.update().where(SHOWCASE_ITEMS.c.id == item.id)
    connection.execute(changed.values(media=media, runs=runs, without_runs=without))
    _forget_files(connection, [item.id])
    rows.own_media(connection, item.id, {it["name"] for it in media})
    held = SHOWCASE_RUNS.c
    connection.execute(SHOWCASE_RUNS.delete().where(held.item_id == item.id, held.run_id.in_(gone)))
    count_reviews_of_runs(connection, gone)


def _forget_files(connection: Connection, owners: list[str]) -> None:
    owned = SHOWCASE_MEDIA.c.owner.in_(owners)
    leave_over(connection, sa.select(SHOWCASE_MEDIA.c.name).where(owned).distinct())
    connection.execute(SHOWCASE_MEDIA.delete().where(owned))
