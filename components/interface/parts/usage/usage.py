"""Usage: what was spent on what, how often it worked and how long it took, in charts and tables."""

from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter
from markupsafe import Markup
from starlette.responses import HTMLResponse, Response

from components.catalog import Catalog
from components.errors import InvalidRequest
from components.interface.parts.usage.charts.periods import days_text, unit
from components.interface.parts.usage.usage_charts import (
    duration_chart,
    runs_chart,
    runs_text,
    spend_chart,
    spend_text,
    success_chart,
)
from components.interface.parts.usage.usage_files import days_csv, models_csv
from components.interface.parts.usage.usage_series import by_period, colour_rules, series_in
from components.interface.services import Services
from components.interface.web.routing import new_router
from components.interface.widgets.section import Section
from components.interface.widgets.templating import render
from components.runs.queries.spending import Spent, day_of
from components.runs.queries.usage import UsageReport, last_days

RANGES_DAYS = (7, 30, 90)
USUAL_DAYS = 30
MOST_DAYS = 3653
"""Ten years: their months are about as many columns as a chart can show."""
FRESH = {"Cache-Control": "no-store"}
UNREADABLE = "Choose a first and a last day."


@dataclass(frozen=True)
class Today:
    """What is true now, whatever days are shown; `limit_usd` is that of a day, None without one."""

    day: date
    spent: Spent
    limit_usd: float | None
    is_sandbox: bool

    @property
    def limit_used_percent(self) -> tuple[int, int]:
        """How much of the limit is charged and how much set aside, together 100 at the most."""
        if not self.limit_usd:
            return 100, 0
        charged = min(100, round(100 * self.spent.charged_usd / self.limit_usd))
        return charged, min(100 - charged, round(100 * self.spent.reserved_usd / self.limit_usd))


class Usage(Section):
    """The choice of days; the script asks for the figures when the tab is opened."""

    def __init__(self) -> None:
        """Offer the usual ranges."""
        super().__init__(render("usage.html", ranges=RANGES_DAYS, usual=USUAL_DAYS))


def usage_router(services: Services) -> APIRouter:
    """`GET /usage` draws the figures of a range; `/usage/days.csv` and `models.csv` hold them."""
    router = new_router()

    def report(days: int, first: str, last: str) -> UsageReport:
        return services.runs.usage(*usage_range(days, first, last, services.clock()))

    def usage(days: int = 0, first: str = "", last: str = "") -> HTMLResponse:
        html = usage_html(report(days, first, last), _today(services), services.catalog)
        return HTMLResponse(html, headers=FRESH)

    def by_day(days: int = 0, first: str = "", last: str = "") -> Response:
        found = report(days, first, last)
        return _file(days_csv(found), "days", found)

    def by_model(days: int = 0, first: str = "", last: str = "") -> Response:
        found = report(days, first, last)
        return _file(models_csv(found), "models", found)

    router.add_api_route("/usage", usage, methods=["GET"])
    router.add_api_route("/usage/days.csv", by_day, methods=["GET"])
    router.add_api_route("/usage/models.csv", by_model, methods=["GET"])
    return router


def usage_range(days: int, first: str, last: str, now: float) -> tuple[date, date]:
    """The days that are asked for: so many up to today, or from one to another, today at most.

    Raises:
        InvalidRequest: no such days.
    """
    if 0 < days <= MOST_DAYS:
        return last_days(days, now)
    today = day_of(now)
    try:
        start, end = date.fromisoformat(first), min(date.fromisoformat(last), today)
    except ValueError as error:
        raise InvalidRequest({"": UNREADABLE}) from error
    if start > end:
        raise InvalidRequest(
            {"": f"Choose a first day that is not after the last, nor after today ({today}, UTC)."}
        )
    if (end - start).days >= MOST_DAYS:
        raise InvalidRequest({"": "Choose ten years at the most."})
    return start, end


def usage_html(report: UsageReport, today: Today, catalog: Catalog) -> Markup:
    """Tiles, charts and tables; without a run in the range only the tiles, and a word."""
    series, usage = series_in(report, catalog), by_period(report)
    return render(
        "usage_figures.html",
        report=report,
        days=(report.last - report.first).days + 1,
        range_text=days_text(report.first, report.last),
        unit=unit(report.first, report.last),
        today=today,
        series=series,
        colours=colour_rules(catalog),
        usage=usage,
        models={each.model: each for each in report.models},
        spend_text=spend_text,
        runs_text=runs_text,
        spend=spend_chart(usage, series, today.day),
        runs=runs_chart(usage, series, today.day),
        success=success_chart(report.models, series),
        duration=duration_chart(report.models, series),
    )


def _today(services: Services) -> Today:
    return Today(
        day=day_of(services.clock()),
        spent=services.runs.spent_today(),
        limit_usd=services.runs.limit.usd,
        is_sandbox=services.is_sandbox,
    )


def _file(text: str, what: str, report: UsageReport) -> Response:
    name = f"usage-{what}-{report.first}-to-{report.last}.csv"
    headers = {**FRESH, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)
