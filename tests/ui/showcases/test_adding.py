"""Adding to showcases in Chromium, from everywhere; and what deleting a run means for them."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from uuid import uuid4

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Locator, expect

from components.interface.web.served.scripts import page_scripts
from components.media.store.media_store import FolderStore
from components.runs.run import Run
from components.runs.store.run_store import RunStore
from components.sandbox import Sandbox
from components.showcases.editing import ShowcaseEditor
from components.showcases.review import Verdict
from components.showcases.reviews import NewComment, ReviewBook
from components.showcases.showcase import ItemKind, Showcase
from tests.apps.playgrounds import Playground, serving
from tests.samples.kept_runs import keep_runs
from tests.ui.showcases.showcase_stage import expect_soon
from tests.ui.visitor import Visitor, visiting

CLIPBOARD = ["clipboard-read", "clipboard-write"]
NAVIGATION = f"{page_scripts().url}/browser/navigation/navigation.js"
COMPARE = f"ids => import('{NAVIGATION}').then(it => it.openCompare(ids))"
COUNT_CLICKS = (
    "window.clicks = 0; addEventListener('pointerdown', () => { window.clicks += 1 }, true)"
)


@dataclass(frozen=True)
class Maker:
    """Somebody at History, and the showcases as they are kept."""

    visitor: Visitor
    database: sa.Engine

    @property
    def editor(self) -> ShowcaseEditor:
        """The showcases as the page's own server keeps them."""
        media = FolderStore(self.visitor.playground.data_dir / "media")
        return ShowcaseEditor(self.database, media, time.time)

    @property
    def newest(self) -> Showcase:
        """The showcase that changed last."""
        return self.editor.get(self.editor.all()[0].id)

    @property
    def adding(self) -> Locator:
        """The dialog that adds."""
        return self.visitor.page.locator("dialog .showcasing")

    @property
    def said(self) -> Locator:
        """The short word at the foot of the page."""
        return self.visitor.page.locator(".said")

    def card(self, number: int) -> Locator:
        """The card of the kept run with this number."""
        return self.visitor.page.locator(f"#history-grid [data-run='run-{number:04d}']")

    def add(self, title: str, button: str = "Add") -> None:
        """Fill in the dialog that is open, and wait for the word that it is done."""
        self.adding.get_by_label("Title of the new showcase").fill(title)
        self.adding.get_by_role("button", name=button, exact=True).click()
        expect(self.said).to_contain_text(f"in “{title}” now.")
        expect(self.adding).to_have_count(0)

    def shown_runs(self, showcase_id: str) -> list[str]:
        """The runs that a showcase shows, in order."""
        items = self.editor.get(showcase_id).items
        return [run.run_id for item in items for run in item.runs]


@pytest.fixture(scope="module")
def full(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playground]:
    """A playground with finished runs, two of them a plan."""
    data_dir = tmp_path_factory.mktemp("adding")
    runs = keep_runs(data_dir, 12)
    store = RunStore(f"sqlite:///{data_dir / 'playground.sqlite3'}")
    store.add(*_of_a_plan(runs))
    store.close()
    with serving(data_dir, sandbox) as running:
        yield running


def _of_a_plan(runs: list[Run]) -> list[Run]:
    """Two pictures that stand in a grid under their labels."""
    labels = ({"row": "red", "column": "16:9"}, {"row": "blue", "column": "16:9"})
    return [
        replace(runs[0], id=f"planned-{at}", group_id="plan-1", group_labels=it, group_index=at)
        for at, it in enumerate(labels)
    ]


@pytest.fixture
def maker(browser: Browser, full: Playground) -> Iterator[Maker]:
    """Somebody new who has opened History."""
    database = sa.create_engine(f"sqlite:///{full.data_dir / 'playground.sqlite3'}")
    with visiting(browser, full, permissions=CLIPBOARD, timezone_id="UTC") as (_, visitor):
        visitor.open("?tab=history")
        expect(visitor.page.locator("#history-grid .history-card").first).to_be_visible()
        yield Maker(visitor, database)
    database.dispose()


def test_from_four_results_to_a_link_in_six_clicks(maker: Maker) -> None:
    page = maker.visitor.page
    page.evaluate(COUNT_CLICKS)
    for number in (2, 3, 4, 5):
        maker.card(number).hover()
        maker.card(number).locator(".pick").click()
    page.get_by_role("button", name="Add to showcase …").click()
    expect(maker.adding).to_contain_text("4 results")
    maker.adding.get_by_role("button", name="Add and copy link").click()
    expect(maker.said).to_contain_text("4 results are in “A harbour, number 2” now.")
    expect(maker.said).to_contain_text("The link is copied.")
    link = page.evaluate("navigator.clipboard.readText()")
    assert re.fullmatch(rf"{maker.visitor.playground.url}/show/[\w-]{{32,}}", link)
    assert page.evaluate("window.clicks") == 6
    showcase = maker.newest
    assert maker.shown_runs(showcase.id) == [f"run-{number:04d}" for number in (2, 3, 4, 5)]
    maker.said.get_by_role("button", name="Open showcase").click()
    expect(page).to_have_url(re.compile(f"showcase={showcase.id}"))


def test_a_result_joins_a_showcase_that_is_there_under_its_caption(maker: Maker) -> None:
    page = maker.visitor.page
    for title in ("First room", "Second room"):
        maker.editor.create(title)
    maker.card(1).locator(".history-open").click()
    page.locator("dialog.detail [data-action=showcase]").click()
    maker.adding.get_by_role("radio", name=re.compile("First room")).check()
    maker.adding.get_by_label("Caption").fill("  At dusk  ")
    maker.adding.get_by_role("button", name="Add", exact=True).click()
    expect(maker.said).to_contain_text("1 result is in “First room” now.")
    assert maker.newest.title == "First room"
    (item,) = maker.newest.items
    assert (item.caption, item.runs[0].run_id) == ("At dusk", "run-0001")


def test_an_empty_title_is_refused_in_the_dialog_and_nothing_is_made(maker: Maker) -> None:
    page = maker.visitor.page
    before = len(maker.editor.all())
    maker.card(1).locator(".history-open").click()
    page.locator("dialog.detail [data-action=showcase]").click()
    maker.adding.get_by_label("Title of the new showcase").fill("  ")
    maker.adding.get_by_role("button", name="Add", exact=True).click()
    expect(maker.adding.get_by_role("alert")).to_contain_text("Give the showcase a title")
    assert len(maker.editor.all()) == before
    maker.add("Named after all")


def test_an_edit_is_shown_before_and_after(maker: Maker) -> None:
    page = maker.visitor.page
    maker.card(6).locator(".history-open").click()
    page.locator("dialog.detail [data-action=showcase]").click()
    maker.adding.get_by_role("radio", name="Before and after").check()
    maker.add("The edit")
    (item,) = maker.newest.items
    assert item.kind is ItemKind.COMPARISON
    assert [medium.pick for medium in item.media] == ["s1", "1"]


def test_a_comparison_is_added_with_its_sides(maker: Maker) -> None:
    page = maker.visitor.page
    page.evaluate(COMPARE, ["run-0003", "run-0001"])
    expect(page.locator("#compare .comparison-details [data-spec]")).to_have_count(2)
    page.locator("#compare").get_by_role("button", name="Add to showcase …").click()
    expect(maker.adding).to_contain_text("The comparison")
    maker.add("Which of the two")
    (item,) = maker.newest.items
    assert item.kind is ItemKind.COMPARISON
    assert [medium.run_id for medium in item.media] == ["run-0003", "run-0001"]


def test_the_grid_of_a_plan_is_added_with_its_labels(maker: Maker) -> None:
    page = maker.visitor.page
    page.locator("#history-grid [data-run='planned-0'] .history-open").click()
    page.get_by_role("button", name="Open its plan").click()
    page.get_by_role("button", name="Add the grid to a showcase …").click()
    maker.add("The plan")
    (item,) = maker.newest.items
    assert item.kind is ItemKind.PLAN
    assert [(it.row, it.column) for it in item.media] == [("red", "16:9"), ("blue", "16:9")]


def test_a_list_of_many_showcases_is_searched(maker: Maker) -> None:
    for number in range(9):
        maker.editor.create(f"Room {number}")
    maker.card(1).locator(".history-open").click()
    maker.visitor.page.locator("dialog.detail [data-action=showcase]").click()
    maker.adding.get_by_label("Search the showcases").fill("room 7")
    expect(maker.adding.locator(".places .place:visible")).to_have_count(1)
    expect(maker.adding.locator(".places .place:visible")).to_contain_text("Room 7")


@pytest.mark.parametrize(
    ("answer", "stays"), [("Delete", True), ("Delete and take out of showcases", False)]
)
def test_a_run_that_is_shown_is_deleted_after_a_question_and_comes_back(
    maker: Maker, answer: str, *, stays: bool
) -> None:
    page = maker.visitor.page
    showcase = _showcase_of(maker, "run-0007", f"Held: {answer}")
    maker.card(7).locator(".history-open").focus()
    page.keyboard.press("Delete")
    question = page.locator("dialog .question")
    expect(question).to_contain_text(f"“Held: {answer}”")
    question.get_by_role("button", name="Cancel").click()
    expect(maker.card(7)).to_be_visible()
    maker.card(7).locator(".history-open").click()
    page.locator("dialog.detail [data-do=delete]").click()
    question.get_by_role("button", name=answer, exact=True).click()
    expect(maker.card(7)).to_have_count(0)
    assert maker.shown_runs(showcase.id) == (["run-0007"] if stays else [])
    maker.said.get_by_role("button", name="Undo").click()
    expect(maker.card(7)).to_have_count(1)
    # The card may come by the news, while the answer is on its way.
    expect_soon(lambda: maker.shown_runs(showcase.id), ["run-0007"])
    maker.editor.delete(showcase.id)


def test_a_run_that_nobody_shows_is_deleted_without_a_question(maker: Maker) -> None:
    maker.card(9).locator(".history-open").focus()
    maker.visitor.page.keyboard.press("Delete")
    expect(maker.card(9)).to_have_count(0)
    expect(maker.visitor.page.locator("dialog .question")).to_have_count(0)
    maker.visitor.page.keyboard.press("Control+z")
    expect(maker.card(9)).to_have_count(1)


def test_what_guests_say_comes_to_history_without_a_reload_and_is_found(maker: Maker) -> None:
    page = maker.visitor.page
    showcase = _showcase_of(maker, "run-0008", "Reviewed")
    book = ReviewBook(maker.database, time.time)
    guest, _ = book.enter(showcase.id, "Ada")
    item = showcase.items[0].id
    book.judge(showcase.id, item, guest, verdict=Verdict.APPROVE)
    for text in ("Lovely", "Really"):
        book.comment(showcase.id, NewComment(item_id=item, text=text), guest)
    # The page's own server knows nothing of what is written past it, until the run is written to.
    page.request.patch(f"{maker.visitor.playground.url}/runs/run-0008", data={"remark": "Seen"})
    words = maker.card(8).locator(".guest-word")
    expect(words).to_have_text(["Approved", "2 comments"])
    page.get_by_label("Reviews").select_option("approved")
    expect(page.locator("#history-grid .history-card")).to_have_count(1)
    expect(page).to_have_url(re.compile("review=approved"))
    page.reload()
    expect(page.locator("#history-grid .history-card")).to_have_count(1)
    maker.card(8).locator(".history-open").click()
    dialog = page.locator("dialog.detail")
    expect(dialog.locator(".guest-word")).to_have_text(["Approved", "2 comments"])
    dialog.get_by_role("link", name="Reviewed").click()
    expect(page).to_have_url(re.compile(f"showcase={showcase.id}"))
    expect(dialog).not_to_be_visible()


def _showcase_of(maker: Maker, run_id: str, title: str) -> Showcase:
    """A showcase of one run, made as another program makes one."""
    page = maker.visitor.page
    body = {"id": str(uuid4()), "title": title, "specs": [run_id]}
    answer = page.request.post(f"{maker.visitor.playground.url}/showcases/add", data=body)
    return maker.editor.get(str(answer.json()["showcase_id"]))
