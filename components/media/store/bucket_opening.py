"""Opening a bucket: an object is written and removed there before anything else begins."""

import secrets
import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import S3Store

from components.errors import SettingsError
from components.media.store.bucket_address import (
    SETTING,
    BucketAddress,
    ObjectStoreSettings,
    require_endpoint,
)
from components.media.store.object_bucket import BucketTimeouts, ObjectBucket

if TYPE_CHECKING:
    from obstore.store import ClientConfig, S3Config

OPENING_PATIENCE_S = 10.0
"""One that is just starting is waited for."""
_CONNECT_S = 3.0
_PAUSE_S = 0.5
_WRONG_KEYS = ("InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "ExpiredToken")
_WRONG_REGION = ("AuthorizationHeaderMalformed", "PermanentRedirect", "IllegalLocationConstraint")
_NO_KEYS = ("169.254.169.254", "169.254.170.2")
"""Where AWS's own machines are asked for keys when none are given."""


def open_bucket(
    address: BucketAddress,
    access: ObjectStoreSettings,
    timeouts: BucketTimeouts | None = None,
    patience_s: float = OPENING_PATIENCE_S,
) -> ObjectBucket:
    """The bucket, which can be written and read. Raises `SettingsError`, with no key in it."""
    require_endpoint(access.endpoint_url)
    timeouts = timeouts or BucketTimeouts()
    asked = _connected(address, access, timeouts.request_s)
    moved = _connected(address, access, timeouts.transfer_s)
    bucket = ObjectBucket(asked, moved, timeouts)
    give_up_at = time.monotonic() + patience_s
    while True:
        try:
            bucket.probe(f"probe-{secrets.token_hex(8)}")
        except (BaseError, FileNotFoundError) as error:
            if _is_final(error) or time.monotonic() + _PAUSE_S > give_up_at:
                raise _explained(error, address.bucket) from None
            time.sleep(_PAUSE_S)
        else:
            return bucket


def _connected(address: BucketAddress, access: ObjectStoreSettings, timeout_s: float) -> S3Store:
    config: S3Config = {"disable_bulk_delete": True}
    if access.access_key_id:
        config["access_key_id"] = access.access_key_id
    if access.secret_access_key:
        config["secret_access_key"] = access.secret_access_key
    if access.session_token:
        config["session_token"] = access.session_token
    if access.region:
        config["region"] = access.region
    if access.endpoint_url:
        config["endpoint"] = access.endpoint_url.rstrip("/")
    options: ClientConfig = {
        "allow_http": access.endpoint_url.startswith("http://"),
        "connect_timeout": timedelta(seconds=min(_CONNECT_S, timeout_s)),
        "timeout": timedelta(seconds=timeout_s),
    }
    if access.ca_file and Path(access.ca_file).is_file():
        options["root_certificate"] = Path(access.ca_file).read_bytes()
    try:
        return S3Store(
            address.bucket,
            prefix=address.prefix or None,
            config=config,
            client_options=options,
            # Tried again by us, who know how long somebody waits.
            retry_config={"max_retries": 0, "retry_timeout": timedelta(seconds=timeout_s)},
        )
    except (BaseError, ValueError):
        raise SettingsError(
            f"{SETTING} cannot be used with the AWS variables as they are set; check them."
        ) from None


def _is_final(error: Exception) -> bool:
    """Whether it would be the same at the next try."""
    if isinstance(error, FileNotFoundError | PermissionDeniedError | UnauthenticatedError):
        return True
    return any(code in str(error) for code in (*_WRONG_KEYS, *_WRONG_REGION, *_NO_KEYS))


def _explained(error: Exception, bucket: str) -> SettingsError:
    """What is wrong, without what the server says: it may repeat keys."""
    said = str(error)
    if any(address in said for address in _NO_KEYS):
        return SettingsError(
            f"{SETTING} names a bucket, but there are no keys for it: set AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY."
        )
    if any(code in said for code in _WRONG_KEYS) or isinstance(error, UnauthenticatedError):
        return SettingsError(
            f"The keys are not those of the object store of {SETTING}: check AWS_ACCESS_KEY_ID, "
            "AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN."
        )
    if any(code in said for code in _WRONG_REGION):
        return SettingsError(
            f"The bucket {bucket} of {SETTING} is in another region: correct AWS_REGION."
        )
    if isinstance(error, FileNotFoundError):
        return SettingsError(
            f"{SETTING} names the bucket {bucket}, which is not there: make it, or correct the "
            "name."
        )
    if isinstance(error, PermissionDeniedError):
        return SettingsError(
            f"The bucket {bucket} of {SETTING} may not be written: let these keys put, get and "
            "delete objects there."
        )
    return SettingsError(
        f"The object store of {SETTING} does not answer: check AWS_ENDPOINT_URL and AWS_REGION, "
        "and whether it runs."
    )
