"""The account: money in and out, one log row per request, and a balance that adds up.

Charges are held when a request is accepted and booked when its result is reported; a failed
request database nothing.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from components.sandbox.ledger.database import Connection, Database
from components.sandbox.ledger.prices import CREDITS_PER_USD


class OutOfCredit(Exception):
    """The balance does not cover the request and those still running."""


@dataclass(frozen=True)
class Movement:
    """One balance movement; `credits` is positive, `direction` carries the sign."""

    number: int
    created_at: datetime
    direction: Literal["TOPUP", "CHARGE"]
    type: Literal["INIT", "BONUS", "MODEL_USAGE"]
    credits: int
    model: str | None = None
    reference_id: str | None = None


@dataclass(frozen=True)
class LogRow:
    """One POST request: who asked, what for, how it ended and what it cost.

    `key` is the fingerprint of the caller's key: the database holds no secret.
    """

    created_at: datetime
    key: str
    model: str
    request_id: str
    inference_id: str
    client_request_id: str | None
    succeeded: bool = True
    credits: int = 0


class Ledger:
    """The money of one account; safe to use from several threads."""

    def __init__(
        self,
        database: Database,
        balance_usd: float,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        *,
        refills: bool = False,
    ) -> None:
        """Take up the account in `database`; a new one begins with `balance_usd`.

        One that `refills` is filled again when it is too empty for a request.
        """
        self._database = database
        self._now = now
        self._refills = refills
        self._full_credits = round(balance_usd * CREDITS_PER_USD)
        with database.transaction() as connection:
            if connection.execute("SELECT 1 FROM movements").fetchone() is None:
                self._move(connection, "TOPUP", "INIT", self._full_credits)

    def now(self) -> datetime:
        """Return the time of this account's clock, in UTC."""
        return self._now()

    def balance_credits(self) -> int:
        """Return what came in minus what was charged."""
        with self._database.transaction() as connection:
            return _balance(connection)

    def movements(self) -> list[Movement]:
        """Return all movements, newest first."""
        with self._database.transaction() as connection:
            found = connection.execute(
                "SELECT number, created_at_s, direction, type, credits, model, reference_id"
                " FROM movements ORDER BY number DESC"
            ).fetchall()
        return [Movement(number, _moment(time_s), *rest) for number, time_s, *rest in found]

    def rows(self) -> list[LogRow]:
        """Return all log rows, newest first."""
        with self._database.transaction() as connection:
            found = connection.execute(
                "SELECT created_at_s, key, model, request_id, inference_id, client_request_id,"
                " succeeded, credits FROM requests ORDER BY number DESC"
            ).fetchall()
        return [
            LogRow(_moment(time_s), key, model, request, inference, own, bool(succeeded), used)
            for time_s, key, model, request, inference, own, succeeded, used in found
        ]

    def hold(self, inference_id: str, credits_needed: int) -> None:
        """Set money aside for a request. Raises `OutOfCredit`."""
        with self._database.transaction() as connection:
            (held,) = connection.execute("SELECT coalesce(sum(credits), 0) FROM holds").fetchone()
            missing = credits_needed + held - _balance(connection)
            if missing > 0 and not self._refills:
                raise OutOfCredit
            if missing > 0:
                self._move(connection, "TOPUP", "BONUS", self._full_credits + missing)
            connection.execute("INSERT INTO holds VALUES (?, ?)", (inference_id, credits_needed))

    def log(self, row: LogRow) -> None:
        """Write down a request."""
        values = (row.created_at.timestamp(), row.key, row.model, row.request_id, row.inference_id)
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO requests (created_at_s, key, model, request_id, inference_id,"
                " client_request_id, succeeded, credits) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (*values, row.client_request_id, row.succeeded, row.credits),
            )

    def charge(self, inference_id: str, model: str, credits_used: int) -> None:
        """Book the charge of a held request and note it in its log row."""
        with self._database.transaction() as connection:
            self._move(connection, "CHARGE", "MODEL_USAGE", credits_used, model, inference_id)
            _end(connection, inference_id, succeeded=True, credits_used=credits_used)

    def release(self, inference_id: str) -> None:
        """Give back what was held for a request that failed."""
        with self._database.transaction() as connection:
            _end(connection, inference_id, succeeded=False, credits_used=0)

    def top_up(self) -> None:
        """Fill an account again that has less than a tenth of its first balance left."""
        with self._database.transaction() as connection:
            balance = _balance(connection)
            if balance < self._full_credits // 10:
                self._move(connection, "TOPUP", "BONUS", self._full_credits - balance)

    def _move(
        self, connection: Connection, direction: str, kind: str, amount: int, *source: str
    ) -> None:
        model, reference_id = source or (None, None)
        connection.execute(
            "INSERT INTO movements (created_at_s, direction, type, credits, model, reference_id)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (self._now().timestamp(), direction, kind, amount, model, reference_id),
        )


def fingerprint(key: str) -> str:
    """Return what the log keeps of a caller's key."""
    return hashlib.sha256(key.encode()).hexdigest()


def _balance(connection: Connection) -> int:
    (balance,) = connection.execute(
        "SELECT coalesce(sum(CASE direction WHEN 'TOPUP' THEN credits ELSE -credits END), 0)"
        " FROM movements"
    ).fetchone()
    return int(balance)


def _end(connection: Connection, inference_id: str, *, succeeded: bool, credits_used: int) -> None:
    connection.execute("DELETE FROM holds WHERE inference_id = ?", (inference_id,))
    connection.execute(
        "UPDATE requests SET succeeded = ?, credits = ? WHERE inference_id = ?",
        (succeeded, credits_used, inference_id),
    )


def _moment(time_s: float) -> datetime:
    return datetime.fromtimestamp(time_s, UTC)
