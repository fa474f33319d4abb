"""An address that brings no file: the form says why, that it goes out unchecked, and what helps."""

import re
import ssl
from collections.abc import Iterator
from functools import partial

import httpx
import pytest
import trustme

from components.sandbox import Sandbox
from tests.apps.playgrounds import Playground, serving
from tests.servers.media_server import FileServer, Page, serve

PASSED_ON = "So it could not be checked, and is passed on as it is."
STATUSES = {
    401: ("asks for a login", "Take an address that needs none, or upload the file itself."),
    403: ("does not give this file out", "The link may be over: copy it anew"),
    404: ("has no file at this address", "Check the address, or upload the file itself."),
    410: ("no longer has this file", "Take another address, or upload the file itself."),
    418: ("declined", "Check the address, or upload the file itself."),
    429: ("is asked too often just now", "Try again later, or upload the file itself."),
    500: ("has a fault of its own", "Try again later, or upload the file itself."),
    503: ("has a fault of its own", "Try again later, or upload the file itself."),
}


def answering(status: int) -> Page:
    return lambda it: it.answer(status, b"no file")


PAGES: dict[str, Page] = {
    **{f"/{status}": answering(status) for status in STATUSES},
    "/loop": lambda it: it.answer(302, Location="/loop?secret=1"),
    "/large": lambda it: it.cut(b"", 10**11),
    "/page": lambda it: it.answer(200, b"<!doctype html><p>Sign in", Content_Type="text/html"),
    "/cut": lambda it: it.cut(b"abc", 10_000),
}


@pytest.fixture(scope="module")
def files() -> Iterator[FileServer]:
    """A server of files that has none."""
    with serve(PAGES) as running:
        yield running


@pytest.fixture(scope="module")
def secure() -> Iterator[FileServer]:
    """The same with a certificate that nobody here has heard of."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with serve(PAGES, context) as running:
        yield running


@pytest.fixture(scope="module")
def house(
    files: FileServer,
    secure: FileServer,
    sandbox: Sandbox,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Playground]:
    """A playground that may go to those servers."""
    hosts = ",".join((sandbox.url.removeprefix("http://"), files.host, secure.host))
    folder = tmp_path_factory.mktemp("addresses")
    with serving(folder, sandbox, PLAYGROUND_ALLOW_PRIVATE_HOSTS=hosts) as running:
        yield running


def said_of(house: Playground, address: str) -> str:
    """What the reference's card says once it was looked at, as text."""
    look = partial(httpx.post, f"{house.url}/forms/image_o1/validate", timeout=60)
    body = {"values": {"prompt": "A fox", "image_urls": [address]}}
    answer = look(json=body).json()
    while answer["working"]:
        answer = look(json=body).json()
    (card,) = answer["lists"]["image_urls"]
    assert "secret" not in card.replace(address, "")
    return " ".join(re.sub(r"<[^>]+>", " ", card).split())


@pytest.mark.parametrize("status", STATUSES)
def test_each_refusal_of_a_file_says_what_it_means_and_what_helps(
    status: int, house: Playground, files: FileServer
) -> None:
    finding, advice = STATUSES[status]
    said = said_of(house, files.url(f"/{status}?secret=1"))
    assert f"127.0.0.1 {finding} ({status}). {PASSED_ON} {advice}" in said


def test_a_way_in_circles_is_told(house: Playground, files: FileServer) -> None:
    said = said_of(house, files.url("/loop?secret=1"))
    assert f"redirects more than 5 times. {PASSED_ON}" in said
    assert "Take the address where a browser ends up, or upload the file itself." in said


def test_a_file_that_is_too_large_is_told(house: Playground, files: FileServer) -> None:
    said = said_of(house, files.url("/large"))
    assert "127.0.0.1 sends more than the" in said
    assert f"{PASSED_ON} Take a smaller file." in said


def test_a_file_that_is_cut_off_again_and_again_is_told(
    house: Playground, files: FileServer
) -> None:
    assert f"stopped in the middle of the file. {PASSED_ON}" in said_of(house, files.url("/cut"))


def test_a_web_page_is_called_one(house: Playground, files: FileServer) -> None:
    assert "a web page" in said_of(house, files.url("/page"))


def test_a_name_that_nobody_knows_is_told(house: Playground) -> None:
    said = said_of(house, "https://no-such-host.invalid/far.png")
    assert f"No host named no-such-host.invalid was found from here. {PASSED_ON}" in said


def test_a_certificate_that_is_not_trusted_is_told(house: Playground, secure: FileServer) -> None:
    said = said_of(house, f"https://{secure.host}/404")
    assert f"The certificate of 127.0.0.1 is not trusted here. {PASSED_ON}" in said
