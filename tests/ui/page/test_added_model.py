"""A model in a file of its own: one file, and it has a tab, an endpoint, a price and an answer."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from gradio_client import Client, handle_file
from playwright.sync_api import Browser, expect

from components.catalog import Catalog, open_catalog
from components.catalog.request import ModelRequest
from tests.apps.playgrounds import SAMPLES, Playground, finished, posts, serving, small_sandbox
from tests.ui.visitor import Visitor, visiting

POSTCARD = '''"""A model of nobody's: a postcard from pictures."""

from typing import Annotated, Literal

from components.catalog.fields import Choice, Count, ImageRefs, Prompt, Switch
from components.catalog.price_hint import Rate
from components.catalog.request import Example, ModelRequest


class Postcard(ModelRequest):
    """A postcard."""

    model_id = "toys/postcard"
    api_name = "postcard"
    title = "Postcard"
    tab_order = 60
    purpose = "Put pictures on a card, with a greeting."
    output = "image"
    expected_duration_s = 3.0
    price_hint = (Rate("image", 0.02, when={"paper": "matt"}), Rate("image", 0.03))
    examples = (
        Example("Greetings", "place.jpg", {"prompt": "From @Image1", "pictures": ["place.jpg"]}),
    )

    prompt: Annotated[str, Prompt(label="Greeting", max_chars=80)]
    pictures: Annotated[tuple[str, ...], ImageRefs(label="Pictures", min_items=1, max_items=3)]
    paper: Annotated[Literal["matt", "glossy"], Choice(label="Paper")] = "matt"
    copies: Annotated[int, Count(label="Copies", minimum=1, maximum=4)] = 1
    framed: Annotated[bool, Switch(label="With a frame")] = False
'''


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    folder = tmp_path_factory.mktemp("models")
    (folder / "postcard.py").write_text(POSTCARD)
    return open_catalog(folder)


@pytest.fixture(scope="module")
def playground(catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playground]:
    """A playground of our own, with one model more."""
    with (
        small_sandbox(catalog=catalog) as sandbox,
        serving(tmp_path_factory.mktemp("data"), sandbox, catalog=catalog) as running,
    ):
        yield running


@pytest.fixture
def postcard(catalog: Catalog) -> type[ModelRequest]:
    return catalog.by_id("toys/postcard")


@pytest.fixture
def visitor(browser: Browser, playground: Playground) -> Iterator[Visitor]:
    with visiting(browser, playground) as (_, visitor):
        yield visitor


def test_its_tab_makes_a_run(visitor: Visitor, postcard: type[ModelRequest]) -> None:
    visitor.open("?tab=postcard")
    form = visitor.form(postcard)
    form.prompt.fill("Wish you were here, at @Image1")
    form.upload("pictures", SAMPLES / "place.jpg")
    form.part("paper").get_by_label("glossy").check()
    expect(form.generate).to_have_text("Generate · $0.03")
    form.part("copies").locator("input").fill("3")
    expect(form.generate).to_have_text("Generate · $0.09")
    with form.starting():
        form.generate.click()
    form.expect_result()
    expect(form.card.locator(".result-media img")).to_have_count(3)
    expect(form.card).to_contain_text("Paper: glossy")
    expect(form.card.locator(".cost")).to_have_text("$0.09")
    sent = posts(visitor.playground.sandbox)[-1]
    assert (sent["model"], sent["paper"], sent["copies"]) == ("toys/postcard", "glossy", 3)
    form.card.get_by_role("button", name="Code").click()
    expect(visitor.page.locator("dialog[open]")).to_contain_text('"paper": "glossy"')


def test_its_rules_are_told_beside_its_fields(
    visitor: Visitor, postcard: type[ModelRequest]
) -> None:
    visitor.open("?tab=postcard")
    form = visitor.form(postcard)
    form.prompt.fill("x" * 81)
    form.upload("pictures", SAMPLES / "place.jpg")
    form.generate.click()
    expect(form.problem("prompt")).to_contain_text("Greeting has 81 characters")


def test_it_is_in_history_and_in_the_figures_with_a_colour_of_its_own(
    visitor: Visitor, postcard: type[ModelRequest]
) -> None:
    visitor.open("?tab=postcard")
    form = visitor.form(postcard)
    form.example()
    form.expect_result()
    visitor.tab("History")
    expect(visitor.page.locator(".history-card").first).to_contain_text("From @Image1")
    visitor.tab("Usage")
    legend = visitor.page.locator(".legend .series-6")
    expect(legend).to_have_text("Postcard")
    colours = {
        str(it.evaluate("it => getComputedStyle(it, '::before').backgroundColor"))
        for it in (legend, visitor.page.locator("body"))
    }
    assert len(colours) == 2


def test_its_endpoint_has_its_fields(playground: Playground) -> None:
    client = Client(playground.url, verbose=False)
    named = client.view_api(return_format="dict")["named_endpoints"]["/postcard"]["parameters"]
    assert [it["parameter_name"] for it in named][:5] == [
        "prompt",
        "pictures",
        "paper",
        "copies",
        "framed",
    ]
    picture = handle_file(SAMPLES / "place.jpg")
    run = client.predict(prompt="Hello", pictures=[picture], framed=True, api_name="/postcard")
    done = finished(client, run)
    assert done["status"] == "done"
    assert done["request"]["framed"] is True
    assert done["charged_usd"] == pytest.approx(0.02)
    client.close()


def test_two_models_of_one_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "postcard.py").write_text(POSTCARD)
    (tmp_path / "another.py").write_text(POSTCARD)
    with pytest.raises(ValueError, match="named alike"):
        open_catalog(tmp_path)
