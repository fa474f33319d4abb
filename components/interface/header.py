"""The top of the page: what this is, sandbox or live, and the balance."""

import logging

import gradio as gr

from components.errors import PlaygroundError
from components.interface.services import Services

REFRESH_S = 30.0
LOGGER = logging.getLogger(__name__)
_TEMPLATE = """
<header class="top">
  <img class="logo" src="/playground/logo.svg" alt="" width="36" height="36">
  <h1>Kling O1 Playground</h1>
  <span class="badge badge-{{value.mode}}" title="{{value.explanation}}">{{value.mode}}</span>
  <span class="balance">{{value.balance}}</span>
</header>
"""


_ON_LOAD = """
const run = new URLSearchParams(location.search).get('run');
if (run) trigger('select', {run});
"""


def build_header(page: gr.Blocks, services: Services) -> gr.HTML:
    """Lay out the header; the balance comes after the page, and again every half minute.

    `select` carries the run that the page's address names.
    """
    header = gr.HTML(
        value=_facts(services, "Balance …"),
        html_template=_TEMPLATE,
        js_on_load=_ON_LOAD,
        elem_id="header",
    )

    def refresh() -> dict[str, str]:
        return _facts(services, _balance(services))

    timer = gr.Timer(REFRESH_S)
    for event in (page.load, timer.tick):
        event(
            refresh,
            outputs=header,
            queue=False,
            show_progress="hidden",
            api_visibility="private",
        )
    return header


def _facts(services: Services, balance: str) -> dict[str, str]:
    if services.is_sandbox:
        return {
            "mode": "sandbox",
            "explanation": "Stand-ins are made on this machine. Nothing is sent or charged.",
            "balance": f"{balance} (play money)",
        }
    return {
        "mode": "live",
        "explanation": "Requests go to the provider and are charged.",
        "balance": balance,
    }


def _balance(services: Services) -> str:
    try:
        return f"Balance ${services.balance_usd():.2f}"
    except PlaygroundError as error:
        LOGGER.info("no balance: %s", error.message)
        return "Balance unknown"
