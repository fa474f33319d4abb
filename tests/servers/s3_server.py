"""A real S3 server over HTTP (moto's), in a process of its own; it keeps everything in memory."""

import os
import re
import signal
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from components.media.store.bucket_address import ObjectStoreSettings

ROOT = Path(__file__).resolve().parents[2]
REGION = "us-east-1"
ANYBODY = ("test-key", "test-secret")
_UNCHECKED = "INITIAL_NO_AUTH_ACTION_COUNT"


@dataclass(frozen=True)
class S3Server:
    """Where it listens, such as "http://127.0.0.1:5000"; or a proxy in front of one."""

    url: str

    @property
    def port(self) -> int:
        """The port on this machine."""
        return int(self.url.rpartition(":")[2])

    def settings(self, keys: tuple[str, str] = ANYBODY) -> ObjectStoreSettings:
        """How to reach it with these keys."""
        key_id, secret = keys
        return ObjectStoreSettings(key_id, secret, region=REGION, endpoint_url=self.url)

    def make_bucket(self, bucket: str) -> None:
        """Make an empty one."""
        self._ask("PUT", f"/{bucket}")

    def put(self, bucket: str, key: str, content: bytes) -> None:
        """Write an object past every store."""
        self._ask("PUT", f"/{bucket}/{key}", content)

    def delete(self, bucket: str, key: str) -> None:
        """Remove an object past every store."""
        self._ask("DELETE", f"/{bucket}/{key}")

    def keys(self, bucket: str) -> list[str]:
        """The keys of all objects."""
        return re.findall("<Key>(.*?)</Key>", self._ask("GET", f"/{bucket}?list-type=2"))

    def uploads(self, bucket: str) -> list[str]:
        """The keys of uploads in parts that are not complete."""
        return re.findall("<Key>(.*?)</Key>", self._ask("GET", f"/{bucket}?uploads"))

    def powerless_keys(self) -> tuple[str, str]:
        """Keys of somebody who may do nothing."""
        self._manage(Action="CreateUser", UserName="nobody")
        answer = self._manage(Action="CreateAccessKey", UserName="nobody")
        found = re.search("<AccessKeyId>(.*?)<.*<SecretAccessKey>(.*?)<", answer, re.DOTALL)
        assert found
        return found[1], found[2]

    def _manage(self, **asked: str) -> str:
        form = urllib.parse.urlencode({"Version": "2010-05-08", **asked}).encode()
        return self._ask("POST", "/", form, service="iam")

    def _ask(self, method: str, path: str, body: bytes = b"", service: str = "s3") -> str:
        scope = f"Credential=x/20260101/{REGION}/{service}/aws4_request"
        headers = {"Authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=x"}
        if service == "s3":
            headers["Content-Type"] = "application/octet-stream"
        request = urllib.request.Request(self.url + path, body, headers, method=method)
        with urllib.request.urlopen(request) as answer:
            return str(answer.read().decode())


@contextmanager
def s3_server(unchecked: int | None = None) -> Iterator[S3Server]:
    """A server that takes any keys, or checks them after so many `unchecked` requests."""
    environment = {**os.environ, "AWS_EC2_METADATA_DISABLED": "true"}
    if unchecked is not None:
        environment[_UNCHECKED] = str(unchecked)
    command = [sys.executable, "-m", "tests.servers.s3_server"]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        # A line for each request.
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            assert process.stdout
            yield S3Server(f"http://127.0.0.1:{int(process.stdout.readline())}")
        finally:
            process.kill()


def main() -> None:
    """Serve on a free port, which is printed."""
    # Only in the process of the server: it takes its time.
    from moto.server import ThreadedMotoServer  # noqa: PLC0415

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    print(port, flush=True)
    signal.pause()


if __name__ == "__main__":
    main()
