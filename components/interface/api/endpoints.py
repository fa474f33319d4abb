"""The API endpoints: typed functions over the same request classes as the page."""

import inspect
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import gradio as gr
from gradio.events import api

from components.catalog.fields import Elements, ImageRefs, Parameter
from components.catalog.request import ModelRequest
from components.interface.api.guarding import guarded
from components.interface.api.showcase_endpoints import showcase_endpoints
from components.interface.parts.feed.card.run_words import run_as_json
from components.interface.requests.idempotency import asked_hash, run_id_for
from components.interface.requests.request_builder import AdmitOptions
from components.interface.services import Services
from components.interface.uploads.uploaded_files import find_uploads
from components.runs.queries.history import Query

RunJson = dict[str, Any]


def add_api(services: Services) -> None:
    """Register one endpoint a model, those that look at runs, and those of showcases."""
    for model in services.catalog:
        endpoint = _endpoint(model, services)
        api(endpoint, api_name=model.api_name, api_description=_describe(model), queue=False)
    of_runs = (_run(services), _cancel(services), _runs(services))
    for function in (*of_runs, *showcase_endpoints(services)):
        api(function, api_name=function.__name__, queue=False)


def _endpoint(model: type[ModelRequest], services: Services) -> Callable[..., RunJson]:
    runs, request_builder = services.runs, services.request_builder
    catalog = services.catalog

    def submit(request: gr.Request, *, idempotency_key: Any = None, **values: Any) -> RunJson:
        names: dict[str, str] = {}
        found = find_uploads(values, services.upload_folder, names)
        caller = request.client.host if request.client else ""
        options = AdmitOptions(names=names, visitor=caller)
        run_id = run_id_for(idempotency_key, request)
        if run_id is None:
            return run_as_json(runs.submit(request_builder.admit(model, found, options)), catalog)
        asked = asked_hash(model, found)
        run = runs.asked_before(run_id, asked)
        if run is None:
            admitted = request_builder.admit(model, found, options)
            run = runs.submit(admitted, run_id=run_id, asked_hash=asked)
        return run_as_json(run, catalog)

    return _with_fields(guarded(submit), model)


def _with_fields(
    function: Callable[..., RunJson], model: type[ModelRequest]
) -> Callable[..., RunJson]:
    """Give the function the request's fields as its parameters, and the key as the last.

    Gradio reads the signature; what it tells of the call itself comes before them all.
    """
    infos = model.model_fields
    ordered = sorted(infos, key=lambda name: not infos[name].is_required())
    parameters = [
        _parameter(
            name,
            _WIRE_TYPES.get(type(model.parameters()[name]), infos[name].annotation),
            inspect.Parameter.empty if infos[name].is_required() else infos[name].default,
        )
        for name in ordered
    ]
    parameters = [_parameter("request", gr.Request), *parameters, _KEY]
    names = [*ordered, _KEY.name]

    def call(request: gr.Request, *arguments: Any, **values: Any) -> RunJson:
        return function(request, **dict(zip(names, arguments, strict=False)), **values)

    call.__signature__ = inspect.Signature(parameters, return_annotation=RunJson)  # type: ignore[attr-defined]
    call.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    call.__annotations__["return"] = RunJson
    call.__name__ = model.api_name
    return call


def _parameter(
    name: str, annotation: Any, default: Any = inspect.Parameter.empty
) -> inspect.Parameter:
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    return inspect.Parameter(name, kind, default=default, annotation=annotation)


_KEY = _parameter("idempotency_key", str | None, None)
_WIRE_TYPES: dict[type[Parameter], Any] = {ImageRefs: list[Any], Elements: list[dict[str, Any]]}
"""JSON has lists where the catalogue has tuples; their items are strings or uploaded files."""


def _describe(model: type[ModelRequest]) -> str:
    lines = [
        f"{name}: {parameter.label}. {parameter.help}".strip()
        for name, parameter in model.parameters().items()
    ]
    return (
        f"{model.purpose} Returns the run at once; ask /run for its result. {' '.join(lines)} "
        f"{_KEY.name}: asked twice with the same one, it is one run, paid for once."
    )


def _run(services: Services) -> Callable[..., RunJson]:
    def run(run_id: str) -> RunJson:
        """Return a run as it is now."""
        return run_as_json(services.runs.get(str(run_id)), services.catalog)

    return guarded(run)


def _cancel(services: Services) -> Callable[..., RunJson]:
    def cancel(run_id: str) -> RunJson:
        """Withdraw a run that was not sent; stop waiting for one that was."""
        return run_as_json(services.runs.cancel(str(run_id)), services.catalog)

    return guarded(cancel)


def _runs(services: Services) -> Callable[..., RunJson]:
    def runs(
        query: str = "", model: str = "", status: str = "", limit: int = 24, cursor: str = ""
    ) -> RunJson:
        """List runs, newest first; `next_cursor` is "" on the last page."""
        wanted = Query(text=query, model=model, status=status, cursor=cursor)
        page = services.runs.find(replace(wanted, limit=int(limit)))
        return {
            "runs": [run_as_json(run, services.catalog) for run in page.runs],
            "next_cursor": page.next_cursor,
        }

    return guarded(runs)
