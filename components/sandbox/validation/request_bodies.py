"""Request bodies, checked by the contract of their model, and the rules over several fields."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any
from urllib.parse import urlsplit

from components.sandbox.http.responses import ApiError
from components.sandbox.validation.checks import Breach, Element, kind_of, shown
from components.sandbox.validation.contracts import (
    ELEMENTS,
    FRAME,
    IMAGES,
    VIDEO,
    ModelContract,
    Scene,
)

IMAGES_PATH = "/v1/images/generations"
VIDEOS_PATH = "/v2/video/generations"


@dataclass(frozen=True)
class GenerationRequest:
    """A checked request. Media are URLs or data URIs; a scene of frames has them in `images`.

    `names` are the published names of its fields by role; `options` is what
    the model has besides the fields that all know.
    """

    model: str
    prompt: str
    scene: Scene = "journey"
    names: Mapping[str, Sequence[str]] = field(default_factory=dict)
    images: tuple[str, ...] = ()
    elements: tuple[Element, ...] = ()
    video: str | None = None
    aspect_ratio: str = "16:9"
    duration_s: int = 5
    resolution: str = "1K"
    output_format: str = "png"
    num_images: int = 1
    keep_audio: bool = False
    provider: str = "auto"
    options: Mapping[str, Any] = field(default_factory=dict)

    def media(self) -> Iterator[str]:
        """Yield every URL and data URI of the request."""
        yield from self.images
        for element in self.elements:
            yield element.frontal
            yield from element.others
        if self.video:
            yield self.video

    def field_of(self, source: str) -> str:
        """Return the published name of the field that `source` came in."""
        if source == self.video:
            return self.names[VIDEO][0]
        if source not in self.images:
            return self.names[ELEMENTS][0]
        if self.scene == "frames":
            return self.names[FRAME][self.images.index(source)]
        return self.names[IMAGES][0]


MOST_NAMED = 10
_LOG = logging.getLogger(__name__)
_KNOWN = {it.name for it in fields(GenerationRequest)}
Contracts = Callable[[str], ModelContract | None]


def read_request(
    body: object, path: str, contracts: Contracts, plain_hosts: frozenset[str]
) -> GenerationRequest:
    """Return the request in `body`, sent to `path`.

    `plain_hosts` are the "host:port" that media may be read from over plain HTTP. Raises `ApiError`
    400 naming every field that is wrong, or 404 when there is no such model at `path`.
    """
    if not isinstance(body, dict):
        raise ApiError(400, f"Body validation error: Expected object, received {kind_of(body)}")
    contract = _contract(body, path, contracts)
    _note_unknown(body, contract)
    problems: list[str] = []
    values: dict[str, object] = {}
    for name, check in contract.checks.items():
        try:
            if name in body:
                values[name] = check(name, body[name])
            elif name in contract.required:
                problems.append(f"{name}: Required, received undefined")
        except Breach as breach:
            problems.append(str(breach))
    if not problems:
        request = _request(contract, values)
        problems = _problems_together(request, contract, plain_hosts)
    if problems:
        raise ApiError(400, "Body validation error: " + "; ".join(problems))
    return request


def _note_unknown(body: Mapping[str, object], contract: ModelContract) -> None:
    """The provider passes over what a model does not have; whoever wonders why finds it here."""
    unknown = body.keys() - contract.checks.keys() - {"model"}
    if unknown:
        names = ", ".join(shown(name) for name in sorted(unknown)[:MOST_NAMED])
        _LOG.warning("%s has no %s; passed over.", body["model"], names)


def _contract(body: Mapping[str, object], path: str, contracts: Contracts) -> ModelContract:
    model = body.get("model")
    if not isinstance(model, str):
        wrong = kind_of(model) if "model" in body else "undefined"
        raise ApiError(400, f"Body validation error: model: Expected string, received {wrong}")
    contract = contracts(model)
    if contract is None or contract.path != path:
        raise ApiError(404, f"Model {shown(model)} does not exist at {path}.")
    return contract


def _request(contract: ModelContract, values: Mapping[str, object]) -> GenerationRequest:
    chosen: dict[str, Any] = {}
    options: dict[str, Any] = {}
    for name, value in values.items():
        role = contract.roles[name]
        (chosen if role in {*_KNOWN, FRAME} else options)[role] = value
    if frames := [values[name] for name in contract.fields(FRAME) if name in values]:
        del chosen[FRAME]
        chosen[IMAGES] = (*frames, *chosen.get(IMAGES, ()))
    return GenerationRequest(
        model=contract.model,
        scene=contract.scene,
        names=contract.names,
        options=options,
        **chosen,
    )


def _problems_together(
    request: GenerationRequest, contract: ModelContract, plain_hosts: frozenset[str]
) -> list[str]:
    problems = []
    references = len(request.images) + len(request.elements)
    if contract.max_references is not None and references > contract.max_references:
        named = ", ".join((*contract.fields(IMAGES), *contract.fields(ELEMENTS)))
        problems.append(
            f"{named}: Expected at most "
            f"{contract.max_references} references in all, received {references}"
        )
    for source in request.media():
        address = urlsplit(source[:2000])
        if address.scheme == "http" and address.netloc not in plain_hosts:
            problems.append(
                f"{request.field_of(source)}: Expected https URL, received {shown(source)}"
            )
    return problems
