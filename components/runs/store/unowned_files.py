"""Files of the media store that may have become nobody's: found, and removed when they are.

A file is in use while a run, a kept element or a showcase refers to it, or a form shows it.
Whatever removes a file asks for its users in the transaction that it holds meanwhile, so that
nobody comes to need a file that just goes.
"""

import logging
from collections.abc import Callable, Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from components.database.engine import reading
from components.database.schema import FORM_FILES, LEFTOVERS, RUN_MEDIA
from components.database.showcase_tables import SHOWCASE_MEDIA
from components.errors import MediaRejected
from components.runs.run import Run
from components.runs.store.forms.element_library import files_of_kit
from components.runs.store.run_rows import names_in

LOGGER = logging.getLogger(__name__)
BATCH = 50
"""Files a transaction: nobody who writes waits long for it."""
ASKED_AT_ONCE = 5_000
"""Names in one question to the database; SQLite takes 32,766."""
_USERS = (RUN_MEDIA, FORM_FILES, SHOWCASE_MEDIA)


def leave_over(connection: Connection, names: sa.Select[tuple[str]]) -> None:
    """Note the names that a query gives as files to be removed, unless something needs them."""
    asked = names.subquery()
    new = sa.select(*asked.c).where(next(iter(asked.c)).not_in(sa.select(LEFTOVERS.c.name)))
    connection.execute(LEFTOVERS.insert().from_select(["name"], new))


def remove(engine: sa.Engine, now: float, remove_file: Callable[[str], object]) -> None:
    """Remove the files of runs that are gone; where `remove_file` says false, another time.

    A file that cannot be removed (`OSError`) is logged and waits for another time as well.
    """
    with engine.begin() as connection:
        leave_over(
            connection, sa.select(FORM_FILES.c.name).where(FORM_FILES.c.until < now).distinct()
        )
        connection.execute(FORM_FILES.delete().where(FORM_FILES.c.until < now))
    after, more = "", True
    while more:
        with engine.begin() as connection:
            after = _remove_some(connection, remove_file, after)
        more = bool(after)


def unowned(engine: sa.Engine, names: Sequence[str]) -> set[str]:
    """Those of the names that nothing refers to now."""
    with reading(engine) as connection:
        elements = files_of_kit(connection)
        found: set[str] = set()
        for begin in range(0, len(names), ASKED_AT_ONCE):
            some = names[begin : begin + ASKED_AT_ONCE]
            found |= set(some) - _users_of(connection, some, elements)
    return found


def files_in_use(engine: sa.Engine) -> set[str]:
    """Every file that a run, a kept element, a form or a showcase refers to."""
    with reading(engine) as connection:
        names = set(files_of_kit(connection))
        for table in _USERS:
            names |= set(connection.execute(sa.select(table.c.name).distinct()).scalars())
    return names


def remove_unowned(
    engine: sa.Engine, names: Sequence[str], remove_file: Callable[[str], object]
) -> None:
    """Remove those of the files that nothing refers to in the moment they go."""
    for begin in range(0, len(names), BATCH):
        with engine.begin() as connection:
            some = names[begin : begin + BATCH]
            used = _users_of(connection, some, files_of_kit(connection))
            for name in some:
                if name not in used:
                    _removed(name, remove_file)


def require_files(runs: Sequence[Run], has_file: Callable[[str], bool]) -> None:
    """Raise `MediaRejected` where a file of a request is gone; inside a write none goes then."""
    if not all(has_file(name) for run in runs for name in names_in(run.request)):
        raise MediaRejected(
            "A file of this request is no longer kept here, and nothing was sent or charged. "
            "Add it again."
        )


def _remove_some(connection: Connection, remove_file: Callable[[str], object], after: str) -> str:
    """Look at up to `BATCH` files; returns the last name, "" at the end."""
    some = sa.select(LEFTOVERS.c.name).where(LEFTOVERS.c.name > after).order_by(LEFTOVERS.c.name)
    names: list[str] = list(connection.execute(some.limit(BATCH)).scalars())
    if not names:
        return ""
    used = _users_of(connection, names, files_of_kit(connection))
    gone = [name for name in names if name not in used and _removed(name, remove_file)]
    connection.execute(LEFTOVERS.delete().where(LEFTOVERS.c.name.in_([*used, *gone])))
    return names[-1]


def _removed(name: str, remove_file: Callable[[str], object]) -> bool:
    """Whether a file is gone: one that cannot be removed must not keep the others."""
    try:
        return bool(remove_file(name))
    except OSError as error:
        LOGGER.warning("the file %s cannot be removed (%s); it is tried again", name, error)
        return False


def _users_of(connection: Connection, names: Collection[str], elements: set[str]) -> set[str]:
    """Those of the names that a run, a kept element, a form or a showcase refers to."""
    used = {name for name in names if name in elements}
    for table in _USERS:
        wanted = sa.select(table.c.name).where(table.c.name.in_(names))
        used |= set(connection.execute(wanted).scalars())
    return used
