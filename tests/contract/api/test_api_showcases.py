"""The API of showcases: made and added to, listed, revoked, and what guests said read back."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from gradio_client import Client
from gradio_client.exceptions import AppError

from components.sandbox import Sandbox
from components.showcases.review import Place, Verdict
from components.showcases.reviews import NewComment, ReviewBook
from tests.apps.playgrounds import Playground, serving
from tests.samples.kept_runs import keep_runs

Json = dict[str, Any]
TOKEN_MIN_CHARS = 22
"""128 random bits in letters of 6 bits each."""


@pytest.fixture(scope="module")
def shown(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playground]:
    """A playground with four finished runs."""
    data_dir = tmp_path_factory.mktemp("api-showcases")
    keep_runs(data_dir, 4)
    with serving(data_dir, sandbox) as running:
        yield running


@pytest.fixture(scope="module")
def api(shown: Playground) -> Iterator[Client]:
    """A client of it."""
    client = Client(shown.url, verbose=False)
    yield client
    client.close()


def made(api: Client, title: str = "Autumn", runs: int = 2) -> Json:
    ids = [f"run-{number:04d}" for number in range(runs)]
    showcase: Json = api.predict(title=title, run_ids=ids, api_name="/create_showcase")
    return showcase


def test_a_showcase_is_made_with_a_link_to_give_away(api: Client, shown: Playground) -> None:
    showcase = made(api)
    assert showcase["title"] == "Autumn"
    assert showcase["expires_at"] is None
    address, _, token = showcase["url"].rpartition("/")
    assert address == f"{shown.url}/show"
    assert len(token) >= TOKEN_MIN_CHARS
    assert [it["run_ids"] for it in showcase["items"]] == [["run-0000"], ["run-0001"]]


def test_runs_are_added_with_a_caption(api: Client) -> None:
    showcase = made(api)
    added = api.predict(showcase["id"], "run-0003", "The last of them", api_name="/add_to_showcase")
    assert added["url"] == showcase["url"]
    assert added["items"][:2] == showcase["items"]
    assert added["items"][2]["run_ids"] == ["run-0003"]
    assert added["items"][2]["caption"] == "The last of them"
    again = api.predict(showcase["id"], "run-0002", api_name="/add_to_showcase")
    assert again["items"][3]["caption"] == ""


def test_showcases_are_listed_and_a_link_is_revoked(api: Client) -> None:
    showcase = made(api, "Listed")
    (listed,) = (it for it in _all(api) if it["id"] == showcase["id"])
    assert (listed["url"], listed["items"]) == (showcase["url"], 2)
    revoked = api.predict(showcase["id"], api_name="/revoke_showcase")
    assert (revoked["url"], revoked["title"]) == ("", "Listed")
    (listed,) = (it for it in _all(api) if it["id"] == showcase["id"])
    assert listed["url"] == ""


def test_what_guests_said_is_told_item_by_item(api: Client, shown: Playground) -> None:
    showcase = made(api)
    first, second = (it["item_id"] for it in showcase["items"])
    engine = sa.create_engine(f"sqlite:///{shown.data_dir / 'playground.sqlite3'}")
    moments = count(1_700_000_000.0)
    book = ReviewBook(engine, lambda: next(moments))
    guest, _ = book.enter(showcase["id"], "Ada")
    book.judge(showcase["id"], first, guest, verdict=Verdict.APPROVE, is_favourite=True)
    place = Place(side=0, x=0.5, y=0.25)
    said = NewComment(item_id=second, text="Warmer, <b>please</b>", place=place, id="c1")
    book.comment(showcase["id"], said, guest)
    book.comment(showcase["id"], NewComment(item_id=second, text="Done", answers="c1"), None)
    engine.dispose()
    told = api.predict(showcase["id"], api_name="/reviews")["items"]
    assert [it["item_id"] for it in told] == [first, second]
    (verdict,) = told[0]["verdicts"]
    assert (verdict["author"], verdict["verdict"], verdict["is_favourite"]) == (
        "Ada",
        "approve",
        True,
    )
    asked, answered = told[1]["comments"]
    assert (asked["text"], asked["is_guest"]) == ("Warmer, <b>please</b>", True)
    assert (asked["place"]["x"], asked["place"]["y"]) == (0.5, 0.25)
    assert (answered["answers"], answered["is_guest"]) == ("c1", False)
    assert told[0]["comments"] == told[1]["verdicts"] == []


@pytest.mark.parametrize(
    ("endpoint", "values", "sentence"),
    [
        ("/create_showcase", {"title": " ", "run_ids": ["run-0000"]}, "Give the showcase a title"),
        ("/create_showcase", {"title": "x", "run_ids": ["none"]}, "This run was deleted"),
        ("/create_showcase", {"title": "x", "run_ids": ["run-0000"] * 101}, "holds 100 items"),
        ("/create_showcase", {"title": "x", "run_ids": "run-0000"}, "as a list"),
        ("/create_showcase", {"title": "x" * 121, "run_ids": []}, "at most 120 are kept"),
        ("/add_to_showcase", {"showcase_id": "none", "run_id": "run-0000"}, "was deleted"),
        ("/revoke_showcase", {"showcase_id": "none"}, "This showcase was deleted"),
        ("/reviews", {"showcase_id": "none"}, "This showcase was deleted"),
    ],
)
def test_what_cannot_be_is_one_sentence(
    endpoint: str, values: Json, sentence: str, api: Client
) -> None:
    before = len(_all(api))
    with pytest.raises(AppError, match=sentence):
        api.predict(**values, api_name=endpoint)
    assert len(_all(api)) == before


def test_links_have_the_address_that_people_use(sandbox: Sandbox, tmp_path: Path) -> None:
    keep_runs(tmp_path, 1)
    public = "https://show.example.org"
    with serving(tmp_path, sandbox, PLAYGROUND_PUBLIC_URL=public) as running:
        body = {"data": ["Autumn", ["run-0000"]]}
        headers = {"Host": "show.example.org"}
        answer = httpx.post(
            f"{running.url}/gradio_api/run/create_showcase", json=body, headers=headers
        )
    (showcase,) = answer.json()["data"]
    assert showcase["url"].startswith(f"{public}/show/")


def _all(api: Client) -> list[Json]:
    found: list[Json] = api.predict(api_name="/showcases")["showcases"]
    return found
