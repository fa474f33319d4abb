"""What History asks the server for, as another program would ask it."""

import json
from collections.abc import Iterator

import httpx
import pytest

from components.sandbox import Sandbox
from tests.apps.playgrounds import serving
from tests.samples.kept_runs import keep_runs


@pytest.fixture(scope="module")
def asker(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a playground with five runs."""
    data_dir = tmp_path_factory.mktemp("history")
    keep_runs(data_dir, 5)
    with serving(data_dir, sandbox) as running, httpx.Client(base_url=running.url) as client:
        yield client


def test_pages_follow_one_another_without_gap_or_repeat(asker: httpx.Client) -> None:
    seen: list[str] = []
    cursor = ""
    for _ in range(3):
        page = asker.get("/history", params={"limit": 2, "cursor": cursor}).text
        seen += [it.partition('"')[0] for it in page.split('data-run="')[1:]]
        cursor = page.partition('data-cursor="')[2].partition('"')[0]
    assert seen == [f"run-{number:04d}" for number in range(5)]
    assert cursor == ""


def test_what_is_the_users_own_is_changed_one_by_one(asker: httpx.Client) -> None:
    hostile = json.dumps({"title": "  A title\x00\ud800 ", "favourite": True})
    asker.patch("/runs/run-0001", content=hostile, headers={"Content-Type": "application/json"})
    own = asker.patch("/runs/run-0001", json={"remark": "A remark"}).json()
    assert own == {"title": "A title\ufffd\ufffd", "remark": "A remark", "favourite": True}
    assert "run-0001" in asker.get("/history", params={"favourite": "true"}).text


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "/runs/run-0001", {"title": "x" * 121}),
        ("PATCH", "/runs/no-such-run", {"title": "x"}),
        ("GET", "/runs/no-such-run/detail", None),
        ("GET", "/history?created_from=yesterday", None),
        ("GET", "/history?limit=100000", None),
        ("POST", "/history/delete", {"ids": ["x"] * 1001}),
        ("POST", "/history/fetch", {"generation_id": "no id"}),
    ],
)
def test_a_refusal_is_a_sentence(
    asker: httpx.Client, method: str, path: str, body: dict[str, object] | None
) -> None:
    answer = asker.request(method, path, json=body)
    assert answer.status_code in (404, 422)
    assert all(sentence.endswith(".") for sentence in answer.json()["problems"].values())


def test_a_deletion_says_what_it_did_and_is_undone(asker: httpx.Client) -> None:
    said = asker.post("/history/delete", json={"ids": ["run-0002", "no-such-run"]}).json()
    assert said == {"said": "1 run deleted.", "deleted": ["run-0002"]}
    assert "run-0002" not in asker.get("/history").text
    asker.post("/history/undelete", json={"ids": ["run-0002"]})
    assert "run-0002" in asker.get("/history").text
