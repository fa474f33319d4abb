"""No call can make the playground read a file that was not uploaded to it."""

import json
from pathlib import Path

import httpx
import pytest

from tests.apps.playgrounds import Playground
from tests.samples.media_files import drawing


@pytest.mark.parametrize("with_meta", [True, False])
def test_a_picture_elsewhere_on_the_machine_is_neither_read_nor_sent(
    with_meta: bool, playground: Playground, tmp_path: Path
) -> None:
    private = tmp_path / "private.png"
    drawing(400, 400).save(private)
    named = {"path": str(private)}
    if with_meta:
        named["meta"] = {"_type": "gradio.FileData"}  # type: ignore[assignment]
    kept = sorted((playground.data_dir / "media").rglob("*.*"))
    answer = httpx.post(
        f"{playground.url}/gradio_api/run/image_to_video",
        json={"data": ["Film it", named, None, 5, "auto"]},
    )
    assert answer.status_code == 422
    assert "generation" not in json.dumps(answer.json())
    assert sorted((playground.data_dir / "media").rglob("*.*")) == kept
