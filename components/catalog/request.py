"""The base of every model's request: rules over several fields, media, payload, plain sentences."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self, get_args

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import ErrorDetails

from components.catalog.fields import (
    Element,
    Elements,
    MediaKind,
    MediaMap,
    Noun,
    Parameter,
    Prompt,
    VideoRef,
    map_fields,
    parameters_of,
)
from components.catalog.price_hint import Rate
from components.catalog.tokens import Reference, in_dialect
from components.errors import InvalidRequest

ENDPOINTS: Mapping[MediaKind, str] = {
    "image": "/v1/images/generations",
    "video": "/v2/video/generations",
}
DEFAULT_ROUTE = "auto"
"""Of a model that offers no choice of a route."""
REFERENCES_WITHOUT_VIDEO = 7
REFERENCES_WITH_VIDEO = 4
"""Most images plus elements in one request: a limit of Kling's, narrower than the schema."""


@dataclass(frozen=True)
class Example:
    """A filled-in form; media and the picture on its button are files of the samples folder."""

    title: str
    picture: str
    values: Mapping[str, Any] = field(default_factory=dict)


class ModelRequest(BaseModel):
    """What one model is asked for. Subclasses are the catalogue: see `models/`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model_id: ClassVar[str]
    api_name: ClassVar[str]
    title: ClassVar[str]
    tab_order: ClassVar[int]
    purpose: ClassVar[str]
    output: ClassVar[MediaKind]
    expected_duration_s: ClassVar[float]
    price_hint: ClassVar[tuple[Rate, ...]] = ()
    """What the sandbox charges; a stand-in of a plausible size, not the provider's price."""
    examples: ClassVar[tuple[Example, ...]] = ()
    needs_reference: ClassVar[bool] = False
    openings: ClassVar[Mapping[str, str]] = {}
    """How a prompt may begin that goes on from a source video, by what comes of it."""

    @classmethod
    def endpoint(cls) -> str:
        """The provider's path that takes this request."""
        return ENDPOINTS[cls.output]

    @classmethod
    def parameters(cls) -> dict[str, Parameter]:
        """The fields in form order, by the name the contract gives them."""
        return parameters_of(cls)

    @classmethod
    def reference_limit(cls) -> int | None:
        """Most references (images plus elements) the model reads; None where no rule joins them."""
        kinds = [type(parameter) for parameter in cls.parameters().values()]
        if Elements not in kinds:
            return None
        return REFERENCES_WITH_VIDEO if VideoRef in kinds else REFERENCES_WITHOUT_VIDEO

    @classmethod
    def references(cls, values: Mapping[str, Any]) -> list[Reference]:
        """Everything the prompt may name, numbered by position over all fields."""
        numbers = dict.fromkeys(get_args(Noun), 0)
        found = []
        for name, parameter in cls.parameters().items():
            for noun, source in parameter.references(values.get(name) or ()):
                numbers[noun] += 1
                found.append(Reference(noun, numbers[noun], name, source))
        return found

    @classmethod
    def count_references(cls, values: Mapping[str, Any]) -> int:
        """How many references count against `reference_limit`: images and elements."""
        return sum(reference.noun != "Video" for reference in cls.references(values))

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Self:
        """Build a request from plain values; an empty value stands for "not given".

        Raises:
            InvalidRequest: one sentence for each field that is wrong.
        """
        given = {name: value for name, value in values.items() if value not in (None, "", (), [])}
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            raise InvalidRequest(cls._explain(error)) from None

    @model_validator(mode="after")
    def _check_references(self) -> Self:
        limit = self.reference_limit()
        if limit is None:
            return self
        count = self.count_references(dict(self))
        if count > limit:
            raise ValueError(
                f"{count} references in all (images plus elements), but the model reads at most "
                f"{limit}: remove {count - limit}."
            )
        if count == 0 and self.needs_reference:
            raise ValueError("Add at least one reference: an image or an element.")
        return self

    def plain(self) -> dict[str, Any]:
        """The request as JSON values, fields that were not given left out."""
        values = self.model_dump(mode="json")
        return {name: value for name, value in values.items() if value not in (None, [], ())}

    def payload(self, change: MediaMap) -> dict[str, Any]:
        """The body the provider gets, each media reference replaced by `change(it, kind)`."""
        values = map_fields(type(self), self.plain(), change)
        route = values.get("provider", DEFAULT_ROUTE)
        for name, parameter in self.parameters().items():
            if isinstance(parameter, Prompt):
                values[name] = in_dialect(values[name], route)
        return {"model": self.model_id, **values}

    @classmethod
    def _explain(cls, error: ValidationError) -> dict[str, str]:
        problems: dict[str, str] = {}
        for details in error.errors(include_url=False):
            field_name = str(details["loc"][0]) if details["loc"] else ""
            problems.setdefault(field_name, cls._sentence(details))
        return problems

    @classmethod
    def _sentence(cls, details: ErrorDetails) -> str:
        if details["type"] == "extra_forbidden":
            owner = cls if len(details["loc"]) == 1 else Element
            names = ", ".join(owner.model_fields)
            return f"There is no field {details['loc'][-1]}; the fields are {names}."
        if not details["loc"]:
            return details["msg"].removeprefix("Value error, ")
        *outer, last = details["loc"]
        known = cls.parameters() | parameters_of(Element)
        parameter = known.get(str(last))
        name = last + 1 if isinstance(last, int) else last
        match details["type"]:
            case "value_error":
                sentence = details["msg"].removeprefix("Value error, ")
            case "missing" if parameter:
                sentence = parameter.missing
            case "tuple_type" if parameter:
                sentence = f"{parameter.label}: give a list."
            case _:
                label = parameter.label if parameter else name
                sentence = f"{label}: {details['msg'][:1].lower()}{details['msg'][1:]}."
        place = "".join(
            f"{part + 1}, " if isinstance(part, int) else f"{known[part].label} " for part in outer
        )
        return place + sentence
