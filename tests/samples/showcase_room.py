"""The room of showcases on a real database, with runs that have files, and a clock set by hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from components.media.store.media_store import FolderStore
from components.runs.run import Run
from components.runs.store.run_store import RunStore
from components.showcases.opening import Showcases, open_showcases
from components.showcases.review import Guest
from components.showcases.showcase import Item, ItemKind
from tests.samples.kept_runs import keep_runs
from tests.samples.models import CATALOG
from tests.samples.run_samples import Clock

PICTURE_RUN, CLIP_RUN, EDITED_RUN = "run-0000", "run-0001", "run-0003"
"""A picture with a source, a clip, and a clip that was made from a picture."""


@dataclass(frozen=True)
class Room:
    """Showcases, and what they stand on; `runs` are there from the beginning."""

    showcases: Showcases
    store: RunStore
    media: FolderStore
    clock: Clock
    folder: Path
    url: str
    runs: tuple[Run, ...] = ()

    def show(self, *run_ids: str, title: str = "Harbour") -> tuple[str, list[Item]]:
        """A showcase with a result of each run; returns its id and the items."""
        made = self.showcases.editor.create(title)
        taken = [self.showcases.snapshots.result(run_id) for run_id in run_ids]
        return made.id, self.showcases.editor.add(made.id, taken)

    def compare(self, showcase_id: str, *specs: str) -> Item:
        """Add a comparison of runs to a showcase."""
        sides = self.showcases.snapshots.sides(specs)
        return self.showcases.editor.add_together(showcase_id, ItemKind.COMPARISON, sides)

    def guest(self, showcase_id: str, name: str = "Ada") -> Guest:
        """Somebody who gave a name."""
        return self.showcases.reviews.enter(showcase_id, name)[0]


@contextmanager
def opened_room(
    folder: Path, count: int = 6, clock: Clock | None = None, url: str = ""
) -> Iterator[Room]:
    """Open it in a folder, with its database there or at `url`; with 0 runs, as it was left."""
    url = url or database_address(folder)
    runs = tuple(keep_runs(folder, count, url)) if count else ()
    store = RunStore(url)
    media, clock = FolderStore(folder / "media"), clock or Clock()
    showcases = open_showcases(
        store.database,
        media,
        CATALOG,
        find_run=store.get,
        folder=folder / "renditions",
        clock=clock,
    )
    try:
        yield Room(showcases, store, media, clock, folder, url, runs)
    finally:
        showcases.renditions.close()
        store.close()


def database_address(folder: Path) -> str:
    """The database that `keep_runs` fills."""
    return f"sqlite:///{folder / 'playground.sqlite3'}"
