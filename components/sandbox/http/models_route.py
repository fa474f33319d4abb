"""`GET /v1/models`: what is served, with prices, and an ETag."""

import hashlib
import json

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from components.sandbox.options import SandboxOptions
from components.sandbox.validation.contracts import ModelContract

_SECTIONS = frozenset({"pricing", "modalities", "capabilities"})


async def models(request: Request, options: SandboxOptions) -> Response:
    """Answer with the models asked for; no key is needed. 304 when the caller has them already."""
    query = request.query_params
    sections = set(_listed(query, "include"))
    if "all" in sections or query.get("details") in ("true", "1"):
        sections = set(_SECTIONS)
    entries = [_entry(it, sections, options) for it in options.contracts() if _matches(it, query)]
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


def _matches(contract: ModelContract, query: QueryParams) -> bool:
    model, given, made = contract.model, contract.takes, contract.makes
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


def _entry(
    contract: ModelContract, sections: set[str], options: SandboxOptions
) -> dict[str, object]:
    model, given, made = contract.model, contract.takes, contract.makes
    entry: dict[str, object] = {
        "id": model,
        "aliases": [_alias(model)],
        "type": _type(made),
        "info": {"name": contract.title, "developer": model.partition("/")[0]},
        "tags": [f"playground:{made}"],
    }
    if "pricing" in sections:
        entry["pricing"] = options.price_rule(model).published()
    if "modalities" in sections:
        entry["modalities"] = {"input": [given, "text"], "output": [made]}
    if "capabilities" in sections:
        entry["capabilities"] = [f"{given}_to_{made}"]
    return entry
