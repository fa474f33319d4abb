"""Where a bucket is and how it is reached: what settings say of it, checked."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from components.errors import SettingsError

SETTING = "PLAYGROUND_MEDIA_URL"
EXAMPLE = "s3://bucket/prefix"
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PREFIX_PART = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._-]+")


@dataclass(frozen=True)
class ObjectStoreSettings:
    """How a bucket is reached; what is "" is found where AWS's own programs look for it.

    `ca_file` is a file of certificates to trust besides the usual ones.
    """

    access_key_id: str = field(default="", repr=False)
    secret_access_key: str = field(default="", repr=False)
    session_token: str = field(default="", repr=False)
    region: str = ""
    endpoint_url: str = ""
    ca_file: str = ""


@dataclass(frozen=True)
class BucketAddress:
    """A bucket and a prefix in it, "" for the whole of it."""

    bucket: str
    prefix: str


def bucket_address(url: str) -> BucketAddress:
    """Read `s3://bucket/prefix`. Raises `SettingsError`."""
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme != "s3" or parts.query or parts.fragment or "@" in parts.netloc:
        raise SettingsError(f"{SETTING} must be an address such as {EXAMPLE}.")
    if not _BUCKET.fullmatch(parts.netloc):
        raise SettingsError(
            f"{SETTING} must name a bucket, of 3 to 63 small letters, digits, dots and dashes, as "
            f"in {EXAMPLE}."
        )
    prefix = parts.path.strip("/")
    if prefix and not all(map(_PREFIX_PART.fullmatch, prefix.split("/"))):
        raise SettingsError(
            f"{SETTING} must have a prefix of letters, digits, dots, dashes and single slashes, as "
            f"in {EXAMPLE}."
        )
    return BucketAddress(parts.netloc, prefix)


def require_endpoint(url: str) -> None:
    """Check the address of an S3-compatible server; "" is AWS's own. Raises `SettingsError`."""
    try:
        parts = urlsplit(url)
        is_bare = not (parts.query or parts.fragment or "@" in parts.netloc)
        is_good = parts.scheme in ("http", "https") and bool(parts.hostname) and is_bare
        is_good = is_good and parts.port != 0
    except ValueError:
        is_good = False
    if url and not is_good:
        raise SettingsError(
            "AWS_ENDPOINT_URL must be a bare address such as https://s3.example.org:9000, without "
            "a password."
        )
