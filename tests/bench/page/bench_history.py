"""The store's side of History with 10,000 runs, against the same with 100."""

import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from components.runs.queries.history import Query
from components.runs.run import Event, Output, Run, Status
from components.runs.store.run_store import RunStore
from tests.samples.models import MODELS

FEW, MANY = 100, 10_000
ROUNDS = 60
ON_THE_PAGE = 25
STARTED_AT = 1_700_000_000.0
QUERIES = {
    "first page": Query(),
    "a page in the middle": Query(created_to=STARTED_AT + 50),
    "search: a word in every run": Query(text="boat"),
    "search: a word in each fourth run": Query(text="harbour"),
    "search: a word in 25 runs": Query(text="lighthouse"),
    "search: a word in no run": Query(text="zeppelin"),
    "search: two letters in 25 runs": Query(text="qx"),
    "filter: one of five models": Query(model=MODELS[2].model_id),
    "filter: failed, each fourth run": Query(status="failed"),
    "filter: three statuses": Query(statuses=["done", "failed", "cancelled"]),
    "filter: favourites, each fourth run": Query(favourite=True),
    "filter: a plan of 25 runs": Query(group_id="plan"),
    "model, status and word together": Query(
        model=MODELS[2].model_id, status="failed", text="boat"
    ),
}


def rows() -> list[tuple[str, ...]]:
    """The quick fifth of many calls, taken in turn so that both meet the same noise."""
    with tempfile.TemporaryDirectory() as name:
        few, few_bytes = filled(Path(name), FEW)
        many, many_bytes = filled(Path(name), MANY)
        table: list[tuple[str, ...]] = [
            (f"milliseconds, rows of {ON_THE_PAGE - 1}", "100", "10,000", "ratio", "target")
        ]
        table += [_row(label, query, few, many) for label, query in QUERIES.items()]
        few.close()
        many.close()
        kb = (few_bytes / FEW / 1000, many_bytes / MANY / 1000)
        size = ("database, kB a run", *(f"{it:.1f}" for it in kb), f"{kb[1] / kb[0]:.2f}", "1.0")
    return [*table, size]


def _row(label: str, query: Query, few: RunStore, many: RunStore) -> tuple[str, ...]:
    few_s, many_s = [], []
    for _ in range(ROUNDS):
        few_s.append(seconds_of(lambda: few.find_cards(query)))
        many_s.append(seconds_of(lambda: many.find_cards(query)))
    quick, other = (sorted(seconds)[ROUNDS // 5] * 1000 for seconds in (few_s, many_s))
    return label, f"{quick:.2f}", f"{other:.2f}", f"{other / quick:.2f}", "1.5"


def seconds_of(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def filled(folder: Path, count: int) -> tuple[RunStore, int]:
    """A store of so many runs, and the size of its file in bytes."""
    file = folder / f"{count}.sqlite3"
    store = RunStore(f"sqlite:///{file}")
    chance = random.Random(1)
    store.add(*(_run(number, count, chance) for number in range(count)))
    store.close()
    return RunStore(f"sqlite:///{file}"), file.stat().st_size


def _run(number: int, count: int, chance: random.Random) -> Run:
    at = STARTED_AT + number * 100 / count
    few_have_it = number % (count // ON_THE_PAGE) == 0
    prompt = " ".join(
        [
            *("".join(chance.choices("abcdefghij", k=chance.randint(3, 9))) for _ in range(30)),
            "boat",
            "harbour" if number % 4 == 0 else "",
            "lighthouse qx" if few_have_it else "",
        ]
    )
    name = f"{chance.getrandbits(256):064x}"
    return Run(
        id=f"{chance.getrandbits(128):032x}",
        model=MODELS[number % len(MODELS)].model_id,
        request={"prompt": prompt, "image_url": f"/media/{name}.png", "duration": 5},
        created_at=at,
        next_step_at=at,
        status=Status.FAILED if number % 4 == 0 else Status.DONE,
        submitted_at=at,
        finished_at=at + 60,
        generation_id=name,
        charged_usd=0.56,
        response={"id": name, "status": "completed", "video": {"url": f"https://a/{name}.mp4"}},
        outputs=(Output("video", f"https://a/{name}.mp4", f"{name}.mp4", f"{name}.jpg"),),
        events=tuple(Event(at, "Something that happened to this run.") for _ in range(6)),
        favourite=number % 4 == 1,
        group_id="plan" if few_have_it else None,
    )


if __name__ == "__main__":
    for row in rows():
        print("  ".join(cell.ljust(36 if at == 0 else 8) for at, cell in enumerate(row)))
