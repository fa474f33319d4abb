"""Usage in Chromium: the figures of the chosen days, beside the pointer, by keys and as files."""

import csv
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from components.runs.run import Run, Status
from components.runs.store.run_store import RunStore
from components.sandbox import Sandbox
from tests.apps.playgrounds import Playground, serving
from tests.samples.run_samples import FRAMES, IMAGE_O1, sample_run
from tests.ui.appearance import DESKTOP, PHONE, fits, violations
from tests.ui.visitor import Visitor, visiting

DAY_S = 86_400.0
NOON_S = DAY_S / 2
HOSTILE = '<img src=x onerror="window.wasRun=1">'


def past_runs() -> Iterator[Run]:
    """Runs of today, of yesterday and of twenty days ago."""
    now = time.time()
    yesterday = now // DAY_S * DAY_S - NOON_S
    ends = [
        (IMAGE_O1, now, Status.DONE, 0.25),
        (FRAMES, now, Status.DONE, 1.25),
        (FRAMES, yesterday, Status.DONE, 2.0),
        (FRAMES, yesterday, Status.FAILED, 0.0),
        (IMAGE_O1, yesterday, Status.CANCELLED, None),
        (HOSTILE, yesterday - 19 * DAY_S, Status.DONE, 10.0),
    ]
    for number, (model, ended_at, status, usd) in enumerate(ends):
        yield replace(
            sample_run(f"run-{number}", submitted_at=ended_at - 90, finished_at=ended_at),
            model=model,
            status=status,
            charged_usd=usd,
        )


@pytest.fixture(scope="module")
def used(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playground]:
    """A playground that has been in use for some weeks."""
    folder = tmp_path_factory.mktemp("used")
    store = RunStore(f"sqlite:///{folder / 'playground.sqlite3'}")
    store.add(*past_runs())
    store.close()
    with serving(folder, sandbox, PLAYGROUND_SPEND_LIMIT_USD="20") as playground:
        yield playground


@pytest.fixture(scope="module")
def visitor(browser: Browser, used: Playground) -> Iterator[Visitor]:
    """One visitor who looks at this and that."""
    with visiting(browser, used) as (_, visitor):
        visitor.open()
        visitor.tab("Usage")
        yield visitor


def choose(page: Page, range_name: str) -> None:
    """Take one of the ranges."""
    page.get_by_role("radio", name=range_name, exact=True).check()


def tile(page: Page, name: str) -> Locator:
    """One of the large figures."""
    return page.locator("#usage .tile").filter(has=page.get_by_text(name, exact=True))


def chart(page: Page, title: str) -> Locator:
    """The chart under a heading."""
    return page.locator("#usage .chart").filter(has=page.get_by_role("heading", name=title))


def test_the_figures_of_the_chosen_days_are_shown(visitor: Visitor) -> None:
    page = visitor.page
    choose(page, "30 days")
    expect(tile(page, "Spent")).to_contain_text("$13.50")
    expect(tile(page, "Runs")).to_contain_text("4 done · 1 failed · 1 cancelled")
    expect(tile(page, "Success rate")).to_contain_text("80.0%")
    expect(tile(page, "Spent today")).to_contain_text("$1.50")
    expect(tile(page, "Spent today")).to_contain_text("of the limit of $20.00")
    expect(chart(page, "Spend per day").locator(".mark")).to_have_count(30)
    choose(page, "7 days")
    expect(tile(page, "Spent")).to_contain_text("$3.50")
    expect(chart(page, "Runs per day").locator(".mark")).to_have_count(7)
    expect(page.locator("#usage .by-model tbody tr")).to_have_count(2)


def test_a_mark_tells_its_figures_under_the_pointer_and_by_keys(visitor: Visitor) -> None:
    page = visitor.page
    choose(page, "7 days")
    spend = chart(page, "Spend per day")
    expect(spend.locator(".mark")).to_have_count(7)
    tip = spend.locator(".chart-tip")
    spend.locator(".mark").last.hover()
    expect(tip).to_contain_text("(so far): $1.50Image: $0.25Image to video: $1.25")
    spend.locator(".mark").last.focus()
    page.keyboard.press("ArrowLeft")
    expect(tip).to_contain_text("$2.00Image to video: $2.00")
    expect(spend.locator(".mark:focus")).to_have_attribute(
        "aria-label", re.compile(r": \$2\.00; Image")
    )
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    runs = chart(page, "Runs per day")
    runs.locator(".mark").nth(5).hover()
    expect(runs.locator(".chart-tip")).to_contain_text("Image to video: 2 (1 failed)")
    runs.locator("summary").click()
    expect(runs.locator("tbody tr").nth(1)).to_contain_text("2 (1 failed)")


def test_own_dates_are_shown_refused_and_remembered(visitor: Visitor) -> None:
    page = visitor.page
    choose(page, "7 days")
    expect(tile(page, "Spent")).to_contain_text("$3.50")
    choose(page, "Own dates")
    first, last = page.get_by_label("From"), page.get_by_label("To", exact=True)
    expect(last).not_to_have_value("")
    first.fill("2001-02-03")
    expect(page.locator("#usage-problem")).to_contain_text("ten years at the most")
    last.fill("2001-02-01")
    expect(page.locator("#usage-problem")).to_contain_text("not after the last")
    last.fill("2001-03-01")
    expect(page.locator("#usage .usage-empty")).to_contain_text("No run ended in these days")
    expect(page.locator("#usage-problem")).to_be_hidden()
    visitor.open()
    visitor.tab("Usage")
    expect(page.locator("#usage .figures")).to_contain_text("3 Feb to 1 Mar 2001")
    expect(first).to_have_value("2001-02-03")


def test_figures_are_downloaded_as_files(visitor: Visitor, tmp_path: Path) -> None:
    page = visitor.page
    choose(page, "30 days")
    for name, rows in (("days", 5), ("models", 3)):
        with page.expect_download() as download:
            page.get_by_role("link", name=f"{name} (CSV)").click()
        download.value.save_as(tmp_path / name)
        with (tmp_path / name).open(newline="", encoding="utf-8") as file:
            table = list(csv.DictReader(file))
        assert len(table) == rows
        assert sum(float(row["charged_usd"]) for row in table) == pytest.approx(13.5)


def test_a_model_that_is_no_longer_offered_is_only_ever_text(visitor: Visitor) -> None:
    page = visitor.page
    choose(page, "30 days")
    expect(page.locator("#usage .by-model")).to_contain_text(HOSTILE)
    chart(page, "Success rate").locator(".mark").last.hover()
    expect(chart(page, "Success rate").locator(".chart-tip")).to_contain_text(HOSTILE)
    assert page.locator("img[src='x']").count() == 0
    assert page.evaluate("window.wasRun") is None


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_usage_can_be_read_by_everyone_and_on_a_phone(
    scheme: Literal["light", "dark"], browser: Browser, used: Playground
) -> None:
    window = PHONE if scheme == "dark" else DESKTOP
    with visiting(browser, used, color_scheme=scheme, viewport=window) as (_, visitor):
        visitor.open()
        visitor.tab("Usage")
        expect(tile(visitor.page, "Spent")).to_contain_text("$13.50")
        assert fits(visitor.page)
        visitor.page.locator("#usage summary").first.click()
        choose(visitor.page, "Own dates")
        expect(visitor.page.get_by_label("From")).not_to_have_value("")
        assert violations(visitor.page) == []
