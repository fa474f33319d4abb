"""History in Chromium: what was made is found again, and a prompt is only ever text."""

from typing import Any

from gradio_client import Client, handle_file
from playwright.sync_api import Browser, expect

from components.catalog.kling_o1 import ImageO1, ImageToVideo
from tests.playgrounds import SAMPLES, Playground, finished
from tests.ui.visitor import Form, Visitor, visiting

HOSTILE = (
    '<img src=x onerror="window.wasRun=1"></script><script>window.wasRun=1</script>'
    "<b>{{7*7}} ${window.wasRun=1}</b>"
)


def painted(client: Client, prompt: str) -> dict[str, Any]:
    """A finished picture."""
    picture = handle_file(SAMPLES / "place.jpg")
    return finished(
        client, client.predict(prompt=prompt, image_urls=[picture], api_name="/image_o1")
    )


def choose(visitor: Visitor, filter_id: str, option: str) -> None:
    """Pick an option of a filter."""
    visitor.page.locator(f"#{filter_id}").select_option(label=option)


def test_history_is_searched_filtered_and_opened(
    browser: Browser, playground: Playground, client: Client
) -> None:
    runs = [painted(client, f"A zebra, number {number}") for number in (1, 2)]
    with visiting(browser, playground) as (_, visitor):
        visitor.open()
        visitor.tab("History")
        cards = visitor.page.locator("#history-grid .history-card")
        expect(cards.first).to_contain_text("A zebra, number 2")
        visitor.page.locator("#history-text").fill("ZEBRA")
        expect(cards).to_have_count(2)
        choose(visitor, "history-status", "Failed")
        expect(visitor.page.locator("#history-grid")).to_contain_text("No runs here yet")
        choose(visitor, "history-status", "Done")
        expect(cards).to_have_count(2)
        choose(visitor, "history-model", ImageToVideo.title)
        expect(cards).to_have_count(0)
        choose(visitor, "history-model", "All models")
        cards.filter(has_text="number 1").click()
        form = Form(visitor.page, ImageO1.api_name, ImageO1.output)
        form.expect_result()
        assert form.run_id() == runs[0]["id"]


def test_a_prompt_with_markup_is_text_everywhere(
    browser: Browser, playground: Playground, client: Client
) -> None:
    run = painted(client, HOSTILE)
    with visiting(browser, playground) as (_, visitor):
        visitor.open(f"?run={run['id']}")
        form = Form(visitor.page, ImageO1.api_name, ImageO1.output)
        form.expect_result()
        expect(form.card.locator(".asked")).to_have_text(HOSTILE)
        form.card.locator("summary").first.click()
        expect(form.card.locator("pre").first).to_contain_text("onerror=")
        visitor.tab("History")
        card = visitor.page.locator(f"#history-grid [data-run='{run['id']}'] .prompt-text")
        expect(card).to_have_text(HOSTILE)
        assert visitor.page.locator("img[src='x']").count() == 0
        assert visitor.page.evaluate("window.wasRun") is None
