"""A media store of either kind, and what may stand between one and its server."""

from collections.abc import Iterator

import pytest

from components.media.store.media_store import MediaStore
from tests.servers.cutting_proxy import CuttingProxy, cutting_proxy
from tests.servers.s3_server import S3Server


@pytest.fixture
def proxy(s3: S3Server) -> Iterator[CuttingProxy]:
    """One in front of the S3 server."""
    with cutting_proxy(s3.port) as running:
        yield running


@pytest.fixture
def store(media_store: MediaStore) -> MediaStore:
    return media_store
