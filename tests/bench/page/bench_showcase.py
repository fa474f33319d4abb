"""A public page with 24 items against the app's page, and 200 people on it while words arrive."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles

import httpx
from playwright.sync_api import Browser, Response, sync_playwright

from tests.bench.page.bench_page import BOXES, ROOT, free_port, kept_key_s, wait_for_page
from tests.processes.chromium import launch_chromium
from tests.samples.kept_runs import keep_runs
from tests.samples.showcase_room import opened_room

ITEMS, PEOPLE, COMMENTS = 24, 200, 10
ROUNDS = 5
ASK_S = 2.0
"""How often a page asks for what is new: `AGAIN_MS` of the public page's `news.js`."""
SECONDS = 30.0
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
FIRST_PICTURE = """() => new Promise((resolve) => {
    const look = () => {
        const seen = [...document.querySelectorAll("img, video")].some((it) => {
            const box = it.getBoundingClientRect();
            const isDrawn = it instanceof HTMLVideoElement
                ? it.readyState > 1 || it.poster
                : it.complete && it.naturalWidth > 0;
            return isDrawn && box.width > 60 && box.height > 60
                && box.top < innerHeight && it.checkVisibility({ visibilityProperty: true });
        });
        if (seen) requestAnimationFrame(() => resolve(performance.now()));
        else setTimeout(look, 10);
    };
    look();
})"""
PICTURES = ("image/", "video/", "audio/")


def page_rows() -> list[tuple[str, ...]]:
    """Medians of several cold views, taken in turn so that both meet the same noise."""
    seen: dict[str, list[float]] = {"public": [], "app": []}
    ready: dict[str, list[float]] = {"public": seen["public"], "app": []}
    sizes: dict[str, list[float]] = {"public": [], "app": []}
    with _served() as (url, token, _), sync_playwright() as playwright:
        browser = launch_chromium(playwright)
        for turn in range(ROUNDS + 1):
            for name, path in (("public", f"/show/{token}"), ("app", "/")):
                at_s, size_kb = _first_view(browser, url + path)
                if turn:
                    seen[name].append(at_s)
                    sizes[name].append(size_kb)
            if turn:
                ready["app"].append(kept_key_s(browser, url, BOXES["ours"])[0])
        browser.close()
    heading = ("figure", "public page", "app's page", "ratio", "target")
    labelled = (
        ("first picture, against the app's first key kept, cold, s", ready, ".2f", "0.33"),
        ("first picture, against the app's first picture, cold, s", seen, ".2f", ""),
        ("before media, kB", sizes, ".0f", "100 kB"),
    )
    return [heading, *(_compared(*it) for it in labelled)]


def _compared(
    label: str, figures: dict[str, list[float]], form: str, target: str
) -> tuple[str, ...]:
    public, app = median(figures["public"]), median(figures["app"])
    return label, f"{public:{form}}", f"{app:{form}}", f"{public / app:.2f}", target


def watching_rows(people: int = PEOPLE) -> list[tuple[str, ...]]:
    """How long a comment takes to be on every page, and what asking costs."""
    with _served() as (url, token, pid):
        asking = [sys.executable, "-m", "tests.bench.workers.watching_guests"]
        port = url.rpartition(":")[2]
        given = [port, token, str(people), str(SECONDS), str(ASK_S)]
        began, cpu_s = time.monotonic(), _cpu_s(pid)
        with subprocess.Popen([*asking, *given], stdout=subprocess.PIPE, cwd=ROOT) as pages:
            said = _comments(url, token)
            printed = pages.communicate()[0]
        share = (_cpu_s(pid) - cpu_s) / (time.monotonic() - began)
    told = json.loads(printed)
    waits = [
        min(at for version, at in heard if version >= wanted) - sent_at
        for wanted, sent_at in said
        for heard in told["heard"]
        if any(version >= wanted for version, _ in heard)
    ]
    took = [it for each in told["took"] for it in each]
    missing = len(said) * people - len(waits)
    return [
        (f"{people} people on it, {len(said)} comments arrive", "p50", "p95", "target"),
        ("until they have a comment, s", *_two(waits, ".2f"), "2.5"),
        ("a question takes, ms", *_two(took, ".1f"), ""),
        ("share of a core", f"{share:.0%}", "", ""),
        ("comments that somebody did not get", str(missing), "", "0"),
    ]


def _two(values: list[float], form: str) -> tuple[str, str]:
    parts = quantiles(values, n=100)
    return f"{parts[49]:{form}}", f"{parts[94]:{form}}"


def _comments(url: str, token: str) -> list[tuple[int, float]]:
    """Let somebody comment now and then; the versions after it, and the moments it was sent."""
    said: list[tuple[int, float]] = []
    at = f"{url}/show/{token}"
    with httpx.Client() as guest:
        item = guest.get(at).text.partition('data-item="')[2].partition('"')[0]
        guest.post(f"{at}/guest", json={"name": "Ada"}).raise_for_status()
        time.sleep(3)
        for number in range(COMMENTS):
            sent_at = time.time()
            body = {"id": f"bench-{number}", "item_id": item, "text": "A little darker"}
            guest.post(f"{at}/comments", json=body).raise_for_status()
            said.append((int(guest.get(f"{at}/reviews").json()["version"]), sent_at))
            time.sleep(1.3)
    return said


def _first_view(browser: Browser, url: str) -> tuple[float, float]:
    """Seconds to the first picture, and the kB of all that is no picture, sound or film."""
    with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
        page, answers = context.new_page(), list[Response]()

        def note(answer: Response) -> None:
            answers.append(answer)

        page.on("response", note)
        page.goto(url, wait_until="commit")
        at_s = page.evaluate(FIRST_PICTURE) / 1000
        page.wait_for_load_state("load")
        page.wait_for_timeout(1500)
        words = [it for it in answers if not _type(it).startswith(PICTURES)]
        return at_s, sum(_size(it) for it in words) / 1000


def _type(answer: Response) -> str:
    return answer.headers.get("content-type", "")


def _size(answer: Response) -> int:
    sizes = answer.request.sizes()
    return int(sizes["responseBodySize"] + sizes["responseHeadersSize"])


@contextmanager
def _served() -> Iterator[tuple[str, str, int]]:
    """A playground with a showcase of 24 results; yields its address, the token and its process."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        keep_runs(folder, ITEMS)
        with opened_room(folder, 0) as room:
            room.clock.now = time.time()
            showcase_id, _ = room.show(*(f"run-{number:04d}" for number in range(ITEMS)))
            token = room.showcases.links.share(showcase_id).token
        port = free_port()
        environment = {
            **os.environ,
            "PLAYGROUND_DATA_DIR": name,
            "GRADIO_SERVER_PORT": str(port),
            "GRADIO_ANALYTICS_ENABLED": "False",
        }
        process = subprocess.Popen(
            [sys.executable, "app.py"], env=environment, cwd=ROOT, stdout=subprocess.DEVNULL
        )
        try:
            wait_for_page(f"http://127.0.0.1:{port}/healthz")
            # The first of each is made slowly, and nobody measures that here.
            for path in ("/", f"/show/{token}"):
                httpx.get(f"http://127.0.0.1:{port}{path}", timeout=60).raise_for_status()
            yield f"http://127.0.0.1:{port}", token, process.pid
        finally:
            process.terminate()
            process.wait(20)


def _cpu_s(pid: int) -> float:
    """Seconds of CPU that a process has used, of all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S
