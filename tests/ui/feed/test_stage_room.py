"""The stage comes first and fits the window, and a letter means the same run wherever it stands."""

from collections.abc import Iterator

import pytest
from gradio_client import Client, handle_file
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.apps.playgrounds import SAMPLES, Playground, finished
from tests.ui.appearance import DESKTOP, PHONE, fits
from tests.ui.visitor import Visitor, visiting

BOXES = """() => Object.fromEntries(
  Object.entries({
    tabs: "#tabs [role=tablist]", stage: "#compare .stage", player: "#compare .player",
    tools: "#compare .stage-tools", chooser: "#compare .choosing",
  }).map(([name, selector]) => {
    const { top, bottom } = document.querySelector(selector).getBoundingClientRect();
    return [name, { top, bottom }];
  }))"""

Ids = dict[str, str]


@pytest.fixture(scope="module")
def runs(client: Client) -> Ids:
    """The ids of an edit and of two portrait clips."""
    place, clip = handle_file(SAMPLES / "place.jpg"), handle_file(SAMPLES / "clip.mp4")
    portrait = {"image_list": [place], "aspect_ratio": "9:16", "api_name": "/reference_to_video"}
    wanted = {
        "edit": client.predict(prompt="Make it snow", video_url=clip, api_name="/video_edit"),
        "tall": client.predict(prompt="A tall cliff", **portrait),
        "taller": client.predict(prompt="A taller cliff", **portrait),
    }
    return {name: str(finished(client, run)["id"]) for name, run in wanted.items()}


@pytest.fixture(scope="module")
def visitor(browser: Browser, playground: Playground) -> Iterator[Visitor]:
    """One visitor who comes by links."""
    with visiting(browser, playground) as (_, visitor):
        yield visitor


def opened(visitor: Visitor, window: ViewportSize, *ids: str) -> Page:
    """Come to a comparison by its link and wait until its first frame is known."""
    visitor.page.set_viewport_size(window)
    visitor.open(f"?compare={','.join(ids)}")
    expect(visitor.page.locator("#compare [data-clock]")).to_contain_text("frame 1")
    return visitor.page


@pytest.mark.parametrize("window", [DESKTOP, PHONE])
@pytest.mark.parametrize("names", [("edit",), ("tall", "taller"), ("tall", "edit", "taller")])
def test_stage_player_and_tools_are_seen_without_scrolling(
    names: tuple[str, ...], window: ViewportSize, visitor: Visitor, runs: Ids
) -> None:
    page = opened(visitor, window, *(runs[name] for name in names))
    for view in ("Slider", "Side by side"):
        page.get_by_label(view, exact=True).check()
        boxes = page.evaluate(BOXES)
        assert page.evaluate("scrollY") == 0
        assert 0 <= boxes["stage"]["top"] - boxes["tabs"]["bottom"] < 40
        assert boxes["stage"]["bottom"] <= boxes["player"]["top"]
        assert boxes["player"]["bottom"] <= boxes["tools"]["top"]
        assert boxes["chooser"]["bottom"] <= window["height"]
        assert boxes["stage"]["bottom"] - boxes["stage"]["top"] > 0.2 * window["height"]
        assert fits(page)


def test_runs_are_chosen_below_the_stage_which_makes_room(visitor: Visitor, runs: Ids) -> None:
    page = opened(visitor, DESKTOP, runs["tall"], runs["taller"])
    before = page.evaluate(BOXES)["stage"]
    choose = page.get_by_role("button", name="Choose runs")
    expect(page.locator("#compare-strip")).to_be_hidden()
    choose.click()
    expect(page.locator("#compare-strip .strip-run").first).to_be_in_viewport()
    after = page.evaluate(BOXES)
    assert after["stage"]["top"] == before["top"]
    assert after["stage"]["bottom"] < before["bottom"]
    assert after["chooser"]["bottom"] <= DESKTOP["height"]
    choose.click()
    expect(page.locator("#compare-strip")).to_be_hidden()
    assert page.evaluate(BOXES)["stage"] == before


def test_a_letter_means_the_same_run_in_strip_stage_and_table(visitor: Visitor, runs: Ids) -> None:
    page = opened(visitor, DESKTOP, runs["edit"])
    panes = page.locator("#compare .pane-label .letter")
    expect(panes).to_have_text(["S", "A"])
    page.get_by_role("button", name="Choose runs").click()
    strip = page.locator("#compare-strip")
    expect(strip.locator(f"[data-run='{runs['edit']}'] .letter")).to_have_text("A")
    strip.locator(f"[data-run='{runs['tall']}']").click()
    expect(panes).to_have_text(["A", "B"])
    for name, letter in (("edit", "A"), ("tall", "B")):
        expect(strip.locator(f"[data-run='{runs[name]}'] .letter")).to_have_text(letter)
    table = page.locator("#compare .differences")
    expect(table.locator("thead .letter")).to_have_text(["A", "B"])
    prompts = table.get_by_role("row", name="Prompt").get_by_role("cell")
    expect(prompts).to_have_text(["Make it snow", "A tall cliff"])
