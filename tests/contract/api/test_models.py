"""The API of the five models, called as a stranger's program would."""

import base64
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from tests.apps.playgrounds import SAMPLES, Playground, finished, posts
from tests.samples.media_files import drawing, video

PICTURE, OTHER_PICTURE, CLIP = SAMPLES / "place.jpg", SAMPLES / "style.jpg", SAMPLES / "clip.mp4"

PARAMETERS = {
    "/image_o1": (
        "prompt image_urls aspect_ratio resolution num_images output_format provider "
        "idempotency_key"
    ),
    "/reference_to_video": (
        "prompt image_list elements aspect_ratio duration provider idempotency_key"
    ),
    "/image_to_video": "prompt image_url last_image_url duration provider idempotency_key",
    "/video_edit": "prompt video_url image_list elements keep_audio provider idempotency_key",
    "/video_reference": (
        "prompt video_url image_list elements aspect_ratio duration keep_audio provider "
        "idempotency_key"
    ),
    "/run": "run_id",
    "/cancel": "run_id",
    "/runs": "query model status limit cursor",
    "/create_showcase": "title run_ids",
    "/add_to_showcase": "showcase_id run_id caption",
    "/showcases": "",
    "/revoke_showcase": "showcase_id",
    "/reviews": "showcase_id",
}


def as_data_uri(path: Path) -> str:
    kind = "video/mp4" if path.suffix == ".mp4" else "image/jpeg"
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"


def requests_with(give: Any) -> dict[str, dict[str, Any]]:
    """One request for each model; `give` turns a path into what the call carries."""
    element = {"frontal_image_url": give(PICTURE), "reference_image_urls": [give(OTHER_PICTURE)]}
    return {
        "/image_o1": {"image_urls": [give(PICTURE), give(OTHER_PICTURE)], "num_images": 2},
        "/reference_to_video": {"image_list": [give(PICTURE)], "elements": [element]},
        "/image_to_video": {"image_url": give(PICTURE), "last_image_url": give(OTHER_PICTURE)},
        "/video_edit": {"video_url": give(CLIP), "elements": [element], "keep_audio": True},
        "/video_reference": {"video_url": give(CLIP), "image_list": [give(PICTURE)]},
    }


def test_the_api_has_exactly_the_published_endpoints_and_parameters(client: Client) -> None:
    described = client.view_api(print_info=False, return_format="dict")
    assert isinstance(described, dict)
    assert described["unnamed_endpoints"] == {}
    found = {
        name: " ".join(it["parameter_name"] for it in endpoint["parameters"])
        for name, endpoint in described["named_endpoints"].items()
    }
    assert found == PARAMETERS


@pytest.mark.parametrize("give", [handle_file, as_data_uri], ids=["files", "data URIs"])
def test_every_model_goes_from_request_to_result(
    give: Any, client: Client, playground: Playground
) -> None:
    sent = {
        name: client.predict(prompt=f"A walk by {give.__name__}", **values, api_name=name)
        for name, values in requests_with(give).items()
    }
    for name, accepted in sent.items():
        run = finished(client, accepted)
        assert (run["status"], run["error"]) == ("done", None), name
        assert len(run["outputs"]) == (2 if name == "/image_o1" else 1)
        for output in run["outputs"]:
            assert (output["duration_s"] is None) == (output["kind"] == "image")
            file = httpx.get(playground.url + output["url"])
            assert file.headers["content-type"] == output["mime"]
            assert len(file.content) == output["size_bytes"]


def test_an_https_address_goes_to_the_provider_as_it_is(
    client: Client, playground: Playground
) -> None:
    address = "https://pictures.invalid/a.jpg?token=a%2Fb"
    accepted = client.predict(prompt="By address", image_urls=[address], api_name="/image_o1")
    run = finished(client, accepted)
    assert run["request"]["image_urls"] == [address]
    sent = [body for body in posts(playground.sandbox) if body["prompt"] == "By address"]
    assert [body["image_urls"] for body in sent] == [[address]]
    # Nobody answers under .invalid, so the provider declines, and the run says so.
    assert run["status"] == "failed"
    assert "Nothing was charged." in run["error"]


def test_a_result_of_the_provider_can_be_the_next_reference(
    client: Client, playground: Playground
) -> None:
    first = client.predict(
        prompt="First",
        image_urls=[handle_file(PICTURE)],
        aspect_ratio="1:1",
        api_name="/image_o1",
    )
    assert finished(client, first)["status"] == "done"
    files = [it.path for it in playground.sandbox.received if it.path.startswith("/files/")]
    address = playground.sandbox.url + files[-1]
    run = client.predict(prompt="Second", image_url=address, api_name="/image_to_video")
    assert run["request"]["image_url"] == address
    assert finished(client, run)["status"] == "done"


REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "empty prompt": ("/image_o1", {"prompt": " "}, "Prompt is empty"),
    "no picture": ("/image_o1", {"image_urls": []}, "Reference images: add at least one picture"),
    "no reference": ("/reference_to_video", {}, "Add at least one reference"),
    "too many pictures": ("/image_o1", {"num_images": 10}, "choose between 1 and 9"),
    "odd duration": ("/reference_to_video", {"duration": 7}, "choose one of 5, 10"),
    "metadata service": ("/image_o1", {"image_urls": ["https://169.254.169.254/"]}, "private"),
    "plain http": ("/image_o1", {"image_urls": ["http://example.com/a.png"]}, "https://"),
    "file address": ("/image_o1", {"image_urls": ["file:///etc/passwd"]}, "https://"),
    "path as text": ("/image_o1", {"image_urls": ["/etc/passwd"]}, "https://"),
    "script": ("/video_edit", {"video_url": "javascript:alert(1)"}, "https://"),
    "password": (
        "/image_o1",
        {"image_urls": ["https://a:b@example.com/"]},
        "user name or password",
    ),
    "picture as video": (
        "/video_edit",
        {"video_url": "data:image/png;base64,AAAA"},
        "must",
    ),
    "broken base64": ("/image_o1", {"image_urls": ["data:image/png;base64,%%%"]}, "base64"),
}


@pytest.mark.parametrize(("endpoint", "change", "sentence"), REFUSED.values(), ids=REFUSED.keys())
def test_bad_input_raises_one_sentence_and_is_not_sent(
    endpoint: str, change: dict[str, Any], sentence: str, client: Client, playground: Playground
) -> None:
    media = {"/image_o1": {"image_urls": [handle_file(PICTURE)]}}.get(endpoint, {})
    values = {"prompt": "Something", **media, **change}
    sent = len(posts(playground.sandbox))
    with pytest.raises(AppError) as caught:
        client.predict(**values, api_name=endpoint)
    assert sentence in str(caught.value)
    assert "Traceback" not in str(caught.value)
    assert len(posts(playground.sandbox)) == sent


def test_bad_files_raise_one_sentence_and_are_not_sent(
    client: Client, playground: Playground, tmp_path: Path
) -> None:
    small = tmp_path / "small.png"
    drawing(8, 8).save(small)
    text = tmp_path / "text.png"
    text.write_text("just words")
    short = video(tmp_path / "short.mp4", size=(720, 720), seconds=2.0)
    sent = len(posts(playground.sandbox))
    for values, endpoint, sentence in (
        ({"image_urls": [handle_file(small)]}, "/image_o1", "too small to be enlarged"),
        ({"image_urls": [handle_file(text)]}, "/image_o1", "is not a picture"),
        ({"video_url": handle_file(short)}, "/video_edit", "lasts 2.00 seconds"),
    ):
        with pytest.raises(AppError, match=sentence):
            client.predict(prompt="Odd files", **values, api_name=endpoint)
    assert len(posts(playground.sandbox)) == sent


@pytest.mark.parametrize("meta", [{}, {"meta": {"_type": "gradio.FileData"}}])
def test_a_file_that_was_not_uploaded_is_refused(
    meta: dict[str, Any], playground: Playground
) -> None:
    sent = len(posts(playground.sandbox))
    for path in (playground.data_dir / "playground.sqlite3", Path("/etc/passwd")):
        file = {"path": str(path), **meta}
        values = ["Steal it", [file], "16:9", "1K", 1, "png", "auto", None]
        answer = httpx.post(f"{playground.url}/gradio_api/run/image_o1", json={"data": values})
        assert answer.status_code == 422
        assert "Traceback" not in answer.text
    assert len(posts(playground.sandbox)) == sent
