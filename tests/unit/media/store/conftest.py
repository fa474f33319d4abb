"""One S3 server for all tests of stores, and a bucket for each."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from components.media.store.media_store import FolderStore, MediaStore
from tests.apps.object_stores import object_store
from tests.servers.cutting_proxy import CuttingProxy, cutting_proxy
from tests.servers.s3_server import S3Server, s3_server


@pytest.fixture(scope="session")
def s3() -> Iterator[S3Server]:
    with s3_server() as server:
        yield server


@pytest.fixture
def bucket(s3: S3Server) -> str:
    name = f"media-{secrets.token_hex(8)}"
    s3.make_bucket(name)
    return name


@pytest.fixture
def proxy(s3: S3Server) -> Iterator[CuttingProxy]:
    """What may stand between the store and its server."""
    with cutting_proxy(s3.port) as running:
        yield running


@pytest.fixture(params=["folder", pytest.param("s3", marks=pytest.mark.cluster)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MediaStore]:
    """A store of either kind, which must behave alike."""
    if request.param == "folder":
        yield FolderStore(tmp_path / "media")
        return
    server: S3Server = request.getfixturevalue("s3")
    with object_store(server, request.getfixturevalue("bucket"), tmp_path) as opened:
        yield opened
