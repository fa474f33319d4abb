"""The element library: named elements, kept to be used again on every tab."""

import logging
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from components.catalog.storable_text import storable
from components.database.engine import reading
from components.database.schema import ELEMENTS
from components.errors import InvalidRequest
from components.runs.store.forms.kept_element import checked_element, files_in, readable_element

LOGGER = logging.getLogger(__name__)
NAME_MAX_CHARS = 60
MOST_ELEMENTS = 200
"""Our own bound: every form shows them all."""
_TEXT = sa.cast(ELEMENTS.c.element, sa.Text).label("text")
"""As it is stored: one element that is no JSON must not keep the others from being read."""


@dataclass(frozen=True)
class KeptElement:
    """`element` has the catalogue's fields; its pictures are addresses or kept files.

    One that cannot be read is set aside: nothing is in it, and it can only be deleted.
    """

    id: str
    name: str
    element: dict[str, Any]
    is_readable: bool = True


class ElementLibrary:
    """Elements in the database; every method is one transaction and safe from any thread."""

    def __init__(self, database: sa.Engine, allowed_hosts: frozenset[str] = frozenset()) -> None:
        """`allowed_hosts` are host:port pairs that an address may name besides public ones."""
        self._engine = database
        self._allowed_hosts = allowed_hosts
        self._logged: set[str] = set()

    def keep(self, name: str, element: Any, now: float) -> KeptElement:
        """Keep an element under a name; asked for twice, it is kept once.

        Raises:
            InvalidRequest: one sentence for each thing that is wrong with them.
        """
        kept = KeptElement(
            str(uuid4()), _checked(name), checked_element(element, self._allowed_hosts)
        )
        with self._engine.begin() as connection:
            before = _read(connection)
            for it in before:
                if (it.name, it.element) == (kept.name, kept.element):
                    return it
            if len(before) >= MOST_ELEMENTS:
                full = f"The kit has {MOST_ELEMENTS} elements, as many as it holds: delete some."
                raise InvalidRequest({"": full})
            connection.execute(
                ELEMENTS.insert().values(
                    id=kept.id, name=kept.name, element=kept.element, created_at=now
                )
            )
        return kept

    def all(self) -> list[KeptElement]:
        """Every kept element, oldest first; those that cannot be read are set aside."""
        with reading(self._engine) as connection:
            found = _read(connection)
        for it in found:
            if not it.is_readable and it.id not in self._logged:
                self._logged.add(it.id)
                LOGGER.warning("the kept element %s cannot be read; it is set aside", it.id)
        return found

    def rename(self, element_id: str, name: str) -> None:
        """Give it another name. Raises `InvalidRequest` for an empty or long one."""
        with self._engine.begin() as connection:
            connection.execute(
                ELEMENTS.update().where(ELEMENTS.c.id == element_id).values(name=_checked(name))
            )

    def delete(self, element_id: str) -> None:
        """Forget it; runs that used it keep their pictures."""
        with self._engine.begin() as connection:
            connection.execute(ELEMENTS.delete().where(ELEMENTS.c.id == element_id))


def files_of_kit(connection: Connection) -> set[str]:
    """The names of the kept files that elements refer to."""
    return {
        name for text in connection.execute(sa.select(_TEXT)).scalars() for name in files_in(text)
    }


def _read(connection: Connection) -> list[KeptElement]:
    wanted = sa.select(ELEMENTS.c.id, ELEMENTS.c.name, _TEXT)
    rows = connection.execute(wanted.order_by(ELEMENTS.c.created_at, ELEMENTS.c.id)).all()
    elements = [readable_element(row.text) for row in rows]
    return [
        KeptElement(row.id, row.name, element or {}, is_readable=element is not None)
        for row, element in zip(rows, elements, strict=True)
    ]


def _checked(name: str) -> str:
    name = "".join(_written(" ".join(storable(name).split())))
    if not name:
        raise InvalidRequest({"name": "Give the element a name to keep it."})
    if len(name) > NAME_MAX_CHARS:
        raise InvalidRequest({"name": f"The name is longer than {NAME_MAX_CHARS} characters."})
    return name


def _written(text: str) -> Iterator[str]:
    """The letters of a text without its control characters."""
    return (letter for letter in text if unicodedata.category(letter) != "Cc")
