"""What is downloaded from the playground's own address brings its settings along."""

import io
from pathlib import Path
from zipfile import ZipFile

import httpx
from gradio_client import Client, handle_file

from components.media.embedded_settings.embedding import read_settings
from tests.apps.playgrounds import SAMPLES, Playground, finished


def test_a_result_and_an_archive_come_with_the_settings_of_the_run(
    client: Client, playground: Playground, tmp_path: Path
) -> None:
    picture = handle_file(SAMPLES / "place.jpg")
    sent = client.predict(prompt="Keep this", image_urls=[picture], api_name="/image_o1")
    run = finished(client, sent)
    answer = httpx.get(f"{playground.url}/runs/{run['id']}/download/1")
    (tmp_path / "got.png").write_bytes(answer.content)
    settings = read_settings(tmp_path / "got.png")
    assert settings is not None
    assert (settings["model"], settings["request"]) == (run["model"], run["request"])
    archive = httpx.get(f"{playground.url}/runs.zip", params={"ids": run["id"]})
    assert ZipFile(io.BytesIO(archive.content)).testzip() is None


def test_a_download_that_is_not_there_is_said_in_a_sentence(playground: Playground) -> None:
    answer = httpx.get(f"{playground.url}/runs.zip", params={"ids": "gone"})
    assert answer.status_code == 404
    assert answer.json()["problems"][""].startswith("None of these runs is kept here")
