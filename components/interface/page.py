"""The page, as a table of contents."""

from collections.abc import Sequence

import gradio as gr

from components.catalog import MODELS
from components.errors import PlaygroundError
from components.interface.api import add_api
from components.interface.form import Updates
from components.interface.header import build_header
from components.interface.history import build_history
from components.interface.model_tab import QUIET, ModelTab, build_model_tab, remember
from components.interface.results import show_run
from components.interface.services import Services

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
        header = build_header(page, services)
        memories = {model: remember(model) for model in MODELS}
        tabs = {}
        with gr.Tabs(elem_id="tabs") as bar:
            for model, memory in memories.items():
                with gr.Tab(model.title, id=model.api_name, render_children=False):
                    tabs[model.model_id] = build_model_tab(model, memory, services)
            with gr.Tab("History", id="history") as history_tab:
                history = build_history(history_tab, services)
        _open_runs(bar, tabs, (history.grid, header), services)
        add_api(services)
    return page


def _open_runs(
    bar: gr.Tabs, tabs: dict[str, ModelTab], openers: Sequence[gr.HTML], services: Services
) -> None:
    """A card of History opens its run in its tab; so does `/?run=ID`, read by the header."""

    def open_run(event: gr.EventData) -> Updates:
        return _opened(bar, tabs, str(event.run), services)

    for opener in openers:
        opener.select(open_run, outputs=_parts(bar, tabs), **QUIET)


def _opened(bar: gr.Tabs, tabs: dict[str, ModelTab], run_id: str, services: Services) -> Updates:
    try:
        run = services.runs.get(run_id)
    except PlaygroundError:
        return {bar: gr.skip()}
    if run.model not in tabs:
        return {bar: gr.skip()}
    tab = tabs[run.model]
    return {
        bar: gr.Tabs(selected=tab.model.api_name),
        tab.shown: run.id,
        **show_run(tab.result, run, services.clock()),
    }


def _parts(bar: gr.Tabs, tabs: dict[str, ModelTab]) -> list[gr.blocks.Block]:
    parts: list[gr.blocks.Block] = [bar]
    for tab in tabs.values():
        parts += [tab.shown, *tab.result.parts()]
    return parts
