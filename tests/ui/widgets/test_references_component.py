"""References in somebody's own Gradio app: uploaded, repaired, moved and named."""

import re
from collections.abc import Iterator
from pathlib import Path

import gradio as gr
import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from components.interface.widgets.references.references_component import References
from tests.apps.gradio_apps import launched
from tests.samples.media_files import drawing
from tests.ui.visitor import WAIT_MS


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("referred")
    sizes = {"first": (640, 480), "second": (480, 640), "small": (120, 90)}
    for name, (width, height) in sizes.items():
        drawing(width, height).save(folder / f"{name}.png")
    (folder / "notes.png").write_text("no picture")
    return {file.stem: file for file in folder.iterdir()}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with gr.Blocks(analytics_enabled=False) as demo:
        references = References(label="Pictures", max_items=3)
        told, named = gr.Textbox(label="Told"), gr.Textbox(label="Named")
        references.change(lambda paths: str(len(paths)), references, told)
        gr.Button("Which?").click("\n".join, references, named)
    with launched(demo) as url:
        yield url


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context()
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address)
    expect(page.get_by_text("0 of 3")).to_be_visible(timeout=WAIT_MS)
    yield page
    context.close()
    assert complaints == []


def add(page: Page, *files: Path) -> None:
    page.get_by_label("Add pictures").last.set_input_files(files)


def test_files_are_uploaded_checked_and_repaired(page: Page, pictures: dict[str, Path]) -> None:
    add(page, pictures["first"], pictures["small"])
    cards = page.locator(".ref")
    expect(cards).to_have_count(2)
    expect(cards.nth(0)).to_contain_text("@Image1")
    expect(cards.nth(0)).to_contain_text("Checked: fits")
    expect(cards.nth(1).locator(".ref-change").first).to_be_visible()
    expect(cards.nth(1).locator("img").first).to_have_js_property("complete", True)
    assert cards.nth(1).locator("img").first.evaluate("it => it.naturalWidth") > 0
    expect(page.get_by_label("Told")).to_have_value("2")
    page.get_by_role("button", name="Which?").click()
    expect(page.get_by_label("Named")).to_have_value(
        re.compile(r"^/\S+\.png\n/\S+/references/\S+$")
    )


def test_they_are_moved_and_taken_out(page: Page, pictures: dict[str, Path]) -> None:
    add(page, pictures["first"], pictures["second"])
    names = page.locator(".ref-name")
    expect(names).to_have_text(["first.png", "second.png"])
    page.get_by_role("button", name="Move @Image2 earlier").click()
    expect(names).to_have_text(["second.png", "first.png"])
    page.get_by_role("button", name="Remove @Image1").click()
    expect(names).to_have_text(["first.png"])
    expect(page.get_by_label("Told")).to_have_value("1")


def test_what_is_no_picture_is_declined_and_too_many_are_left_out(
    page: Page, pictures: dict[str, Path]
) -> None:
    add(page, pictures["notes"], pictures["first"])
    expect(page.locator(".ref-refused .ref-sentence")).to_be_visible()
    expect(page.get_by_label("Told")).to_have_value("1")
    add(page, pictures["second"], pictures["small"])
    expect(page.get_by_role("alert")).to_have_text("At most 3: 1 left out.")


def test_no_other_file_of_the_machine_can_be_named(address: str) -> None:
    config = httpx.get(f"{address}config").json()
    component = next(it["id"] for it in config["components"] if it["type"] == "html")
    answer = httpx.post(
        f"{address}gradio_api/component_server",
        json={
            "session_hash": "a",
            "component_id": component,
            "fn_name": "examine",
            "data": ["/etc/passwd", str(Path("assets/logo.svg").resolve())],
        },
    )
    assert answer.json()["sources"] == []
