"""Downloads: whole or not at all, resumed, bounded, and never to a private address."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from components.errors import AddressBlocked, DownloadFailed, LinkExpired
from components.media.download.fetch import Fetched, download
from components.media.download.timeouts import DownloadTimeouts
from tests.servers.media_server import CONTENT, TAG, FileServer, Handler, Page, serve

SECRET = "?signature=topsecret"


def fetch(
    server: FileServer, target: Path, path: str = "/file", *, total_timeout_s: float = 20
) -> Fetched:
    return download(
        server.url(path),
        target,
        max_size_bytes=1_000_000,
        allowed_hosts=server.allowed_hosts,
        patience=DownloadTimeouts(total_s=total_timeout_s),
    )


def fetch_failing(
    page: Page,
    target: Path,
    kind: type[Exception] = DownloadFailed,
    *,
    total_timeout_s: float = 20,
) -> str:
    """Return the sentence of the failure, after checking that nothing is left and told."""
    with serve({"/file": page}) as server, pytest.raises(kind) as caught:
        fetch(server, target, "/file" + SECRET, total_timeout_s=total_timeout_s)
    assert list(target.parent.iterdir()) == []
    assert "topsecret" not in str(caught.value)
    return str(caught.value)


def test_a_file_arrives_whole_with_its_type(tmp_path: Path) -> None:
    page = {"/file": lambda it: it.answer(200, CONTENT, Content_Type="Video/MP4; x=1")}
    with serve(page) as server:
        fetched = fetch(server, tmp_path / "a")
        assert server.requests[0][1]["accept-encoding"] == "identity"
    assert fetched == Fetched(tmp_path / "a", len(CONTENT), "video/mp4")
    assert (tmp_path / "a").read_bytes() == CONTENT
    assert [file.name for file in tmp_path.iterdir()] == ["a"]


def test_a_cut_body_is_continued_where_it_ended(tmp_path: Path) -> None:
    def page(it: Handler) -> None:
        if it.offset():
            return it.rest(it.offset())
        return it.cut(CONTENT[:70_000], len(CONTENT), ETag=TAG)

    with serve({"/file": page}) as server:
        fetched = fetch(server, tmp_path / "a")
        asked = server.requests[1][1]
    assert asked["range"] == "bytes=70000-"
    assert asked["if-range"] == TAG
    assert fetched.size_bytes == len(CONTENT)
    assert (tmp_path / "a").read_bytes() == CONTENT


def restart_whole(it: Handler) -> None:
    it.answer(200, CONTENT)


def answer_from_elsewhere(it: Handler) -> None:
    it.answer(206, CONTENT[5:], Content_Range=f"bytes 5-{len(CONTENT) - 1}/{len(CONTENT)}")


def answer_of_another_length(it: Handler) -> None:
    offset = it.offset()
    it.answer(206, CONTENT[offset:-1], Content_Range=f"bytes {offset}-{len(CONTENT) - 2}/999999")


def answer_not_satisfiable(it: Handler) -> None:
    it.answer(416)


@pytest.mark.parametrize(
    "second_answer",
    [restart_whole, answer_from_elsewhere, answer_of_another_length, answer_not_satisfiable],
)
def test_a_server_that_cannot_resume_sends_it_again(
    tmp_path: Path, second_answer: Callable[[Handler], None]
) -> None:
    def page(it: Handler) -> None:
        if len(it.files.requests) == 1:
            return it.cut(CONTENT[:70_000], len(CONTENT), ETag=TAG)
        return second_answer(it) if it.offset() else it.answer(200, CONTENT, ETag=TAG)

    with serve({"/file": page}) as server:
        fetch(server, tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == CONTENT


def test_without_a_strong_tag_a_cut_body_is_begun_again(tmp_path: Path) -> None:
    def page(it: Handler) -> None:
        if len(it.files.requests) == 1:
            return it.cut(b"old" * 10, len(CONTENT), ETag='W/"weak"')
        return it.answer(200, CONTENT)

    with serve({"/file": page}) as server:
        fetch(server, tmp_path / "a")
        assert "range" not in server.requests[1][1]
    assert (tmp_path / "a").read_bytes() == CONTENT


def test_a_body_that_is_always_cut_fails_after_a_few_tries(tmp_path: Path) -> None:
    calls: list[int] = []

    def page(it: Handler) -> None:
        calls.append(it.offset())
        it.cut(CONTENT[:100], len(CONTENT))

    assert "stopped in the middle" in fetch_failing(page, tmp_path / "a")
    assert len(calls) == 5


@pytest.mark.parametrize("status", [403, 404, 410])
def test_a_link_that_is_gone_is_told_apart(tmp_path: Path, status: int) -> None:
    sentence = fetch_failing(lambda it: it.answer(status), tmp_path / "a", LinkExpired)
    assert str(status) in sentence


@pytest.mark.parametrize("status", [400, 401, 416, 429, 500, 503])
def test_any_other_refusal_is_a_failed_download(tmp_path: Path, status: int) -> None:
    assert str(status) in fetch_failing(lambda it: it.answer(status), tmp_path / "a")


def test_an_announced_size_beyond_the_limit_is_refused_before_a_byte(tmp_path: Path) -> None:
    sentence = fetch_failing(lambda it: it.cut(b"", 5_000_000), tmp_path / "a")
    assert "more than the 1 MB" in sentence


def test_an_endless_body_is_stopped_at_the_limit(tmp_path: Path) -> None:
    assert "more than the 1 MB" in fetch_failing(Handler.endless, tmp_path / "a")


def test_a_dripping_body_is_stopped_at_the_total_time(tmp_path: Path) -> None:
    begun_s = time.monotonic()
    assert "too slow" in fetch_failing(Handler.drip, tmp_path / "a", total_timeout_s=0.3)
    assert time.monotonic() - begun_s < 5


def test_a_compressed_answer_is_refused(tmp_path: Path) -> None:
    sentence = fetch_failing(
        lambda it: it.answer(200, b"\x1f\x8b", Content_Encoding="gzip"), tmp_path / "a"
    )
    assert "compressed" in sentence


def test_redirects_are_followed_to_the_file(tmp_path: Path) -> None:
    pages: dict[str, Page] = {
        "/file": lambda it: it.answer(302, Location="next?x=1"),
        "/next": lambda it: it.answer(307, Location="/last"),
        "/last": lambda it: it.answer(200, CONTENT),
    }
    with serve(pages) as server:
        assert fetch(server, tmp_path / "a").size_bytes == len(CONTENT)


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1:1/",
        "https://127.0.0.1/",
        "http://169.254.169.254/latest/meta-data",
        "https://[::ffff:10.0.0.1]/",
        "file:///etc/passwd",
        "http://example.com/plain",
        "https://[broken/",
    ],
)
def test_a_redirect_to_a_blocked_address_is_not_followed(tmp_path: Path, location: str) -> None:
    fetch_failing(lambda it: it.answer(302, Location=location), tmp_path / "a", AddressBlocked)


def test_a_redirect_loop_ends_after_five_hops(tmp_path: Path) -> None:
    calls: list[str] = []

    def page(it: Handler) -> None:
        calls.append(it.path)
        it.answer(301, Location="/file")

    assert "more than 5 times" in fetch_failing(page, tmp_path / "a")
    assert len(calls) == 6


def test_a_closed_port_is_a_failed_download(tmp_path: Path) -> None:
    with serve({}) as server:
        closed = server
    with pytest.raises(DownloadFailed):
        fetch(closed, tmp_path / "a")
