"""A report's figures as the Usage view cuts them: models with a name and a colour, and periods."""

from collections import defaultdict
from dataclasses import dataclass

from components.catalog import Catalog
from components.interface.parts.usage.charts.periods import Period, periods
from components.runs.queries.usage import Tally, UsageReport

CHOSEN_COLOURS = 5
"""The styles have colours for so many, which everybody can tell apart."""
GOLDEN_ANGLE_DEG = 137.508
LIGHT_PERCENT, DARK_PERCENT, CHROMA = 52, 72, 0.13


@dataclass(frozen=True)
class Series:
    """A model as the charts show it; `look` is the class that gives it its colour."""

    model: str
    name: str
    look: str


@dataclass(frozen=True)
class PeriodUsage:
    """One column of the charts over time: the tallies of the models that had runs."""

    period: Period
    tallies: dict[str, Tally]

    @property
    def total(self) -> Tally:
        """All models together."""
        return sum(self.tallies.values(), Tally())


def series_in(report: UsageReport, catalog: Catalog) -> list[Series]:
    """The models that have figures, in tab order; one that is no longer offered comes last.

    A model has its colour by its place among all, so that it keeps it whatever else is shown.
    """
    there = {each.model for each in report.models}
    offered = [
        Series(model.model_id, model.title, f"series-{place}")
        for place, model in enumerate(catalog, 1)
    ]
    gone = there - {each.model for each in offered}
    return [
        *(each for each in offered if each.model in there),
        *(Series(model, model, "series-other") for model in sorted(gone)),
    ]


def colour_rules(catalog: Catalog) -> list[tuple[str, str]]:
    """The classes of models beyond those whose colours were chosen, and their colours.

    Hues go round by the golden angle, so that neighbours differ most; they stand out from the
    panel in light and dark, yet nobody promises that all eyes can tell any number of them apart.
    """
    rules = []
    for place in range(CHOSEN_COLOURS + 1, len(catalog) + 1):
        hue = round(place * GOLDEN_ANGLE_DEG % 360)
        light, dark = (f"oklch({it}% {CHROMA} {hue})" for it in (LIGHT_PERCENT, DARK_PERCENT))
        rules.append((f"series-{place}", f"light-dark({light}, {dark})"))
    return rules


def by_period(report: UsageReport) -> list[PeriodUsage]:
    """The report's range in days, weeks or months, those without a run included."""
    cut = periods(report.first, report.last)
    place_of = {day: place for place, period in enumerate(cut) for day in period.days}
    tallies: list[dict[str, Tally]] = [defaultdict(Tally) for _ in cut]
    for each in report.days:
        tallies[place_of[each.day]][each.model] += each.tally
    return [PeriodUsage(period, dict(found)) for period, found in zip(cut, tallies, strict=True)]
