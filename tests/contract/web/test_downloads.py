"""What is downloaded from the playground's own address brings its settings along."""

import csv
import io
from pathlib import Path
from zipfile import ZipFile

import httpx
from gradio_client import Client, handle_file

from components.media.embedded_settings.embedding import read_settings
from tests.apps.playgrounds import SAMPLES, Playground, finished
from tests.samples.run_samples import IMAGE_O1


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


def test_usage_comes_as_tables_of_the_days_that_are_shown(
    client: Client, playground: Playground
) -> None:
    picture = handle_file(SAMPLES / "place.jpg")
    finished(client, client.predict(prompt="Count", image_urls=[picture], api_name="/image_o1"))
    rows = {}
    for what in ("days", "models"):
        answer = httpx.get(f"{playground.url}/usage/{what}.csv", params={"days": 7})
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        head, _, name = answer.headers["content-disposition"].partition("; ")
        assert head == "attachment"
        assert name.startswith(f'filename="usage-{what}-20')
        rows[what] = list(csv.reader(io.StringIO(answer.text)))
    assert rows["days"][0][:2] == ["day", "model"]
    for table in rows.values():
        assert IMAGE_O1 in {cell for row in table[1:] for cell in row}


def test_a_result_that_a_run_has_not_is_said_in_a_sentence(
    client: Client, playground: Playground
) -> None:
    picture = handle_file(SAMPLES / "place.jpg")
    run = finished(client, client.predict(prompt="One", image_urls=[picture], api_name="/image_o1"))
    for index in (1, -1):
        answer = httpx.get(f"{playground.url}/runs/{run['id']}/outputs/{index}/uses")
        assert answer.status_code == 422
        assert answer.json()["problems"] == {"": "That result is not kept here."}


def test_programs_of_a_form_that_is_not_there_are_a_sentence(playground: Playground) -> None:
    answer = httpx.post(f"{playground.url}/forms/nothing/code", json={"values": {}})
    assert answer.status_code == 422
    assert answer.json()["problems"] == {"": "There is no such form."}
