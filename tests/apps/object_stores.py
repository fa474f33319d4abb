"""A media store in a bucket of its own on a real S3 server."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import sqlalchemy as sa

from components.database.engine import open_database
from components.database.kept_media import KeptMedia, kept_media
from components.media.store.bucket_address import BucketAddress
from components.media.store.bucket_opening import open_bucket
from components.media.store.object_bucket import BucketTimeouts
from components.media.store.object_store import ObjectStore
from tests.servers.s3_server import S3Server

PREFIX = "some/prefix"
USUAL = BucketTimeouts()
QUICK = BucketTimeouts(request_s=2.0, transfer_s=3.0, patience_s=4.0, removal_s=0.2)
"""So that a test of what does not answer is over soon."""


def database_in(folder: Path) -> sa.Engine:
    """The database of a playground on SQLite."""
    folder.mkdir(parents=True, exist_ok=True)
    return open_database(f"sqlite:///{folder / 'playground.sqlite3'}")


@contextmanager
def object_store(
    server: S3Server,
    bucket: str,
    folder: Path,
    *,
    database: sa.Engine | None = None,
    clock: Callable[[], float] = time.time,
    timeouts: BucketTimeouts = USUAL,
    cache_bytes: int = 1 << 40,
) -> Iterator[ObjectStore]:
    """A store in a bucket that is there, with its table in `folder` or in a PostgreSQL database."""
    with ExitStack() as stack:
        if database is None:
            database = database_in(folder)
            stack.callback(database.dispose)
        kept: KeptMedia = stack.enter_context(kept_media(database, folder))
        address = BucketAddress(bucket, PREFIX)
        opened = open_bucket(address, server.settings(), timeouts)
        yield ObjectStore(
            opened,
            kept,
            folder / "media",
            clock=clock,
            cache_bytes=cache_bytes,
            doubt_wait_s=20.0 if timeouts is USUAL else 2.0,
        )
