"""A visitor: one browser page before a playground, and what is found on the page."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, Route, expect

from components.catalog.request import ModelRequest
from tests.apps.playgrounds import SAMPLES, Playground

WAIT_MS = 30_000
REFUSAL = "status of 422"
"""How Chromium notes that the server refused a form, with sentences for who filled it in."""
expect.set_options(timeout=WAIT_MS)


@dataclass(frozen=True)
class Visitor:
    """`complaints` collects console errors and requests to other hosts."""

    page: Page
    playground: Playground
    complaints: list[str] = field(default_factory=list)

    def open(self, query: str = "") -> None:
        """Load the page and wait until it can be used."""
        self.page.goto(f"{self.playground.url}/{query}")
        expect(self.page.get_by_role("tab", name="History", exact=True)).to_be_visible()
        # The balance comes by the page's first event: from then on every handler is connected.
        expect(self.page.locator("#header .balance")).to_contain_text("$")
        # What was drawn at first stands in its place now.
        expect(self.page.locator("#first-view")).to_have_count(0)

    def tab(self, title: str) -> None:
        """Go to a tab."""
        self.page.get_by_role("tab", name=title, exact=True).click()

    def form(self, model: type[ModelRequest]) -> "Form":
        """Go to a model's tab."""
        self.tab(model.title)
        form = Form(self.page, model.api_name, model.output)
        expect(form.generate).to_be_visible()
        return form


@dataclass(frozen=True)
class Form:
    """A model's tab, by the ids its parts have."""

    page: Page
    name: str
    output: str

    def part(self, suffix: str) -> Locator:
        """The element with this id in the tab."""
        return self.page.locator(f"#{self.name}-{suffix}")

    @property
    def prompt(self) -> Locator:
        """The box one types into."""
        return self.part("prompt").locator("textarea")

    @property
    def generate(self) -> Locator:
        """The button that starts a run."""
        return self.part("generate")

    def problem(self, field_name: str) -> Locator:
        """The sentence beside a field; "" is the form's own."""
        return self.part(f"{field_name}-problem" if field_name else "problem")

    def upload(self, field_name: str, *files: Path) -> None:
        """Choose files and wait until they are looked at."""
        before = self.cards_of(field_name).count()
        self.part(f"{field_name}-file").set_input_files(list(files))
        expect(self.cards_of(field_name)).to_have_count(before + len(files))
        expect(self.part(field_name).locator(".ref img").first).to_be_visible()

    def cards_of(self, field_name: str) -> Locator:
        """The cards of what was added to a field."""
        return self.part(field_name).locator(".ref")

    def link(self, field_name: str, address: str) -> None:
        """Give an address instead of a file."""
        box = self.part(f"{field_name}-link")
        box.fill(address)
        box.press("Enter")

    @property
    def card(self) -> Locator:
        """The newest run."""
        return self.part("feed").locator(".run-card").first

    @property
    def cancel(self) -> Locator:
        """The button on the card that withdraws the run."""
        return self.card.get_by_role("button", name="Cancel")

    def example(self, number: int = 0) -> None:
        """Click an example, which fills in the form and generates, and wait for its card."""
        with self.starting():
            self.part("examples").locator(f"[data-example='{number}']").click()

    @contextmanager
    def starting(self) -> Iterator[None]:
        """Wait until what is done in the block has made a new run."""
        cards = self.part("feed").locator(".run-card")
        before = self.run_id() if cards.count() else ""
        yield
        expect(self.card).not_to_have_attribute("data-run", before)

    def run_id(self) -> str:
        """The id of the run that is shown."""
        return str(self.card.get_attribute("data-run"))

    def expect_status(self, *statuses: str) -> None:
        """Wait until the card shows one of these statuses."""
        expected = re.compile("|".join(statuses))
        expect(self.card).to_have_attribute("data-status", expected, timeout=WAIT_MS)

    def expect_result(self) -> None:
        """Wait until the run is done and its result can really be seen."""
        self.expect_status("done")
        kind = "img" if self.output == "image" else "video"
        result = self.card.locator(f".result-media {kind}").first
        expect(result).to_be_visible()
        self.page.wait_for_function(
            "it => it.naturalWidth > 0 || (it.readyState >= 1 && it.duration > 0)",
            arg=result.element_handle(),
        )


@contextmanager
def visiting(
    browser: Browser,
    playground: Playground,
    viewport: Any = None,
    has_nothing_stored: bool = False,
    **options: Any,
) -> Iterator[tuple[BrowserContext, Visitor]]:
    """Somebody new with one page. On leaving, nothing may have been complained about.

    Who needs no `options` takes the place of one who left: nothing that they kept is there, but
    what the browser compiled is, which is most of what opening the page costs. Who
    `has_nothing_stored` must ask the playground for every script.
    """
    has_own = has_nothing_stored or bool(options)
    context = browser.new_context(**options) if has_own else _free_context(browser)
    try:
        visitor = new_page(context, playground)
        if viewport:
            visitor.page.set_viewport_size(viewport)
        yield context, visitor
        assert not visitor.complaints, "\n".join(visitor.complaints)
    finally:
        if has_own:
            context.close()
        else:
            _clear(context, playground)


def _free_context(browser: Browser) -> BrowserContext:
    return next((it for it in browser.contexts if not it.pages), None) or browser.new_context()


def _clear(context: BrowserContext, playground: Playground) -> None:
    """Close the pages and forget what they kept, so that the next one is somebody new."""
    page, *others = context.pages or [context.new_page()]
    for other in others:
        other.close()
    # The last one is left open for the sake of its session: a page is a window, which costs more.
    page.goto("about:blank")
    kept = {"origin": playground.url, "storageTypes": "cookies,local_storage,indexeddb"}
    context.new_cdp_session(page).send("Storage.clearDataForOrigin", kept)
    page.close()
    context.clear_cookies()
    context.set_offline(False)


def new_page(context: BrowserContext, playground: Playground) -> Visitor:
    """Another page of the same person."""
    visitor = Visitor(context.new_page(), playground)
    visitor.page.set_default_timeout(WAIT_MS)
    listen(visitor)
    return visitor


@contextmanager
def held(page: Page, *addresses: str) -> Iterator[None]:
    """Let what goes to these addresses wait until the block is over."""
    waiting: list[Route] = []
    is_over = False

    def wait(route: Route) -> None:
        if is_over:
            route.continue_()
        else:
            waiting.append(route)

    for address in addresses:
        page.route(address, wait)
    yield
    is_over = True
    for route in waiting:
        route.continue_()


def listen(visitor: Visitor) -> None:
    """Write down what a page must not do."""

    def note_request(request: Request) -> None:
        if not request.url.startswith((visitor.playground.url, "data:", "blob:")):
            visitor.complaints.append(f"request to {request.url}")

    visitor.page.on("request", note_request)
    visitor.page.on("pageerror", lambda error: visitor.complaints.append(f"thrown: {error}"))
    visitor.page.on(
        "console",
        lambda message: (
            visitor.complaints.append(f"console: {message.text} {message.location['url']}".rstrip())
            if message.type == "error" and REFUSAL not in message.text
            else None
        ),
    )


def uploads_for(model: type[ModelRequest]) -> Mapping[str, list[Path]]:
    """Files of one's own for the fields a model cannot do without."""
    picture = SAMPLES / "place.jpg"
    files = {
        "image_urls": [picture, SAMPLES / "style.jpg"],
        "image_list": [picture],
        "image_url": [picture],
        "video_url": [SAMPLES / "clip.mp4"],
    }
    fields = model.model_fields
    wanted = [name for name in files if name in fields and fields[name].is_required()]
    return {name: files[name] for name in wanted or ["image_list"]}
