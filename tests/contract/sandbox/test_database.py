"""The sandbox's database on disk: torn, spoiled, in use, old, nearly empty, and without secrets."""

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from components.sandbox.ledger.account import Ledger
from components.sandbox.ledger.database import Database
from tests.servers.sandbox_requests import (
    IMAGE_O1,
    KEY,
    REFERENCE,
    change_books,
    image_uri,
    small_sandbox,
    started,
)

PICTURE = {"prompt": "x", "image_urls": [image_uri()]}
WEEK_S = 7 * 24 * 3600


def test_books_torn_off_anywhere_still_add_up(tmp_path: Path) -> None:
    with started(tmp_path / "whole") as caller:
        caller.post(IMAGE_O1, PICTURE)
        caller.post(REFERENCE, {"prompt": 5})
        caller.post(IMAGE_O1, PICTURE)
        shutil.copytree(tmp_path / "whole", tmp_path / "killed")
    journal = tmp_path / "killed" / "books.sqlite3-wal"
    counts = []
    for cut_bytes in (0, 1, 100, *range(2000, journal.stat().st_size, 15_000)):
        torn = shutil.copytree(tmp_path / "killed", tmp_path / f"torn-{cut_bytes}")
        os.truncate(torn / journal.name, journal.stat().st_size - cut_bytes)
        database = Database(torn / "books.sqlite3")
        ledger = Ledger(database, 50.0)
        charges = {it.reference_id: it.credits for it in ledger.movements() if it.reference_id}
        assert {row.inference_id: row.credits for row in ledger.rows() if row.credits} == charges
        assert ledger.balance_credits() == 100_000_000 - sum(charges.values())
        counts.append(len(ledger.rows()))
        database.close()
    assert counts == sorted(counts, reverse=True)
    assert counts[0] == 3 > counts[-1]


def scramble(content: bytes) -> bytes:
    """Keep the head, which says that it is a database, and spoil the pages after it."""
    return content[:5000] + bytes(reversed(content[5000:]))


@pytest.mark.parametrize("spoil", [lambda _: b"This is not a database. " * 100, scramble])
def test_books_that_cannot_be_read_are_set_aside(
    tmp_path: Path, spoil: Callable[[bytes], bytes]
) -> None:
    with started(tmp_path) as caller:
        caller.post(IMAGE_O1, PICTURE)
    database = tmp_path / "books.sqlite3"
    database.write_bytes(spoil(database.read_bytes()))
    with started(tmp_path) as caller:
        assert caller.get("/v2/billing")["current_balance"] == 50
    assert (tmp_path / "books.damaged").exists()


def test_a_folder_serves_one_sandbox_at_a_time(tmp_path: Path) -> None:
    with started(tmp_path), pytest.raises(OSError, match="in use"):
        small_sandbox(files_dir=tmp_path).start()


def test_what_is_older_than_a_week_is_forgotten_and_the_balance_stays(tmp_path: Path) -> None:
    own = tmp_path / "notes.mp4"
    own.write_bytes(b"not the sandbox's")
    os.utime(own, (0, 0))
    with started(tmp_path) as caller:
        old_link = caller.post(IMAGE_O1, PICTURE).json()["data"][0]["url"]
        old_id = caller.finish(caller.post(REFERENCE, {"prompt": "x"}).json()["id"])["id"]
        old_files = [path for path in tmp_path.iterdir() if path.suffix in (".png", ".mp4")]
    change_books(
        tmp_path,
        f"UPDATE movements SET created_at_s = created_at_s - {WEEK_S}",
        f"UPDATE requests SET created_at_s = created_at_s - {WEEK_S}",
        f"UPDATE generations SET accepted_at_s = accepted_at_s - {WEEK_S}",
    )
    for path in old_files:
        os.utime(path, (time.time() - WEEK_S, time.time() - WEEK_S))
    with started(tmp_path) as caller:
        assert caller.get("/v2/logs", period="60d")["data"] == []
        (forward,) = caller.get("/v2/billing/transactions")["data"]
        assert (forward["type"], forward["amount"]["usd"]) == ("INIT", 50 - 0.0364 - 0.728)
        assert caller.get("/v2/billing")["current_balance"] == forward["amount"]["usd"]
        assert caller.http.get(old_link).status_code == 404
        assert caller.look(old_id).status_code == 404
    assert own.exists()


def test_an_account_that_is_nearly_empty_is_filled_at_the_next_start(tmp_path: Path) -> None:
    with started(tmp_path, balance_usd=0.04, refills=False) as caller:
        caller.post(IMAGE_O1, PICTURE)
        assert caller.post(IMAGE_O1, PICTURE).status_code == 403
    with started(tmp_path, balance_usd=0.04, refills=False) as caller:
        assert caller.get("/v2/billing")["current_balance"] == 0.04
        bonus = caller.get("/v2/billing/transactions")["data"][0]
        assert (bonus["direction"], bonus["type"]) == ("TOPUP", "BONUS")
        assert caller.post(IMAGE_O1, PICTURE).status_code == 200


def test_the_books_are_not_served_and_hold_no_key(tmp_path: Path) -> None:
    with started(tmp_path) as caller:
        caller.post(REFERENCE, {"prompt": "x"})
        assert caller.http.get("/files/books.sqlite3").status_code == 404
        shutil.copytree(tmp_path, tmp_path / "copy")
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.name == "books.sqlite3-wal" for path in kept)
    assert not any(KEY.encode() in path.read_bytes() for path in kept)
