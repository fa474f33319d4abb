"""`GET /v1/models`: what is served, with prices, and an ETag."""

import hashlib
import json

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from components.sandbox.ledger.prices import Prices

_NAMES = {
    "klingai/image-o1": ("Kling O1 image", "image", "image"),
    "klingai/video-o1-reference-to-video": ("Kling O1 reference to video", "image", "video"),
    "klingai/video-o1-image-to-video": ("Kling O1 image to video", "image", "video"),
    "klingai/video-o1-video-to-video-edit": ("Kling O1 video edit", "video", "video"),
    "klingai/video-o1-video-to-video-reference": ("Kling O1 video reference", "video", "video"),
}
_SECTIONS = frozenset({"pricing", "modalities", "capabilities"})


async def models(request: Request, prices: Prices) -> Response:
    """Answer with the models asked for; no key is needed. 304 when the caller has them already."""
    query = request.query_params
    sections = set(_listed(query, "include"))
    if "all" in sections or query.get("details") in ("true", "1"):
        sections = set(_SECTIONS)
    entries = [_entry(model, sections, prices) for model in _NAMES if _matches(model, query)]
    content = {"object": "list", "data": entries}
    etag = f'"{hashlib.sha256(json.dumps(content).encode()).hexdigest()[:24]}"'
    known = [
        tag.strip().removeprefix("W/")
        for tag in request.headers.get("if-none-match", "").split(",")
    ]
    if etag in known or "*" in known:
        return Response(status_code=304, headers={"etag": etag})
    return JSONResponse(content, headers={"etag": etag})


def _listed(query: QueryParams, name: str) -> list[str]:
    """Return a parameter that may be repeated, comma-separated, or both."""
    return [part.strip() for value in query.getlist(name) for part in value.split(",")]


def _matches(model: str, query: QueryParams) -> bool:
    _, given, made = _NAMES[model]
    wanted: dict[str, set[str]] = {
        "id": {model, _alias(model)},
        "type": {_type(made)},
        "tags": {f"playground:{made}"},
        "modalities": {given, made, "text"},
        "input_modalities": {given, "text"},
        "output_modalities": {made},
        "capabilities": {f"{given}_to_{made}"},
    }
    return all(
        name not in query or accepted.intersection(_listed(query, name))
        for name, accepted in wanted.items()
    )


def _alias(model: str) -> str:
    return model.partition("/")[2]


def _type(made: str) -> str:
    return "openai/images-generations" if made == "image" else "aimlapi/video-generations"


def _entry(model: str, sections: set[str], prices: Prices) -> dict[str, object]:
    name, given, made = _NAMES[model]
    entry: dict[str, object] = {
        "id": model,
        "aliases": [_alias(model)],
        "type": _type(made),
        "info": {"name": name, "developer": "Kling AI"},
        "tags": [f"playground:{made}"],
    }
    if "pricing" in sections:
        entry["pricing"] = prices[model].published()
    if "modalities" in sections:
        entry["modalities"] = {"input": [given, "text"], "output": [made]}
    if "capabilities" in sections:
        entry["capabilities"] = [f"{given}_to_{made}"]
    return entry
