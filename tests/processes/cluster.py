"""`make cluster`: all that several machines would run, on this one, behind one address.

PostgreSQL, an S3 server, a sandbox that all share, two web replicas, two workers and nginx.
"""

import argparse
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from tests.servers.postgresql_server import PostgresqlServer
from tests.servers.s3_server import ANYBODY, REGION, S3Server

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
BUCKET = "playground"
REPLICAS = 2
WORKERS = 2
START_S = 90.0
STOP_S = 15.0
LOOK_EVERY_S = 0.1
LAST_LINES = 15
NGINX = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log warn;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    upstream playground {{
        ip_hash;
{upstreams}
        keepalive 32;
    }}
    server {{
        listen {host}:{port};
        client_max_body_size 2g;
        proxy_request_buffering off;
        proxy_buffering off;
        proxy_read_timeout 1h;
        location / {{
            proxy_pass http://playground;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_set_header X-Forwarded-Proto $scheme;
        }}
    }}
}}
"""


class Parts:
    """Processes with names; each writes into a file of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, command: list[str], environment: Mapping[str, str]) -> Path:
        """Start one, and return what it writes to; Ctrl-C does not reach it: they end in order."""
        with self._log(name).open("wb") as log:
            self._running[name] = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        say(f"  {name:<14} process {self._running[name].pid}")
        return self._log(name)

    def ended(self) -> list[str]:
        """A line for each that ended by itself since the last time, with what it said last."""
        lines = []
        for name, process in list(self._running.items()):
            if process.poll() is not None:
                del self._running[name]
                said = self._log(name).read_text(errors="replace").splitlines()[-LAST_LINES:]
                lines += [
                    f"{name} ended ({_how(process.returncode)}).",
                    *(f"  | {it}" for it in said),
                ]
        return lines

    def stop(self) -> None:
        """End all, the last that was started first; a second Ctrl-C makes it no quicker."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for name, process in reversed(self._running.items()):
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                say(f"{name} does not end, and is killed.")
                process.kill()
                process.wait()
        self._running.clear()

    def _log(self, name: str) -> Path:
        return self._folder / f"{name.replace(' ', '-')}.log"


def main() -> None:
    """Start everything, say where it is, and wait for Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m tests.processes.cluster", description=__doc__)
    parser.add_argument("--port", type=int, default=7860, help="where nginx listens (0: any)")
    port = parser.parse_args().port or free_port()
    if not shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin"):
        sys.exit("nginx is not installed. Run `make cluster`, or install it.")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with _everything(port) as parts:
            _watch(parts)
    except KeyboardInterrupt:
        say("\nAll is ended, and nothing of it is kept.")


def say(line: str) -> None:
    """Tell whoever started it."""
    print(line, flush=True)


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.create_server((HOST, 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def _everything(port: int) -> Iterator[Parts]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="playground-")))
        folder.chmod(0o711)
        say(f"Starting PostgreSQL, an S3 server and what works on them, in {folder}:")
        database = stack.enter_context(_postgresql())
        parts = Parts(folder)
        stack.callback(parts.stop)
        store = _s3(parts)
        sandbox = free_port()
        files = str(folder / "sandbox")
        command = [sys.executable, "-m", "components.sandbox", "--files-dir", files]
        parts.start("sandbox", [*command, "--port", str(sandbox)], {})
        _wait(parts, f"http://{HOST}:{sandbox}/", partial(_answers, f"http://{HOST}:{sandbox}/"))
        shared = _shared_settings(database, store, sandbox, port)
        replicas = [free_port() for _ in range(REPLICAS)]
        for number, its_port in enumerate(replicas, 1):
            own = _own_settings(folder / f"web-{number}", its_port)
            parts.start(f"web replica {number}", [sys.executable, "app.py"], {**shared, **own})
        for number in range(1, WORKERS + 1):
            own = _own_settings(folder / f"worker-{number}", 0)
            command = [sys.executable, "app.py", "worker"]
            parts.start(f"worker {number}", command, {**shared, **own})
        for its_port in replicas:
            _wait(
                parts,
                f"http://{HOST}:{its_port}/healthz",
                partial(_answers, f"http://{HOST}:{its_port}/healthz"),
            )
        parts.start("nginx", _nginx(folder, port, replicas), {})
        _wait(
            parts,
            f"http://{HOST}:{port}/healthz",
            partial(_answers, f"http://{HOST}:{port}/healthz"),
        )
        say(
            f"\n  Kling O1 Playground, on {REPLICAS} replicas and {WORKERS} workers\n"
            f"  http://{HOST}:{port}\n\n"
            "  This S3 server keeps everything in memory: after a stop nothing is left of the\n"
            "  media, nor of the database. Kill any of the processes and see what goes on.\n"
            "  Ctrl-C ends them all.\n"
        )
        yield parts


@contextmanager
def _postgresql() -> Iterator[str]:
    """The address of an empty database."""
    server = PostgresqlServer()
    try:
        server.start()
        say(f"  {'PostgreSQL':<14} port {server.port}")
        yield server.new_database()
    finally:
        server.remove()


def _s3(parts: Parts) -> S3Server:
    """A server with an empty bucket; the first thing that it says is its port."""
    log = parts.start("S3 server", [sys.executable, "-m", "tests.servers.s3_server"], {})
    _wait(parts, "the S3 server", lambda: "\n" in log.read_text())
    server = S3Server(f"http://{HOST}:{log.read_text().split()[0]}")
    server.make_bucket(BUCKET)
    return server


def _shared_settings(database: str, store: S3Server, sandbox: int, port: int) -> dict[str, str]:
    """What every replica and every worker is started with."""
    return {
        "AIML_API_KEY": f"sandbox-{secrets.token_hex(4)}",
        "AIML_API_BASE": f"http://{HOST}:{sandbox}",
        "AWS_ACCESS_KEY_ID": ANYBODY[0],
        "AWS_SECRET_ACCESS_KEY": ANYBODY[1],
        "AWS_REGION": REGION,
        "AWS_ENDPOINT_URL": store.url,
        "PLAYGROUND_ALLOW_PRIVATE_HOSTS": f"{HOST}:{sandbox}",
        "PLAYGROUND_DATABASE_URL": database,
        "PLAYGROUND_MEDIA_URL": f"s3://{BUCKET}/media",
        "PLAYGROUND_METRICS": "1",
        "PLAYGROUND_PUBLIC_URL": f"http://{HOST}:{port}",
        "PLAYGROUND_TRUSTED_PROXIES": HOST,
    }


def _own_settings(scratch: Path, port: int) -> dict[str, str]:
    """A folder for what is under way, and a port."""
    return {"PLAYGROUND_DATA_DIR": str(scratch), "GRADIO_SERVER_PORT": str(port)}


def _nginx(folder: Path, port: int, replicas: list[int]) -> list[str]:
    upstreams = "\n".join(f"        server {HOST}:{replica};" for replica in replicas)
    file = folder / "nginx.conf"
    file.write_text(NGINX.format(folder=folder, host=HOST, port=port, upstreams=upstreams))
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") or "nginx"
    return [program, "-c", str(file), "-e", str(folder / "nginx.log")]


def _wait(parts: Parts, name: str, is_there: Callable[[], bool]) -> None:
    """Wait until something is there; whoever ended instead is told, and all ends."""
    given_up_at = time.monotonic() + START_S
    while not is_there():
        if lines := parts.ended():
            sys.exit("\n".join(lines))
        if time.monotonic() > given_up_at:
            sys.exit(f"{name} does not answer.")
        time.sleep(LOOK_EVERY_S)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except urllib.error.HTTPError as error:
        return error.code == 404
    except OSError:
        return False


def _watch(parts: Parts) -> None:
    """Tell whoever ends, for as long as anything runs."""
    while True:
        for line in parts.ended():
            say(line)
        time.sleep(LOOK_EVERY_S)


def _how(code: int) -> str:
    return f"by {signal.Signals(-code).name}" if code < 0 else f"with code {code}"


if __name__ == "__main__":
    main()
