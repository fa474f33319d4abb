"""The common SDKs run against the sandbox as they do against the provider."""

import logging
from collections.abc import Iterator

import pytest
from aimlapi import AIMLAPI
from openai import OpenAI

from components.sandbox import Sandbox
from tests.servers.sandbox_requests import FRAMES, IMAGE_O1, KEY, image_uri, small_sandbox


@pytest.fixture(scope="module")
def server() -> Iterator[Sandbox]:
    """A small sandbox of this module's own."""
    with small_sandbox(pace_s=0.4) as running:
        yield running


@pytest.mark.parametrize("maker", [OpenAI, AIMLAPI])
def test_pictures_come_through_an_sdk(maker: type[OpenAI], server: Sandbox) -> None:
    with maker(api_key=KEY, base_url=f"{server.url}/v1", max_retries=0) as client:
        answer = client.images.generate(
            model=IMAGE_O1,
            prompt="A fox",
            extra_body={"image_urls": [image_uri()], "num_images": 2},
        )
    assert answer.created > 1_700_000_000
    assert answer.usage is not None
    assert answer.usage.total_tokens == 0
    assert answer.data is not None
    assert len(answer.data) == 2
    assert all(picture.url and picture.url.startswith(server.url) for picture in answer.data)


def test_a_video_comes_through_the_providers_sdk(server: Sandbox) -> None:
    with AIMLAPI(api_key=KEY, base_url=f"{server.url}/v1", max_retries=0) as client:
        content = client.videos.generate_with_polling(
            model=FRAMES,
            prompt="It waves",
            duration=5,
            extra_body={"image_url": image_uri()},
            poll_interval=0.1,
            return_bytes=True,
        )
    assert isinstance(content, bytes)
    assert content[4:8] == b"ftyp"


def test_fields_that_a_model_does_not_have_are_named_in_the_log(
    server: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    with OpenAI(api_key=KEY, base_url=f"{server.url}/v1", max_retries=0) as client:
        client.images.generate(
            model=IMAGE_O1,
            prompt="A fox",
            n=1,
            response_format="url",
            extra_body={"image_urls": [image_uri()]},
        )
    (line,) = [it.getMessage() for it in caplog.records if "passed over" in it.getMessage()]
    assert IMAGE_O1 in line
    assert "n" in line
    assert "response_format" in line
