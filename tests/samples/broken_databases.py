"""Ways in which a database's file breaks."""

import os
from pathlib import Path

PAGE_BYTES = 4096
BROKEN = b"\xff" * PAGE_BYTES


def emptied(file: Path) -> None:
    """Nothing is left in it."""
    file.write_bytes(b"")


def removed(file: Path) -> None:
    """It is gone."""
    file.unlink()


def truncated(file: Path) -> None:
    """Its second half is gone."""
    os.truncate(file, file.stat().st_size // 2 // PAGE_BYTES * PAGE_BYTES)


def page_broken(file: Path) -> None:
    """A page in the middle is overwritten."""
    write_page(file, file.stat().st_size // 2 // PAGE_BYTES)


def beginning_broken(file: Path) -> None:
    """The page with the description of all others is overwritten."""
    write_page(file, 0)


def write_page(file: Path, number: int) -> None:
    """Overwrite a page, counted from 0."""
    with file.open("r+b") as opened:
        opened.seek(number * PAGE_BYTES)
        opened.write(BROKEN)
