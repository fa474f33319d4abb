"""The elements kit over HTTP: what comes in is checked, and what cannot be read breaks no form."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest

from components.sandbox import Sandbox
from tests.apps.playgrounds import Playground, serving
from tests.samples.models import MODELS

VIEW = "https://pictures.invalid/a.png"
FOX = {"frontal_image_url": VIEW, "reference_image_urls": [VIEW]}


@pytest.fixture(scope="module")
def own(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playground]:
    """A playground whose kit may be spoilt."""
    with serving(tmp_path_factory.mktemp("kit"), sandbox) as running:
        yield running


def kits(own: Playground) -> list[str]:
    """What each form shows of the kit, as it is looked at."""
    answers = [
        httpx.post(f"{own.url}/forms/{model.api_name}/validate", json={"values": {}})
        for model in MODELS
    ]
    assert [it.status_code for it in answers] == [200] * len(MODELS)
    return [str(it.json()["kit"]) for it in answers]


@pytest.mark.parametrize(
    "body",
    [
        {"name": "Odd"},
        {"name": "Odd", "element": {}},
        {"name": "Odd", "element": []},
        {"name": "Odd", "element": {**FOX, "reference_image_urls": 5}},
        {"name": "Odd", "element": {**FOX, "frontal_image_url": "javascript:alert(1)"}},
        {"name": "Odd", "element": {**FOX, "frontal_image_url": [VIEW]}},
        {"name": "Odd" * 50, "element": FOX},
        {"name": "", "element": FOX},
        {"name": 5, "element": FOX},
        {"name": "Odd", "element": {**FOX, "and": "more"}},
    ],
)
def test_what_is_no_element_is_refused_in_a_sentence(own: Playground, body: Any) -> None:
    answer = httpx.post(f"{own.url}/kit", json=body)
    assert answer.status_code == 422
    assert all(sentence.endswith(".") for sentence in answer.json()["problems"].values())
    assert not any("Odd" in kit for kit in kits(own))


def test_half_a_character_in_a_name_is_no_trouble(own: Playground) -> None:
    body = json.dumps({"name": "Fox \ud83e", "element": FOX})
    headers = {"Content-Type": "application/json"}
    kept = httpx.post(f"{own.url}/kit", content=body, headers=headers)
    assert kept.status_code == 200
    assert any("Fox \ufffd" in kit for kit in kits(own))


def test_an_address_of_the_sandbox_may_be_kept_while_it_stands_in(own: Playground) -> None:
    view = f"{own.sandbox.url}/files/a.png"
    element = {"frontal_image_url": view, "reference_image_urls": [view]}
    assert httpx.post(f"{own.url}/kit", json={"name": "S", "element": element}).status_code == 200


def test_an_element_that_cannot_be_read_breaks_no_form_and_can_be_deleted(own: Playground) -> None:
    rows = [("odd-1", "First", '{"frontal_image_url": 5, "reference_image_urls": 5}'),
            ("odd-2", "Second", "no JSON")]  # fmt: skip
    with closing(sqlite3.connect(own.data_dir / "playground.sqlite3")) as connection:
        connection.executemany("INSERT INTO kit_elements VALUES (?, ?, ?, 0)", rows)
        connection.commit()
    shown = [kit for kit in kits(own) if kit]
    assert len(shown) >= 4
    assert all(f"{name} cannot be read" in kit for kit in shown for _, name, _ in rows)
    assert not any('data-action="use"' in kit.split("Second cannot")[0] for kit in shown)
    for element_id, _, _ in rows:
        assert httpx.delete(f"{own.url}/kit/{element_id}").status_code == 200
    assert not any("cannot be read" in kit for kit in kits(own))
