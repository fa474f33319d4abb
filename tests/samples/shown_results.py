"""A showcase with one item of each kind, whose files tell their prompt to whoever looks in them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import av
import sqlalchemy as sa
from PIL import Image

from components.media.store.media_store import FolderStore
from components.runs.run import Run
from components.showcases.opening import Showcases, open_showcases
from components.showcases.showcase import Item, ItemKind, Showcase, ShownMedium, ShownRun
from tests.apps.playgrounds import SAMPLES
from tests.samples.kept_runs import keep_runs
from tests.samples.models import CATALOG

PROMPT = "A harbour, number"
"""How the prompts of the runs begin."""
HIDDEN = "the-prompt-that-nobody-may-read"
"""What stands in the metadata of the picture and the clip."""


@contextmanager
def room(data_dir: Path) -> Iterator[Showcases]:
    """The showcases of a data folder, beside a playground that may run there."""
    database = sa.create_engine(f"sqlite:///{data_dir / 'playground.sqlite3'}")
    media = FolderStore(data_dir / "media")
    opened = open_showcases(
        database, media, CATALOG, find_run=_no_run, folder=data_dir / "own-renditions"
    )
    try:
        yield opened
    finally:
        opened.renditions.close()
        database.dispose()


def _no_run(run_id: str) -> Run:
    raise LookupError(run_id)


def keep_showcase(data_dir: Path, title: str = "Harbours") -> Showcase:
    """Keep one: a picture, a clip, words, a comparison of both kinds, and a plan."""
    runs = keep_runs(data_dir, 4) if not (data_dir / "playground.sqlite3").exists() else []
    media = FolderStore(data_dir / "media")
    picture, clip = _picture(media, data_dir), _clip(media, data_dir)
    with room(data_dir) as showcases:
        known = {run.id: run for run in runs}
        facts = _facts(known)
        editor = showcases.editor
        showcase = editor.create(title)
        editor.add(showcase.id, [(picture, facts)], caption="The quay at six.")
        editor.add(showcase.id, [(clip, facts)], caption="The same, moving.")
        editor.add_text(showcase.id, "What follows is a second thought.\n\nNothing is final.")
        other = replace(picture, pick="2", label="Result 2")
        pairs = ((picture, other), (clip, replace(clip, pick="2", label="Result 2")))
        for pair in pairs:
            editor.add_together(
                showcase.id, ItemKind.COMPARISON, [(it, facts) for it in pair], caption="Two takes"
            )
        cells = [(row, column) for row in ("Dawn", "Dusk") for column in ("Calm", "Storm")]
        grid = [(replace(picture, row=row, column=column), facts) for row, column in cells]
        editor.add_together(showcase.id, ItemKind.PLAN, grid, caption="Light against weather")
        return editor.get(showcase.id)


def of_kind(showcase: Showcase, kind: ItemKind, number: int = 0) -> Item:
    """An item of a kind, by its place among them."""
    return [it for it in showcase.items if it.kind is kind][number]


def _facts(runs: dict[str, Run]) -> ShownRun:
    newest = next(iter(runs.values()), None)
    return ShownRun(
        run_id=newest.id if newest else "run-0000",
        prompt=f"{PROMPT} 0",
        model_title="Image",
        settings=(("Resolution", "1K"),),
        created_at=1_760_000_000.0,
        charged_usd=0.56,
    )


def _picture(media: FolderStore, folder: Path) -> ShownMedium:
    path = folder / "told.jpg"
    with Image.open(SAMPLES / "place.jpg") as source:
        exif = Image.Exif()
        exif[0x010E] = HIDDEN
        source.save(path, "JPEG", exif=exif, comment=HIDDEN.encode())
        width_px, height_px = source.size
    name = media.keep(path, ".jpg")
    return ShownMedium(
        name=name,
        kind="image",
        run_id="run-0000",
        pick="1",
        label="Result",
        width_px=width_px,
        height_px=height_px,
    )


def _clip(media: FolderStore, folder: Path) -> ShownMedium:
    path = folder / "told.mp4"
    with av.open(str(SAMPLES / "clip.mp4")) as source, av.open(str(path), "w") as target:
        target.metadata["comment"] = HIDDEN
        stream = source.streams.video[0]
        copy = target.add_stream_from_template(stream)
        for packet in source.demux(stream):
            if packet.dts is not None:
                packet.stream = copy
                target.mux(packet)
        rate = float(stream.average_rate or 24)
        width_px, height_px, frames = stream.width, stream.height, stream.frames
    return ShownMedium(
        name=media.keep(path, ".mp4"),
        kind="video",
        run_id="run-0001",
        pick="1",
        label="Result",
        width_px=width_px,
        height_px=height_px,
        duration_s=frames / rate,
        frames_per_s=rate,
    )
