"""What a form is told while somebody types into it, and what that costs."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest

from components.sandbox import Sandbox
from tests.apps.playgrounds import SAMPLES, Playground, serving


@pytest.fixture(scope="module")
def house(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playground]:
    """A playground in which nothing else happens."""
    with serving(tmp_path_factory.mktemp("typing"), sandbox) as running:
        yield running


def test_typing_a_prompt_writes_nothing_to_the_database(house: Playground) -> None:
    picture = (SAMPLES / "place.jpg").read_bytes()
    headers = {"Content-Type": "application/octet-stream"}
    url = f"{house.url}/uploads?name=a.jpg"
    kept = httpx.post(url, content=picture, headers=headers).json()["ref"]
    path = f"{house.url}/forms/image_o1/validate"

    def look(prompt: str) -> None:
        values = {"prompt": prompt, "image_urls": [kept]}
        answer = httpx.post(path, json={"values": values, "holder": "a tab", "offers": False})
        assert answer.json()["lists"]["image_urls"]

    look("A")
    with closing(sqlite3.connect(house.data_dir / "playground.sqlite3")) as other:
        before = other.execute("PRAGMA data_version").fetchone()
        for end in range(1, 12):
            look("A harbour at"[:end])
        assert other.execute("PRAGMA data_version").fetchone() == before


def test_what_a_form_offers_besides_comes_only_when_it_is_asked_for(house: Playground) -> None:
    path = f"{house.url}/forms/image_o1/validate"
    values = {"prompt": "A boat"}
    whole = httpx.post(path, json={"values": values}).json()
    assert whole["kit"] is not None
    assert len(whole["example_usd"]) > 1
    small = httpx.post(path, json={"values": values, "offers": False}).json()
    assert (small["kit"], small["example_usd"]) == (None, None)
    assert small["quote"] == whole["quote"]
