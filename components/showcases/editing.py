"""Making a showcase: every change is one transaction, and can be undone."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import NAMESPACE_OID, uuid4, uuid5

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from components.database.engine import reading
from components.database.showcase_tables import SHOWCASE_ITEMS, SHOWCASES
from components.errors import InvalidRequest, ShowcaseNotFound
from components.media.store.media_store import MediaStore
from components.runs.store.change_log import note_written
from components.showcases import limits
from components.showcases.showcase import (
    Item,
    ItemKind,
    Showcase,
    ShowcaseSummary,
    Shown,
    ShownMedium,
    ShownRun,
)
from components.showcases.store import rows

EMPTY_TITLE = "Give the showcase a title, such as the name of the project."
FULL = f"A showcase holds {limits.MOST_ITEMS} items; take some out first. Nothing was added."
NO_ITEM = "This item was taken out of the showcase. Nothing was changed."
_CHANGED_BY_MAKER = {"title", "introduction", "accent", "cover_item", "shown"}
_Taken = tuple[ShownMedium, ShownRun]


@dataclass(frozen=True)
class ShowcaseEditor:
    """What the maker does; safe from any thread. `now` is seconds since the epoch throughout.

    Every method raises `ShowcaseNotFound` for a showcase or an item that is gone, and
    `InvalidRequest` with a sentence a field for what cannot be kept; nothing is changed then.
    """

    database: sa.Engine
    media: MediaStore
    clock: Callable[[], float]

    def create(self, title: str, *, showcase_id: str = "") -> Showcase:
        """Make an empty one; asked twice with one id, it is one showcase."""
        named = limits.line("title", title, limits.TITLE_MAX_CHARS, empty=EMPTY_TITLE)
        showcase_id, now = showcase_id or str(uuid4()), self.clock()
        with self.database.begin() as connection:
            known = sa.select(SHOWCASES.c.id).where(SHOWCASES.c.id == showcase_id)
            if connection.execute(known).scalar_one_or_none() is None:
                connection.execute(
                    SHOWCASES.insert().values(
                        id=showcase_id,
                        title=named,
                        shown=asdict(Shown()),
                        created_at=now,
                        changed_at=now,
                    )
                )
                note_written(connection, rows.CHANGE_PREFIX + showcase_id)
            return rows.read_showcase(connection, showcase_id)

    def get(self, showcase_id: str) -> Showcase:
        """All of one."""
        with reading(self.database) as connection:
            return rows.read_showcase(connection, showcase_id)

    def all(self) -> list[ShowcaseSummary]:
        """Every one, the one that changed last first."""
        with reading(self.database) as connection:
            return rows.read_summaries(connection, self.clock())

    def change(self, showcase_id: str, **given: Any) -> Showcase:
        """Change `title`, `introduction`, `accent`, `cover_item` or `shown` (names to booleans)."""
        if unknown := given.keys() - _CHANGED_BY_MAKER:
            raise TypeError(f"{', '.join(sorted(unknown))} cannot be changed")
        values = {name: self._checked(name, value) for name, value in given.items()}
        with self.database.begin() as connection:
            if "shown" in values:
                kept = rows.read_showcase(connection, showcase_id).shown
                values["shown"] = asdict(replace(kept, **values["shown"]))
            rows.touch(connection, showcase_id, self.clock(), **values)
            return rows.read_showcase(connection, showcase_id)

    def set_logo(self, showcase_id: str, name: str) -> Showcase:
        """Take a file of the media store as its logo, or none for ""."""
        with self.database.begin() as connection:
            if name and not self.media.has(name):
                raise InvalidRequest({"logo": "That picture is no longer kept here; add it again."})
            rows.touch(connection, showcase_id, self.clock(), logo=name)
            rows.own_media(connection, showcase_id, {name} if name else ())
            return rows.read_showcase(connection, showcase_id)

    def delete(self, showcase_id: str) -> None:
        """Hide it with its links; see `undelete`."""
        with self.database.begin() as connection:
            rows.touch(connection, showcase_id, self.clock(), deleted_at=self.clock())

    def undelete(self, showcase_id: str) -> Showcase:
        """Bring it back, while it was not purged."""
        with self.database.begin() as connection:
            back = SHOWCASES.update().where(SHOWCASES.c.id == showcase_id).values(deleted_at=None)
            connection.execute(back)
            rows.touch(connection, showcase_id, self.clock())
            return rows.read_showcase(connection, showcase_id)

    def add(
        self, showcase_id: str, taken: Sequence[_Taken], *, caption: str = "", asked_as: str = ""
    ) -> list[Item]:
        """Add results, each as an item of its own, at the end; one `asked_as`, added once."""
        said = limits.words("caption", caption, limits.CAPTION_MAX_CHARS)
        items = [
            Item(
                id=_item_id(asked_as, number),
                kind=ItemKind.RESULT,
                caption=said,
                media=(medium,),
                runs=(run,),
            )
            for number, (medium, run) in enumerate(taken)
        ]
        return self._append(showcase_id, items)

    def add_together(
        self,
        showcase_id: str,
        kind: ItemKind,
        taken: Sequence[_Taken],
        *,
        caption: str = "",
        asked_as: str = "",
    ) -> Item:
        """Add a comparison or a plan's grid, at the end; one `asked_as`, added once."""
        runs = {run.run_id: run for _, run in taken}
        item = Item(
            id=_item_id(asked_as, 0),
            kind=kind,
            caption=limits.words("caption", caption, limits.CAPTION_MAX_CHARS),
            media=tuple(medium for medium, _ in taken),
            runs=tuple(runs.values()),
        )
        return self._append(showcase_id, [item])[0]

    def add_text(self, showcase_id: str, text: str = "") -> Item:
        """Add words, at the end; they may still be empty."""
        said = limits.words("text", text, limits.TEXT_MAX_CHARS)
        return self._append(showcase_id, [Item(id=str(uuid4()), kind=ItemKind.TEXT, text=said)])[0]

    def change_item(
        self, item_id: str, *, caption: str | None = None, text: str | None = None
    ) -> None:
        """Change the words of an item; None leaves them."""
        values: dict[str, Any] = {}
        if caption is not None:
            values["caption"] = limits.words("caption", caption, limits.CAPTION_MAX_CHARS)
        if text is not None:
            values["text"] = limits.words("text", text, limits.TEXT_MAX_CHARS)
        self._write_item(item_id, **values)

    def remove_item(self, item_id: str) -> None:
        """Take it out; see `restore_item`."""
        self._write_item(item_id, removed_at=self.clock())

    def restore_item(self, item_id: str) -> None:
        """Put it back where it was, with what was said of it."""
        with self.database.begin() as connection:
            showcase_id = _showcase_of(connection, item_id, is_removed=True)
            rows.touch(connection, showcase_id, self.clock())
            back = SHOWCASE_ITEMS.update().where(SHOWCASE_ITEMS.c.id == item_id)
            connection.execute(back.values(removed_at=None))
            if len(rows.read_showcase(connection, showcase_id).items) > limits.MOST_ITEMS:
                raise InvalidRequest({"": FULL})

    def order(self, showcase_id: str, item_ids: Sequence[str]) -> None:
        """Let the items stand in this order; those that are not named follow as they stood."""
        with self.database.begin() as connection:
            rows.touch(connection, showcase_id, self.clock())
            kept = [it.id for it in rows.read_showcase(connection, showcase_id).items]
            known = set(kept)
            first = [it for it in dict.fromkeys(item_ids) if it in known]
            rows.write_order(connection, [*first, *(it for it in kept if it not in set(first))])

    def _append(self, showcase_id: str, items: Sequence[Item]) -> list[Item]:
        with self.database.begin() as connection:
            rows.touch(connection, showcase_id, self.clock())
            kept = rows.read_showcase(connection, showcase_id).items
            if _are_there(connection, items):
                return list(items)
            if len(kept) + len(items) > limits.MOST_ITEMS:
                raise InvalidRequest({"": FULL})
            # Inside the write: no file goes while somebody comes to need it.
            if not all(self.media.has(medium.name) for item in items for medium in item.media):
                raise InvalidRequest({"": "A file of it was just deleted. Nothing was added."})
            last = sa.select(sa.func.coalesce(sa.func.max(SHOWCASE_ITEMS.c.position), -1))
            position = connection.execute(
                last.where(SHOWCASE_ITEMS.c.showcase_id == showcase_id)
            ).scalar_one()
            for number, item in enumerate(items, int(position) + 1):
                rows.write_item(connection, showcase_id, item, number)
        return list(items)

    def _write_item(self, item_id: str, **values: Any) -> None:
        with self.database.begin() as connection:
            showcase_id = _showcase_of(connection, item_id, is_removed=False)
            rows.touch(connection, showcase_id, self.clock())
            if values:
                wanted = SHOWCASE_ITEMS.c.id == item_id
                connection.execute(SHOWCASE_ITEMS.update().where(wanted).values(values))

    def _checked(self, name: str, value: Any) -> Any:
        if name == "title":
            return limits.line(name, value, limits.TITLE_MAX_CHARS, empty=EMPTY_TITLE)
        if name == "introduction":
            return limits.words(name, value, limits.INTRODUCTION_MAX_CHARS)
        if name == "accent":
            return limits.colour(value)
        if name == "shown":
            known = asdict(Shown())
            return {key: bool(it) for key, it in value.items() if key in known}
        return limits.line(name, value, limits.NAME_MAX_CHARS)


def _item_id(asked_as: str, number: int) -> str:
    """What is asked for twice under one name has the same ids."""
    return str(uuid5(NAMESPACE_OID, f"{asked_as} {number}") if asked_as else uuid4())


def _are_there(connection: Connection, items: Sequence[Item]) -> bool:
    known = sa.select(SHOWCASE_ITEMS.c.id).where(SHOWCASE_ITEMS.c.id.in_(it.id for it in items))
    return connection.execute(known.limit(1)).scalar_one_or_none() is not None


def _showcase_of(connection: Connection, item_id: str, *, is_removed: bool) -> str:
    wanted = sa.select(SHOWCASE_ITEMS.c.showcase_id).where(SHOWCASE_ITEMS.c.id == item_id)
    if not is_removed:
        wanted = wanted.where(SHOWCASE_ITEMS.c.removed_at.is_(None))
    found = connection.execute(wanted).scalar_one_or_none()
    if found is None:
        raise ShowcaseNotFound(NO_ITEM)
    return str(found)
