"""The page in Firefox and in WebKit: made, found, looked at, compared, dark and on a phone."""

import pytest

from tests.apps.playgrounds import SAMPLES, Playground
from tests.browsers.conftest import Ids
from tests.browsers.walked_page import DESKTOP, PHONE, WalkedPage

pytestmark = [
    pytest.mark.browsers,
    # Selenium's own way to WebKit warns of itself.
    pytest.mark.filterwarnings("ignore:setting remote_server_addr:DeprecationWarning"),
]

ESCAPE = "\ue00c"
"""WebDriver's name for the key, in every browser."""
PROMPT = "The headland in thick fog"
NEWEST = "#image_o1-feed .run-card"
SHOWN = """(selector) => [...document.querySelectorAll(selector)].some((it) =>
    it.checkVisibility() && (it.naturalWidth > 0 || it.readyState >= 2))"""
"""Whether a picture, or a frame of a clip, is really there."""
FITS = "() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"
BACKGROUND = """() => getComputedStyle(document.body).backgroundColor
    .match(/[\\d.]+/g).slice(0, 3).reduce((sum, it) => sum + Number(it), 0) / 3"""
SCHEME = "() => getComputedStyle(document.documentElement).colorScheme"
SCROLLED = "() => document.querySelector('dialog.detail').scrollTop"
SELECTED_TAB_IS_SEEN = """() => [...document.querySelectorAll("[role=tab][aria-selected=true]")]
    .some((it) => {
        const box = it.getBoundingClientRect();
        return box.width > 0 && box.left >= 0 && box.right <= innerWidth;
    })"""
SCROLLBAR_PX, DARK = 8, 64
MANY_COLOURS = 100
"""A picture has more, and an empty frame with its letter and its label fewer."""
PLACES = {
    "form": ("", "#image_o1-generate"),
    "history": ("tab=history", "#history-grid .history-card"),
    "compare": ("compare={dusk},{night}", "#compare .pane-media"),
    "clips": ("compare={edit},{look}", "#compare .pane-media"),
    "usage": ("tab=usage", "#usage .tile"),
    "run": ("tab=history&run={edit}", "dialog.detail [data-do=next]"),
}


def test_a_prompt_and_a_picture_become_a_result_that_history_lists(page: WalkedPage) -> None:
    page.click("#image_o1-prompt textarea")
    page.type(PROMPT)
    page.wait("(it) => document.querySelector('#image_o1-prompt textarea').value === it", PROMPT)
    page.set_files("#image_o1-image_urls-file", SAMPLES / "place.jpg")
    page.see("#image_o1-image_urls .ref-ready img")
    page.keep("filled-in")
    page.click("#image_o1-generate")
    page.see(NEWEST, "fog")
    page.wait(SHOWN, f"{NEWEST}[data-status=done] .result-media img")
    page.keep("result")
    page.click("[role=tab]", "History")
    page.see("#history-grid .history-card", "fog")
    page.wait(SHOWN, "#history-grid .history-card img")
    page.keep("history")


def test_a_run_in_full_is_closed_by_back_and_by_escape(page: WalkedPage, made: Ids) -> None:
    page.click("[role=tab]", "History")
    for leave in (page.back, lambda: page.type(ESCAPE)):
        page.click(f"#history-grid [data-run='{made['edit']}'] .history-open")
        page.see("dialog.detail [data-do=next]")
        page.wait(SHOWN, "dialog.detail video")
        page.keep("run-in-full")
        assert page.run(SCROLLED) == 0
        leave()
        page.see_gone("dialog.detail")
        page.wait("() => location.search === '?tab=history'")
    page.back()
    page.see("#image_o1-generate")


@pytest.mark.parametrize("pair", [("dusk", "night"), ("edit", "look")], ids=["pictures", "clips"])
def test_two_runs_are_compared_side_by_side(
    pair: tuple[str, str], page: WalkedPage, made: Ids
) -> None:
    page.click("[role=tab]", "Compare")
    for name in pair:
        page.click(f"#compare-strip [data-run='{made[name]}']")
        # What is chosen first is shown against its source, which moves what is below a little.
        page.wait(SHOWN, "#compare .pane-media")
    page.wait("() => document.querySelectorAll('#compare .pane-media').length === 2")
    page.keep(f"compare-{'-'.join(pair)}")
    page.wait(
        "(ids) => location.search === `?compare=${ids}`", ",".join(made[name] for name in pair)
    )


def test_clips_side_by_side_show_something_before_they_play(
    page: WalkedPage, watched: Playground, made: Ids
) -> None:
    page.open(f"{watched.url}/?compare={made['edit']},{made['look']}")
    page.wait("() => document.querySelectorAll('#compare .pane-media').length === 2")
    page.wait(SHOWN, "#compare .pane-media")
    page.keep("clips-before-they-play")
    assert min(page.colours("#compare .pane-media")) > MANY_COLOURS


def test_what_scrolls_in_a_dark_page_has_a_dark_scrollbar(
    page: WalkedPage, watched: Playground
) -> None:
    page.resize(*PHONE)
    page.open(f"{watched.url}/?__theme=dark")
    page.ready()
    page.keep("dark-scrollbar")
    assert page.lightness_below("#image_o1-examples", SCROLLBAR_PX) < DARK


def test_usage_shows_the_figures_of_the_day(page: WalkedPage, made: Ids) -> None:
    assert made
    page.click("[role=tab]", "Usage")
    page.see("#usage .tile", "Spent")
    page.see("#usage .chart .mark")
    page.keep("usage")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_place_fits_in_light_and_dark(
    size: tuple[int, int], theme: str, page: WalkedPage, watched: Playground, made: Ids
) -> None:
    page.resize(*size)
    for place, (query, part) in PLACES.items():
        page.open(f"{watched.url}/?__theme={theme}&{query.format(**made)}")
        page.see(part)
        page.keep(f"{place}-{size[0]}-{theme}")
        assert page.run(FITS), place
        page.wait(SELECTED_TAB_IS_SEEN)
        assert (page.run(BACKGROUND) < DARK) == (theme == "dark"), place
        assert theme in page.run(SCHEME), place
        # Under an open dialog the first view stays where elements cannot be moved as they are.
        page.type(ESCAPE)
        page.ready()
        page.see_gone("dialog")
