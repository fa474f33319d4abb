"""The page, as a table of contents."""

import gradio as gr

from components.catalog import MODELS
from components.catalog.request import ModelRequest
from components.interface.api.endpoints import add_api
from components.interface.parts.compare.compare import build_compare
from components.interface.parts.header.header import build_header
from components.interface.parts.history.history import build_history
from components.interface.parts.usage.usage import build_usage
from components.interface.parts.workbench.form import form_html
from components.interface.services import Services
from components.interface.widgets.section import section
from components.interface.widgets.templating import render

CACHE_CHECK_S = 3600
CACHE_AGE_S = 24 * 3600
"""What gradio fetched from an address for an API call; what a run uses is kept elsewhere."""


def build_page(services: Services) -> gr.Blocks:
    """Build everything a visitor sees, and the API beside it."""
    with gr.Blocks(
        title="Kling O1 Playground",
        fill_width=True,
        analytics_enabled=False,
        delete_cache=(CACHE_CHECK_S, CACHE_AGE_S),
    ) as blocks:
        build_header(services)
        with gr.Tabs(elem_id="tabs"):
            for model in MODELS:
                with gr.Tab(model.title, id=model.api_name, elem_id=f"tab-{model.api_name}"):
                    build_workbench(model)
            with gr.Tab("History", id="history", elem_id="tab-history"):
                build_history()
            with gr.Tab("Compare", id="compare", elem_id="tab-compare"):
                build_compare()
            with gr.Tab("Usage", id="usage", elem_id="tab-usage"):
                build_usage()
    # A page of its own: as parts of the first one, endpoints would make it slower to appear.
    with blocks.route("Endpoints", "/endpoints", show_in_navbar=False):
        gr.HTML(render("endpoints.html"), apply_default_css=False, js_on_load=None)
        add_api(services)
    page: gr.Blocks = blocks
    return page


def build_workbench(model: type[ModelRequest]) -> gr.HTML:
    """A model's tab: the form, and beside it the runs that were made with it."""
    html = render("workbench.html", model=model, form=form_html(model))
    return section("workbench", html, form=model.api_name)
