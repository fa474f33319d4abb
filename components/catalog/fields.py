"""Typed parameters: what a field means, how it is labelled, and what it accepts.

A parameter stands in a field's `Annotated` type. From there pydantic takes the check, the form
takes the widget, and the API takes the schema, so that a label or a limit is written once.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Literal, get_args

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema
from typing_extensions import override

_UNSENDABLE = re.compile("[\x00\ud800-\udfff]")
"""NUL, which no database keeps, and half a character, which no encoding has."""
MediaKind = Literal["image", "video"]
Noun = Literal["Image", "Video", "Element"]
MediaMap = Callable[[str, MediaKind], Any]


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """What every field has: a label, one line of help, and whether it hides under "Advanced"."""

    label: str
    help: str = ""
    advanced: bool = False

    @property
    def missing(self) -> str:
        """The sentence for a required field without a value."""
        return f"{self.label} is missing: add it."

    def check(self, value: Any) -> Any:
        """Return the value, or raise `ValueError` with a sentence that names the field."""
        return value

    def map_media(self, value: Any, change: MediaMap) -> Any:
        """Return the value with every media reference in it replaced by `change(it, kind)`."""
        del change
        return value

    def references(self, value: Any) -> list[tuple[Noun, Any]]:
        """What the prompt may name in this value: (kind, the thing), in order."""
        del value
        return []

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))


@dataclass(frozen=True, kw_only=True)
class Prompt(Parameter):
    """Free text, at most `max_chars` characters."""

    max_chars: int
    placeholder: str = ""

    @property
    @override
    def missing(self) -> str:
        return f"{self.label} is empty: describe what you want to see."

    @override
    def check(self, value: str) -> str:
        if not value.strip():
            raise ValueError(self.missing)
        if _UNSENDABLE.search(value):
            raise ValueError(f"{self.label} holds a character that cannot be sent: remove it.")
        if len(value) > self.max_chars:
            over = len(value) - self.max_chars
            raise ValueError(
                f"{self.label} has {len(value):,} characters, {over:,} more than the "
                f"{self.max_chars:,} the model reads: shorten it."
            )
        return value


@dataclass(frozen=True, kw_only=True)
class _FileRef(Parameter):
    """One file: an https URL, a data URI, or a reference into the media store."""

    kind: ClassVar[MediaKind]
    noun: ClassVar[Noun]

    @override
    def references(self, value: str | None) -> list[tuple[Noun, Any]]:
        return [(self.noun, value)] if value else []

    @override
    def check(self, value: str | None) -> str | None:
        if value is not None and not value.strip():
            raise ValueError(self.missing)
        return value

    @override
    def map_media(self, value: str | None, change: MediaMap) -> Any:
        return change(value, self.kind) if value else None


class ImageRef(_FileRef):
    """One picture."""

    kind, noun = "image", "Image"


class VideoRef(_FileRef):
    """One clip."""

    kind, noun = "video", "Video"


@dataclass(frozen=True, kw_only=True)
class ImageRefs(Parameter):
    """Several pictures, in order."""

    min_items: int
    max_items: int

    @property
    @override
    def missing(self) -> str:
        least = "one picture" if self.min_items == 1 else f"{self.min_items} pictures"
        return f"{self.label}: add at least {least}."

    @override
    def check(self, value: tuple[str, ...]) -> tuple[str, ...]:
        if len(value) < self.min_items:
            raise ValueError(self.missing)
        if len(value) > self.max_items:
            raise ValueError(
                f"{self.label}: {len(value)} pictures, but the model takes at most "
                f"{self.max_items}; remove {len(value) - self.max_items}."
            )
        if not all(item.strip() for item in value):
            raise ValueError(f"{self.label}: one of the pictures is empty; remove it.")
        return value

    @override
    def map_media(self, value: Sequence[str], change: MediaMap) -> list[Any]:
        return [change(item, "image") for item in value]

    @override
    def references(self, value: Sequence[str]) -> list[tuple[Noun, Any]]:
        return [("Image", item) for item in value]


@dataclass(frozen=True, kw_only=True)
class Choice(Parameter):
    """One of the values of the field's `Literal`; `aliases` are other spellings taken for one.

    `unit` is "s" where the values are seconds of the result.
    """

    aliases: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""

    @override
    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        by_spelling = {str(option).casefold(): option for option in get_args(source)}

        def read(value: Any) -> Any:
            """Accept 5 and "5", "Auto" and "auto": the provider's own samples write both."""
            spelling = str(value).strip().casefold()
            spelling = self.aliases.get(spelling, spelling)
            if spelling not in by_spelling:
                options = ", ".join(str(option) for option in by_spelling.values())
                raise ValueError(
                    f"{self.label}: {_shown(value)} is not offered; choose one of {options}."
                )
            return by_spelling[spelling]

        return core_schema.no_info_before_validator_function(read, handler(source))


@dataclass(frozen=True, kw_only=True)
class Count(Parameter):
    """A whole number between two limits, both included."""

    minimum: int
    maximum: int

    @override
    def check(self, value: int) -> int:
        if not self.minimum <= value <= self.maximum:
            raise ValueError(
                f"{self.label} is {value}: choose between {self.minimum} and {self.maximum}."
            )
        return value


@dataclass(frozen=True, kw_only=True)
class Switch(Parameter):
    """On or off."""


class Element(BaseModel):
    """A character or an object, shown by one frontal view and one to four other views."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    frontal_image_url: Annotated[
        str, ImageRef(label="Front view", help="The main view: the whole subject, seen frontally.")
    ]
    reference_image_urls: Annotated[
        tuple[str, ...],
        ImageRefs(label="Other views", help="The same subject from the side, the back, up close.",
                  min_items=1, max_items=4),
    ]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Elements(Parameter):
    """Several elements, in order."""

    max_items: int

    @override
    def check(self, value: tuple[Element, ...]) -> tuple[Element, ...]:
        if len(value) > self.max_items:
            raise ValueError(
                f"{self.label}: {len(value)} given, but the model takes at most {self.max_items}; "
                f"remove {len(value) - self.max_items}."
            )
        return value

    @override
    def map_media(self, value: Sequence[Any], change: MediaMap) -> list[Any]:
        return [map_fields(Element, item, change) for item in value]

    @override
    def references(self, value: Sequence[Any]) -> list[tuple[Noun, Any]]:
        return [("Element", item) for item in value]


def _shown(value: Any, max_chars: int = 40) -> str:
    """A value inside a sentence, however long it is."""
    text = str(value)
    return text if len(text) <= max_chars else f"{text[:max_chars]}…"


def parameters_of(model: type[BaseModel]) -> dict[str, Parameter]:
    """The parameters of a pydantic class by field name, in form order."""
    found = {}
    for name, info in model.model_fields.items():
        for item in info.metadata:
            if isinstance(item, Parameter):
                found[name] = item
    return found


def media_in(model: type[BaseModel], values: Mapping[str, Any], kind: MediaKind) -> list[str]:
    """The media references of a kind that plain values name, in the order of their fields."""
    found: list[str] = []

    def note(source: Any, its_kind: MediaKind) -> Any:
        if its_kind == kind:
            found.append(str(source))
        return source

    map_fields(model, values, note)
    return found


def map_fields(
    model: type[BaseModel], values: Mapping[str, Any], change: MediaMap
) -> dict[str, Any]:
    """Return plain values with every media reference replaced; fields without a value are kept."""
    parameters = parameters_of(model)
    return {
        name: parameters[name].map_media(value, change)
        if name in parameters and value is not None
        else value
        for name, value in values.items()
    }
