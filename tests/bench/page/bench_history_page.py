"""History as the page asks for it, over HTTP: 10,000 runs against 100."""

import tempfile
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import httpx

from tests.apps.playgrounds import serving, small_sandbox
from tests.bench.page.bench_history import FEW, MANY, filled, seconds_of

ROUNDS = 40
ASKED = {
    "first page": "",
    "four pages at once": "?limit=96",
    "search: a word in each run": "?text=boat",
    "search: a word in 25 runs": "?text=lighthouse",
    "filter: failed": "?status=failed",
    "filter: favourites": "?favourite=true",
}


def rows() -> list[tuple[str, ...]]:
    """The quick fifth of many requests, taken in turn so that both meet the same noise."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        sandbox = stack.enter_context(small_sandbox())
        clients = []
        for count in (FEW, MANY):
            folder = Path(name) / str(count)
            folder.mkdir()
            filled(folder, count)[0].close()
            database = f"sqlite:///{folder / f'{count}.sqlite3'}"
            running = stack.enter_context(
                serving(folder, sandbox, PLAYGROUND_DATABASE_URL=database)
            )
            clients.append(stack.enter_context(httpx.Client(base_url=running.url)))
        heading = ("milliseconds a request", "100", "10,000", "ratio", "target")
        return [heading, *(_row(label, asked, clients) for label, asked in ASKED.items())]


def _row(label: str, asked: str, clients: list[httpx.Client]) -> tuple[str, ...]:
    taken: list[list[float]] = [[] for _ in clients]
    for _ in range(ROUNDS):
        for client, seconds in zip(clients, taken, strict=True):
            seconds.append(seconds_of(partial(client.get, f"/history{asked}")))
    few, many = (sorted(seconds)[ROUNDS // 5] * 1000 for seconds in taken)
    return label, f"{few:.1f}", f"{many:.1f}", f"{many / few:.2f}", "1.5"
