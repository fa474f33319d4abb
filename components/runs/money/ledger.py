"""The provider's ledger, read page by page from the newest charge in a span of time backwards."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Protocol

from components.errors import BadRequest, Unreadable
from components.provider.answers.answer_models import Charge, LedgerPage

LOG_MARGIN = timedelta(minutes=5)
"""The provider's clock and ours may differ by this much."""
LAST_MARGIN = timedelta(hours=26)
"""Before a request is given up, a clock that is far off, or of another zone, is thought of too."""
OVERLAP = timedelta(seconds=1)
"""Charges of the same moment may stand on two pages."""
END_OF_TIME = datetime(9999, 1, 1, tzinfo=UTC)
MAX_PAGES = 100
"""More are not read by `find_charge`: what may stand on a later one is not taken for absent."""


class ReadPage(Protocol):
    """How the ledger is asked, newest charge first. Raises `ProviderError`."""

    def __call__(
        self, *, since: datetime, until: datetime | None, cursor: str | None
    ) -> LedgerPage:
        """A page of the charges from `since` on and before `until`."""
        ...


@dataclass
class LedgerScan:
    """Where one is in the ledger's part from `since` on, before `until` (None: up to now)."""

    since: datetime
    until: datetime | None = None
    is_read: bool = False
    _cursor: str | None = None
    _cursors: set[str] = field(default_factory=set)
    _oldest: datetime | None = None

    def page(self, read: ReadPage) -> LedgerPage:
        """The page one is at; `turn` goes on behind it.

        Raises:
            ProviderError: it cannot be read; one is still there.
        """
        try:
            return read(since=self.since, until=self.until, cursor=self._cursor)
        except BadRequest:
            # A cursor may be taken no longer; the same place is found by its time.
            if self._cursor is None or not self._go_on_by_time():
                raise
            return read(since=self.since, until=self.until, cursor=None)

    def turn(self, page: LedgerPage) -> None:
        """Go on behind a page that was read. Raises `Unreadable` where it leads nowhere new."""
        moments = [_in_utc(charge.created_at) for charge in page.data]
        if moments:
            self._oldest = min([*moments, self._oldest or moments[0]])
        cursor = page.pagination.next_cursor
        if not cursor or (moments and max(moments) < self.since):
            self.is_read = True
        elif cursor not in self._cursors:
            self._cursors.add(cursor)
            self._cursor = cursor
        elif not self._go_on_by_time():
            raise Unreadable("The provider's ledger cannot be read to its end.")

    def _go_on_by_time(self) -> bool:
        """Begin anew below what was read; false where that is no way on."""
        if self._oldest is None or self._oldest >= END_OF_TIME:
            return False
        until = self._oldest + OVERLAP
        if until <= self.since or (self.until and until >= self.until):
            return False
        self.until, self._cursor = until, None
        self._cursors.clear()
        return True


def charges_on(page: LedgerPage, inference_ids: Collection[str]) -> dict[str, Charge]:
    """The charges on a page for some inferences, by their id; one below zero is none."""
    return {
        charge.reference_id: charge
        for charge in reversed(page.data)
        if charge.reference_id
        and charge.reference_id in inference_ids
        and charge.direction == "CHARGE"
        and 0 <= charge.amount.usd < inf
    }


def find_charge(
    read: ReadPage, inference_id: str, since: datetime, until: datetime | None = None
) -> Charge | None:
    """The charge for one inference, or None where there is none yet.

    Raises:
        ProviderError: the ledger cannot be read, or not to its end.
    """
    scan = LedgerScan(since, until)
    for _ in range(MAX_PAGES):
        page = scan.page(read)
        if found := charges_on(page, {inference_id}):
            return found[inference_id]
        scan.turn(page)
        if scan.is_read:
            return None
    raise Unreadable("The provider's ledger is too long to be read to its end.")


def _in_utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
