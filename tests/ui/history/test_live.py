"""What is open stays current: History, a second tab, ten of them, and what changes with time."""

from collections.abc import Iterator

import pytest
from gradio_client import Client, handle_file
from playwright.sync_api import APIResponse, Browser, Page, Route, expect

from components.catalog.models.image_o1 import ImageO1
from components.catalog.models.image_to_video import ImageToVideo
from components.sandbox.faults.fault import Fault
from tests.apps.playgrounds import SAMPLES, Playground, RunJson, finished, serving, small_sandbox
from tests.samples.kept_runs import keep_runs
from tests.ui.visitor import new_page, visiting

VIDEOS = "/v2/video/generations"
STUCK = Fault("stuck", path=VIDEOS, times=None)
KEPT_RUNS = 30
TABS = 10
LOOK_MS = 50


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playground]:
    """A playground of its own whose History is full."""
    data_dir = tmp_path_factory.mktemp("live")
    keep_runs(data_dir, KEPT_RUNS)
    with small_sandbox() as sandbox, serving(data_dir, sandbox) as playground:
        yield playground


@pytest.fixture(scope="module")
def elsewhere(kept: Playground) -> Iterator[Client]:
    """Somebody else, who uses the API."""
    client = Client(kept.url, verbose=False)
    yield client
    client.close()


def begin(elsewhere: Client) -> RunJson:
    """Begin a video elsewhere."""
    run: RunJson = elsewhere.predict(
        prompt="A boat far away",
        image_url=handle_file(str(SAMPLES / "place.jpg")),
        api_name=f"/{ImageToVideo.api_name}",
    )
    return run


def open_history(page: Page) -> None:
    page.get_by_role("tab", name="History", exact=True).click()
    expect(page.locator("#history-grid .history-card").first).to_be_visible()


def test_an_open_history_shows_what_others_begin_finish_and_delete(
    browser: Browser, kept: Playground, elsewhere: Client
) -> None:
    with visiting(browser, kept) as (context, visitor):
        visitor.open()
        open_history(visitor.page)
        cards = visitor.page.locator("#history-grid .history-card")
        before = cards.count()
        untouched = cards.first.element_handle()
        kept.sandbox.faults.add(STUCK)
        run = begin(elsewhere)
        expect(cards.first).to_have_attribute("data-run", run["id"])
        expect(cards).to_have_count(before + 1)
        expect(cards.first.locator(".pill")).to_have_text("Generating")
        kept.sandbox.faults.clear()
        expect(cards.first.locator(".pill")).to_have_text("Done")
        expect(cards.first.locator(".thumb img")).to_be_visible()
        assert untouched
        assert untouched.is_visible(), "the cards that were there stay the same elements"

        other = new_page(context, kept)
        other.open()
        open_history(other.page)
        other.page.locator(f"#history-grid [data-run='{run['id']}'] .history-open").focus()
        other.page.keyboard.press("Delete")
        expect(visitor.page.locator(f"#history-grid [data-run='{run['id']}']")).to_have_count(0)
        expect(cards).to_have_count(before)
        other.page.get_by_role("button", name="Undo").click()
        expect(cards.first).to_have_attribute("data-run", run["id"])
        assert other.complaints == []


def test_who_reads_further_below_is_offered_what_is_new_and_does_not_lose_the_place(
    browser: Browser, kept: Playground, elsewhere: Client
) -> None:
    with visiting(browser, kept) as (_, visitor):
        visitor.open()
        open_history(visitor.page)
        page = visitor.page
        read = page.locator("#history-grid .history-card").nth(16)
        read.scroll_into_view_if_needed()
        # At once: a wheel would still be moving the page when it is measured.
        page.evaluate("scrollBy({ top: 600, behavior: 'instant' })")
        page.wait_for_function(
            "() => document.getElementById('history-grid').getBoundingClientRect().top < -200"
        )
        card = read.element_handle()
        assert card
        before = card.bounding_box()
        run = begin(elsewhere)
        offer = page.get_by_role("button", name="1 new run above")
        expect(offer).to_be_visible()
        after = card.bounding_box()
        assert before and after
        assert abs(after["y"] - before["y"]) < 5
        finished(elsewhere, run)
        offer.click()
        expect(page.locator("#history-grid .history-card").first).to_have_attribute(
            "data-run", run["id"]
        )
        expect(page.locator("#history-grid .history-card").first).to_be_in_viewport()
        expect(offer).to_be_hidden()


def test_what_changes_while_an_answer_is_on_its_way_is_not_missed(
    browser: Browser, kept: Playground, elsewhere: Client
) -> None:
    late: list[tuple[Route, APIResponse]] = []

    def delay(route: Route) -> None:
        if late:
            route.continue_()
        else:
            late.append((route, route.fetch()))

    with visiting(browser, kept) as (_, visitor), visiting(browser, kept) as (_, other):
        for it in (visitor, other):
            it.open()
            open_history(it.page)
        visitor.page.route("**/history?*ids=*", delay)
        kept.sandbox.faults.add(STUCK)
        run = begin(elsewhere)
        pill = f"#history-grid [data-run='{run['id']}'] .pill"
        expect(other.page.locator(pill)).to_have_text("Generating")
        while not late:
            visitor.page.wait_for_timeout(LOOK_MS)
        kept.sandbox.faults.clear()
        expect(other.page.locator(pill)).to_have_text("Done")
        # The second question was asked after that.
        for _ in range(2):
            with visitor.page.expect_response("**/changes?*"):
                pass
        [(route, answer)] = late
        route.fulfill(response=answer)
        expect(visitor.page.locator(pill)).to_have_text("Done")


def test_a_run_that_is_deleted_in_full_gives_way_to_the_next_one_even_if_its_end_is_told_first(
    browser: Browser, kept: Playground
) -> None:
    late: list[tuple[Route, APIResponse]] = []
    with visiting(browser, kept) as (_, visitor):
        visitor.open()
        open_history(visitor.page)
        page = visitor.page
        page.route("**/history/delete", lambda it: late.append((it, it.fetch())))
        cards = page.locator("#history-grid .history-card")
        gone, following = (str(cards.nth(at).get_attribute("data-run")) for at in (1, 2))
        page.locator(f"[data-run='{gone}'] .history-open").click()
        dialog = page.locator("dialog.detail")
        dialog.locator("[name=remark]").fill("typed just before")
        dialog.locator("[data-do=delete]").click()
        while not late:
            page.wait_for_timeout(LOOK_MS)
        expect(page.locator(f"#history-grid [data-run='{gone}']")).to_have_count(0)
        [(route, answer)] = late
        route.fulfill(response=answer)
        expect(dialog.locator(".detail-body")).to_have_attribute("data-run", following)
        page.get_by_role("button", name="Undo").click()
        page.locator(f"[data-run='{gone}'] .history-open").dispatch_event("click")
        expect(dialog.locator("[name=remark]")).to_have_value("typed just before")


def test_a_filter_is_kept_by_what_changes(
    browser: Browser, kept: Playground, elsewhere: Client
) -> None:
    with visiting(browser, kept) as (_, visitor):
        visitor.open()
        open_history(visitor.page)
        page = visitor.page
        page.locator("#history-status").select_option("generating")
        expect(page.locator(".history-empty")).to_be_visible()
        kept.sandbox.faults.add(STUCK)
        run = begin(elsewhere)
        card = page.locator(f"#history-grid [data-run='{run['id']}']")
        expect(card).to_be_visible()
        kept.sandbox.faults.clear()
        expect(card).to_have_count(0)
        expect(page.locator(".history-empty")).to_be_visible()


def test_a_run_that_is_looked_at_in_full_comes_to_its_end_there(
    browser: Browser, kept: Playground, elsewhere: Client
) -> None:
    with visiting(browser, kept) as (_, visitor):
        visitor.open()
        open_history(visitor.page)
        kept.sandbox.faults.add(STUCK)
        run = begin(elsewhere)
        page = visitor.page
        page.locator(f"#history-grid [data-run='{run['id']}'] .history-open").click()
        dialog = page.locator("dialog.detail")
        expect(dialog.locator(".pill").first).to_have_text("Generating")
        dialog.locator("[name=remark]").fill("being typed")
        kept.sandbox.faults.clear()
        expect(dialog.locator(".run-card")).to_have_attribute("data-status", "done")
        expect(dialog.locator("[name=remark]")).to_have_value("being typed")


def test_a_run_begun_in_one_tab_is_followed_in_the_other(
    browser: Browser, kept: Playground
) -> None:
    with visiting(browser, kept) as (context, visitor):
        visitor.open()
        other = new_page(context, kept)
        other.open()
        theirs = other.form(ImageO1)
        form = visitor.form(ImageO1)
        form.example()
        expect(theirs.card).to_have_attribute("data-run", form.run_id())
        theirs.expect_result()
        other.open()
        expect(other.form(ImageO1).card).to_have_attribute("data-run", form.run_id())
        assert other.complaints == []


def test_ten_tabs_of_a_browser_all_stay_live(
    browser: Browser, kept: Playground, elsewhere: Client
) -> None:
    with visiting(browser, kept) as (context, first):
        visitors = [first, *(new_page(context, kept) for _ in range(TABS - 1))]
        for visitor in visitors:
            visitor.open()
            open_history(visitor.page)
        run = begin(elsewhere)
        for visitor in visitors:
            card = visitor.page.locator(f"#history-grid [data-run='{run['id']}']")
            expect(card.locator(".pill")).to_have_text("Done")
        for visitor in visitors:
            assert visitor.complaints == []


def test_compare_offers_and_usage_counts_what_others_make(
    browser: Browser, kept: Playground, elsewhere: Client
) -> None:
    with visiting(browser, kept) as (_, visitor):
        visitor.open()
        visitor.tab("Compare")
        strip = visitor.page.locator(".strip [data-run]")
        expect(strip.first).to_be_attached()
        run = finished(elsewhere, begin(elsewhere))
        expect(strip.first).to_have_attribute("data-run", run["id"])
        visitor.tab("Usage")
        spent = visitor.page.locator(".usage-figures .tile").first
        expect(spent).to_contain_text("$")
        before = spent.inner_text()
        finished(elsewhere, begin(elsewhere))
        expect(spent).not_to_have_text(before, use_inner_text=True)


def test_ages_and_clocks_move_on_without_asking(browser: Browser, kept: Playground) -> None:
    with visiting(browser, kept) as (_, visitor):
        visitor.page.clock.install()
        visitor.open()
        open_history(visitor.page)
        age = visitor.page.locator("#history-grid [data-run='run-0000'] [data-age-s]")
        expect(age).to_have_text("1 hour ago")
        visitor.page.clock.fast_forward("01:00:00")
        expect(age).to_have_text("2 hours ago")
