"""Start and first view, against a page of the same gradio with one text box.

The first view is there when a key that is pressed lands in the prompt and stays: other letters are
typed all the time, and what stands in the box in the end tells which was the first to be kept.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, sync_playwright

from tests.processes.chromium import launch_chromium

ROOT = Path(__file__).resolve().parents[3]
ROUNDS = 7
SETTLED_MS = 4000
BOXES = {"ours": "#image_o1-prompt-input", "one box": "#only textarea"}
TYPE = """
window.typed = [];
const type = () => {
    const box = document.querySelector("BOX");
    const isSeen = box?.checkVisibility({ visibilityProperty: true })
        && performance.getEntriesByName("first-contentful-paint").length;
    if (isSeen) {
        box.focus();
        const letter = String.fromCharCode(0x4e00 + window.typed.length);
        const hasFocus = document.activeElement === box;
        if (hasFocus && document.execCommand("insertText", false, letter)) {
            window.typed.push([letter, performance.now()]);
        }
    }
    if (performance.now() < 3000) setTimeout(type, 20);
};
type();
"""
"""As a person would: into the box that is seen, and again after whatever took the focus away."""
ONE_BOX = """
import sys
import gradio as gr
with gr.Blocks() as demo:
    gr.Textbox(label="Prompt", elem_id="only")
demo.launch(server_port=int(sys.argv[1]), quiet=True)
"""


def rows() -> list[tuple[str, ...]]:
    """Medians of several rounds, taken in turn so that both meet the same noise."""
    cold, warm = _kept_keys()
    return [
        ("figure", "ours", "one box", "ratio", "target"),
        _row("start to first page, s", _starts(), "1.3"),
        _row("first key kept in the prompt, cold, s", cold, "0.7"),
        _row("first key kept in the prompt, warm, s", warm, "1.0"),
    ]


def _starts() -> dict[str, list[float]]:
    """Seconds from the start of a process to its first page."""
    started: dict[str, list[float]] = {name: [] for name in BOXES}
    for _ in range(ROUNDS):
        for name in BOXES:
            with _served(name) as (_, start_s):
                started[name].append(start_s)
    return started


def _kept_keys() -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """Seconds to the first key that stays, with an empty cache and with a full one.

    Both pages are served all the time and have been asked for once before.
    """
    cold: dict[str, list[float]] = {name: [] for name in BOXES}
    warm: dict[str, list[float]] = {name: [] for name in BOXES}
    with sync_playwright() as playwright, ExitStack() as served:
        browser = launch_chromium(playwright)
        served.callback(browser.close)
        urls = {name: served.enter_context(_served(name))[0] for name in BOXES}
        for turn in range(ROUNDS + 1):
            for name, box in BOXES.items():
                cold_s, warm_s = kept_key_s(browser, urls[name], box)
                if turn:
                    cold[name].append(cold_s)
                    warm[name].append(warm_s)
    return cold, warm


def _row(label: str, seconds: dict[str, list[float]], target: str) -> tuple[str, ...]:
    ours, other = median(seconds["ours"]), median(seconds["one box"])
    return label, f"{ours:.2f}", f"{other:.2f}", f"{ours / other:.2f}", target


@contextmanager
def _served(name: str) -> Iterator[tuple[str, float]]:
    """A fresh process of either page; yields its address and the seconds to its first answer."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-c", ONE_BOX, str(port)]
    if name == "ours":
        command = [sys.executable, str(ROOT / "app.py")]
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "GRADIO_SERVER_PORT": str(port)}
        environment["GRADIO_ANALYTICS_ENABLED"] = "False"
        began = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL)
        try:
            wait_for_page(url)
            yield url, time.perf_counter() - began
        finally:
            process.terminate()
            process.wait(20)


def kept_key_s(browser: Browser, url: str, box: str) -> tuple[float, float]:
    """Seconds until the first key that stays, with an empty cache and again with a full one."""
    with browser.new_context() as context:
        context.add_init_script(TYPE.replace("BOX", box))
        seconds = []
        for _ in range(2):
            page = context.new_page()
            page.goto(url)
            page.wait_for_timeout(SETTLED_MS)
            kept = page.locator(box).input_value()
            typed: list[tuple[str, float]] = page.evaluate("window.typed")
            seconds.append(next(at_ms for letter, at_ms in typed if letter in kept) / 1000)
            page.close()
    return seconds[0], seconds[1]


def wait_for_page(url: str, timeout_s: float = 60.0) -> None:
    deadline = time.perf_counter() + timeout_s
    while time.perf_counter() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                answer.read()
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.02)
    raise TimeoutError(url)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
