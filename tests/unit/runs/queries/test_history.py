"""The history lists every run exactly once, page by page, and finds what was typed."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from components.runs.queries.history import Query, Reviewed
from components.runs.queries.prompt_search import RARE
from components.runs.run import Output, Parent, Status
from components.runs.store.run_store import RunStore
from tests.samples.run_samples import FRAMES, IMAGE_O1, NOW, run_store, sample_run


def listed(store: RunStore, limit: int = 3, **query: Any) -> list[str]:
    """The ids of all pages, one after the other."""
    ids: list[str] = []
    cursor = ""
    while True:
        page = store.find(Query(limit=limit, cursor=cursor, **query))
        assert len(page.runs) <= limit
        ids += [run.id for run in page.runs]
        cursor = page.next_cursor
        if not cursor:
            return ids


@pytest.fixture(scope="module")
def store(new_database: Callable[[], str]) -> Iterator[RunStore]:
    opened = run_store(new_database())
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def prompts(store: RunStore) -> list[str]:
    texts = ["100% sure", "100 per cent", "snake_case", "snakeXcase", "Back\\slash", "a/b", "plain"]
    for number, text in enumerate(texts):
        request = {"prompt": text, "image_url": "https://a"}
        store.add(sample_run(f"{number}", request=request, created_at=NOW + number))
    return texts


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    seconds=st.lists(st.sampled_from([0.0, 0.1, 0.30000000000000004, 7.0]), max_size=9),
    limit=st.integers(1, 4),
)
def test_pages_show_each_run_once_and_newest_first_even_at_equal_times(
    new_database: Callable[[], str], seconds: list[float], limit: int
) -> None:
    store = run_store(new_database())
    for number, second in enumerate(seconds):
        store.add(sample_run(f"run-{number}", created_at=NOW + second))
    newest = sorted(
        ((NOW + at, f"run-{number}") for number, at in enumerate(seconds)), reverse=True
    )
    assert listed(store, limit) == [run_id for _, run_id in newest]
    store.close()


def test_a_run_added_meanwhile_does_not_shift_the_next_page(store_url: str) -> None:
    store = run_store(store_url)
    for number in range(4):
        store.add(sample_run(f"run-{number}", created_at=NOW + number))
    first = store.find(Query(limit=2))
    store.add(sample_run("newer", created_at=NOW + 99))
    second = store.find(Query(limit=2, cursor=first.next_cursor))
    store.close()
    assert [run.id for run in second.runs] == ["run-1", "run-0"]
    assert second.next_cursor == ""


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("%", ["100% sure"]),
        ("_", ["snake_case"]),
        ("\\", ["Back\\slash"]),
        ("/", ["a/b"]),
        ("SNAKE", ["snakeXcase", "snake_case"]),
        ("100", ["100 per cent", "100% sure"]),
        ("'; DROP TABLE runs; --", []),
    ],
)
def test_what_was_typed_is_looked_for_letter_by_letter(
    store: RunStore, prompts: list[str], typed: str, found: list[str]
) -> None:
    assert [prompts[int(run_id)] for run_id in listed(store, text=typed)] == found


@pytest.mark.parametrize("cursor", ["nonsense", "~", "nan~x", "1e999~x", "'~'"])
def test_a_cursor_of_somebody_elses_making_is_no_error(store: RunStore, cursor: str) -> None:
    store.find(Query(cursor=cursor))


def test_model_and_status_narrow_the_list(store_url: str) -> None:
    store = run_store(store_url)
    store.add(sample_run("picture", model=IMAGE_O1))
    store.add(sample_run("video", status=Status.DONE))
    assert listed(store, model=IMAGE_O1) == ["picture"]
    assert listed(store, status="done") == ["video"]
    assert listed(store, model=FRAMES, status="queued") == []
    store.close()


def test_every_filter_narrows_the_list(store_url: str) -> None:
    store = run_store(store_url)
    for number, status in enumerate(Status):
        store.add(sample_run(f"{number}", status=status, created_at=NOW + number))
    store.add(sample_run("planned", group_id="plan", created_at=NOW - 1))
    store.annotate("2", favourite=True)
    assert listed(store, favourite=True) == ["2"]
    assert listed(store, group_id="plan") == ["planned"]
    assert listed(store, statuses=["done", "failed"]) == ["6", "5"]
    assert listed(store, created_from=NOW + 2, created_to=NOW + 4) == ["3", "2"]
    assert store.count(Query(statuses=["done", "failed"])) == 2
    assert store.count(Query(statuses=["done", "failed"]), most=1) == 1
    store.close()


def test_a_search_finds_titles_and_prompts_in_any_case_and_script(store_url: str) -> None:
    store = run_store(store_url)
    store.add(sample_run("prompt", request={"prompt": "Ein ÄRMEL"}))
    store.add(sample_run("title"))
    assert store.annotate("title", title="Straße am Ärmelkanal").title == "Straße am Ärmelkanal"
    assert listed(store, text="ärmel") == ["title", "prompt"]
    assert listed(store, text="STRASSE") == ["title"]
    assert listed(store, text="a boat") == ["title"]
    store.annotate("title", title="")
    assert listed(store, text="ärmel") == ["prompt"]
    store.close()


@pytest.mark.parametrize("count", [RARE - 1, RARE + 5], ids=["rare", "common"])
@pytest.mark.parametrize("typed", ["boat", "bo", 'a "red" boat', "zzz", "a\0b"])
def test_a_word_is_found_however_many_runs_have_it(store_url: str, count: int, typed: str) -> None:
    store = run_store(store_url)
    request = {"prompt": 'A "red" boat a\0b'}
    runs = [sample_run(f"{n:04}", request=request, created_at=NOW + n) for n in range(count)]
    store.add(*runs, sample_run("else", request={"prompt": "A red b-o-at"}, created_at=NOW + 999))
    newest = [] if typed == "zzz" else [f"{n:04}" for n in range(count - 1, -1, -1)]
    page = store.find_cards(Query(text=typed, limit=3))
    assert [card.id for card in page.runs] == newest[:3]
    assert store.count(Query(text=typed)) == len(newest)
    store.close()


def test_a_purged_run_is_no_longer_found(store_url: str) -> None:
    store = run_store(store_url)
    store.add(sample_run("a", status=Status.DONE), sample_run("b", request={"prompt": "A boat"}))
    store.delete(["a"], NOW)
    store.purge(NOW + 1, lambda _: None)
    assert listed(store, text="boat") == ["b"]
    store.close()


def test_the_words_of_a_purged_run_are_forgotten(tmp_path: Path) -> None:
    store = run_store(tmp_path)
    store.add(sample_run("a", status=Status.DONE), sample_run("b", request={"prompt": "A boat"}))
    store.delete(["a"], NOW)
    store.purge(NOW + 1, lambda _: None)
    store.close()
    with sqlite3.connect(tmp_path / "runs.sqlite3") as connection:
        connection.execute("INSERT INTO run_letters(run_letters) VALUES('integrity-check')")
        assert connection.execute("SELECT count(*) FROM run_letters").fetchone() == (1,)
    connection.close()


def test_a_card_says_what_the_run_says(store_url: str) -> None:
    store = run_store(store_url)
    run = sample_run(
        outputs=(Output("video", name="a.mp4", thumb="a.jpg"),),
        parents=(Parent("other", 0, "image_url", "first frame"),),
        group_id="plan",
        group_labels={"row": "red", "column": "5 s"},
    )
    store.add(run)
    (card,) = store.find_cards(Query()).runs
    said = {name: getattr(run, name) for name in vars(card) if name != "reviewed"}
    assert vars(card) == {**said, "reviewed": Reviewed()}
    store.close()


@pytest.mark.parametrize(("limit", "shown"), [(-5, 1), (0, 1), (2, 2), (10_000, 7)])
def test_a_page_has_a_sensible_length(
    store: RunStore, prompts: list[str], limit: int, shown: int
) -> None:
    assert len(prompts) == 7
    assert len(store.find(Query(limit=limit)).runs) == shown
