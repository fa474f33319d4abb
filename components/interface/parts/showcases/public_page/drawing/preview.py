"""The preview of a link, as chat apps show it: drawn when it is asked for, and kept a while."""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from components.errors import MediaRejected
from components.interface.services import Services
from components.interface.widgets.wording import counted
from components.media.capacity.cpu_slots import ONE_A_CORE
from components.media.renditions.pictures import widths_for
from components.media.renditions.preview_card import write_preview_card
from components.showcases.showcase import ItemKind, Showcase

LOCKED_TITLE = "Something was shared with you"
LOCKED_LINE = "It opens with a passphrase"
REMEMBERED = 64
"""Each is some 100 kB."""
_COVER_PX = 1280


def previews(services: Services) -> Callable[[Showcase | None], bytes]:
    """Draws the preview of a showcase as JPEG; of None, one that tells nothing."""

    @lru_cache(REMEMBERED)
    def drawn(title: str, line: str, cover: Path | None, accent: str) -> bytes:
        with ONE_A_CORE.slot(needed_bytes=0), services.media.workspace() as folder:
            target = folder / "preview.jpg"
            write_preview_card(target, title, line, cover, accent)
            return target.read_bytes()

    def preview(showcase: Showcase | None) -> bytes:
        if showcase is None:
            return drawn(LOCKED_TITLE, LOCKED_LINE, None, "")
        return drawn(showcase.title, line_of(showcase), cover_of(showcase), showcase.accent)

    def cover_of(showcase: Showcase) -> Path | None:
        cover = showcase.cover
        if cover is None:
            return None
        width_px = next(
            (it for it in widths_for(cover.width_px) if it >= _COVER_PX),
            widths_for(cover.width_px)[-1],
        )
        try:
            return services.showcases.renditions.picture(cover.name, width_px, "jpg")
        except MediaRejected:
            return None

    return preview


def line_of(showcase: Showcase) -> str:
    """What is said below the title: how its introduction begins, or how much there is."""
    first = next(iter(showcase.introduction.splitlines()), "").strip()
    if first:
        return first if len(first) <= 160 else first[:159].rsplit(" ", 1)[0] + "…"
    return counted(sum(it.kind is not ItemKind.TEXT for it in showcase.items), "result")
