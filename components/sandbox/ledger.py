"""The account: money in and out, one log row per request, and a balance that adds up.

Charges are held when a request is accepted and booked when its result is reported; a failed
request books nothing.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from components.sandbox.prices import CREDITS_PER_USD


class OutOfCredit(Exception):
    """The balance does not cover the request and those still running."""


@dataclass(frozen=True)
class Movement:
    """One balance movement; `credits` is positive, `direction` carries the sign."""

    number: int
    created_at: datetime
    direction: Literal["TOPUP", "CHARGE"]
    type: Literal["INIT", "MODEL_USAGE"]
    credits: int
    model: str | None = None
    reference_id: str | None = None


@dataclass(frozen=True)
class LogRow:
    """One POST request: who asked (`key`), what for, how it ended and what it cost."""

    created_at: datetime
    key: str
    model: str
    request_id: str
    inference_id: str
    client_request_id: str | None
    succeeded: bool = True
    credits: int = 0


class Ledger:
    """The books of one account; safe to use from several threads."""

    def __init__(
        self,
        balance_usd: float,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._held: dict[str, int] = {}
        self._rows: list[LogRow] = []
        start = round(balance_usd * CREDITS_PER_USD)
        self._movements = [Movement(1, now(), "TOPUP", "INIT", start)]

    def now(self) -> datetime:
        """Return the time of this account's clock, in UTC."""
        return self._now()

    def balance_credits(self) -> int:
        """Return what came in minus what was charged."""
        with self._lock:
            return self._balance()

    def movements(self) -> list[Movement]:
        """Return all movements, newest first."""
        with self._lock:
            return self._movements[::-1]

    def rows(self) -> list[LogRow]:
        """Return all log rows, newest first."""
        with self._lock:
            return self._rows[::-1]

    def hold(self, inference_id: str, credits_needed: int) -> None:
        """Set money aside for a request. Raises `OutOfCredit`."""
        with self._lock:
            if self._balance() - sum(self._held.values()) < credits_needed:
                raise OutOfCredit
            self._held[inference_id] = credits_needed

    def log(self, row: LogRow) -> None:
        """Write down a request."""
        with self._lock:
            self._rows.append(row)

    def charge(self, inference_id: str, model: str, credits_used: int) -> None:
        """Book the charge of a held request and note it in its log row."""
        with self._lock:
            del self._held[inference_id]
            number = len(self._movements) + 1
            self._movements.append(
                Movement(
                    number, self._now(), "CHARGE", "MODEL_USAGE", credits_used, model, inference_id
                )
            )
            self._amend(inference_id, succeeded=True, credits_used=credits_used)

    def release(self, inference_id: str) -> None:
        """Give back what was held for a request that failed."""
        with self._lock:
            self._held.pop(inference_id, None)
            self._amend(inference_id, succeeded=False, credits_used=0)

    def _balance(self) -> int:
        return sum(
            move.credits if move.direction == "TOPUP" else -move.credits for move in self._movements
        )

    def _amend(self, inference_id: str, *, succeeded: bool, credits_used: int) -> None:
        for index, row in enumerate(self._rows):
            if row.inference_id == inference_id:
                self._rows[index] = replace(row, succeeded=succeeded, credits=credits_used)
