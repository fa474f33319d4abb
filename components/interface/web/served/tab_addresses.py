"""Which tab an address of the page means."""

from collections.abc import Mapping
from contextlib import suppress

from components.errors import RunNotFound
from components.runs.service import RunService


def asked_tab(runs: RunService, query: Mapping[str, str]) -> str | None:
    """The tab that a query names, or that of the run, comparison or showcase it names."""
    if tab := query.get("tab"):
        return tab
    if query.get("compare"):
        return "compare"
    if query.get("showcase"):
        return "showcases"
    if run_id := query.get("run"):
        with suppress(RunNotFound):
            model = runs.catalog.find(runs.get(run_id).model)
            return model.api_name if model else None
    return None
