"""Reviews: what guests and the maker say, each word kept before it is shown."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from components.database.engine import reading
from components.database.showcase_tables import (
    SHOWCASE_COMMENTS,
    SHOWCASE_GUESTS,
    SHOWCASE_VERDICTS,
    SHOWCASES,
)
from components.errors import InvalidRequest, ShowcaseNotFound
from components.showcases import limits
from components.showcases.review import Comment, GivenVerdict, Guest, Place, Reviews, Verdict
from components.showcases.showcase import Item, ItemKind, Showcase
from components.showcases.store import rows
from components.showcases.store.run_reviews import count_reviews

NO_NAME = "Say who you are, so that the others know whose words these are."
NO_WORDS = "Write something first. Nothing was sent."
TOO_MANY_GUESTS = "Too many people have given a name here. Ask who sent you the link."
TOO_MANY_COMMENTS = "This showcase holds no more comments. Ask who sent you the link."
NO_COMMENT = "This comment was deleted. Nothing was changed."
NO_ITEM = "This was taken out of the showcase. Reload the page; nothing was sent."
NO_ANSWER = "An answer is not answered itself: answer the comment above it. Nothing was sent."
ID_TAKEN = "This could not be kept under its id. Reload the page, then send it again."
NO_PLACE = "This place is not in the picture or clip. Nothing was sent."
NOT_THE_MAKER = "That is what the maker is called here: take a name of your own."
MAKER = "The maker"
_ID_MAX_CHARS = 64


@dataclass(frozen=True, kw_only=True)
class NewComment:
    """What somebody says: of an item, of a place in it, or in answer to another comment.

    With an `id` of its own, asking twice is safe.
    """

    item_id: str
    text: str
    place: Place | None = None
    answers: str | None = None
    id: str = ""


@dataclass(frozen=True)
class ReviewBook:
    """Safe from any thread; `clock` gives seconds since the epoch.

    `guest` is None for the maker. Every method raises `ShowcaseNotFound` for what is gone and
    `InvalidRequest` with a sentence for what cannot be kept; nothing is changed then.
    """

    database: sa.Engine
    clock: Callable[[], float]

    def enter(self, showcase_id: str, name: str) -> tuple[Guest, str]:
        """Take somebody in under a name; returns the guest and the secret that proves it."""
        said = limits.line("name", name, limits.NAME_MAX_CHARS, empty=NO_NAME)
        if said.casefold() in (MAKER.casefold(), "maker"):
            raise InvalidRequest({"name": NOT_THE_MAKER})
        guest, secret = Guest(str(uuid4()), said), secrets.token_urlsafe(24)
        with self.database.begin() as connection:
            rows.touch_reviews(connection, showcase_id)
            if _count(connection, SHOWCASE_GUESTS, showcase_id) >= limits.MOST_GUESTS:
                raise InvalidRequest({"name": TOO_MANY_GUESTS})
            connection.execute(
                SHOWCASE_GUESTS.insert().values(
                    id=guest.id,
                    showcase_id=showcase_id,
                    display_name=said,
                    secret_hash=_hash(secret),
                    created_at=self.clock(),
                )
            )
        return guest, secret

    def guest(self, showcase_id: str, secret: str) -> Guest | None:
        """Who gave a name here, by the secret; None for a stranger."""
        if not secret:
            return None
        table = SHOWCASE_GUESTS.c
        wanted = sa.select(table.id, table.display_name).where(
            table.secret_hash == _hash(secret), table.showcase_id == showcase_id
        )
        with reading(self.database) as connection:
            row = connection.execute(wanted).one_or_none()
        return Guest(*row) if row else None

    def comment(
        self, showcase_id: str, new: NewComment, guest: Guest | None, author: str = MAKER
    ) -> Comment:
        """Keep a comment."""
        text = limits.words("text", new.text, limits.COMMENT_MAX_CHARS, empty=NO_WORDS)
        with self.database.begin() as connection:
            version = rows.touch_reviews(connection, showcase_id)
            comment_id = new.id or str(uuid4())
            kept = _comment(connection, showcase_id, comment_id)
            if kept and kept.guest_id == (guest.id if guest else None):
                return kept
            place = self._checked_place(connection, showcase_id, new, guest)
            connection.execute(
                SHOWCASE_COMMENTS.insert().values(
                    id=comment_id,
                    showcase_id=showcase_id,
                    item_id=new.item_id,
                    guest_id=guest.id if guest else None,
                    author=guest.display_name if guest else author,
                    text=text,
                    place=asdict(place) if place else None,
                    answers=new.answers,
                    created_at=self.clock(),
                    version=version,
                )
            )
            count_reviews(connection, new.item_id)
            return _required(_comment(connection, showcase_id, comment_id))

    def resolve(self, showcase_id: str, comment_id: str, *, is_resolved: bool) -> None:
        """Say that what a comment asks for is done, or is not."""
        self._change(showcase_id, comment_id, is_resolved=is_resolved)

    def delete(self, showcase_id: str, comment_id: str, guest: Guest | None) -> None:
        """Take a comment back: guests their own, the maker any; its answers stay."""
        self._change(showcase_id, comment_id, guest, is_deleted=True, text="", place=None)

    def judge(self, showcase_id: str, item_id: str, guest: Guest, **given: bool | Verdict) -> None:
        """Keep what a guest thinks of an item: `verdict`, `is_favourite`, or both."""
        with self.database.begin() as connection:
            version = rows.touch_reviews(connection, showcase_id)
            _check_item(rows.read_showcase(connection, showcase_id), item_id, None)
            table = SHOWCASE_VERDICTS
            mine = (table.c.item_id == item_id) & (table.c.guest_id == guest.id)
            values = {**given, "changed_at": self.clock(), "version": version}
            if not connection.execute(table.update().where(mine).values(values)).rowcount:
                keys = {"item_id": item_id, "guest_id": guest.id, "showcase_id": showcase_id}
                connection.execute(table.insert().values(**keys, **values))
            count_reviews(connection, item_id)

    def version(self, showcase_id: str) -> int:
        """How often the showcase was written to; what `since` would tell has another then."""
        wanted = sa.select(SHOWCASES.c.version).where(rows.IS_THERE, SHOWCASES.c.id == showcase_id)
        with reading(self.database) as connection:
            version = connection.execute(wanted).scalar_one_or_none()
        if version is None:
            raise ShowcaseNotFound(rows.GONE)
        return int(version)

    def since(self, showcase_id: str, version: int = -1) -> Reviews | None:
        """What was said after a version of the showcase; None where nothing changed since."""
        with reading(self.database) as connection:
            wanted = sa.select(SHOWCASES.c.version, SHOWCASES.c.content_version)
            row = connection.execute(
                wanted.where(rows.IS_THERE, SHOWCASES.c.id == showcase_id)
            ).one_or_none()
            if row is None:
                raise ShowcaseNotFound(rows.GONE)
            if row.version == version:
                return None
            version = min(max(version, -1), row.version)
            return Reviews(
                version=row.version,
                content_version=row.content_version,
                comments=tuple(_placed_comments(connection, showcase_id, version)),
                verdicts=tuple(_verdicts(connection, showcase_id, version)),
            )

    def _checked_place(
        self, connection: Connection, showcase_id: str, new: NewComment, guest: Guest | None
    ) -> Place | None:
        """The place of a comment that may be kept, with the name of what it is in."""
        if guest and _has_said_enough(connection, showcase_id, guest):
            raise InvalidRequest({"": TOO_MANY_COMMENTS})
        taken = sa.select(SHOWCASE_COMMENTS.c.id).where(SHOWCASE_COMMENTS.c.id == new.id)
        if len(new.id) > _ID_MAX_CHARS or connection.execute(taken).first():
            raise InvalidRequest({"": ID_TAKEN})
        item = _check_item(rows.read_showcase(connection, showcase_id), new.item_id, new.place)
        if new.answers:
            asked = _required(_comment(connection, showcase_id, new.answers))
            if asked.item_id != new.item_id or asked.answers:
                raise InvalidRequest({"": NO_ANSWER})
        return replace(new.place, medium=item.media[new.place.side].spec) if new.place else None

    def _change(
        self, showcase_id: str, comment_id: str, guest: Guest | None = None, **values: Any
    ) -> None:
        with self.database.begin() as connection:
            version = rows.touch_reviews(connection, showcase_id)
            kept = _required(_comment(connection, showcase_id, comment_id))
            if guest and kept.guest_id != guest.id:
                raise InvalidRequest({"": "This comment is somebody else's. Nothing was changed."})
            wanted = SHOWCASE_COMMENTS.c.id == comment_id
            changed = SHOWCASE_COMMENTS.update().where(wanted)
            connection.execute(changed.values(**values, version=version))
            count_reviews(connection, kept.item_id)


def _has_said_enough(connection: Connection, showcase_id: str, guest: Guest) -> bool:
    """The maker can always answer; no guest takes the room of all the others."""
    table = SHOWCASE_COMMENTS.c
    own = sa.select(sa.func.count()).where(table.guest_id == guest.id)
    if connection.execute(own).scalar_one() >= limits.MOST_COMMENTS_OF_ONE:
        return True
    return _count(connection, SHOWCASE_COMMENTS, showcase_id) >= limits.MOST_COMMENTS


def _check_item(showcase: Showcase, item_id: str, place: Place | None) -> Item:
    item = showcase.item(item_id)
    if item is None or item.kind is ItemKind.TEXT:
        raise ShowcaseNotFound(NO_ITEM)
    if place is None:
        return item
    is_within = all(it is None or 0 <= it <= 1 for it in (place.x, place.y))
    is_whole = (place.x is None) == (place.y is None)
    if not is_within or not is_whole or not 0 <= place.side < len(item.media):
        raise InvalidRequest({"": NO_PLACE})
    medium = item.media[place.side]
    last_s = medium.duration_s + 1
    last_frame = last_s * max(medium.frames_per_s, 1) if medium.is_clip else -1
    is_in_clip = place.frame is None or 0 <= place.frame <= last_frame
    if not is_in_clip or not 0 <= (place.time_s or 0) <= last_s:
        raise InvalidRequest({"": NO_PLACE})
    return item


def _placed_comments(connection: Connection, showcase_id: str, after: int) -> list[Comment]:
    """The comments, their places by what stands in an item now: a side may have been taken out."""
    items = {it.id: it for it in rows.read_items(connection, [showcase_id]).get(showcase_id, ())}
    return [
        replace(it, place=_standing(it.place, items.get(it.item_id)))
        for it in _comments(connection, showcase_id, after)
    ]


def _standing(place: Place | None, item: Item | None) -> Place | None:
    if place is None or item is None or not place.medium:
        return place
    specs = [medium.spec for medium in item.media]
    return replace(place, side=specs.index(place.medium)) if place.medium in specs else None


def _comments(connection: Connection, showcase_id: str, after: int) -> list[Comment]:
    table = SHOWCASE_COMMENTS
    wanted = table.select().where(table.c.showcase_id == showcase_id, table.c.version > after)
    rows_found = connection.execute(wanted.order_by(table.c.created_at, table.c.id))
    return [_as_comment(row) for row in rows_found]


def _verdicts(connection: Connection, showcase_id: str, after: int) -> list[GivenVerdict]:
    table, guests = SHOWCASE_VERDICTS.c, SHOWCASE_GUESTS.c
    wanted = (
        sa.select(table.item_id, table.guest_id, guests.display_name.label("author"))
        .add_columns(table.verdict, table.is_favourite, table.changed_at)
        .join_from(SHOWCASE_VERDICTS, SHOWCASE_GUESTS, guests.id == table.guest_id)
        .where(table.showcase_id == showcase_id, table.version > after)
        .order_by(table.changed_at, table.guest_id)
    )
    found = [row._asdict() for row in connection.execute(wanted)]
    return [GivenVerdict(**{**it, "verdict": Verdict(it["verdict"])}) for it in found]


def _comment(connection: Connection, showcase_id: str, comment_id: str) -> Comment | None:
    table = SHOWCASE_COMMENTS
    wanted = table.select().where(table.c.id == comment_id, table.c.showcase_id == showcase_id)
    row = connection.execute(wanted).one_or_none()
    return _as_comment(row) if row else None


def _as_comment(row: Row[Any]) -> Comment:
    values = row._asdict()
    left_out = ("showcase_id", "version")
    values = {name: value for name, value in values.items() if name not in left_out}
    return Comment(**{**values, "place": Place.of(values["place"])})


def _required(comment: Comment | None) -> Comment:
    if comment is None or comment.is_deleted:
        raise ShowcaseNotFound(NO_COMMENT)
    return comment


def _count(connection: Connection, table: sa.Table, showcase_id: str) -> int:
    counted = sa.select(sa.func.count()).where(table.c.showcase_id == showcase_id)
    return int(connection.execute(counted).scalar_one())


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
