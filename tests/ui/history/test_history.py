"""History in Chromium: what was made is found, looked at, kept in order, and used again."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from gradio_client import Client, handle_file
from playwright.sync_api import Browser, Locator, expect

from components.catalog.models.image_o1 import ImageO1
from components.catalog.models.image_to_video import ImageToVideo
from components.runs.run import Run
from components.sandbox import Sandbox
from tests.apps.playgrounds import SAMPLES, Playground, finished, serving
from tests.samples.kept_runs import keep_runs, lost_run
from tests.ui.visitor import Form, Visitor, visiting

HOSTILE = (
    '<img src=x onerror="window.wasRun=1"></script><script>window.wasRun=1</script>'
    "<b>{{7*7}} ${window.wasRun=1}</b>"
)
PAGE_RUNS = 24
KEPT_RUNS = 30


@dataclass(frozen=True)
class Kept:
    """A playground whose History is full from the start, and its runs, newest first."""

    playground: Playground
    runs: list[Run]


@dataclass(frozen=True)
class HistoryView:
    """What a visitor sees of History."""

    visitor: Visitor

    @property
    def cards(self) -> Locator:
        """The grid, newest first."""
        return self.visitor.page.locator("#history-grid .history-card")

    @property
    def dialog(self) -> Locator:
        """The run that is looked at in full."""
        return self.visitor.page.locator("dialog.detail")

    @property
    def toast(self) -> Locator:
        """The short sentence at the foot of the page."""
        return self.visitor.page.locator(".said")

    def card(self, number: int) -> Locator:
        """The card of the kept run with this number."""
        return self.visitor.page.locator(f"#history-grid [data-run='run-{number:04d}']")

    def press(self, *keys: str) -> None:
        """Press keys one after another."""
        for key in keys:
            self.visitor.page.keyboard.press(key)

    def do(self, wish: str) -> None:
        """Press a button of the dialog."""
        self.dialog.locator(f"[data-do='{wish}']").click()


@pytest.fixture(scope="module")
def kept(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    """One full History for all tests that bring back what they delete."""
    data_dir = tmp_path_factory.mktemp("history")
    runs = keep_runs(data_dir, KEPT_RUNS)
    lost_run(data_dir)
    with serving(data_dir, sandbox) as playground:
        yield Kept(playground, runs)


@pytest.fixture(scope="module")
def opened(browser: Browser, kept: Kept) -> Iterator[Visitor]:
    """One page for all tests that go through the full History."""
    with visiting(browser, kept.playground, timezone_id="UTC") as (_, visitor):
        visitor.open()
        yield visitor


@pytest.fixture
def history(opened: Visitor) -> HistoryView:
    """History as one finds it: no dialog, nothing selected, no filter."""
    opened.page.keyboard.press("Escape")
    opened.tab("History")
    expect(opened.page.locator("#history-grid")).to_be_visible()
    with opened.page.expect_response(lambda it: "/history?" in it.url):
        opened.page.evaluate("""() => {
            document.querySelector(".history-view [role=search]").reset();
            document.querySelector(".selection [data-do=clear]").click();
            window.scrollTo(0, 0);
        }""")
    history = HistoryView(opened)
    expect(history.card(0)).to_be_visible()
    return history


def choose(visitor: Visitor, filter_id: str, option: str) -> None:
    """Pick an option of a filter."""
    visitor.page.locator(f"#{filter_id}").select_option(label=option)


def test_runs_are_searched_and_filtered_in_every_way(history: HistoryView) -> None:
    visitor, page = history.visitor, history.visitor.page
    page.locator("#history-text").fill("NUMBER 2")
    expect(history.cards).to_have_count(11)
    choose(visitor, "history-model", ImageToVideo.title)
    expect(history.cards).to_have_count(5)
    choose(visitor, "history-status", "Failed")
    expect(history.cards).to_have_count(0)
    expect(page.locator("#history-grid")).to_contain_text("No run matches")
    page.get_by_role("button", name="Clear the filters").click()
    expect(history.cards.first).to_be_visible()
    page.locator("#history-to").fill("2020-01-01")
    expect(history.cards).to_have_count(0)
    page.locator("#history-to").fill("2100-01-01")
    expect(history.cards).not_to_have_count(0)
    page.get_by_label("Favourites").check()
    expect(history.cards).to_have_count(0)


def test_older_runs_come_when_one_scrolls_to_them(history: HistoryView) -> None:
    visitor = history.visitor
    expect(history.cards).to_have_count(PAGE_RUNS)
    told = visitor.page.locator(".history-count")
    expect(told).to_have_text(f"{PAGE_RUNS} of {KEPT_RUNS + 1} runs")
    visitor.page.mouse.wheel(0, 5000)
    expect(history.cards).to_have_count(KEPT_RUNS + 1)
    expect(told).to_have_text(f"{KEPT_RUNS + 1} runs")


def test_keys_alone_move_star_select_delete_and_undo(history: HistoryView) -> None:
    visitor = history.visitor
    history.card(1).locator(".history-open").focus()
    history.press("ArrowRight", "f", "x", "ArrowRight", "x", "ArrowDown", "ArrowUp")
    expect(history.card(3).locator(".history-open")).to_be_focused()
    expect(history.card(2).locator(".star")).to_have_attribute("aria-pressed", "true")
    expect(visitor.page.locator(".selection")).to_contain_text("2 selected")
    history.press("Delete")
    expect(history.toast).to_contain_text("2 runs deleted.")
    expect(history.card(2)).to_have_count(0)
    expect(history.card(4).locator(".history-open")).to_be_focused()
    history.press("Control+z")
    expect(history.card(2)).to_be_visible()
    expect(history.card(2).locator(".star")).to_have_attribute("aria-pressed", "true")
    history.card(2).locator(".star").click()
    expect(history.card(2).locator(".star")).to_have_attribute("aria-pressed", "false")


def test_a_clip_plays_in_its_card_while_it_is_pointed_at(history: HistoryView) -> None:
    visitor = history.visitor
    history.card(1).hover()
    player = history.card(1).locator("video")
    expect(player).to_have_js_property("muted", value=True)
    visitor.page.wait_for_function("it => it.currentTime > 0", arg=player.element_handle())
    history.card(0).hover()
    expect(visitor.page.locator("#history-grid video")).to_have_count(0)


def test_a_press_on_a_clip_that_plays_opens_its_run(history: HistoryView) -> None:
    history.card(0).locator(".pick").click()
    card = history.card(1)
    card.hover()
    expect(card.locator("video")).to_be_attached()
    # A press takes longer than it takes the page to see where the focus went.
    card.locator(".thumb").click(delay=200)
    expect(history.dialog.locator(".receipt")).to_be_visible()


def test_two_selected_runs_go_to_the_comparison(history: HistoryView) -> None:
    visitor = history.visitor
    compare = visitor.page.locator(".selection [data-do=compare]")
    history.card(3).locator(".pick").click()
    expect(compare).to_be_disabled()
    history.card(1).locator(".history-open").click(modifiers=["Shift"])
    expect(visitor.page.locator(".selection")).to_contain_text("3 selected")
    compare.click()
    kept_ids = visitor.page.evaluate("JSON.parse(localStorage.getItem('compare'))")
    assert kept_ids == ["run-0001", "run-0002", "run-0003"]


def test_selected_runs_are_downloaded_as_one_archive(history: HistoryView) -> None:
    page = history.visitor.page
    history.card(0).locator(".pick").click()
    history.card(1).locator(".pick").click()
    with page.expect_download() as download:
        page.locator(".selection [data-do=download]").click()
    with ZipFile(download.value.path()) as archive:
        names = {Path(name).suffix for name in archive.namelist()}
    assert {".jpg", ".mp4", ".json", ".txt", ".csv"} <= names


def test_a_run_is_looked_at_in_full_without_touching_the_form(
    history: HistoryView, kept: Kept
) -> None:
    run, visitor = kept.runs[1], history.visitor
    form = visitor.form(ImageToVideo)
    form.prompt.fill("Half a thought")
    visitor.tab("History")
    history.card(0).click()
    expect(history.dialog.locator("[data-do=next]")).to_be_enabled()
    history.press("ArrowRight")
    for text in (run.id, run.generation_id, "request-7", "$0.50", "$0.56", "Accepted here."):
        expect(history.dialog).to_contain_text(str(text))
    expect(history.dialog.locator(".went-in img")).to_have_count(1)
    history.press("ArrowRight")
    expect(history.dialog).to_contain_text("run-0002")
    history.press("ArrowLeft")
    expect(history.dialog).to_contain_text("run-0001")
    history.press("Escape")
    expect(history.card(1).locator(".history-open")).to_be_focused()
    visitor.tab(ImageToVideo.title)
    expect(form.prompt).to_have_value("Half a thought")


def test_the_family_leads_to_what_a_run_was_made_from(history: HistoryView) -> None:
    history.card(3).click()
    expect(history.dialog.locator(".family")).to_contain_text("first frame")
    history.dialog.locator(".family [data-run='run-0004']").click()
    expect(history.dialog.locator(".detail-body")).to_have_attribute("data-run", "run-0004")


def test_what_the_server_refuses_is_said_and_can_be_tried_again(history: HistoryView) -> None:
    page = history.visitor.page
    refusal = {"problems": {"": "The disk is full."}}
    page.route("**/history?*", lambda route: route.fulfill(status=422, json=refusal))
    page.locator("#history-text").fill("number 7")
    problem = page.locator(".history-problem")
    expect(problem).to_contain_text("The disk is full.")
    page.unroute("**/history?*")
    problem.get_by_role("button", name="Try again").click()
    expect(history.cards).to_have_count(1)
    expect(problem).to_be_hidden()


def test_a_title_and_a_note_are_kept_and_found(history: HistoryView) -> None:
    visitor = history.visitor
    history.card(5).click()
    history.dialog.get_by_label("Title").fill("The good one")
    history.dialog.get_by_label("Note").fill("Warm light")
    history.press("Escape")
    expect(history.card(5)).to_contain_text("The good one")
    visitor.page.locator("#history-text").fill("good one")
    expect(history.cards).to_have_count(1)
    history.cards.first.click()
    expect(history.dialog.get_by_label("Note")).to_have_value("Warm light")


def test_settings_come_back_with_their_media(history: HistoryView, kept: Kept) -> None:
    visitor = history.visitor
    history.card(1).click()
    history.dialog.get_by_role("button", name="Use these settings").click()
    form = Form(visitor.page, ImageToVideo.api_name, ImageToVideo.output)
    expect(form.prompt).to_have_value(kept.runs[1].prompt)
    expect(form.cards_of("image_url")).to_have_count(1)
    expect(form.part("duration").locator("input:checked")).to_have_value("10")
    visitor.tab("History")
    history.card(1).click()
    history.do("open")
    form.expect_result()
    assert form.run_id() == kept.runs[1].id
    visitor.tab("History")
    history.card(1).click()
    history.do("delete")
    history.press("Escape")
    visitor.tab(ImageToVideo.title)
    expect(form.card).to_be_hidden()
    history.press("Control+z")
    expect(form.card).to_be_visible()


def test_a_deleted_run_gives_way_to_the_next_and_can_come_back(history: HistoryView) -> None:
    history.card(6).click()
    history.do("delete")
    expect(history.dialog).to_contain_text("run-0007")
    expect(history.card(6)).to_have_count(0)
    history.toast.get_by_role("button", name="Undo").click()
    expect(history.card(6)).to_have_count(1)


def test_a_run_made_again_is_followed_in_the_dialog_to_its_end(history: HistoryView) -> None:
    history.card(2).click()
    history.dialog.get_by_role("button", name="Run again").click()
    expect(history.dialog.locator(".detail-body")).not_to_have_attribute("data-run", "run-0002")
    expect(history.dialog.locator(".run-card")).to_have_attribute("data-status", "done")
    expect(history.dialog.locator(".events")).to_contain_text("Every file is saved here.")
    history.press("Escape")
    expect(history.cards.first).to_contain_text("Done")
    expect(history.cards.first).to_contain_text("number 2")


def test_a_lost_run_can_be_sent_again_at_its_price_or_looked_for(history: HistoryView) -> None:
    history.visitor.page.locator("#history-grid [data-run='run-lost']").click()
    expect(history.dialog.get_by_role("button", name="Send again · $0.73")).to_be_visible()
    look_again = history.dialog.get_by_role("button", name="Look for it again")
    look_again.click()
    expect(history.dialog).to_contain_text("Looked for again.")
    expect(look_again).to_have_count(0)


def test_a_video_made_elsewhere_is_fetched_by_its_generation_id(
    history: HistoryView, client: Client
) -> None:
    elsewhere = filmed(client, "Made elsewhere, long ago")
    visitor = history.visitor
    box = visitor.page.locator(".fetch")
    box.locator("summary").click()
    box.get_by_label("Generation id").fill("not-an-id")
    box.get_by_role("button", name="Fetch").click()
    expect(box.get_by_role("alert")).to_contain_text("does not name its model")
    box.get_by_label("Generation id").fill(elsewhere["generation_id"])
    box.get_by_role("button", name="Fetch").click()
    expect(history.dialog.locator(".result-media video")).to_be_visible()
    expect(history.dialog).to_contain_text("nothing was sent")


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
        card = visitor.page.locator(f"#history-grid [data-run='{run['id']}']")
        expect(card.locator(".prompt-text")).to_have_text(HOSTILE)
        card.click()
        dialog = HistoryView(visitor).dialog
        expect(dialog.locator(".asked")).to_have_text(HOSTILE)
        dialog.get_by_label("Title").fill(HOSTILE[:100])
        visitor.page.keyboard.press("Escape")
        expect(card.locator(".prompt-text")).to_have_text(HOSTILE[:100])
        assert visitor.page.locator("img[src='x']").count() == 0
        assert visitor.page.evaluate("window.wasRun") is None


def painted(client: Client, prompt: str) -> dict[str, Any]:
    """A finished picture."""
    picture = handle_file(SAMPLES / "place.jpg")
    return finished(
        client, client.predict(prompt=prompt, image_urls=[picture], api_name="/image_o1")
    )


def filmed(client: Client, prompt: str) -> dict[str, Any]:
    """A finished video."""
    picture = handle_file(SAMPLES / "place.jpg")
    return finished(
        client, client.predict(prompt=prompt, image_url=picture, api_name="/image_to_video")
    )
