"""The sandbox's list of models: filters, sections, an ETag; and the sandbox as a command."""

import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest

from tests.servers.sandbox_requests import Caller, small_sandbox


@pytest.fixture(scope="module")
def caller() -> Iterator[Caller]:
    with small_sandbox() as server:
        caller = Caller(server)
        with caller.http:
            yield caller


def test_models_answer_304_to_a_known_etag(caller: Caller) -> None:
    path = "/v1/models?id=klingai/image-o1&include=pricing"
    first = caller.http.get(path)
    etag = first.headers["etag"]
    again = caller.http.get(path, headers={"If-None-Match": etag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    other = caller.http.get("/v1/models", headers={"If-None-Match": etag})
    assert other.status_code == 200


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 5),
        ("id=klingai/image-o1,video-o1-image-to-video", 2),
        ("id=klingai/image-o1&id=nothing", 1),
        ("output_modalities=video", 4),
        ("capabilities=image_to_video&input_modalities=text", 2),
        ("tags=playground:image", 1),
        ("type=other", 0),
    ],
)
def test_models_are_filtered(caller: Caller, query: str, count: int) -> None:
    assert len(caller.get(f"/v1/models?{query}")["data"]) == count


def test_sections_of_a_model_come_only_when_asked_for(caller: Caller) -> None:
    sections = {"pricing", "modalities", "capabilities"}
    for query, wanted in (
        ("", set()),
        ("include=pricing,unknown", {"pricing"}),
        ("include=pricing&include=modalities", {"pricing", "modalities"}),
        ("include=all", sections),
        ("details=true", sections),
    ):
        entry = caller.get(f"/v1/models?{query}")["data"][0]
        assert sections & set(entry) == wanted


def test_the_sandbox_runs_as_a_command_and_says_where() -> None:
    command = [sys.executable, "-m", "components.sandbox", "--port", "0", "--pace-s", "0.1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            address = next(word for word in said.split() if word.startswith("http://"))
            assert len(httpx.get(f"{address}/v1/models").json()["data"]) == 5
        finally:
            process.terminate()
