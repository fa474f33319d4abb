"""A model's contract, read from the JSON schema of its wire format: checks, roles and a scene."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from components.sandbox.validation import checks
from components.sandbox.validation.checks import Check

Schema = Mapping[str, Any]
Scene = Literal["pictures", "journey", "frames", "edit", "restaging"]
"""What is rendered: pictures; a way past all references; from a first frame to a last one; the
source in other colours; something new after the source."""
_RATIO = re.compile(r"\d+:\d+")
FRAME, IMAGES, ELEMENTS, VIDEO = "frame", "images", "elements", "video"
DURATION, COUNT, RATIO = "duration_s", "num_images", "aspect_ratio"


@dataclass(frozen=True)
class ModelContract:
    """Where a model is served, how each field is checked, and what it means: its role.

    A field whose role is its own name is one that the sandbox knows by it, or shows as it is.
    """

    model: str
    title: str
    path: str
    makes: str
    required: frozenset[str]
    checks: Mapping[str, Check]
    roles: Mapping[str, str]
    max_references: int | None

    @property
    def takes(self) -> str:
        """What it works on: "video" or "image"."""
        return "video" if VIDEO in self.roles.values() else "image"

    @property
    def scene(self) -> Scene:
        """What is rendered for it."""
        roles = set(self.roles.values())
        if self.makes == "image":
            return "pictures"
        if VIDEO in roles:
            return "restaging" if DURATION in roles else "edit"
        return "frames" if FRAME in roles else "journey"

    @property
    def names(self) -> dict[str, tuple[str, ...]]:
        """The published names of the fields, by role."""
        return {role: self.fields(role) for role in self.roles.values()}

    def fields(self, role: str) -> tuple[str, ...]:
        """The published names of the fields that have a role."""
        return tuple(name for name, it in self.roles.items() if it == role)


def contract_of(schema: Schema) -> ModelContract:
    """Return the contract that a wire schema states."""
    properties: Mapping[str, Schema] = schema["properties"]
    return ModelContract(
        model=schema["$id"],
        title=schema["title"],
        path=schema["x-endpoint"],
        makes=schema["x-output"],
        required=frozenset(schema["required"]),
        checks={name: check_of(it) for name, it in properties.items()},
        roles={name: _role(name, it, schema["x-output"]) for name, it in properties.items()},
        max_references=schema.get("x-max-references"),
    )


def check_of(schema: Schema) -> Check:
    """Return how a value that keeps to a schema is checked; `KeyError` for one of another kind."""
    kind = next((it for it in ("enum", "contentMediaType") if it in schema), schema.get("type"))
    return _CHECKS[str(kind)](schema)


def _one_of(schema: Schema) -> Check:
    options = schema["enum"]
    if not all(isinstance(option, str) for option in options):
        return checks.seconds(*options)
    if aliases := schema.get("x-aliases"):
        return checks.named(options, aliases)
    return checks.one_of(*options)


def _element(parts: Mapping[str, Schema]) -> Check:
    front = next(name for name, it in parts.items() if "contentMediaType" in it)
    others = next(name for name, it in parts.items() if it.get("type") == "array")
    return partial(checks.element, front, others, check_of(parts[others]))


def _array(schema: Schema) -> Check:
    low, high = schema.get("minItems", 0), schema["maxItems"]
    return checks.array(check_of(schema["items"]), low=low, high=high)


_CHECKS: Mapping[str, Callable[[Schema], Check]] = {
    "enum": _one_of,
    "contentMediaType": lambda it: checks.media(it["contentMediaType"].partition("/")[0]),
    "string": lambda it: checks.text(max_length=it["maxLength"]),
    "integer": lambda it: checks.whole_number(it["minimum"], it["maximum"]),
    "boolean": lambda _: checks.switch,
    "array": _array,
    "object": lambda it: _element(it["properties"]),
}


def _role(name: str, schema: Schema, makes: str) -> str:
    match schema:
        case {"contentMediaType": "image/*"}:
            role = FRAME
        case {"contentMediaType": "video/*"}:
            role = VIDEO
        case {"items": {"type": "object"}}:
            role = ELEMENTS
        case {"items": _}:
            role = IMAGES
        case {"type": "integer"} if makes == "image":
            role = COUNT
        case {"x-unit": "s"}:
            role = DURATION
        case {"enum": [str(first), *_]} if _RATIO.fullmatch(first):
            role = RATIO
        case _:
            role = name
    return role
