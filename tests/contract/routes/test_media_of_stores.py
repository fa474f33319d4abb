"""The media route over a folder and over an object store: the same to whoever asks."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware

from components.interface.uploads.media_routes import media_router
from components.media.store.media_store import MediaStore
from tests.apps.object_stores import QUICK, object_store
from tests.apps.playgrounds import listening
from tests.servers.cutting_proxy import cutting_proxy
from tests.servers.s3_server import S3Server

CONTENT = os.urandom(5_000_000)
SIZE = len(CONTENT)


def serving(store: MediaStore) -> FastAPI:
    app = FastAPI()
    app.add_middleware(GZipMiddleware, minimum_size=1024)
    app.include_router(media_router(store))
    return app


def kept_elsewhere(store: MediaStore, folder: Path) -> str:
    """Keep a clip, and forget what of it is on this machine besides."""
    file = folder / "clip.mp4"
    file.write_bytes(CONTENT)
    name = store.keep(file, ".mp4")
    shutil.rmtree(folder / "media/cache", ignore_errors=True)
    return name


@pytest.fixture
def address(media_store: MediaStore, tmp_path: Path) -> Iterator[str]:
    name = kept_elsewhere(media_store, tmp_path)
    with listening(serving(media_store)) as url:
        yield f"{url}/media/{name}"


def test_a_whole_file_is_sent_inert_and_cacheable(address: str) -> None:
    answer = httpx.get(address)
    assert (answer.status_code, answer.content) == (200, CONTENT)
    for head in (answer.headers, httpx.head(address).headers):
        assert head["content-type"] == "video/mp4"
        assert head["content-length"] == str(SIZE)
        assert head["accept-ranges"] == "bytes"
        assert head["etag"] == f'"{address.rpartition("/")[2]}"'
        assert "immutable" in head["cache-control"]
        assert head["content-security-policy"] == "sandbox; default-src 'none'"
        assert "content-encoding" not in head


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-99", 0, 100),
        ("bytes=100-", 100, SIZE),
        ("bytes=-50", SIZE - 50, SIZE),
        ("bytes=-99999999", 0, SIZE),
        ("bytes=10-99999999", 10, SIZE),
        ("bytes=1000000-2999999", 1_000_000, 3_000_000),
        (f"bytes={SIZE - 1}-", SIZE - 1, SIZE),
    ],
)
def test_a_range_is_answered_with_exactly_its_bytes(
    asked: str, start: int, end: int, address: str
) -> None:
    answer = httpx.get(address, headers={"Range": asked})
    assert (answer.status_code, answer.content) == (206, CONTENT[start:end])
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{SIZE}"
    head = httpx.head(address, headers={"Range": asked})
    assert (head.status_code, head.content) == (206, b"")
    assert head.headers["content-length"] == str(end - start)


def test_a_range_beyond_the_end_is_416(address: str) -> None:
    answer = httpx.get(address, headers={"Range": f"bytes={SIZE}-"})
    assert answer.status_code == 416
    assert answer.headers["content-range"].endswith(f"*/{SIZE}")


def test_a_range_goes_on_only_where_the_file_is_the_same(address: str) -> None:
    tag = httpx.head(address).headers["etag"]
    same = httpx.get(address, headers={"Range": "bytes=5-9", "If-Range": tag})
    assert (same.status_code, same.content) == (206, CONTENT[5:10])
    other = httpx.get(address, headers={"Range": "bytes=5-9", "If-Range": '"another"'})
    assert (other.status_code, other.content) == (200, CONTENT)


def test_a_known_file_is_not_sent_again(address: str) -> None:
    tag = httpx.head(address).headers["etag"]
    answer = httpx.get(address, headers={"If-None-Match": tag})
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)


def test_a_deleted_file_is_404(address: str, media_store: MediaStore) -> None:
    media_store.delete(address.rpartition("/")[2])
    for ask in (httpx.get, httpx.head):
        assert ask(address).status_code == 404


@pytest.mark.cluster
def test_a_clip_is_sent_on_without_being_fetched_first(
    s3: S3Server, bucket: str, tmp_path: Path
) -> None:
    with (
        cutting_proxy(s3.port) as proxy,
        object_store(S3Server(proxy.url), bucket, tmp_path) as store,
    ):
        name = kept_elsewhere(store, tmp_path)
        proxy.carried_bytes = 0
        with listening(serving(store)) as url:
            head = {"Range": f"bytes={SIZE // 2}-{SIZE // 2 + 999}"}
            assert len(httpx.get(f"{url}/media/{name}", headers=head).content) == 1000
            assert proxy.carried_bytes < 20_000
            with httpx.stream("GET", f"{url}/media/{name}") as answer:
                content = answer.iter_bytes(1000)
                assert next(content) == CONTENT[:1000]
                proxy.cut_after(100_000)
                assert b"".join(content) == CONTENT[1000:]
        assert not (tmp_path / "media/cache").exists()


@pytest.mark.cluster
def test_an_object_store_that_does_not_answer_is_503(
    s3: S3Server, bucket: str, tmp_path: Path
) -> None:
    with (
        cutting_proxy(s3.port) as proxy,
        object_store(S3Server(proxy.url), bucket, tmp_path, timeouts=QUICK) as store,
    ):
        name = kept_elsewhere(store, tmp_path)
        with listening(serving(store)) as url:
            proxy.refuse()
            answer = httpx.get(f"{url}/media/{name}", timeout=30)
            assert answer.status_code == 503
            assert answer.headers["retry-after"] == "2"
            assert "object store does not answer" in answer.text
            proxy.pass_on()
            assert httpx.get(f"{url}/media/{name}").content == CONTENT
