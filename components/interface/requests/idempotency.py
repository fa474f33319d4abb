"""Idempotency keys: a caller's key becomes the id of the run it stands for."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid5

import gradio as gr
from starlette.requests import Request

from components.catalog.request import ModelRequest
from components.errors import InvalidInput

HEADER = "Idempotency-Key"
KEY_MAX_CHARS = 255
"""The bound that APIs with such keys have in common."""
_KEYS = UUID("8c5d4b0e-2f7e-4f57-9a3e-6d2c0f4b7a11")


def run_id_for(given: Any, request: gr.Request | None) -> str | None:
    """The id of the run that a caller's key stands for; None where no key was given.

    `given` is the parameter's value, before which the header stands back. Each user has keys of
    their own.

    Raises:
        InvalidInput: this is no key.
    """
    asked = request.request if request else None
    key = asked.headers.get(HEADER) if given is None and asked else given
    if key is None:
        return None
    if not isinstance(key, str) or not 0 < len(key) <= KEY_MAX_CHARS or not key.isprintable():
        raise InvalidInput(
            f"An idempotency key has 1 to {KEY_MAX_CHARS} printable characters. "
            "Nothing was sent or charged."
        )
    return str(uuid5(_KEYS, json.dumps([_user_of(asked), key])))


def asked_hash(model: type[ModelRequest], values: Mapping[str, Any], *also: Any) -> str:
    """A hash of what is asked for as it came in, before files are kept and repaired.

    A file that was uploaded stands there by its reference, which names its content.
    """
    asked = json.dumps([model.model_id, values, also], sort_keys=True, default=str)
    return hashlib.sha256(asked.encode()).hexdigest()


def _user_of(request: Request | None) -> str:
    """Who logged in; "" where nobody has to."""
    user = request.scope.get("user") if request else None
    return str(user.display_name) if user else ""
