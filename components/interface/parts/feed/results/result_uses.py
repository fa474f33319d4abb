"""What a result can become: every field of every model that takes its kind, from the catalogue."""

from dataclasses import dataclass

from components.catalog import Catalog
from components.catalog.fields import Elements, ImageRef, ImageRefs, MediaKind, Parameter, VideoRef
from components.catalog.request import ModelRequest

TAKES: dict[MediaKind, tuple[type[Parameter], ...]] = {
    "image": (ImageRef, ImageRefs, Elements),
    "video": (VideoRef,),
}


@dataclass(frozen=True)
class Use:
    """A field to put a result into; `prompt` is how the prompt begins then, "" for as it is."""

    form: str
    field: str
    label: str
    prompt: str = ""


def uses_of(catalog: Catalog, kind: MediaKind) -> list[tuple[str, list[Use]]]:
    """What a picture or a video can be used for, by the title of the tab."""
    return [(model.title, found) for model in catalog if (found := _in_model(model, kind))]


def _in_model(model: type[ModelRequest], kind: MediaKind) -> list[Use]:
    found = []
    for name, parameter in model.parameters().items():
        if not isinstance(parameter, TAKES[kind]):
            continue
        label = "New element" if isinstance(parameter, Elements) else parameter.label
        found.append(Use(model.api_name, name, label))
        if kind == "video":
            found += [
                Use(model.api_name, name, what.capitalize(), begins)
                for what, begins in model.openings.items()
            ]
    return found
