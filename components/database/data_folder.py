"""The folder with everything that is kept: held by one process, and writable for it."""

import errno
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from components.errors import SettingsError

MOST_PROCESSES = 64


@contextmanager
def owned(data_dir: Path) -> Iterator[None]:
    """Hold the data folder: a second process would take this one's runs for abandoned.

    Raises:
        SettingsError: another process holds it, or it cannot be written here.
    """
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        media = data_dir / "media"
        for folder in (data_dir, media, *media.glob("??")):
            check_writable(folder)
        held = FileLock(data_dir / "playground.lock").acquire(timeout=0)
    except Timeout:
        raise SettingsError(
            f"Another playground already works in {data_dir}. Stop it, or set PLAYGROUND_DATA_DIR."
        ) from None
    except OSError as error:
        raise SettingsError(
            f"The playground cannot write in {error.filename or data_dir} ({error.strerror}). "
            "What is kept there is as it was. Make it a folder with free space that the user who "
            "starts the playground may write, or set PLAYGROUND_DATA_DIR."
        ) from None
    with held:
        yield


@contextmanager
def owned_scratch(data_dir: Path) -> Iterator[Path]:
    """Hold a folder of this process's own inside, with what need not last; the first that is free.

    What several processes share lies elsewhere, so that they may start in one data folder.

    Raises:
        SettingsError: it cannot be written here.
    """
    for number in range(1, MOST_PROCESSES + 1):
        folder = data_dir / f"process-{number}"
        with ExitStack() as stack:
            try:
                stack.enter_context(owned(folder))
            except SettingsError as error:
                if isinstance(error.__context__, Timeout):
                    continue
                raise
            yield folder
            return
    raise SettingsError(
        f"{MOST_PROCESSES} processes already work in {data_dir}. Set PLAYGROUND_DATA_DIR."
    )


def check_writable(path: Path) -> None:
    """Raises `OSError` when a file or folder is there and this process may not change it."""
    if path.exists() and not os.access(path, os.R_OK | os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
