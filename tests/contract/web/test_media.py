"""The media route: ranges, caching, types, and names that are none."""

import httpx
import pytest
from gradio_client import Client, handle_file

from tests.apps.playgrounds import SAMPLES, Playground, finished


@pytest.fixture(scope="module")
def address(client: Client, playground: Playground) -> str:
    """The address of a finished video."""
    accepted = client.predict(
        prompt="A clip for ranges",
        image_url=handle_file(SAMPLES / "place.jpg"),
        api_name="/image_to_video",
    )
    run = finished(client, accepted)
    return playground.url + str(run["outputs"][0]["url"])


@pytest.fixture(scope="module")
def content(address: str) -> bytes:
    """All of the video."""
    return httpx.get(address).content


def test_a_whole_file_is_served_inert_and_cacheable(address: str, content: bytes) -> None:
    answer = httpx.head(address)
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["content-length"] == str(len(content))
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-99", 0, 99),
        ("bytes=100-", 100, None),
        ("bytes=-50", -50, None),
        ("bytes=10-99999999", 10, None),
    ],
)
def test_a_range_is_answered_with_exactly_its_bytes(
    asked: str, first: int, last: int | None, address: str, content: bytes
) -> None:
    secret = {"Range": asked, "Cookie": "secret=1"}
    answer = httpx.get(address, headers=secret)
    begin = first % len(content)
    end = len(content) - 1 if last is None else last
    assert answer.status_code == 206
    assert answer.headers["content-range"] == f"bytes {begin}-{end}/{len(content)}"
    assert answer.content == content[begin : end + 1]
    assert "secret" not in str(answer.headers)


def test_a_range_beyond_the_end_is_416(address: str, content: bytes) -> None:
    answer = httpx.get(address, headers={"Range": "bytes=99999999-"})
    assert answer.status_code == 416
    assert answer.headers["content-range"].endswith(f"*/{len(content)}")


def test_a_known_file_is_not_sent_again(address: str) -> None:
    tag = httpx.head(address).headers["etag"]
    answer = httpx.get(address, headers={"If-None-Match": tag})
    assert (answer.status_code, answer.content) == (304, b"")
    other = httpx.get(address, headers={"If-None-Match": '"another"'})
    assert other.status_code == 200


def test_a_range_of_another_version_gets_the_whole_file(address: str, content: bytes) -> None:
    answer = httpx.get(address, headers={"Range": "bytes=0-9", "If-Range": '"another"'})
    assert (answer.status_code, answer.content) == (200, content)


@pytest.mark.parametrize(
    "name",
    [
        "0" * 64 + ".png",
        "no-such-file",
        "..%2Fplayground.sqlite3",
        "..%2f..%2f..%2f..%2fetc%2fpasswd",
        "%2e%2e/playground.sqlite3",
        "%00.png",
        "work",
        "%F0%9F%A6%8A.png",
        "a" * 3000,
    ],
)
def test_any_other_name_is_404(name: str, playground: Playground) -> None:
    answer = httpx.get(f"{playground.url}/media/{name}")
    assert answer.status_code == 404
    assert "SQLite" not in answer.text
    assert "root:" not in answer.text
