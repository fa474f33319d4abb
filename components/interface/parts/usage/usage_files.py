"""The figures of use as files for a spreadsheet."""

import csv
import io
from collections.abc import Iterable

from components.runs.queries.usage import Tally, UsageReport

ENDINGS = ("runs", "done", "failed", "cancelled", "charged_usd", "done_without_known_charge")


def days_csv(report: UsageReport) -> str:
    """One line for each day (UTC) and model that had a run."""
    rows = ((each.day.isoformat(), each.model, *_endings(each.tally)) for each in report.days)
    return _written(("day", "model", *ENDINGS), rows)


def models_csv(report: UsageReport) -> str:
    """One line for each model; durations are seconds from sending to result, empty without any."""
    rows = (
        (each.model, *_endings(each.tally), *(_seconds(it) for it in (each.p50_s, each.p90_s)))
        for each in report.models
    )
    return _written(("model", *ENDINGS, "duration_p50_s", "duration_p90_s"), rows)


def _endings(tally: Tally) -> tuple[object, ...]:
    ways = (tally.runs, tally.done, tally.failed, tally.cancelled)
    return *ways, f"{tally.charged_usd:.6f}", tally.uncharged


def _seconds(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds:.1f}"


def _written(heading: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(heading)
    writer.writerows(rows)
    return text.getvalue()
