"""A volume of a given size, to be filled: a tmpfs, where mounting is allowed."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_volume(folder: Path, size_kb: int) -> Iterator[None]:
    """Mount an empty volume at `folder`; the test is skipped where that is not allowed."""
    folder.mkdir(parents=True)
    if not _mount("-t", "tmpfs", "-o", f"size={size_kb}k", "tmpfs", str(folder)):
        pytest.skip("mounting is not allowed here")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def resize(folder: Path, size_kb: int) -> None:
    """Change the size of a small volume."""
    assert _mount("-o", f"remount,size={size_kb}k", str(folder))


def _mount(*arguments: str) -> bool:
    try:
        done = subprocess.run(["mount", *arguments], capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0
