"""Showcases and their items as rows, and back."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from components.database.schema import RUNS
from components.database.showcase_tables import (
    SHOWCASE_COMMENTS,
    SHOWCASE_ITEMS,
    SHOWCASE_LINKS,
    SHOWCASE_MEDIA,
    SHOWCASE_RUNS,
    SHOWCASES,
)
from components.errors import ShowcaseNotFound
from components.runs.store.change_log import note_written
from components.showcases.showcase import (
    Item,
    ItemKind,
    Showcase,
    ShowcaseSummary,
    Shown,
    ShownMedium,
    ShownRun,
)

CHANGE_PREFIX = "showcase:"
"""Before a showcase's id where the log of changes names runs."""
GONE = "This showcase was deleted. Nothing was changed."
IS_THERE: sa.ColumnElement[bool] = SHOWCASES.c.deleted_at.is_(None)
_SHOWS: sa.ColumnElement[bool] = SHOWCASE_ITEMS.c.removed_at.is_(None)


def read_showcase(connection: Connection, showcase_id: str) -> Showcase:
    """All of one. Raises `ShowcaseNotFound`."""
    row = connection.execute(
        SHOWCASES.select().where(IS_THERE, SHOWCASES.c.id == showcase_id)
    ).one_or_none()
    if row is None:
        raise ShowcaseNotFound(GONE)
    items = read_items(connection, [showcase_id]).get(showcase_id, [])
    values = {name: value for name, value in row._asdict().items() if name != "deleted_at"}
    values["shown"] = Shown.of(values["shown"])
    return Showcase(**values, items=tuple(items))


def read_items(connection: Connection, ids: Collection[str]) -> dict[str, list[Item]]:
    """The items of showcases, in order."""
    wanted = SHOWCASE_ITEMS.select().where(_SHOWS, SHOWCASE_ITEMS.c.showcase_id.in_(ids))
    found: dict[str, list[Item]] = defaultdict(list)
    for row in connection.execute(wanted.order_by(SHOWCASE_ITEMS.c.position, SHOWCASE_ITEMS.c.id)):
        found[row.showcase_id].append(as_item(row))
    return found


def read_summaries(connection: Connection, now: float) -> list[ShowcaseSummary]:
    """Every showcase, the one that changed last first."""
    rows = connection.execute(
        SHOWCASES.select().where(IS_THERE).order_by(SHOWCASES.c.changed_at.desc(), SHOWCASES.c.id)
    ).all()
    ids = [row.id for row in rows]
    items, comments = read_items(connection, ids), _open_comments(connection, ids)
    shared = set(
        connection.execute(
            sa.select(SHOWCASE_LINKS.c.showcase_id).where(link_is_open(now)).distinct()
        ).scalars()
    )
    return [_summary(row, items.get(row.id, []), comments, shared) for row in rows]


def _summary(
    row: Row[Any], items: list[Item], comments: Mapping[str, int], shared: Collection[str]
) -> ShowcaseSummary:
    whole = Showcase(id=row.id, title=row.title, cover_item=row.cover_item, items=tuple(items))
    return ShowcaseSummary(
        id=row.id,
        title=row.title,
        changed_at=row.changed_at,
        items=len(items),
        comments=comments.get(row.id, 0),
        cover=whole.cover,
        is_shared=row.id in shared,
    )


def _open_comments(connection: Connection, ids: Collection[str]) -> dict[str, int]:
    table = SHOWCASE_COMMENTS
    counted = (
        sa.select(table.c.showcase_id, sa.func.count())
        .where(table.c.showcase_id.in_(ids), ~table.c.is_resolved, ~table.c.is_deleted)
        .where(table.c.guest_id.is_not(None))
        .group_by(table.c.showcase_id)
    )
    return {str(row[0]): int(row[1]) for row in connection.execute(counted)}


def link_is_open(now: float) -> sa.ColumnElement[bool]:
    """Whether a link leads anywhere at that time."""
    links = SHOWCASE_LINKS.c
    return links.revoked_at.is_(None) & (links.expires_at.is_(None) | (links.expires_at > now))


def as_item(row: Row[Any]) -> Item:
    """An item without the runs that were taken out of it."""
    gone = set(row.without_runs)
    return Item(
        id=row.id,
        kind=ItemKind(row.kind),
        caption=row.caption,
        text=row.text,
        media=tuple(ShownMedium(**it) for it in row.media if it["run_id"] not in gone),
        runs=tuple(_run(it) for it in row.runs if it["run_id"] not in gone),
    )


def _run(values: dict[str, Any]) -> ShownRun:
    settings = tuple((label, text) for label, text in values["settings"])
    return ShownRun(**{**values, "settings": settings})


def write_item(connection: Connection, showcase_id: str, item: Item, position: int) -> None:
    """Keep a new item with what it needs."""
    connection.execute(
        SHOWCASE_ITEMS.insert().values(
            id=item.id,
            showcase_id=showcase_id,
            position=position,
            kind=item.kind,
            caption=item.caption,
            text=item.text,
            media=[asdict(it) for it in item.media],
            runs=[asdict(it) for it in item.runs],
            without_runs=[],
        )
    )
    own_media(connection, item.id, {it.name for it in item.media})
    for run_id in {it.run_id for it in item.runs}:
        connection.execute(
            SHOWCASE_RUNS.insert().values(item_id=item.id, run_id=run_id, showcase_id=showcase_id)
        )


def own_media(connection: Connection, owner: str, names: Iterable[str]) -> None:
    """Note which files an item, or the logo of a showcase, needs from now on."""
    connection.execute(SHOWCASE_MEDIA.delete().where(SHOWCASE_MEDIA.c.owner == owner))
    for name in names:
        connection.execute(SHOWCASE_MEDIA.insert().values(owner=owner, name=name))


def write_order(connection: Connection, item_ids: Iterable[str]) -> None:
    """Let items stand in this order."""
    for position, item_id in enumerate(item_ids):
        connection.execute(
            SHOWCASE_ITEMS.update().where(SHOWCASE_ITEMS.c.id == item_id).values(position=position)
        )


def touch(connection: Connection, showcase_id: str, now: float, **values: Any) -> int:
    """Write to a showcase as its maker does; returns its new version.

    Raises:
        ShowcaseNotFound: it was deleted.
    """
    version = SHOWCASES.c.version + 1
    return _write(
        connection,
        showcase_id,
        {**values, "version": version, "content_version": version, "changed_at": now},
    )


def touch_reviews(connection: Connection, showcase_id: str) -> int:
    """Note that something is said of a showcase; returns its new version, as `touch` does."""
    return _write(connection, showcase_id, {"version": SHOWCASES.c.version + 1})


def _write(connection: Connection, showcase_id: str, values: dict[str, Any]) -> int:
    written = (
        SHOWCASES.update()
        .where(IS_THERE, SHOWCASES.c.id == showcase_id)
        .values(values)
        .returning(SHOWCASES.c.version)
    )
    version = connection.execute(written).scalar_one_or_none()
    if version is None:
        raise ShowcaseNotFound(GONE)
    note_written(connection, CHANGE_PREFIX + showcase_id)
    return int(version)


def kept_runs(connection: Connection, run_ids: Collection[str]) -> set[str]:
    """Those of the runs that are still in History."""
    wanted = sa.select(RUNS.c.id).where(RUNS.c.id.in_(run_ids), RUNS.c.deleted_at.is_(None))
    return set(connection.execute(wanted).scalars())
