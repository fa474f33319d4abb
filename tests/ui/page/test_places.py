"""Places in Chromium: each has an address that Back, Forward, a reload and a link show again."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from components.catalog.models.image_o1 import ImageO1
from components.catalog.models.image_to_video import ImageToVideo
from components.sandbox import Sandbox
from tests.apps.playgrounds import Playground, serving
from tests.samples.kept_runs import keep_runs
from tests.samples.models import MODELS
from tests.ui.visitor import Visitor, visiting

KEPT_RUNS = 60
Act = Callable[[Page], None]


@dataclass(frozen=True)
class Place:
    """Where one can be: how its address ends, how its title begins, what is seen in it."""

    query: str
    title: str
    seen: Act


def sees(selector: str) -> Act:
    """Something that is visible in a place."""
    return lambda page: expect(page.locator(selector).first).to_be_visible()


def finds(count: int) -> Act:
    """So many runs of History."""
    return lambda page: expect(page.locator("#history-grid .history-card")).to_have_count(count)


def shows_days(days: str) -> Act:
    """Figures of a range."""

    def seen(page: Page) -> None:
        expect(page.get_by_role("radio", name=f"{days} days", exact=True)).to_be_checked()
        expect(page.locator("#usage .tile").first).to_be_visible()

    return seen


PLACES = {
    **{
        model.api_name: Place(
            "" if model is ImageO1 else f"?tab={model.api_name}",
            model.title,
            sees(f"#{model.api_name}-generate"),
        )
        for model in MODELS
    },
    "history": Place("?tab=history", "History", finds(24)),
    "search": Place(
        "?tab=history&text=number+2&model=klingai/image-o1".replace("+", "%20"),
        "“number 2” in History",
        finds(6),
    ),
    "days": Place(
        "?tab=history&from=2020-01-01&to=2020-02-01",
        "History",
        sees("text=No run matches"),
    ),
    "run": Place(
        "?tab=history&run=run-0003",
        "A harbour, number 3",
        sees("dialog.detail [data-run='run-0003']"),
    ),
    "run in its tab": Place(
        "?tab=image_to_video&run=run-0003",
        "A harbour, number 3",
        sees("#image_to_video-feed [data-run='run-0003']"),
    ),
    "compare": Place("?tab=compare", "Compare", sees("#compare .compare-empty")),
    "comparison": Place(
        "?compare=run-0002,run-0004",
        "2 runs side by side",
        sees("#compare [data-spec='run-0004']"),
    ),
    "showcases": Place("?tab=showcases", "Showcases", sees("#showcases .showcase-card")),
    "showcase": Place("?showcase=harbour", "Harbour film", sees("#showcases .showcase-item")),
    "usage": Place("?tab=usage&days=7", "Usage", shows_days("7")),
    "other usage": Place("?tab=usage&days=90", "Usage", shows_days("90")),
}


@pytest.fixture(scope="module")
def walked(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playground]:
    """A playground with much to go through."""
    data_dir = tmp_path_factory.mktemp("places")
    keep_runs(data_dir, KEPT_RUNS)
    with serving(data_dir, sandbox) as playground:
        showcases = f"{playground.url}/showcases"
        httpx.post(showcases, json={"title": "Harbour film", "id": "harbour"}).raise_for_status()
        httpx.post(f"{showcases}/harbour/text", json={"text": "A word"}).raise_for_status()
        yield playground


@pytest.fixture(scope="module")
def visitor(browser: Browser, walked: Playground) -> Iterator[Visitor]:
    """One visitor who goes here and there."""
    with visiting(browser, walked) as (_, visitor):
        yield visitor


def is_at(page: Page, name: str) -> None:
    """Wait until a place is shown, named and entitled."""
    place = PLACES[name]
    place.seen(page)
    expect(page).to_have_url(re.compile(f"/{re.escape(place.query)}$"))
    expect(page).to_have_title(f"{place.title} · Kling O1 Playground")


@pytest.mark.parametrize("name", PLACES)
def test_a_link_and_a_reload_show_a_place_and_back_leads_to_it_again(
    visitor: Visitor, name: str
) -> None:
    page = visitor.page
    visitor.open(PLACES[name].query)
    is_at(page, name)
    page.reload()
    is_at(page, name)
    other = "History" if "usage" in name else "Usage"
    if name == "run":
        # Its dialog lies over the tabs.
        visitor.open("?tab=usage")
    else:
        visitor.tab(other)
    expect(page).to_have_url(re.compile(f"tab={other.lower()}"))
    page.go_back()
    is_at(page, name)


def test_spaces_in_a_row_do_not_keep_the_page_from_its_title(visitor: Visitor) -> None:
    visitor.open("?tab=history&text=two%20%20spaces%20")
    expect(visitor.page).to_have_title("“two spaces ” in History · Kling O1 Playground")
    expect(visitor.page.locator(".history-empty")).to_be_visible()


def test_back_walks_all_that_was_gone_through_and_forward_goes_on_again(visitor: Visitor) -> None:
    page = visitor.page
    visitor.open()
    is_at(page, ImageO1.api_name)
    visitor.tab(ImageToVideo.title)
    is_at(page, ImageToVideo.api_name)
    visitor.tab("History")
    is_at(page, "history")
    page.locator("#history-grid [data-run='run-0003']").click()
    is_at(page, "run")
    page.keyboard.press("Escape")
    is_at(page, "history")
    page.locator("#history-text").press_sequentially("number 2")
    expect(page).to_have_url(re.compile("text=number%202$"))
    page.locator("#history-model").select_option(label=ImageO1.title)
    is_at(page, "search")
    visitor.tab("Usage")
    page.get_by_role("radio", name="7 days", exact=True).check()
    is_at(page, "usage")
    page.get_by_role("radio", name="90 days", exact=True).check()
    is_at(page, "other usage")

    page.go_back()
    is_at(page, "usage")
    page.go_back()
    page.go_back()
    is_at(page, "search")
    page.go_back()
    expect(page).to_have_url(re.compile("text=number%202$"))
    page.go_back()
    is_at(page, "history")
    expect(page.locator("#history-text")).to_have_value("")
    page.go_back()
    is_at(page, ImageToVideo.api_name)
    page.go_back()
    is_at(page, ImageO1.api_name)
    page.go_forward()
    is_at(page, ImageToVideo.api_name)
    page.go_forward()
    is_at(page, "history")
    page.go_forward()
    page.go_forward()
    is_at(page, "search")


def test_a_run_in_full_is_closed_by_back_and_opened_by_forward(visitor: Visitor) -> None:
    page = visitor.page
    visitor.open("?tab=history")
    page.locator("#history-grid [data-run='run-0002']").click()
    dialog = page.locator("dialog.detail")
    dialog.get_by_role("button", name="Next").click()
    is_at(page, "run")
    page.go_back()
    expect(dialog).to_be_hidden()
    is_at(page, "history")
    page.go_forward()
    is_at(page, "run")
    dialog.get_by_role("button", name="Open in its tab").click()
    is_at(page, "run in its tab")
    page.go_back()
    is_at(page, "run")
    page.keyboard.press("Escape")
    is_at(page, "history")


def test_a_linked_run_that_is_closed_leaves_history_and_no_step_to_nowhere(
    visitor: Visitor,
) -> None:
    page = visitor.page
    visitor.open()
    visitor.open(PLACES["run"].query)
    is_at(page, "run")
    page.keyboard.press("Escape")
    is_at(page, "history")
    page.go_back()
    is_at(page, ImageO1.api_name)


@pytest.mark.parametrize("more", ["", "&__theme=dark", "&utm_source=mail"])
def test_a_linked_run_stays_closed_however_its_link_is_written(visitor: Visitor, more: str) -> None:
    page = visitor.page
    visitor.open()
    visitor.open(f"?run=run-0003&tab=history{more}")
    PLACES["run"].seen(page)
    page.keyboard.press("Escape")
    kept = more if "theme" in more else ""
    expect(page).to_have_url(re.compile(rf"\?tab=history{kept}$"))
    PLACES["history"].seen(page)
    expect(page.locator("dialog.detail")).to_be_hidden()
    page.go_back()
    is_at(page, ImageO1.api_name)


def test_back_closes_small_dialogs_and_they_leave_no_step_behind(visitor: Visitor) -> None:
    page = visitor.page
    visitor.open(PLACES["run in its tab"].query)
    form = visitor.form(ImageToVideo)
    form.card.get_by_role("button", name="Use these settings").click()
    dialog = page.get_by_role("dialog")
    for opener in ("Code", "Vary"):
        form.part("form").get_by_role("button", name=opener).click()
        expect(dialog).to_be_visible()
        page.go_back()
        expect(dialog).to_have_count(0)
    form.part("form").get_by_role("button", name="Code").click()
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    is_at(page, "run in its tab")
    page.go_forward()
    expect(dialog.get_by_role("tab", name="Python")).to_be_visible()
    page.go_back()
    expect(dialog).to_have_count(0)
    visitor.tab("Usage")
    page.go_back()
    is_at(page, "run in its tab")


def test_forward_to_a_dialog_that_cannot_come_back_leaves_a_page_that_works(
    visitor: Visitor,
) -> None:
    page = visitor.page
    visitor.open(PLACES["run in its tab"].query)
    form = visitor.form(ImageToVideo)
    form.card.get_by_role("button", name="Use these settings").click()
    form.part("form").get_by_role("button", name="Vary").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.go_forward()
    is_at(page, "run in its tab")
    visitor.tab("Usage")
    expect(page).to_have_url(re.compile("tab=usage"))
    page.go_back()
    is_at(page, "run in its tab")


def test_a_picture_in_full_over_a_run_is_closed_by_back_alone(visitor: Visitor) -> None:
    page = visitor.page
    visitor.open("?tab=history&run=run-0002")
    detail = page.locator("dialog.detail")
    detail.locator(".result-media [data-zoom]").click()
    zoomed = page.locator("dialog.zoomed")
    expect(zoomed).to_be_visible()
    page.go_back()
    expect(zoomed).to_have_count(0)
    expect(detail).to_be_visible()


def test_a_result_used_as_a_reference_goes_back_to_where_it_was_seen(visitor: Visitor) -> None:
    page = visitor.page
    visitor.open("?tab=history&run=run-0002")
    detail = page.locator("dialog.detail")
    detail.get_by_role("button", name="Use as").click()
    page.get_by_role("dialog", name="Use this result").get_by_role(
        "button", name="first frame"
    ).click()
    is_at(page, ImageToVideo.api_name)
    expect(detail).to_be_hidden()
    page.go_back()
    expect(detail.locator("[data-run='run-0002']").first).to_be_visible()


def test_two_links_one_after_the_other_show_what_each_names(visitor: Visitor) -> None:
    page = visitor.page
    visitor.open("?run=run-0003")
    is_at(page, "run in its tab")
    visitor.open("?compare=run-0002,run-0004")
    is_at(page, "comparison")
    page.go_back()
    is_at(page, "run in its tab")


def test_a_reload_goes_down_to_where_one_was(visitor: Visitor) -> None:
    page = visitor.page
    visitor.open("?tab=history")
    finds(24)(page)
    page.mouse.wheel(0, 5000)
    finds(48)(page)
    page.evaluate("scrollTo(0, 1500)")
    page.reload()
    page.wait_for_function("Math.abs(scrollY - 1500) < 20")
