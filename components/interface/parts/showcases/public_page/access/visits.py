"""A visit: the link that somebody came by, and what their cookies say of them."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from components.errors import ShowcaseNotFound
from components.interface.services import Services
from components.interface.web.login import GUEST_PREFIX
from components.showcases.links import NO_LINK, Link
from components.showcases.review import Guest
from components.showcases.showcase import Showcase

PROOF, GUEST, SEEN = "show_proof", "show_guest", "show_seen"
"""Cookies: the passphrase was given, who somebody is here, and that they were counted."""
PROOF_KEPT_S = 30 * 24 * 3600
GUEST_KEPT_S = 365 * 24 * 3600
SEEN_KEPT_S = 30 * 60
"""Who comes back within half an hour has opened a link once."""


@dataclass(frozen=True)
class Visit:
    """A link that leads somewhere; `is_admitted` tells whether its passphrase was given."""

    link: Link
    request: Request
    services: Services

    @property
    def is_admitted(self) -> bool:
        """Whether somebody may see what the link leads to."""
        return self.link.admits(self.request.cookies.get(PROOF, ""))

    @property
    def path(self) -> str:
        """The address of the page, without the host."""
        return f"{GUEST_PREFIX}{self.link.token}"

    @property
    def base(self) -> str:
        """What stands before it where people open it."""
        return self.services.address(str(self.request.base_url))

    def require_admission(self) -> None:
        """Raises `ShowcaseNotFound` where nothing may be seen yet, in the words for no link."""
        if not self.is_admitted:
            raise ShowcaseNotFound(NO_LINK)

    def showcase(self) -> Showcase:
        """What is shown. Raises `ShowcaseNotFound` as `require_admission` does."""
        self.require_admission()
        return self.services.showcases.links.showcase(self.link)

    def guest(self) -> Guest | None:
        """Who it is, if a name was given."""
        secret = self.request.cookies.get(GUEST, "")
        return self.services.showcases.reviews.guest(self.link.showcase_id, secret)

    def keep(self, response: Response, cookie: str, value: str, kept_s: int) -> None:
        """Let the browser keep a cookie for this link alone, where no script reads it."""
        response.set_cookie(
            cookie,
            value,
            max_age=kept_s,
            path=self.path,
            secure=self.base.startswith("https:"),
            httponly=True,
            samesite="lax",
        )


@dataclass(frozen=True)
class Entrance:
    """Where links are looked up. Both raise `ShowcaseNotFound`, always in the same words."""

    services: Services

    def visit(self, token: str, request: Request) -> Visit:
        """By which link somebody comes; it may still ask for a passphrase."""
        return Visit(self.services.showcases.links.find(token), request, self.services)

    def enter(self, token: str, request: Request) -> tuple[Visit, Showcase]:
        """What somebody sees who came by a link, and gave its passphrase."""
        visit = self.visit(token, request)
        return visit, visit.showcase()
