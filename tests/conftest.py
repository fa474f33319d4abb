"""Fixtures: a sandbox, a playground in front of it, a client and a browser before both."""

import gc
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from gradio_client import Client
from hypothesis import settings
from playwright.sync_api import Browser, Error, Playwright, sync_playwright

from components.media.store.media_store import FolderStore, MediaStore
from components.sandbox import Sandbox
from tests.apps.object_stores import object_store
from tests.apps.playgrounds import Playground, serving, small_sandbox
from tests.processes.chromium import launch_chromium
from tests.servers.postgresql_server import PostgresqlServer
from tests.servers.s3_server import S3Server, s3_server

IN_MEMORY = Path("/dev/shm")
ROOM_BYTES = 4 * 1024**3
LONGEST = ("test_live", "test_places", "test_generating", "test_first_view", "test_appearance")
# Whether a test passes must not depend on how busy the machine is.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture(scope="session", autouse=True)
def _what_is_left() -> Iterator[None]:
    """Collect what Gradio left behind while its warnings are still ignored: later they end all."""
    yield
    gc.collect()


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """One sandbox for all tests that do not change it."""
    with small_sandbox() as running:
        yield running


@pytest.fixture(autouse=True)
def _no_fault_stays(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that fails leaves no fault to those after it, who share the sandbox."""
    shared = "sandbox" in request.fixturenames and request.getfixturevalue("sandbox")
    yield
    if isinstance(shared, Sandbox):
        shared.faults.clear()


@pytest.fixture(scope="session")
def playground(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playground]:
    """One playground for all tests that leave it as it was."""
    with serving(tmp_path_factory.mktemp("data"), sandbox) as running:
        yield running


@pytest.fixture(scope="session")
def client(playground: Playground) -> Iterator[Client]:
    """One API client of the shared playground."""
    with_page = Client(playground.url, verbose=False)
    yield with_page
    with_page.close()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlServer]:
    """One PostgreSQL for all tests; each makes databases of its own in it."""
    server = PostgresqlServer()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests; every test opens a context of its own."""
    with sync_playwright() as playwright:
        running = _launch(playwright)
        yield running
        running.close()


@pytest.fixture(scope="session")
def s3() -> Iterator[S3Server]:
    """One S3 server for all tests; every test has a bucket of its own."""
    with s3_server() as running:
        yield running


@pytest.fixture
def bucket(s3: S3Server) -> str:
    """An empty bucket."""
    name = f"media-{secrets.token_hex(8)}"
    s3.make_bucket(name)
    return name


@pytest.fixture(params=["folder", pytest.param("s3", marks=pytest.mark.cluster)])
def media_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MediaStore]:
    """A store of either kind, which must behave alike."""
    if request.param == "folder":
        yield FolderStore(tmp_path / "media")
        return
    server: S3Server = request.getfixturevalue("s3")
    with object_store(server, request.getfixturevalue("bucket"), tmp_path) as opened:
        yield opened


def _launch(playwright: Playwright) -> Browser:
    """Take the system's Chromium, else Playwright's own; a machine without one skips."""
    try:
        return launch_chromium(playwright)
    except Error as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"There is no Chromium here: {error.message.splitlines()[0]}")


def pytest_configure(config: pytest.Config) -> None:
    """Let what Gradio leaves behind be, and have the files of tests where no disk is waited for."""
    # Deprecated calls of pandas, and event loops nobody closes.
    for left in (
        ":unclosed event loop",
        ":unclosed <socket.*family=1",
        "::pandas.errors.Pandas4Warning",
    ):
        config.addinivalue_line("filterwarnings", f"ignore{left}")
    # Thousands of databases and files are made, and each is waited for until a disk has it.
    if IN_MEMORY.is_dir() and shutil.disk_usage(IN_MEMORY).free >= ROOM_BYTES:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(IN_MEMORY))


def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are cores: tests also wait for what takes its time."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests come last: Playwright keeps an event loop in this thread once it has begun.

    Whole files, since a file is what one process is given. Of those in a browser the longest begin
    first, so that at the end no process waits long for another.
    """
    in_browser = {it.path for it in items if "browser" in getattr(it, "fixturenames", ())}
    long = {path: at for at, name in enumerate(LONGEST) for path in in_browser if path.stem == name}
    items.sort(key=lambda it: (it.path in in_browser, long.get(it.path, len(LONGEST))))
