"""Links to a showcase: who has one sees it, until it ends; a guesser learns nothing."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from components.catalog.storable_text import storable
from components.database.engine import reading
from components.database.showcase_tables import SHOWCASE_LINKS, SHOWCASES
from components.errors import ShowcaseNotFound
from components.runs.store.change_log import note_written
from components.showcases import limits, passphrases
from components.showcases.showcase import Showcase
from components.showcases.store import rows

TOKEN_BYTES = 24
"""192 random bits."""
NO_LINK = "There is nothing here: the link may have ended, or be incomplete. Ask who sent it."
NOT_SHARED = "This showcase has no link. Nothing was changed."


@dataclass(frozen=True, kw_only=True)
class Link:
    """A way in. Times are seconds since the epoch; `expires_at` is None for a link without end.

    `passphrase_hash` is "" where none is asked for.
    """

    token: str
    showcase_id: str
    created_at: float
    expires_at: float | None = None
    passphrase_hash: str = ""
    opened_count: int = 0
    opened_at: float | None = None

    @property
    def has_passphrase(self) -> bool:
        """Whether a passphrase is asked for."""
        return bool(self.passphrase_hash)

    @property
    def proof(self) -> str:
        """What a browser shows that gave the passphrase; another passphrase makes it void."""
        key = self.passphrase_hash.encode()
        return hmac.new(key, self.token.encode(), hashlib.sha256).hexdigest()

    def admits(self, proof: str) -> bool:
        """Whether somebody may see what the link leads to."""
        return not self.has_passphrase or hmac.compare_digest(
            self.proof.encode(), proof.encode(errors="replace")
        )


@dataclass(frozen=True)
class Links:
    """Safe from any thread; `clock` gives seconds since the epoch."""

    database: sa.Engine
    clock: Callable[[], float]

    def of(self, showcase_id: str) -> Link | None:
        """The link that leads to a showcase now."""
        with reading(self.database) as connection:
            return _current(connection, showcase_id, self.clock())

    def share(
        self, showcase_id: str, *, expires_at: float | None = None, passphrase: str | None = None
    ) -> Link:
        """Make the link, or change when it ends and what it asks for.

        `passphrase` is None to leave it, and "" to ask for none.

        Raises:
            InvalidRequest: the end is in the past, or the passphrase too short.
            ShowcaseNotFound: it was deleted.
        """
        ends_at = limits.expiry(expires_at, self.clock())
        values: dict[str, Any] = {"expires_at": ends_at}
        if passphrase is not None:
            kept = passphrases.hashed(limits.passphrase(passphrase)) if passphrase else ""
            values["passphrase_hash"] = kept
        with self.database.begin() as connection:
            rows.touch_reviews(connection, showcase_id)
            link = _current(connection, showcase_id, self.clock())
            token = link.token if link else self._insert(connection, showcase_id)
            changed = SHOWCASE_LINKS.update().where(SHOWCASE_LINKS.c.token == token)
            connection.execute(changed.values(values))
            return _required(_current(connection, showcase_id, self.clock()))

    def renew(self, showcase_id: str) -> Link:
        """Let another link take the place of this one, which leads nowhere from now on.

        Raises:
            ShowcaseNotFound: it was deleted, or has no link.
        """
        with self.database.begin() as connection:
            rows.touch_reviews(connection, showcase_id)
            link = _required(_current(connection, showcase_id, self.clock()))
            self._revoke(connection, showcase_id)
            token = self._insert(connection, showcase_id)
            kept = {"expires_at": link.expires_at, "passphrase_hash": link.passphrase_hash}
            changed = SHOWCASE_LINKS.update().where(SHOWCASE_LINKS.c.token == token)
            connection.execute(changed.values(kept))
            return _required(_current(connection, showcase_id, self.clock()))

    def revoke(self, showcase_id: str) -> None:
        """End every link to it at once. Raises `ShowcaseNotFound`."""
        with self.database.begin() as connection:
            rows.touch_reviews(connection, showcase_id)
            self._revoke(connection, showcase_id)

    def find(self, token: str) -> Link:
        """The link with this token.

        Raises:
            ShowcaseNotFound: unknown, revoked, or over: always the same words.
        """
        with reading(self.database) as connection:
            wanted = SHOWCASE_LINKS.select().join(
                SHOWCASES, (SHOWCASES.c.id == SHOWCASE_LINKS.c.showcase_id) & rows.IS_THERE
            )
            there = wanted.where(
                SHOWCASE_LINKS.c.token == storable(token)[:64], rows.link_is_open(self.clock())
            )
            return _required(_as_link(connection.execute(there).one_or_none()), NO_LINK)

    def showcase(self, link: Link) -> Showcase:
        """What the link leads to. Raises `ShowcaseNotFound` when it was deleted meanwhile."""
        with reading(self.database) as connection:
            try:
                return rows.read_showcase(connection, link.showcase_id)
            except ShowcaseNotFound:
                raise ShowcaseNotFound(NO_LINK) from None

    def opened(self, link: Link) -> None:
        """Note that somebody opened it."""
        with self.database.begin() as connection:
            count = SHOWCASE_LINKS.c.opened_count + 1
            opened = SHOWCASE_LINKS.update().where(SHOWCASE_LINKS.c.token == link.token)
            connection.execute(opened.values(opened_count=count, opened_at=self.clock()))
            note_written(connection, rows.CHANGE_PREFIX + link.showcase_id)

    def _insert(self, connection: Connection, showcase_id: str) -> str:
        token = secrets.token_urlsafe(TOKEN_BYTES)
        connection.execute(
            SHOWCASE_LINKS.insert().values(
                token=token, showcase_id=showcase_id, created_at=self.clock()
            )
        )
        return token

    def _revoke(self, connection: Connection, showcase_id: str) -> None:
        there = SHOWCASE_LINKS.c.showcase_id == showcase_id
        revoked = SHOWCASE_LINKS.update().where(there, SHOWCASE_LINKS.c.revoked_at.is_(None))
        connection.execute(revoked.values(revoked_at=self.clock()))


def _current(connection: Connection, showcase_id: str, now: float) -> Link | None:
    wanted = SHOWCASE_LINKS.select().where(
        SHOWCASE_LINKS.c.showcase_id == showcase_id, rows.link_is_open(now)
    )
    newest = wanted.order_by(SHOWCASE_LINKS.c.created_at.desc(), SHOWCASE_LINKS.c.token).limit(1)
    return _as_link(connection.execute(newest).one_or_none())


def _as_link(row: Row[Any] | None) -> Link | None:
    if row is None:
        return None
    values = {name: it for name, it in row._asdict().items() if name != "revoked_at"}
    return Link(**values)


def _required(link: Link | None, sentence: str = NOT_SHARED) -> Link:
    if link is None:
        raise ShowcaseNotFound(sentence)
    return link
