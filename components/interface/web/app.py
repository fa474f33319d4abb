"""The HTTP side: everything that answers on the port, put together."""

import logging
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import gradio as gr
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request

from components.errors import (
    AskedBefore,
    InvalidRequest,
    PlaygroundError,
    RunNotFound,
    ShowcaseNotFound,
    StorageError,
)
from components.interface.api.readable_calls import Endpoint, ReadableCalls
from components.interface.export.export_routes import Source, export_router
from components.interface.parts.compare.compare import compare_router
from components.interface.parts.feed.live_changes import LiveChanges
from components.interface.parts.feed.results.result_routes import result_router
from components.interface.parts.feed.run_routes import run_router
from components.interface.parts.header.header import header_router
from components.interface.parts.history.detail.detail import detail_router
from components.interface.parts.history.history import history_router
from components.interface.parts.history.history_routes import history_actions_router
from components.interface.parts.showcases.adding.adding_routes import adding_router
from components.interface.parts.showcases.public_page.public_router import public_router
from components.interface.parts.showcases.showcases import showcases_router
from components.interface.parts.usage.usage import usage_router
from components.interface.parts.workbench.form.form_routes import form_router
from components.interface.parts.workbench.plans.plan_routes import plan_router
from components.interface.services import Services
from components.interface.snippets.code_routes import code_router
from components.interface.uploads.media_routes import media_router
from components.interface.uploads.upload_routes import upload_router
from components.interface.web.allowed_hosts import OwnHostsOnly
from components.interface.web.cache_headers import KeptAnswers
from components.interface.web.login import Login
from components.interface.web.monitoring.metrics import Metrics
from components.interface.web.monitoring.monitored import metrics_of, readiness_of
from components.interface.web.monitoring.monitoring_routes import add_monitoring
from components.interface.web.monitoring.request_figures import RequestCounter, RouteNote
from components.interface.web.not_found import ReadableNotFound
from components.interface.web.same_origin import OwnPagesOnly
from components.interface.web.security_headers import SecurityHeaders
from components.interface.web.served.first_view import FirstView
from components.interface.web.served.scripts import FIRST_MOMENTS, page_scripts
from components.interface.web.served.served_page import MAIN, PageParts, ServedPage
from components.interface.web.served.stylesheet import Stylesheet
from components.interface.web.served.tab_addresses import asked_tab
from components.interface.web.served.theme import build_theme
from components.interface.widgets.templating import INTERFACE
from components.media.store.durable_files import disk_space_watched

LOGGER = logging.getLogger(__name__)
GZIP_MIN_BYTES = 1024
GZIP_LEVEL = 4
"""Nearly as small as 9, in half the time, which a first visit waits for."""
UNREADABLE = "This request could not be understood. Nothing was sent or charged."
OUR_FAULT = "Something went wrong here. Nothing was sent or charged. Try it again."


@dataclass(frozen=True)
class WebOptions:
    """`logins` maps users to passwords (empty: no login); `assets` is the folder of our files.

    `hosts` are the names it answers to besides addresses and loopback ones; `public_url` is where
    people find it when a proxy in between names another host. With `shows_metrics` there are
    figures for Prometheus.
    """

    assets: Path
    logins: Mapping[str, str] = field(default_factory=dict)
    hosts: frozenset[str] = frozenset()
    public_url: str = ""
    max_upload_bytes: int = 500 * 1024 * 1024
    shows_metrics: bool = False


class Problems(BaseModel):
    """Why something was refused: a sentence for each field, under "" for all of it."""

    problems: dict[str, str]


def build_web(page: gr.Blocks, services: Services, options: WebOptions) -> FastAPI:
    """Everything that answers on the port. Raises `SettingsError` for want of a package."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    stylesheet = Stylesheet.read(INTERFACE)
    metrics = _metrics(services) if options.shows_metrics else None
    if metrics:
        app.add_middleware(RouteNote)
    app.add_middleware(
        ServedPage,
        paths=frozenset({MAIN, *(f"/{path}" for path, *_ in page.pages)}),
        parts=PageParts(
            FirstView.of(page, page_scripts().sources[FIRST_MOMENTS]),
            page_scripts(),
            stylesheet,
            options.public_url,
            partial(asked_tab, services.runs),
        ),
    )
    app.add_middleware(KeptAnswers)
    app.add_middleware(GZipMiddleware, minimum_size=GZIP_MIN_BYTES, compresslevel=GZIP_LEVEL)
    app.add_middleware(ReadableCalls, endpoints=_endpoints(page))
    app.add_middleware(ReadableNotFound)
    app.add_middleware(OwnPagesOnly, public_url=options.public_url)
    # Gradio lets every page of this machine read and act; with this one in place it leaves that be.
    app.add_middleware(CORSMiddleware, allow_origins=[])
    app.add_middleware(LiveChanges, journal=services.journal)
    app.add_middleware(Login, logins=options.logins)
    app.add_middleware(OwnHostsOnly, names=options.hosts)
    app.add_middleware(SecurityHeaders)
    if metrics:
        app.add_middleware(RequestCounter, figures=metrics)
    _explain_errors(app)
    store, workers_alive = services.runs.store, services.workers_alive
    add_monitoring(app, readiness_of(store, services.media, workers_alive), metrics)
    app.include_router(media_router(services.media))
    app.include_router(
        upload_router(services.media, services.catalog, services.upload_folder, services.uploaded)
    )
    app.include_router(form_router(services))
    app.include_router(plan_router(services))
    app.include_router(run_router(services))
    app.include_router(result_router(services))
    app.include_router(code_router(services))
    source = Source(services.catalog, services.runs.get, services.runs.plan_runs)
    app.include_router(export_router(source, services.media, services.clock))
    app.include_router(header_router(services))
    app.include_router(history_router(services))
    app.include_router(compare_router(services))
    app.include_router(history_actions_router(services))
    app.include_router(detail_router(services))
    app.include_router(adding_router(services))
    app.include_router(showcases_router(services))
    app.include_router(usage_router(services))
    app.include_router(public_router(services, options.assets))
    app.include_router(stylesheet.router())
    app.include_router(page_scripts().router())
    app.mount("/playground", StaticFiles(directory=options.assets))
    return _mount(app, page, options)


def _metrics(services: Services) -> Metrics:
    store, catalog = services.runs.store, services.catalog
    return metrics_of(store, catalog, services.workers_alive, services.breakers, services.clock)


def _endpoints(page: gr.Blocks) -> dict[str, Endpoint]:
    """What can be called by name."""
    named = {str(it.api_name): it.fn for it in page.fns.values() if it.api_name and it.fn}
    return {name: Endpoint.of(name, function) for name, function in named.items()}


def _mount(app: FastAPI, page: gr.Blocks, options: WebOptions) -> FastAPI:
    # Until a page counts as launched, gradio copies any file a call names into its cache.
    page.has_launched = True
    with warnings.catch_warnings():
        # It says that it does without what we switch off anyway.
        warnings.filterwarnings("ignore", message="SSR mode is not supported with multi-page")
        mounted: FastAPI = gr.mount_gradio_app(
            app,
            page,
            path="/",
            theme=build_theme(),
            favicon_path=str(options.assets / "favicon.png"),
            max_file_size=options.max_upload_bytes,
            footer_links=["api"],
            run_history=False,
            ssr_mode=False,
        )
    return mounted


def _explain_errors(app: FastAPI) -> None:
    """Every failure answers `{"problems": {field: sentence}}`; "" is the form as a whole."""

    def explain(_: Request, error: Exception) -> JSONResponse:
        if isinstance(error, InvalidRequest):
            return _problems(422, error.problems)
        codes = {RunNotFound: 404, ShowcaseNotFound: 404, AskedBefore: 409}
        code = next((it for kind, it in codes.items() if isinstance(error, kind)), 422)
        return _problems(code, {"": str(error)})

    def unreadable(_: Request, error: Exception) -> JSONResponse:
        LOGGER.info("a request had another shape than ours: %s", type(error).__name__)
        return _problems(422, {"": UNREADABLE})

    def our_fault(_: Request, error: Exception) -> JSONResponse:
        LOGGER.error("a request could not be answered", exc_info=error)
        return _problems(500, {"": OUR_FAULT})

    def disk(request: Request, error: Exception) -> JSONResponse:
        try:
            with disk_space_watched():
                raise error
        except StorageError as known:
            LOGGER.warning("%s", known.message)
            return explain(request, known)
        except OSError:
            return our_fault(request, error)

    app.add_exception_handler(PlaygroundError, explain)
    app.add_exception_handler(OSError, disk)
    app.add_exception_handler(RequestValidationError, unreadable)
    app.add_exception_handler(Exception, our_fault)


def _problems(code: int, problems: Mapping[str, str]) -> JSONResponse:
    return JSONResponse(Problems(problems=dict(problems)).model_dump(), code)
