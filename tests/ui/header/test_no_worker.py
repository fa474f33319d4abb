"""While no worker lives, the page says so; the notice goes by itself when one has come."""

from pathlib import Path

from playwright.sync_api import Browser, expect

from components.catalog.models.image_o1 import ImageO1
from components.runs.wording import NO_WORKER
from components.sandbox import Sandbox
from tests.apps.playgrounds import Playground
from tests.apps.replicas import replica
from tests.ui.visitor import visiting


def test_a_page_without_a_worker_says_so_until_one_lives(
    browser: Browser, sandbox: Sandbox, tmp_path: Path
) -> None:
    alive: list[str] = []
    with (
        replica(tmp_path, sandbox.url, workers_alive=lambda: len(alive)) as alone,
        visiting(browser, Playground(alone.url, sandbox, tmp_path)) as (_, visitor),
    ):
        visitor.open()
        notice = visitor.page.get_by_role("status").filter(has_text="No worker runs")
        expect(notice).to_have_text(NO_WORKER)
        form = visitor.form(ImageO1)
        form.example()
        form.expect_status("queued")
        expect(form.card).to_contain_text(NO_WORKER)
        alive.append("one")
        expect(notice).to_be_hidden()
        expect(form.card).not_to_contain_text(NO_WORKER)
