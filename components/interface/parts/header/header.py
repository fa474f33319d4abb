"""The top of the page: what this is, sandbox or live, and the balance."""

import logging

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from components.errors import PlaygroundError
from components.interface.services import Services
from components.interface.web.routing import new_router
from components.interface.widgets.section import Section
from components.interface.widgets.templating import render
from components.runs.wording import NO_WORKER

LOGGER = logging.getLogger(__name__)


class Header(Section):
    """The header; its script asks for the balance after the page has come."""

    def __init__(self, services: Services) -> None:
        """Say whether this is the sandbox, and where the playground is found."""
        super().__init__(
            render(
                "header.html",
                is_sandbox=services.is_sandbox,
                public_url=services.public_url,
                no_worker=NO_WORKER,
            )
        )


def header_router(services: Services) -> APIRouter:
    """`GET /account`: the balance, what was spent today, and whether runs wait for a worker."""
    router = new_router()

    def account() -> HTMLResponse:
        html = render(
            "account.html",
            balance_usd=_balance_usd(services),
            is_sandbox=services.is_sandbox,
            is_halted=bool(services.runs.halted()),
            spent=services.runs.spent_today(),
            limit_usd=services.runs.limit.usd,
        )
        return HTMLResponse(html, headers={"Cache-Control": "no-store"})

    router.add_api_route("/account", account, methods=["GET"])
    return router


def _balance_usd(services: Services) -> float | None:
    try:
        return services.balance_usd()
    except PlaygroundError as error:
        LOGGER.info("no balance: %s", error.message)
        return None
