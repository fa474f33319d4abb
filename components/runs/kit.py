"""The elements kit: named elements, kept to be used again on every tab."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from components.errors import InvalidRequest
from components.runs.database import METADATA, reading

NAME_MAX_CHARS = 60
ELEMENTS = sa.Table(
    "kit_elements",
    METADATA,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(NAME_MAX_CHARS), nullable=False),
    sa.Column("element", sa.JSON, nullable=False),
    sa.Column("created_at", sa.Float(53), nullable=False),
)


@dataclass(frozen=True)
class KeptElement:
    """`element` has the catalogue's fields; its pictures are addresses or kept files."""

    id: str
    name: str
    element: dict[str, Any]


class Kit:
    """Elements in the database; every method is one transaction and safe from any thread."""

    def __init__(self, database: sa.Engine) -> None:
        self._engine = database

    def keep(self, name: str, element: Mapping[str, Any], now: float) -> KeptElement:
        """Keep an element under a name. Raises `InvalidRequest` for an empty or long name."""
        kept = KeptElement(str(uuid4()), _checked(name), dict(element))
        with self._engine.begin() as connection:
            connection.execute(
                ELEMENTS.insert().values(
                    id=kept.id, name=kept.name, element=kept.element, created_at=now
                )
            )
        return kept

    def all(self) -> list[KeptElement]:
        """Every kept element, oldest first."""
        wanted = sa.select(ELEMENTS.c.id, ELEMENTS.c.name, ELEMENTS.c.element)
        with reading(self._engine) as connection:
            rows = connection.execute(wanted.order_by(ELEMENTS.c.created_at, ELEMENTS.c.id))
            return [KeptElement(row.id, row.name, row.element) for row in rows]

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


def _checked(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise InvalidRequest({"": "Give the element a name to keep it."})
    if len(name) > NAME_MAX_CHARS:
        raise InvalidRequest({"": f"The name is longer than {NAME_MAX_CHARS} characters."})
    return name
