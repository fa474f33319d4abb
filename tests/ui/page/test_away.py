"""While nothing answers, and after: no part stays empty, and no error outlives its cause."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Route, expect

from components.catalog.models.image_to_video import ImageToVideo
from tests.apps.playgrounds import SAMPLES, Playground, posts
from tests.ui.visitor import Visitor, held, visiting

PICTURE = SAMPLES / "place.jpg"


@pytest.fixture
def met(browser: Browser, playground: Playground) -> Iterator[tuple[BrowserContext, Visitor]]:
    """A visitor whose browser may lose the playground: what it says of that is no complaint."""
    with visiting(browser, playground, has_nothing_stored=True) as (context, visitor):
        visitor.open()
        yield context, visitor
        visitor.complaints[:] = [it for it in visitor.complaints if "net::ERR_" not in it]


def hold_uploads(visitor: Visitor) -> list[Route]:
    """Let files be on their way until each is told to go on."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    visitor.page.route("**/uploads?*", hold)
    return held


def test_a_part_opened_while_nothing_answers_comes_by_itself(
    met: tuple[BrowserContext, Visitor],
) -> None:
    context, visitor = met
    context.set_offline(True)
    visitor.tab("Usage")
    visitor.tab("History")
    said = visitor.page.get_by_role("alert").filter(has_text="This part comes as soon as it does")
    expect(said).to_be_visible()
    context.set_offline(False)
    expect(visitor.page.locator(".history-card, .history-empty").first).to_be_visible()
    expect(said).to_be_hidden()
    visitor.tab("Usage")
    expect(visitor.page.locator(".usage-figures [data-first]")).to_be_visible()


def test_that_nothing_answered_is_said_only_as_long_as_it_is_so(
    met: tuple[BrowserContext, Visitor],
) -> None:
    context, visitor = met
    form = visitor.form(ImageToVideo)
    form.prompt.fill("A boat")
    expect(form.generate).to_contain_text("$")
    context.set_offline(True)
    form.generate.click()
    expect(form.problem("")).to_contain_text("did not answer")
    context.set_offline(False)
    expect(form.problem("")).to_be_hidden()


def test_a_sentence_goes_when_what_was_missing_is_there(
    met: tuple[BrowserContext, Visitor],
) -> None:
    _, visitor = met
    form = visitor.form(ImageToVideo)
    form.prompt.fill("A boat")
    expect(form.generate).to_contain_text("$")
    # Nobody heard yet that it is a rule that is broken, when the rule is kept already.
    with held(visitor.page, "**/validate"):
        form.generate.click()
        expect(form.problem("image_url")).to_be_visible()
        form.link("image_url", "https://example.com/boat.png")
    expect(form.problem("image_url")).to_be_hidden()


def test_generate_waits_for_a_file_on_its_way_and_sends_once(
    met: tuple[BrowserContext, Visitor],
) -> None:
    _, visitor = met
    held = hold_uploads(visitor)
    form = visitor.form(ImageToVideo)
    form.prompt.fill("A boat that waits for its picture")
    form.part("image_url-file").set_input_files(PICTURE)
    with form.starting():
        form.generate.click()
        expect(form.generate).to_contain_text("Uploading place.jpg")
        form.generate.click()
        expect(form.problem("image_url")).to_be_hidden()
        held[0].continue_()
    expect(form.generate).to_contain_text("Generate")
    form.expect_result()
    sent = [it for it in posts(visitor.playground.sandbox) if "waits for its" in it["prompt"]]
    assert len(sent) == 1


def test_a_wish_that_waits_for_a_file_can_be_taken_back(
    met: tuple[BrowserContext, Visitor],
) -> None:
    _, visitor = met
    held = hold_uploads(visitor)
    form = visitor.form(ImageToVideo)
    form.prompt.fill("A boat that is not sent")
    form.part("image_url-file").set_input_files(PICTURE)
    form.generate.click()
    visitor.page.get_by_role("button", name="Do not generate").click()
    expect(form.generate).to_contain_text("Generate")
    held[0].continue_()
    expect(form.cards_of("image_url")).to_have_count(1)
    form.part("image_url-file").set_input_files(SAMPLES / "style.jpg")
    form.generate.click()
    visitor.page.get_by_role("button", name="Cancel uploading style.jpg").click()
    expect(visitor.page.locator(".said")).to_contain_text("Nothing was sent")
    expect(form.part("feed").locator(".run-card")).to_have_count(0)
