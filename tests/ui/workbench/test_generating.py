"""From a click to a result one can see, in Chromium."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from components.catalog.request import ModelRequest
from tests.apps.playgrounds import Playground, posts
from tests.samples.models import MODELS
from tests.ui.visitor import Visitor, uploads_for, visiting

ALL = pytest.mark.parametrize("model", MODELS, ids=[model.api_name for model in MODELS])


@pytest.fixture(scope="module")
def visitor(browser: Browser, playground: Playground) -> Iterator[Visitor]:
    """One visitor who tries everything in turn."""
    with visiting(browser, playground) as (_, visitor):
        visitor.open()
        yield visitor


@ALL
def test_an_example_becomes_a_result_in_one_click(
    model: type[ModelRequest], visitor: Visitor
) -> None:
    form = visitor.form(model)
    form.example()
    form.expect_result()
    assert form.prompt.input_value() == model.examples[0].values["prompt"]
    expect(form.card.locator("a.download").first).to_be_visible()


@ALL
def test_own_files_become_two_results_one_after_the_other(
    model: type[ModelRequest], browser: Browser, playground: Playground
) -> None:
    with visiting(browser, playground) as (_, visitor):
        visitor.open()
        form = visitor.form(model)
        for name, files in uploads_for(model).items():
            form.upload(name, *files)
        prompts = [f"My own {model.title}, take {number}" for number in (1, 2)]
        runs = []
        for prompt in prompts:
            form.prompt.fill(prompt)
            form.generate.click()
            expect(form.card).to_contain_text(prompt)
            runs.append(form.run_id())
        form.expect_result()
        assert runs[0] != runs[1]
    sent = [str(body["prompt"]) for body in posts(playground.sandbox)]
    assert [sent.count(prompt) for prompt in prompts] == [1, 1]


def test_ctrl_enter_generates_what_was_typed(visitor: Visitor) -> None:
    model = MODELS[0]
    form = visitor.form(model)
    form.example()
    form.expect_result()
    form.prompt.fill("Typed and sent without the mouse")
    form.prompt.press("Control+Enter")
    expect(form.card).to_contain_text("Typed and sent without the mouse")
    form.expect_result()
