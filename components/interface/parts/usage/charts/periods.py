"""A range of days cut into as many columns as can be told apart: days, else weeks, else months."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

DAILY_UP_TO = 92
"""Days, about a quarter of a year."""
WEEKLY_UP_TO = 731
"""Days, two years."""
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """One column: the days from `first` to `last`, both included, and what stands below it."""

    first: date
    last: date
    label: str

    @property
    def days(self) -> list[date]:
        """Each of them."""
        return [self.first + n * ONE_DAY for n in range((self.last - self.first).days + 1)]

    @property
    def title(self) -> str:
        """As in "Tue 24 Nov 2026" or "23 Nov to 29 Nov 2026"."""
        if self.first == self.last:
            return f"{self.first:%a} {day_text(self.first)} {self.first.year}"
        return days_text(self.first, self.last)


def periods(first: date, last: date) -> list[Period]:
    """The range in order, without a gap; weeks begin on Monday, and both ends may be cut off."""
    one = unit(first, last)
    found = []
    while first <= last:
        end = min(last, _END_OF[one](first))
        label = f"{first:%b} {first.year}" if one == "month" else day_text(first)
        found.append(Period(first, end, label))
        first = end + ONE_DAY
    return found


def unit(first: date, last: date) -> str:
    """What the columns of such a range are: "day", "week" or "month"."""
    days = (last - first).days + 1
    if days <= DAILY_UP_TO:
        return "day"
    return "week" if days <= WEEKLY_UP_TO else "month"


def day_text(day: date) -> str:
    """As in "4 Nov"."""
    return f"{day.day} {day:%b}"


def days_text(first: date, last: date) -> str:
    """As in "4 Nov to 3 Dec 2026"."""
    if first == last:
        return f"{day_text(first)} {first.year}"
    year = "" if first.year == last.year else f" {first.year}"
    return f"{day_text(first)}{year} to {day_text(last)} {last.year}"


def _sunday(day: date) -> date:
    return day + timedelta(days=6 - day.weekday())


def _month_end(day: date) -> date:
    in_next_month = day.replace(day=28) + timedelta(days=4)
    return in_next_month - timedelta(days=in_next_month.day)


_END_OF: dict[str, Callable[[date], date]] = {
    "day": lambda day: day,
    "week": _sunday,
    "month": _month_end,
}
