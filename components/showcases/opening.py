"""The room, opened: all that the page, the public page and the API ask of showcases."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from components.catalog import Catalog
from components.media.renditions.pictures import widths_for
from components.media.renditions.renditions import Renditions
from components.media.store.media_store import MediaStore
from components.runs.run import Run
from components.showcases.editing import ShowcaseEditor
from components.showcases.held_runs import HeldRuns
from components.showcases.links import Links
from components.showcases.reviews import ReviewBook
from components.showcases.showcase import ShownMedium
from components.showcases.snapshot import Snapshots

USUAL_WIDTHS_PX = (640, 1280)
"""Most screens ask for one of these; the others are made when they are asked for."""


@dataclass(frozen=True)
class Showcases:
    """`editor` changes what is shown, `snapshots` copies runs into it, `held` knows which run is
    shown where, `links` lead guests there, `reviews` keeps what they say, `renditions` makes the
    pictures and clips that they see."""

    editor: ShowcaseEditor
    snapshots: Snapshots
    held: HeldRuns
    links: Links
    reviews: ReviewBook
    renditions: Renditions

    def prepare(self, media: Iterable[ShownMedium]) -> None:
        """Let the pictures be ready that guests will most likely see first."""
        self.renditions.prepare(
            (medium.name, medium.kind, width_px)
            for medium in media
            for width_px in sorted(
                {min(it, widths_for(medium.width_px)[-1]) for it in USUAL_WIDTHS_PX}
            )
        )


def open_showcases(
    database: sa.Engine,
    media: MediaStore,
    catalog: Catalog,
    *,
    find_run: Callable[[str], Run],
    folder: Path,
    clock: Callable[[], float] = time.time,
) -> Showcases:
    """Open it; `folder` is for renditions, which may be removed at any time; `close` them."""
    return Showcases(
        editor=ShowcaseEditor(database, media, clock),
        snapshots=Snapshots(find_run, media, catalog),
        held=HeldRuns(database, clock),
        links=Links(database, clock),
        reviews=ReviewBook(database, clock),
        renditions=Renditions(media, folder),
    )
