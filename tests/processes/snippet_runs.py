"""Requests for the tests of the code snippets, and running the programs as a user would."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from components.catalog.request import ModelRequest
from components.interface.snippets.programs import Snippet
from tests.samples.media_files import drawing, video
from tests.samples.models import MODELS

PICTURE_REF = f"/media/{'0a' * 32}.png"
OTHER_PICTURE_REF = f"/media/{'1b' * 32}.jpg"
CLIP_REF = f"/media/{'2c' * 32}.mp4"
NASTY_PROMPT = (
    "\"Quotes\" and 'single' ones, $HOME, $(touch ran), `touch ran`, ${x}, back\\slash \\n \\\\,\n"
    "EOF\n'EOF'\nJSON\n\tnaïve 日本 🎬\u202e\u2028 §payload %s {red|blue}"
    " </script> */ # // \x07\x7f!"
)
_COMMANDS = {".py": [sys.executable], ".mjs": ["node"], ".sh": ["bash"]}
_NEEDS = {"JavaScript": "node", "cURL": "curl"}
_TIMEOUT_S = 60.0


def all_values() -> dict[type[ModelRequest], dict[str, Any]]:
    """Return values for each model that use every kind of field and put files in all places."""
    element = {"frontal_image_url": PICTURE_REF, "reference_image_urls": [OTHER_PICTURE_REF] * 2}
    filled: dict[str, Any] = {
        "image_urls": [PICTURE_REF, OTHER_PICTURE_REF],
        "image_list": [OTHER_PICTURE_REF],
        "image_url": PICTURE_REF,
        "last_image_url": OTHER_PICTURE_REF,
        "video_url": CLIP_REF,
        "elements": [element],
        "num_images": 2,
        "keep_audio": True,
        "provider": "kling",
    }
    return {
        model: {
            "prompt": f"{NASTY_PROMPT} @Image1",
            **{name: value for name, value in filled.items() if name in model.parameters()},
        }
        for model in MODELS
    }


def stored_files(folder: Path) -> dict[str, Path]:
    """Make a small file for each reference of `all_values`."""
    picture, other = folder / "picture.png", folder / "other.jpg"
    drawing(320, 320).save(picture)
    drawing(400, 320).save(other)
    clip = video(folder / "clip.mp4", size=(720, 720), seconds=3.0, codec="libx265")
    return {PICTURE_REF: picture, OTHER_PICTURE_REF: other, CLIP_REF: clip}


def start(
    snippet: Snippet, folder: Path, environment: Mapping[str, str]
) -> "subprocess.Popen[str]":
    """Start the program in a folder of its own; a machine without its language skips the test."""
    needed = _NEEDS.get(snippet.label)
    if needed and not shutil.which(needed):
        pytest.skip(f"there is no {needed} here")
    program = folder / snippet.file_name
    program.write_text(snippet.code, encoding="utf-8")
    return subprocess.Popen(
        [*_COMMANDS[program.suffix], program.name],
        cwd=folder,
        env={"PATH": os.environ["PATH"], **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: "subprocess.Popen[str]") -> tuple[int, str, str]:
    """Wait for a program; return its exit code, what it printed, and what it complained of."""
    printed, complained = process.communicate(timeout=_TIMEOUT_S)
    return process.returncode, printed, complained


def output_of(command: list[str], text: str) -> list[Any]:
    """Run an interpreter on a program and return the JSON it prints."""
    if not shutil.which(command[0]):
        pytest.skip(f"there is no {command[0]} here")
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
    answer: list[Any] = json.loads(done.stdout)
    return answer
