"""A playground with a showcase in it, and the room beside it through which guests speak."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from playwright.sync_api import Page, expect

from components.media.store.media_store import FolderStore
from components.runs.store.run_store import RunStore
from components.sandbox import Sandbox
from components.showcases.opening import Showcases, open_showcases
from components.showcases.review import Comment, Guest, Place
from components.showcases.reviews import NewComment
from components.showcases.showcase import Item, ItemKind
from tests.apps.playgrounds import Playground, serving
from tests.samples.kept_runs import keep_runs
from tests.samples.models import CATALOG
from tests.ui.visitor import WAIT_MS, Visitor

LOOK_AGAIN_S = 0.05


@dataclass(frozen=True)
class Stage:
    """`rooms` is the same database by another way: of what is written there, no page is told."""

    playground: Playground
    rooms: Showcases

    def fresh(self, title: str = "Harbour film") -> str:
        """A showcase with a picture, a clip, another picture and a text; returns its id."""
        editor, results = self.rooms.editor, self.rooms.snapshots
        showcase = editor.create(title)
        picture, clip, other = (results.result(f"run-000{number}") for number in (0, 1, 2))
        for caption, taken in (("Dawn", picture), ("Sailing", clip), ("Dusk", other)):
            editor.add(showcase.id, [taken], caption=caption)
        editor.add_text(showcase.id, "That is all.")
        return showcase.id

    def with_comparison(self, showcase_id: str) -> None:
        """Add two runs against each other."""
        sides = self.rooms.snapshots.sides(["run-0004", "run-0006"])
        self.rooms.editor.add_together(showcase_id, ItemKind.COMPARISON, sides, caption="Against")

    def items(self, showcase_id: str) -> list[Item]:
        """What the showcase holds, in order."""
        return list(self.rooms.editor.get(showcase_id).items)

    def captions(self, showcase_id: str) -> list[str]:
        """The words of its items, in order."""
        return [it.caption or it.text for it in self.items(showcase_id)]

    def say(
        self, showcase_id: str, number: int, text: str, guest: Guest, place: Place | None = None
    ) -> Comment:
        """Let a guest comment on an item by its place, and the pages hear of it."""
        new = NewComment(item_id=self.items(showcase_id)[number].id, text=text, place=place)
        comment = self.rooms.reviews.comment(showcase_id, new, guest)
        path = f"{self.playground.url}/showcases/{showcase_id}/comments/{comment.id}/resolve"
        httpx.post(path, json={"is_resolved": False}).raise_for_status()
        return comment

    def change_caption(self, item_id: str, caption: str) -> None:
        """As another tab does."""
        path = f"{self.playground.url}/showcases/items/{item_id}/change"
        httpx.post(path, json={"caption": caption}).raise_for_status()

    def guest(self, showcase_id: str, name: str = "Ann") -> Guest:
        """Somebody who has the link."""
        return self.rooms.reviews.enter(showcase_id, name)[0]


@contextmanager
def staged(sandbox: Sandbox, folder: Path, auth: str = "") -> Iterator[Stage]:
    """A playground with a dozen runs that can be shown."""
    keep_runs(folder, 12)
    with serving(folder, sandbox, PLAYGROUND_AUTH=auth) as playground:
        store = RunStore(f"sqlite:///{folder / 'playground.sqlite3'}")
        rooms = open_showcases(
            store.database,
            FolderStore(folder / "media"),
            CATALOG,
            find_run=store.get,
            folder=folder / "renditions",
        )
        try:
            yield Stage(playground, rooms)
        finally:
            rooms.renditions.close()
            store.close()


def opened(visitor: Visitor, showcase_id: str) -> Page:
    """The editor of a showcase."""
    visitor.open(f"?showcase={showcase_id}")
    expect(visitor.page.locator(".showcase-editor")).to_be_visible()
    return visitor.page


def expect_soon(read: Callable[[], object], expected: object) -> None:
    """Wait until what is read is as expected: a page may be ahead of what is kept."""
    deadline_s = time.monotonic() + WAIT_MS / 1000
    while (found := read()) != expected:
        assert time.monotonic() < deadline_s, f"{found!r} instead of {expected!r}"
        time.sleep(LOOK_AGAIN_S)
