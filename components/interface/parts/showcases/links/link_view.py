"""The link to a showcase in words: where it leads, until when, and how often it was opened."""

from datetime import UTC, datetime

from markupsafe import Markup

from components.interface.web.login import GUEST_PREFIX
from components.interface.widgets.templating import render
from components.interface.widgets.wording import ago
from components.showcases.links import Link

ENDS = (("never", "Never"), ("1", "In 1 day"), ("7", "In 7 days"), ("30", "In 30 days"))
"""When a link may end, as it is sent and as it is read; besides these, on a date."""


def link_address(base_url: str, link: Link) -> str:
    """The address to give away; `base_url` is what `Services.address` says."""
    return f"{base_url}{GUEST_PREFIX}{link.token}"


def link_html(link: Link | None, base_url: str, now: float) -> Markup:
    """The settings of a link, or how to make one."""
    return render(
        "showcase_link.html",
        link=link,
        address=link_address(base_url, link) if link else "",
        ends=ENDS,
        ends_at=_utc(link.expires_at) if link and link.expires_at else "",
        opened=_opened(link, now) if link else "",
    )


def _opened(link: Link, now: float) -> str:
    if not link.opened_count or link.opened_at is None:
        return "Not opened yet."
    times = "once" if link.opened_count == 1 else f"{link.opened_count:,} times"
    return f"Opened {times}, last {ago(now - link.opened_at)}."


def _utc(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
