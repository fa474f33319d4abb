"""The page, as a table of contents."""

from typing import Any

import gradio as gr

from components.catalog import MODELS
from components.errors import PlaygroundError
from components.interface.api import add_api
from components.interface.header import build_header
from components.interface.history import HistoryTab, build_history
from components.interface.model_tab import (
    ModelTab,
    Services,
    Updates,
    build_model_tab,
    remember_run,
)
from components.runs.run import Run

CACHE_CHECK_S = 3600
CACHE_AGE_S = 24 * 3600
"""Uploads that no run used are forgotten after a day; what a run uses is in the media store."""


def build_page(services: Services) -> gr.Blocks:
    """Build everything a visitor sees, and the API beside it."""
    with gr.Blocks(
        title="Kling O1 Playground",
        fill_width=True,
        analytics_enabled=False,
        delete_cache=(CACHE_CHECK_S, CACHE_AGE_S),
    ) as blocks:
        page: gr.Blocks = blocks
        build_header(page, services)
        shown = {model.model_id: remember_run(model) for model in MODELS}
        tabs = {}
        with gr.Tabs(elem_id="tabs") as bar:
            for model in MODELS:
                with gr.Tab(model.title, id=model.api_name, render_children=False):
                    tabs[model.model_id] = build_model_tab(model, shown[model.model_id], services)
            with gr.Tab("History", id="history") as history_tab:
                history = build_history(history_tab, services)
        _restore_runs(page, bar, tabs, services)
        _open_from_history(bar, tabs, history, services)
        add_api(services)
    return page


def _restore_runs(
    page: gr.Blocks, bar: gr.Tabs, tabs: dict[str, ModelTab], services: Services
) -> None:
    """After a reload every tab finds its run again; `?run=` opens one.

    One event does it all: each further one costs time before the page can be used.
    """

    def restore(request: gr.Request, **shown: str | None) -> Updates:
        updates: Updates = {bar: gr.skip()}
        for tab in tabs.values():
            run = _find(shown[tab.model.api_name], services)
            if run and run.model == tab.model.model_id:
                updates.update(tab.updates_for(run, services.clock()))
        linked = str(dict(request.query_params).get("run", ""))
        return {**updates, **_opened(bar, tabs, linked, services)}

    page.load(
        restore,
        inputs_kwargs={tab.model.api_name: tab.shown for tab in tabs.values()},
        outputs=[bar, *_all_parts(tabs)],
        queue=False,
        show_progress="hidden",
        api_visibility="private",
    )


def _open_from_history(
    bar: gr.Tabs, tabs: dict[str, ModelTab], history: HistoryTab, services: Services
) -> None:
    def open_run(event: gr.EventData) -> Updates:
        return _opened(bar, tabs, str(event.run), services)

    history.grid.select(
        open_run,
        outputs=[bar, *_all_parts(tabs)],
        queue=False,
        show_progress="hidden",
        api_visibility="private",
    )


def _opened(bar: gr.Tabs, tabs: dict[str, ModelTab], run_id: str, services: Services) -> Updates:
    run = _find(run_id, services)
    if run is None or run.model not in tabs:
        return {bar: gr.skip()}
    tab = tabs[run.model]
    return {
        bar: gr.Tabs(selected=tab.model.api_name),
        **tab.updates_for(run, services.clock()),
    }


def _find(run_id: str | None, services: Services) -> Run | None:
    try:
        return services.runs.get(run_id) if run_id else None
    except PlaygroundError:
        return None


def _all_parts(tabs: dict[str, ModelTab]) -> list[Any]:
    return [part for tab in tabs.values() for part in tab.result_parts()]
