"""The comparison in somebody's own Gradio app: ten lines, plain `launch`, no route of ours."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import httpx
import pytest
from gradio_client import Client
from playwright.sync_api import Browser, Page, expect

from components.interface.widgets.comparison.comparison import Comparison
from tests.apps.gradio_apps import launched
from tests.samples.media_files import drawing, video
from tests.ui.visitor import WAIT_MS

ROOT = Path(__file__).resolve().parents[3]
WIDTHS = "() => [...document.querySelectorAll('.pane')].map(it => it.offsetWidth)"
TIMES = "() => [...document.querySelectorAll('video')].map(it => it.currentTime)"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("compared")
    for name in ("before", "after"):
        drawing(640, 360).save(folder / f"{name}.png")
    clips = [video(folder / f"{it}.mp4", size=(320, 180), seconds=3.0) for it in ("one", "two")]
    named = {"one": clips[0], "two": clips[1]}
    return {**named, "before": folder / "before.png", "after": folder / "after.png"}


@pytest.fixture(scope="module")
def address(files: dict[str, Path]) -> Iterator[str]:
    with gr.Blocks(analytics_enabled=False) as demo:
        comparison = Comparison([files["before"], files["after"]], labels=["Before", "After"])
        button = gr.Button("Clips")
        told = gr.Textbox(label="Told")
        button.click(lambda: [files["one"], files["two"]], outputs=comparison)
        comparison.pause(lambda paths: [Path(it).name for it in paths], comparison, told)
    with launched(demo) as url:
        yield url


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context()
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address)
    expect(page.locator(".stage .divider")).to_be_visible(timeout=WAIT_MS)
    yield page
    context.close()
    assert complaints == []


def test_a_slider_stands_over_two_pictures(page: Page) -> None:
    expect(page.locator(".pane-label")).to_have_text(["A Before", "B After"])
    divider = page.get_by_role("slider", name="Divider")
    divider.focus()
    divider.press("ArrowRight")
    expect(divider).to_have_attribute("aria-valuenow", "52")
    page.get_by_label("Side by side").check()
    expect(divider).to_be_hidden()
    widths = page.evaluate(
        "() => [...document.querySelectorAll('.pane')].map(it => it.offsetWidth)"
    )
    assert min(widths) > 100
    page.get_by_role("button", name="Zoom in").click()
    expect(page.get_by_label("Zoom", exact=True)).to_have_text("125 %")


def test_an_event_changes_the_files_and_clips_play_in_step_and_tell(page: Page) -> None:
    page.get_by_role("button", name="Clips").click()
    play = page.get_by_role("button", name="Play", exact=True)
    play.click()
    page.wait_for_function(f"Math.min(...({TIMES})()) > 0.5")
    page.get_by_role("button", name="Pause", exact=True).click()
    first, second = page.evaluate(TIMES)
    assert first == second > 0.4
    expect(page.get_by_label("Told")).to_have_value("['one.mp4', 'two.mp4']")


def test_the_app_in_the_docs_is_ten_lines_and_works(browser: Browser) -> None:
    page = (ROOT / "docs" / "components.md").read_text("utf-8")
    code = page.partition("```python\n")[2].partition("```")[0]
    assert len(code.replace("\n\n", "\n").splitlines()) <= 12
    app: dict[str, Any] = {}
    exec(code.replace("demo.launch()", ""), app)
    with launched(app["demo"]) as url, browser.new_context() as context:
        opened = context.new_page()
        opened.goto(url)
        expect(opened.locator(".pane-label")).to_have_text(["A Day", "B Night"], timeout=WAIT_MS)
        opened.get_by_role("button", name="What is shown?").click()
        expect(opened.get_by_label("Shown")).to_have_value(re.compile(r"place\.jpg\n.*night\.jpg"))


def test_the_app_has_no_route_but_gradios_and_serves_no_source_of_ours(address: str) -> None:
    client = Client(address, verbose=False)
    assert client.config["components"]
    client.close()
    source = Path("components/interface/widgets/comparison/comparison.py").resolve()
    assert httpx.get(f"{address}gradio_api/file={source}").status_code in (403, 404)
    script = source.with_suffix(".js")
    answer = httpx.get(f"{address}gradio_api/file={script}")
    assert answer.status_code == 200
    assert "javascript" in answer.headers["content-type"]
