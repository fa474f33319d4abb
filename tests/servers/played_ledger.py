"""A ledger that is played: it hands out its charges in pages, and may fail in several ways."""

from bisect import insort
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from components.errors import BadRequest, ProviderError
from components.provider.answers.answer_models import LedgerPage

PAGE_ROWS = 100
Row = tuple[float, str, float]
"""When it was booked (seconds since the epoch), for which inference, USD."""


@dataclass
class PlayedLedger:
    """`asked` are the spans it was asked for; `failure` may be what it answers to one of them."""

    rows: list[Row] = field(default_factory=list)
    asked: list[tuple[float, float | None]] = field(default_factory=list)
    failure: Callable[[float], ProviderError | None] = lambda _: None
    forgets_cursors: bool = False

    def book(self, at: float, inference_id: str, usd: float) -> None:
        insort(self.rows, (at, inference_id, usd))

    def book_others(self, count: int, first_at: float, last_at: float) -> None:
        """Charges of somebody else with the same key, evenly spread."""
        step_s = (last_at - first_at) / count
        rows = [(first_at + number * step_s, f"other-{number}", 0.1) for number in range(count)]
        self.rows = sorted([*self.rows, *rows])

    def page(
        self, *, since: datetime, until: datetime | None = None, cursor: str | None = None
    ) -> LedgerPage:
        since_s = since.timestamp()
        until_s = until.timestamp() if until else None
        self.asked.append((since_s, until_s))
        if error := self.failure(since_s):
            raise error
        if cursor and self.forgets_cursors:
            raise BadRequest("Expected a cursor from a previous page.")
        found = [
            row for row in reversed(self.rows) if since_s <= row[0] < (until_s or float("inf"))
        ]
        start = int(cursor or 0)
        more = str(start + PAGE_ROWS) if start + PAGE_ROWS < len(found) else None
        rows = [
            {
                "created_at": datetime.fromtimestamp(at, UTC),
                "direction": "CHARGE",
                "amount": {"usd": usd},
                "reference_id": inference_id,
            }
            for at, inference_id, usd in found[start : start + PAGE_ROWS]
        ]
        return LedgerPage.model_validate({"data": rows, "pagination": {"next_cursor": more}})
