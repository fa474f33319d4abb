"""What was said survives a kill at any moment, and a recovery of the database."""

import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from components.runs.maintenance.database_rebuild import recover
from components.showcases.reviews import NewComment
from tests.samples.models import CATALOG
from tests.samples.run_samples import NOW
from tests.samples.showcase_room import (
    CLIP_RUN,
    PICTURE_RUN,
    Room,
    database_address,
    opened_room,
)

ROOT = Path(__file__).resolve().parents[3]
LIVES = 4


def acknowledged(room: Room, showcase_id: str, item_id: str, seconds: float) -> list[str]:
    """What a process was told to be kept before it was killed."""
    given = [sys.executable, "-m", "tests.processes.commenter", str(room.folder), room.url]
    with subprocess.Popen(
        [*given, showcase_id, item_id], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        assert process.stdout
        lines = [process.stdout.readline()]
        time.sleep(seconds)
        process.kill()
        lines += process.stdout.readlines()
    assert process.returncode == -9
    return [it.strip() for it in lines if it.endswith("\n")]


def test_every_acknowledged_word_survives_a_kill(room: Room) -> None:
    showcase_id, (item, _) = room.show(PICTURE_RUN, CLIP_RUN)
    chance, guests, ids = random.Random(1), set(), []
    for _ in range(LIVES):
        guest, *kept = acknowledged(room, showcase_id, item.id, chance.uniform(0.1, 0.6))
        guests.add(guest)
        ids += kept
    assert len(ids) > LIVES
    said = room.showcases.reviews.since(showcase_id)
    assert said is not None
    found = {it.id: it for it in said.comments}
    assert set(ids) <= set(found)
    # A kill between keeping one and saying so may leave one more a life.
    assert len(found) <= len(ids) + LIVES
    assert {it.guest_id for it in said.verdicts} <= guests
    assert room.showcases.held.reviews([PICTURE_RUN])[PICTURE_RUN].comments == len(found)


def test_a_recovery_keeps_showcases_links_and_reviews(tmp_path: Path) -> None:
    with opened_room(tmp_path) as room:
        showcase_id, (item, _) = room.show(PICTURE_RUN, CLIP_RUN)
        guest, secret = room.showcases.reviews.enter(showcase_id, "Ada")
        comment = NewComment(item_id=item.id, text="Kept 港")
        room.showcases.reviews.comment(showcase_id, comment, guest)
        link = room.showcases.links.share(showcase_id, passphrase="three plain words")
        before = room.showcases.editor.get(showcase_id)
        said = room.showcases.reviews.since(showcase_id)
    with closing(sqlite3.connect(tmp_path / "playground.sqlite3")) as database, database:
        database.execute("UPDATE runs SET response = '{no JSON' WHERE id = 'run-0005'")
    address = database_address(tmp_path)
    assert recover(address, tmp_path / "media", [], CATALOG, NOW).startswith("Got back: 6 runs")
    with opened_room(tmp_path, 0) as again:
        assert again.showcases.editor.get(showcase_id) == before
        assert again.showcases.reviews.since(showcase_id) == said
        assert again.showcases.reviews.guest(showcase_id, secret) == guest
        assert again.showcases.links.find(link.token) == link
        assert again.showcases.held.reviews([PICTURE_RUN])[PICTURE_RUN].comments == 1
        assert all(again.media.has(name) for name in before.names)
