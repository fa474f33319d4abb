"""Nothing jumps: what one waits for has its place from the beginning."""

import time

import pytest
from playwright.sync_api import Browser, Page, Route, ViewportSize, expect

from components.catalog.models.image_o1 import ImageO1
from components.catalog.models.image_to_video import ImageToVideo
from tests.apps.playgrounds import SAMPLES, Playground
from tests.ui.appearance import DESKTOP, PHONE
from tests.ui.layout_shifts import counting_shifts
from tests.ui.visitor import Form, Visitor, visiting

MOST_SHIFT = 0.02
SLOW_ANSWER_S = 0.6
"""Browsers forgive what moves within half a second of an input."""


def _answering_late(page: Page) -> None:
    """Whatever the page asks is answered when no input explains any longer what moves."""

    def hold(route: Route) -> None:
        if route.request.method == "POST":
            time.sleep(SLOW_ANSWER_S)
        route.continue_()

    page.route("**/*", hold)


def _filled(visitor: Visitor, name: str) -> Form:
    """A form that is ready to be sent: four pictures, or a video from a first frame."""
    if name == "pictures":
        form = visitor.form(ImageO1)
        form.upload("image_urls", SAMPLES / "place.jpg")
        form.part("aspect_ratio").get_by_role("radio", name="3:4").check()
        form.part("num_images-input").fill("4")
    else:
        form = visitor.form(ImageToVideo)
        form.upload("image_url", SAMPLES / "character-front.jpg")
    form.prompt.fill("Stand still while I look")
    expect(form.generate).to_contain_text("$")
    return form


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_run_moves_nothing_from_the_click_to_its_result(
    browser: Browser, playground: Playground, size: ViewportSize
) -> None:
    with visiting(browser, playground, viewport=size) as (_, visitor):
        visitor.open()
        for name in ("pictures", "video"):
            form = _filled(visitor, name)
            _answering_late(visitor.page)
            with counting_shifts(visitor.page) as shifts:
                with form.starting():
                    form.generate.click()
                expect(form.card.locator(".room").first).to_be_visible()
                form.expect_result()
            visitor.page.unroute_all(behavior="ignoreErrors")
            assert shifts.total <= MOST_SHIFT, (name, shifts.moved)
