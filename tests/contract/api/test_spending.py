"""Quotes, charges and the limit on a day's spending, as a caller of the API meets them."""

from collections.abc import Iterator

import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from tests.apps.playgrounds import (
    SAMPLES,
    Playground,
    RunJson,
    finished,
    posts,
    serving,
    small_sandbox,
)

PICTURE_USD = 0.0364
FIVE_SECONDS_USD = 0.728


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playground]:
    """A playground of its own, where a day's runs may cost a dollar."""
    folder = tmp_path_factory.mktemp("limited")
    with (
        small_sandbox() as sandbox,
        serving(folder, sandbox, PLAYGROUND_SPEND_LIMIT_USD="1") as playground,
    ):
        yield playground


@pytest.fixture(scope="module")
def client(limited: Playground) -> Iterator[Client]:
    caller = Client(limited.url, verbose=False)
    yield caller
    caller.close()


def paint(client: Client, count: int) -> RunJson:
    place = handle_file(SAMPLES / "place.jpg")
    run: RunJson = client.predict(
        prompt="A boat", image_urls=[place], num_images=count, api_name="/image_o1"
    )
    return run


def film(client: Client) -> RunJson:
    place = handle_file(SAMPLES / "place.jpg")
    run: RunJson = client.predict(prompt="A boat", image_url=place, api_name="/image_to_video")
    return run


def test_a_day_under_a_limit(client: Client, limited: Playground) -> None:
    picture = finished(client, paint(client, 2))
    assert picture["quoted_usd"] == picture["charged_usd"] == pytest.approx(2 * PICTURE_USD)
    clip = film(client)
    assert clip["quoted_usd"] == pytest.approx(FIVE_SECONDS_USD)
    with pytest.raises(AppError, match=r"would cost \$0.728, and \$0.1992 is left of the limit"):
        film(client)
    assert finished(client, clip)["charged_usd"] == clip["quoted_usd"]
    with pytest.raises(AppError, match=r"\$0.8008 charged, \$0.00 set aside.*Nothing was sent"):
        film(client)
    last = finished(client, paint(client, 5))
    assert last["quoted_usd"] == pytest.approx(5 * PICTURE_USD)
    assert len(posts(limited.sandbox)) == 3


def test_under_a_limit_a_clip_of_unknown_length_is_not_started(client: Client) -> None:
    with pytest.raises(AppError, match="the length of the clip, which is not known here"):
        client.predict(
            prompt="Make it night", video_url="https://example.com/clip.mp4", api_name="/video_edit"
        )
