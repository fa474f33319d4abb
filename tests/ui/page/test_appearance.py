"""On a phone, in light and dark, and for people who read the page with other tools."""

from typing import Literal

import pytest
from gradio_client import Client, handle_file
from playwright.sync_api import Browser, expect

from components.catalog.models.image_o1 import ImageO1
from tests.apps.playgrounds import SAMPLES, Playground, finished
from tests.samples.models import MODELS
from tests.ui.appearance import PHONE, fits, violations
from tests.ui.visitor import Form, visiting


def test_a_phone_shows_every_tab_without_sideways_scrolling(
    browser: Browser, playground: Playground
) -> None:
    with visiting(browser, playground, viewport=PHONE, has_touch=True) as (_, visitor):
        visitor.open()
        form = visitor.form(ImageO1)
        form.example()
        form.expect_result()
        form.prompt.fill("Again, and show me")
        form.prompt.scroll_into_view_if_needed()
        form.generate.click()
        expect(form.card).to_be_in_viewport()
        expect(form.card).to_contain_text("Again, and show me")
        form.expect_result()
        assert fits(visitor.page)
        for model in MODELS:
            visitor.form(model)
            assert fits(visitor.page), model.title
        visitor.tab("History")
        expect(visitor.page.locator(".history-card").first).to_be_visible()
        assert fits(visitor.page)
        visitor.page.locator(".history-open").first.tap()
        dialog = visitor.page.locator(".detail")
        expect(dialog.locator(".receipt")).to_be_visible()
        assert dialog.evaluate("it => it.scrollWidth <= it.clientWidth")


@pytest.fixture(scope="module")
def shown_runs(client: Client) -> list[str]:
    """Finished runs to show: a picture and a video."""
    picture = handle_file(SAMPLES / "place.jpg")
    accepted = [
        client.predict(prompt="To look at", image_urls=[picture], api_name="/image_o1"),
        client.predict(prompt="To look at", image_url=picture, api_name="/image_to_video"),
    ]
    return [str(finished(client, run)["id"]) for run in accepted]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_grave(
    scheme: Literal["light", "dark"],
    browser: Browser,
    playground: Playground,
    shown_runs: list[str],
) -> None:
    with visiting(browser, playground, color_scheme=scheme) as (_, visitor):
        for run_id in shown_runs:
            visitor.open(f"?run={run_id}")
            expect(visitor.page.locator(f".run-card[data-run='{run_id}']")).to_be_visible()
        is_dark = visitor.page.evaluate("document.body.classList.contains('dark')")
        assert is_dark == (scheme == "dark")
        Form(visitor.page, "image_to_video", "video").expect_result()
        visitor.form(ImageO1).expect_result()
        faults = []
        for model in MODELS:
            visitor.form(model)
            faults += [f"{model.title}: {fault}" for fault in violations(visitor.page)]
        visitor.tab("History")
        expect(visitor.page.locator(".history-card").first).to_be_visible()
        faults += [f"History: {fault}" for fault in violations(visitor.page)]
        visitor.page.locator(".history-card .pick").first.click()
        visitor.page.locator(".history-open").first.click()
        expect(visitor.page.locator(".detail .receipt")).to_be_visible()
        faults += [f"A run in full: {fault}" for fault in violations(visitor.page)]
        assert "\n".join(faults) == ""
