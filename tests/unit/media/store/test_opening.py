"""A bucket is tried out before anything else begins; what is wrong is one sentence."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from components.database.kept_media import KeptMedia
from components.errors import SettingsError
from components.media.store.bucket_address import BucketAddress, ObjectStoreSettings, bucket_address
from components.media.store.bucket_opening import open_bucket
from components.media.store.media_store import FolderStore
from components.media.store.opening import open_media_store
from tests.servers.cutting_proxy import CuttingProxy
from tests.servers.s3_server import S3Server, s3_server

SECRET = "very-secret-indeed"


@contextmanager
def no_table(_folder: Path) -> Iterator[KeptMedia]:
    raise AssertionError("nothing may be begun")
    yield  # type: ignore[unreachable]


def refusal(address: BucketAddress, access: ObjectStoreSettings) -> str:
    with pytest.raises(SettingsError) as caught:
        open_bucket(address, access, patience_s=0.5)
    sentence = str(caught.value)
    assert SECRET not in sentence
    assert "PLAYGROUND_MEDIA_URL" in sentence
    return sentence


def test_without_an_address_media_are_kept_in_the_folder(tmp_path: Path) -> None:
    with open_media_store("", ObjectStoreSettings(), tmp_path / "media", no_table) as store:
        assert isinstance(store, FolderStore)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("prefix", ["", "runs", "a/b.c/d-e"])
def test_an_address_names_a_bucket_and_a_prefix(prefix: str) -> None:
    assert bucket_address(f"s3://my-bucket/{prefix}") == BucketAddress("my-bucket", prefix)
    assert bucket_address(f"s3://my-bucket/{prefix}/") == BucketAddress("my-bucket", prefix)


@pytest.mark.parametrize(
    "url",
    [
        "media",
        "s3:bucket",
        "s3://",
        "s3://ab",
        "s3://Bucket/x",
        "s3://bucket:80/x",
        f"s3://user:{SECRET}@bucket/x",
        "s3://bucket/x?y=1",
        "s3://bucket/x#y",
        "s3://bucket/a//b",
        "s3://bucket/../b",
        "s3://bucket/a b",
        "https://bucket.s3.amazonaws.com/x",
        "s3://[bucket/x",
    ],
)
def test_a_malformed_address_is_one_sentence(url: str, tmp_path: Path) -> None:
    with (
        pytest.raises(SettingsError, match="PLAYGROUND_MEDIA_URL") as caught,
        open_media_store(url, ObjectStoreSettings(), tmp_path / "media", no_table),
    ):
        pass
    assert SECRET not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "url", ["s3.example.org", "ftp://x", f"http://a:{SECRET}@x", "http://x/?y", "http://x:999999"]
)
def test_a_malformed_endpoint_is_one_sentence(url: str) -> None:
    with pytest.raises(SettingsError, match="AWS_ENDPOINT_URL must be") as caught:
        open_bucket(BucketAddress("bucket", ""), ObjectStoreSettings(endpoint_url=url))
    assert SECRET not in str(caught.value)


def test_the_keys_are_in_no_representation() -> None:
    assert SECRET not in repr(ObjectStoreSettings(SECRET, SECRET, SECRET))


@pytest.mark.cluster
def test_a_bucket_is_left_as_it_was(s3: S3Server, bucket: str) -> None:
    open_bucket(BucketAddress(bucket, "runs"), s3.settings())
    assert s3.keys(bucket) == []


@pytest.mark.cluster
def test_a_bucket_that_is_not_there_is_named(s3: S3Server) -> None:
    sentence = refusal(BucketAddress("no-such-bucket", ""), s3.settings(("key", SECRET)))
    assert "no-such-bucket, which is not there" in sentence


@pytest.mark.cluster
def test_a_server_that_does_not_answer_is_said(proxy: CuttingProxy) -> None:
    access = S3Server(proxy.url).settings(("key", SECRET))
    proxy.refuse()
    assert "does not answer" in refusal(BucketAddress("bucket", ""), access)


@pytest.mark.cluster
def test_keys_that_are_wrong_and_keys_that_may_not_write_are_told_apart() -> None:
    with s3_server(unchecked=3) as server:
        server.make_bucket("bucket")
        powerless = server.powerless_keys()
        bucket = BucketAddress("bucket", "")
        assert "may not be written" in refusal(bucket, server.settings(powerless))
        assert "keys are not those" in refusal(bucket, server.settings(("AKIAWRONG", SECRET)))
        assert "keys are not those" in refusal(bucket, server.settings((powerless[0], SECRET)))
