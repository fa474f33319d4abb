"""Files of the media store that may have become nobody's: found, and removed when they are.

A file is in use while a run or a kept element refers to it, or while it stands in a form: forms
live in the browser, so what stands in one is held here for a while whenever it is looked at.
"""

import logging
from collections.abc import Callable, Collection

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from components.runs.database import METADATA, reading
from components.runs.kit import ELEMENTS
from components.runs.tables import RUN_MEDIA, names_in

LOGGER = logging.getLogger(__name__)
BATCH = 50
"""Files a transaction: nobody who writes waits long for it."""
LEFTOVERS = sa.Table(
    "media_leftovers",
    METADATA,
    sa.Column("name", sa.String(80), primary_key=True),
)
"""Files whose run is gone; kept in a table, so that a killed process forgets none of them."""
HELD = sa.Table(
    "media_held",
    METADATA,
    sa.Column("name", sa.String(80), primary_key=True),
    sa.Column("until", sa.Float(53), nullable=False, index=True),
)
"""Files that stand in a form, and perhaps in no run."""
HOLD_S = 30 * 86_400.0
HOLD_AGAIN_S = 86_400.0
"""A form is looked at with every letter; that much of a hold may be gone before it is renewed."""


def leave_over(connection: Connection, names: sa.Select[tuple[str]]) -> None:
    """Note the names that a query gives as files to be removed, unless something needs them."""
    asked = names.subquery()
    new = sa.select(*asked.c).where(next(iter(asked.c)).not_in(sa.select(LEFTOVERS.c.name)))
    connection.execute(LEFTOVERS.insert().from_select(["name"], new))


def hold(engine: sa.Engine, names: Collection[str], now: float) -> None:
    """Let files stay for `HOLD_S` although no run may refer to them."""
    with reading(engine) as connection:
        if _are_held(connection, names, now):
            return
    with engine.begin() as connection:
        connection.execute(HELD.delete().where(HELD.c.name.in_(names)))
        rows = [{"name": name, "until": now + HOLD_S} for name in sorted(set(names))]
        connection.execute(HELD.insert(), rows)


def _are_held(connection: Connection, names: Collection[str], now: float) -> bool:
    """Whether nothing has to be written for these files to stay for long enough."""
    long_enough = HELD.c.until > now + HOLD_S - HOLD_AGAIN_S
    count = sa.select(sa.func.count()).where(HELD.c.name.in_(names), long_enough)
    return connection.execute(count).scalar() == len(set(names))


def remove(engine: sa.Engine, now: float, remove_file: Callable[[str], object]) -> None:
    """Remove the files that nothing refers to; where `remove_file` says false, another time.

    A file that cannot be removed (`OSError`) is logged and waits for another time as well.
    """
    with engine.begin() as connection:
        _give_up_holds(connection, now)
    after, more = "", True
    while more:
        with engine.begin() as connection:
            after = _remove_some(connection, remove_file, after)
        more = bool(after)


def _give_up_holds(connection: Connection, now: float) -> None:
    """Files that stood in a form long ago are left over like those of a deleted run."""
    leave_over(connection, sa.select(HELD.c.name).where(HELD.c.until < now))
    connection.execute(HELD.delete().where(HELD.c.until < now))


def _remove_some(connection: Connection, remove_file: Callable[[str], object], after: str) -> str:
    """Look at up to `BATCH` files; returns the last name, "" at the end.

    The transaction is held meanwhile, so that no run comes to refer to a file that just goes.
    """
    some = sa.select(LEFTOVERS.c.name).where(LEFTOVERS.c.name > after).order_by(LEFTOVERS.c.name)
    names: list[str] = list(connection.execute(some.limit(BATCH)).scalars())
    if not names:
        return ""
    referred = _among(connection, RUN_MEDIA, names)
    for element in connection.execute(sa.select(ELEMENTS.c.element)).scalars():
        referred |= set(names) & set(names_in(element))
    held = _among(connection, HELD, names) - referred
    gone = [name for name in names if name not in referred | held and _removed(name, remove_file)]
    connection.execute(LEFTOVERS.delete().where(LEFTOVERS.c.name.in_([*referred, *gone])))
    return names[-1]


def _removed(name: str, remove_file: Callable[[str], object]) -> bool:
    """Whether a file is gone: one that cannot be removed must not keep the others."""
    try:
        return bool(remove_file(name))
    except OSError as error:
        LOGGER.warning("the file %s cannot be removed (%s); it is tried again", name, error)
        return False


def _among(connection: Connection, table: sa.Table, names: Collection[str]) -> set[str]:
    """Those of the names that stand in a table."""
    return set(connection.execute(sa.select(table.c.name).where(table.c.name.in_(names))).scalars())
