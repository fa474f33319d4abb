"""Clips play while they are seen, not for who wants no motion, and are never black."""

import httpx
from playwright.sync_api import Browser, Page, expect

from components.catalog.models.image_to_video import ImageToVideo
from components.catalog.models.video_edit import VideoEdit
from tests.apps.playgrounds import Playground
from tests.ui.visitor import visiting

PAUSED = "() => document.querySelector('.run-card video').paused"
PLAYING = "() => !document.querySelector('.run-card video').paused"


def posters(page: Page) -> list[str]:
    """What each clip on the page shows until it plays."""
    found = page.locator("video").evaluate_all("all => all.map(it => it.poster)")
    assert found
    return [str(poster) for poster in found]


def test_a_result_plays_while_it_is_seen(browser: Browser, playground: Playground) -> None:
    with visiting(browser, playground, viewport={"width": 390, "height": 844}) as (_, visitor):
        visitor.open()
        form = visitor.form(ImageToVideo)
        form.example()
        form.expect_result()
        clip = form.card.locator("video")
        clip.scroll_into_view_if_needed()
        visitor.page.wait_for_function(PLAYING)
        form.prompt.scroll_into_view_if_needed()
        expect(clip).not_to_be_in_viewport()
        visitor.page.wait_for_function(PAUSED)
        clip.scroll_into_view_if_needed()
        visitor.page.wait_for_function(PLAYING)
        # Paused by hand it stays so.
        clip.evaluate("it => it.pause()")
        form.prompt.scroll_into_view_if_needed()
        expect(clip).not_to_be_in_viewport()
        clip.scroll_into_view_if_needed()
        expect(clip).to_be_in_viewport()
        assert visitor.page.evaluate(PAUSED)


def test_nothing_plays_by_itself_for_who_wants_no_motion(
    browser: Browser, playground: Playground
) -> None:
    with visiting(browser, playground, reduced_motion="reduce") as (_, visitor):
        visitor.open()
        form = visitor.form(ImageToVideo)
        form.example()
        form.expect_result()
        expect(form.card.locator("video")).to_be_in_viewport()
        assert visitor.page.locator("video[autoplay]").count() == 0
        assert visitor.page.evaluate(PAUSED)
        assert visitor.page.evaluate("() => document.querySelector('video').currentTime") == 0


def test_every_clip_has_a_picture_until_it_plays(browser: Browser, playground: Playground) -> None:
    with visiting(browser, playground) as (_, visitor):
        visitor.open()
        form = visitor.form(VideoEdit)
        form.example()
        form.expect_result()
        page = visitor.page
        found = posters(page)
        form.card.get_by_role("button", name="Use as").click()
        expect(page.locator(".uses video")).to_be_visible()
        found += posters(page)
        page.keyboard.press("Escape")
        # Closing a dialog goes back, which would break off what is opened next.
        page.wait_for_function("() => !history.state?.over")
        visitor.open(f"?compare={form.run_id()}")
        expect(page.locator("#compare video")).to_have_count(2)
        found += posters(page)
        assert all(found)
        for poster in set(found):
            answer = httpx.get(poster)
            assert answer.headers["content-type"] == "image/jpeg"
            assert "immutable" in answer.headers["cache-control"]
        assert httpx.get(f"{playground.url}/posters/nothing.mp4").status_code == 404


def test_scroll_bars_and_controls_follow_the_page_into_the_dark(
    browser: Browser, playground: Playground
) -> None:
    for scheme in ("light", "dark"):
        with visiting(browser, playground, color_scheme=scheme) as (_, visitor):
            visitor.open()
            root = visitor.page.locator("html")
            expect(root).to_have_css("color-scheme", scheme)
