"""Results on their way into a whole playground: through a proxy, and left half-way by another."""

import os
import ssl
import time
from pathlib import Path

import trustme

from components.commands.playground import running_playground
from components.media.download.partial_file import PartialFile
from components.media.download.partial_folders import PartialFolders
from components.runs.run import Output, Run, Status
from components.runs.store.run_store import RunStore
from components.settings import Settings
from tests.samples.media_files import video
from tests.samples.run_samples import sample_run
from tests.servers.media_server import TAG, serve
from tests.servers.provider_server import problem, scripted_provider
from tests.servers.proxy_server import tunnelling

HOST = "files.playground.invalid"
"""A name that no resolver knows."""
WAIT_S = 30.0


def waiting_to_be_saved(url: str) -> Run:
    """A run whose video is made."""
    return sample_run(
        status=Status.SAVING,
        generation_id="g-1",
        outputs=(Output("video", url),),
        created_at=1.0,
        next_step_at=1.0,
    )


def half_way(parts: PartialFolders, run_id: str, content: bytes) -> Path:
    """Leave the first half of a file, as a process that was killed two days ago."""
    with parts.place(run_id, 0) as place:
        half = len(content) // 2
        part = PartialFile(place / "arrived.part", half, len(content), TAG)
        part.file.write_bytes(content[:half])
        part.save()
    long_ago = time.time() - 2 * 86_400
    for each in (*place.iterdir(), place, place.parent):
        os.utime(each, (long_ago, long_ago))
    return place


def test_a_result_that_was_half_here_is_completed_through_the_proxy(tmp_path: Path) -> None:
    clip = video(tmp_path / "a.mp4", sound=True).read_bytes()
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST).configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    parts = PartialFolders(tmp_path / "data" / "media" / "parts")
    wanted, nobodys = (half_way(parts, run_id, clip) for run_id in ("run-1", "deleted"))
    with (
        serve({"/clip": lambda it: it.stall_after(len(clip), clip)}, context) as server,
        tunnelling(server.host) as proxy,
        scripted_provider() as provider,
    ):
        provider.replies = [problem(404)]
        settings = Settings.from_env(
            {
                "AIML_API_KEY": "key",
                "AIML_API_BASE": provider.url,
                "PLAYGROUND_DATA_DIR": str(tmp_path / "data"),
                "HTTPS_PROXY": f"http://127.0.0.1:{proxy.port}",
                "REQUESTS_CA_BUNDLE": str(tmp_path / "ca.pem"),
            }
        )
        store = RunStore(settings.database_url)
        store.add(waiting_to_be_saved(f"https://{HOST}/clip?signature=1"))
        with running_playground(settings):
            deadline = time.monotonic() + WAIT_S
            while (run := store.get("run-1")).status is not Status.DONE or nobodys.exists():
                assert time.monotonic() < deadline, run.note
                time.sleep(0.05)
        store.close()
        assert proxy.asked == [(f"{HOST}:443", "")]
        assert [headers.get("range") for _, headers in server.requests] == [
            f"bytes={len(clip) // 2}-"
        ]
    assert not wanted.exists()
