"""A real nginx on a free port, started with the very lines that the docs give."""

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "proxies.md"
NAMED = ("127.0.0.1:7861", "127.0.0.1:7862")
LISTENS = "listen 8080;"
START_TIMEOUT_S = 30.0
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
AROUND = """
{user}
daemon off;
master_process on;
worker_processes 1;
pid {folder}/nginx.pid;
events {{}}
http {{
    access_log off;
    {temporary}
    {lines}
}}
"""


def lines_of_docs() -> str:
    """The lines for nginx, as the docs have them."""
    block = re.search(r"^```nginx\n(.*?)^```", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    assert block, "the docs have no lines for nginx"
    return block[1]


@contextmanager
def nginx(folder: Path, replicas: Sequence[str]) -> Iterator[str]:
    """Run it before two replicas, each by its "host:port"; gives its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    lines = lines_of_docs()
    assert LISTENS in lines
    lines = lines.replace(LISTENS, f"listen 127.0.0.1:{port};")
    for named, replica in zip(NAMED, replicas, strict=True):
        assert lines.count(named) == 2
        lines = lines.replace(named, replica)
    config = folder / "nginx.conf"
    config.write_text(
        AROUND.format(
            user="user root;" if os.geteuid() == 0 else "",
            folder=folder,
            temporary="\n    ".join(f"{it}_temp_path {folder}/{it};" for it in TEMPORARY),
            lines=lines,
        )
    )
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    log = folder / "error.log"
    command = [program, "-p", str(folder), "-c", str(config), "-e", str(log)]
    with subprocess.Popen(command) as process:
        try:
            _wait_for(port, process, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1.0).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise TimeoutError(f"nginx did not start: {log.read_text() if log.exists() else 'no log'}")
