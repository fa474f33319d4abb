"""How long the sandbox really took, as percentiles per model over a sliding window."""

from collections import defaultdict
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from math import ceil

from components.sandbox.http.responses import timestamp
from components.sandbox.ledger.database import Database

WINDOW_S = 3600


class Metrics:
    """Durations of requests that succeeded; safe to use from several threads."""

    def __init__(
        self,
        database: Database,
        path_of: Callable[[str], str],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`path_of` tells where a model is served."""
        self._path_of = path_of
        self._database = database
        self._now = now

    def record(self, model: str, duration_ms: float) -> None:
        """Note one request that succeeded."""
        with self._database.transaction() as connection:
            values = (self._now().timestamp(), model, duration_ms)
            connection.execute("INSERT INTO served VALUES (?, ?, ?)", values)

    def report(self, aliases: Collection[str]) -> dict[str, object]:
        """Return the published shape; no aliases means every measured model."""
        now = self._now()
        since_s = now.timestamp() - WINDOW_S
        durations: dict[str, list[float]] = defaultdict(list)
        with self._database.transaction() as connection:
            for model, duration_ms in connection.execute(
                "SELECT model, duration_ms FROM served WHERE moment_s >= ?", (since_s,)
            ):
                if not aliases or model in aliases:
                    durations[model].append(duration_ms)
        return {
            "window_seconds": WINDOW_S,
            "generated_at": timestamp(now),
            "models": [
                {
                    "alias": model,
                    "endpoint": self._path_of(model),
                    "metrics": {"duration_ms": percentiles(values)},
                }
                for model, values in sorted(durations.items())
            ],
        }


def percentiles(values: list[float]) -> dict[str, float]:
    """Return p50, p75, p90 and p99 by nearest rank."""
    ordered = sorted(values)
    return {
        f"p{share}": round(ordered[ceil(share / 100 * len(ordered)) - 1], 1)
        for share in (50, 75, 90, 99)
    }
