"""Nothing is lost: reloads, closed pages, links, a playground that was stopped, and cancelling."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from components.catalog.models.image_o1 import ImageO1
from components.catalog.models.image_to_video import ImageToVideo
from components.sandbox.faults.fault import Fault, Faults
from tests.apps.playgrounds import Playground, posts, serving, small_sandbox
from tests.ui.visitor import Form, new_page, visiting

VIDEOS = "/v2/video/generations"
STUCK = Fault("stuck", path=VIDEOS, times=None)


@pytest.fixture
def faults(playground: Playground) -> Iterator[Faults]:
    """The shared sandbox's faults, switched off again after the test."""
    yield playground.sandbox.faults
    playground.sandbox.faults.clear()


def begin(form: Form) -> str:
    """Start an example whose generation does not end yet."""
    form.example()
    form.expect_status("generating")
    return form.run_id()


def test_a_run_is_found_again_after_a_reload_and_on_a_new_page(
    browser: Browser, playground: Playground, faults: Faults
) -> None:
    faults.add(STUCK)
    with visiting(browser, playground) as (context, visitor):
        visitor.open()
        run_id = begin(visitor.form(ImageToVideo))
        visitor.open()
        form = visitor.form(ImageToVideo)
        form.expect_status("generating")
        assert form.run_id() == run_id
        visitor.page.close()

        later = new_page(context, playground)
        later.open()
        form = later.form(ImageToVideo)
        form.expect_status("generating")
        faults.clear()
        form.expect_result()
        assert form.run_id() == run_id
        assert later.complaints == []


def test_a_link_opens_its_run_for_somebody_else(browser: Browser, playground: Playground) -> None:
    with visiting(browser, playground) as (_, visitor):
        visitor.open()
        form = visitor.form(ImageO1)
        form.example()
        form.expect_result()
        run_id = form.run_id()
    with visiting(browser, playground) as (_, other):
        other.open(f"?run={run_id}")
        form = Form(other.page, ImageO1.api_name, ImageO1.output)
        form.expect_result()
        assert form.run_id() == run_id
        other.open("?run=no-such-run")
        expect(other.page.get_by_role("tab", name=ImageO1.title, exact=True)).to_be_visible()


def test_a_run_the_provider_has_is_cancelled_honestly(
    browser: Browser, playground: Playground, faults: Faults
) -> None:
    faults.add(STUCK)
    with visiting(browser, playground) as (_, visitor):
        visitor.open()
        form = visitor.form(ImageToVideo)
        begin(form)
        form.cancel.click()
        expect(form.card).to_contain_text("cannot stop a run it has accepted, and bills it")
        expect(form.cancel).to_be_hidden()
        faults.clear()
        form.expect_result()


def test_a_run_that_was_not_sent_is_withdrawn(browser: Browser, tmp_path: Path) -> None:
    with small_sandbox() as sandbox, serving(tmp_path, sandbox) as playground:
        wait = Fault("status", method="POST", path=VIDEOS, status_code=429, retry_after="30")
        sandbox.faults.add(wait)
        with visiting(browser, playground) as (_, visitor):
            visitor.open()
            form = visitor.form(ImageToVideo)
            form.example()
            expect(form.card).to_contain_text("The provider asks for a pause; trying again at")
            form.cancel.click()
            form.expect_status("cancelled")
            expect(form.card).to_contain_text("Nothing was charged")
        assert len(posts(sandbox)) == 1


def test_a_playground_stopped_in_the_middle_finishes_the_run(
    browser: Browser, tmp_path: Path
) -> None:
    with small_sandbox() as sandbox:
        sandbox.faults.add(STUCK)
        with serving(tmp_path, sandbox) as first, visiting(browser, first) as (_, visitor):
            visitor.open()
            run_id = begin(visitor.form(ImageToVideo))
        sandbox.faults.clear()
        with serving(tmp_path, sandbox) as second, visiting(browser, second) as (_, visitor):
            visitor.open(f"?run={run_id}")
            Form(visitor.page, ImageToVideo.api_name, "video").expect_result()
        assert len(posts(sandbox)) == 1
