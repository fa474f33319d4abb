"""The code snippets run as they are, for all five models, and ask for what the form holds."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from components.catalog.request import ModelRequest
from components.interface.snippets.material import Addresses, gather
from components.interface.snippets.programs import Snippet, snippets
from components.media.store.media_store import FolderStore, media_type, ref
from components.media.store.verification import verify_result
from components.sandbox import Sandbox
from components.sandbox.faults.fault import Fault
from tests.apps.playgrounds import SAMPLES, Playground, posts
from tests.processes.snippet_runs import all_values, ended, start, stored_files
from tests.servers.sandbox_requests import FRAMES, small_sandbox

LANGUAGES = ("Python", "JavaScript", "cURL")
KEY = {"AIML_API_KEY": "a-key"}
POLL_S = 0.3


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The files that the values of all models name."""
    return stored_files(tmp_path_factory.mktemp("stored"))


@pytest.fixture(scope="module")
def provider() -> Iterator[Sandbox]:
    """A sandbox that renders next to nothing."""
    with small_sandbox(pace_s=0.2) as running:
        yield running


def snippet_in(
    language: str, model: type[ModelRequest], values: dict[str, Any], addresses: Addresses
) -> Snippet:
    offered = {it.label: it for it in snippets(model, values, addresses, poll_s=POLL_S)}
    return offered[language]


def put_files(
    model: type[ModelRequest], values: dict[str, Any], stored: dict[str, Path], folder: Path
) -> None:
    """Do what the program's comment asks for: save the files under the names it gives."""
    material = gather(model, values, Addresses("http://a.invalid", "http://b.invalid"))
    for file in material.files:
        (folder / material.file_name(file)).write_bytes(stored[file.ref].read_bytes())


def expected_payload(
    model: type[ModelRequest], values: dict[str, Any], stored: dict[str, Path]
) -> dict[str, Any]:
    def as_data_uri(source: str, kind: str) -> str:
        del kind
        content = base64.b64encode(stored[source].read_bytes()).decode()
        return f"data:{media_type(source)};base64,{content}"

    return model.parse(values).payload(as_data_uri)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_model_goes_from_program_to_saved_result(
    language: str, stored: dict[str, Path], provider: Sandbox, tmp_path: Path
) -> None:
    addresses = Addresses(provider.url, "http://playground.invalid")
    running = []
    for model, values in all_values().items():
        values["prompt"] += f" in {language}"
        folder = tmp_path / model.api_name
        folder.mkdir()
        put_files(model, values, stored, folder)
        snippet = snippet_in(language, model, values, addresses)
        running.append((model, values, folder, start(snippet, folder, KEY)))
    for model, values, folder, process in running:
        code, printed, complained = ended(process)
        assert (code, complained) == (0, ""), f"{model.api_name}: {complained}"
        results = sorted(folder.glob("result-*"))
        assert len(results) == values.get("num_images", 1)
        for result in results:
            assert result.name in printed
            kind = "video" if hasattr(verify_result(result), "fps") else "image"
            assert kind == model.output
        assert not (folder / "ran").exists(), "a prompt was run as a command"
        sent = expected_payload(model, values, stored)
        assert sent in posts(provider)


def test_the_playgrounds_own_api_takes_files_it_keeps(
    playground: Playground, tmp_path: Path
) -> None:
    media = FolderStore(playground.data_dir / "media")
    kept = [ref(media.keep(SAMPLES / name, Path(name).suffix)) for name in ("place.jpg",) * 2]
    values = dict(zip(("image_url", "last_image_url"), kept, strict=True))
    model = next(model for model in all_values() if model.model_id == FRAMES)
    prompt = all_values()[model]["prompt"]
    addresses = Addresses("http://provider.invalid", playground.url)
    snippet = snippet_in("This playground", model, {**values, "prompt": prompt}, addresses)
    code, printed, complained = ended(start(snippet, tmp_path, {}))
    assert code == 0, complained
    assert f"{playground.url}/media/" in printed
    assert prompt in [body["prompt"] for body in posts(playground.sandbox)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_is_shown_as_the_provider_says_it(
    language: str, stored: dict[str, Path], tmp_path: Path
) -> None:
    model, values = next(iter(all_values().items()))
    put_files(model, values, stored, tmp_path)
    with small_sandbox(key="another-key") as locked:
        snippet = snippet_in(language, model, values, Addresses(locked.url, "http://p.invalid"))
        code, _, complained = ended(start(snippet, tmp_path, KEY))
    assert code != 0
    assert "valid API key" in complained
    assert KEY["AIML_API_KEY"] not in complained


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_busy_answer_is_asked_again_and_a_failed_video_says_why(
    language: str, stored: dict[str, Path], tmp_path: Path
) -> None:
    model = next(model for model in all_values() if model.model_id == FRAMES)
    values = all_values()[model]
    put_files(model, values, stored, tmp_path)
    with small_sandbox(pace_s=5.0) as failing:
        failing.faults.add(
            Fault("status", method="GET", status_code=503),
            Fault("error", message="The picture shows nothing."),
        )
        snippet = snippet_in(language, model, values, Addresses(failing.url, "http://p.invalid"))
        code, printed, complained = ended(start(snippet, tmp_path, KEY))
    assert code != 0
    assert "The picture shows nothing." in complained
    assert "Accepted as" in printed
