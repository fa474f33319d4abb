"""The page, as a table of contents."""

import gradio as gr

from components.interface.api.endpoints import add_api
from components.interface.parts.compare.compare import Compare
from components.interface.parts.header.header import Header
from components.interface.parts.history.history import History
from components.interface.parts.showcases.showcases import Showcases
from components.interface.parts.usage.usage import Usage
from components.interface.parts.workbench.workbench import Workbench
from components.interface.services import Services
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
        Header(services)
        with gr.Tabs(elem_id="tabs"):
            for model in services.catalog:
                with gr.Tab(model.title, id=model.api_name, elem_id=f"tab-{model.api_name}"):
                    Workbench(model)
            with gr.Tab("History", id="history", elem_id="tab-history"):
                History(services.catalog)
            with gr.Tab("Compare", id="compare", elem_id="tab-compare"):
                Compare()
            with gr.Tab("Showcases", id="showcases", elem_id="tab-showcases"):
                Showcases()
            with gr.Tab("Usage", id="usage", elem_id="tab-usage"):
                Usage()
    # A page of its own: as parts of the first one, endpoints would make it slower to appear.
    with blocks.route("Endpoints", "/endpoints", show_in_navbar=False):
        gr.HTML(render("endpoints.html"), apply_default_css=False, js_on_load=None)
        add_api(services)
    page: gr.Blocks = blocks
    return page
