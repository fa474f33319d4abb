"""A web replica as a process that can be killed: says its address, and ends when told to.

Run as a program: `python -m tests.processes.replica_process FOLDER SANDBOX [engine]`.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from components.interface.web.app import WebOptions
from tests.apps.playgrounds import SAMPLES
from tests.apps.replicas import replica

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class ReplicaProcess:
    """Where it listens, and the process."""

    url: str
    process: "subprocess.Popen[str]"

    @property
    def address(self) -> str:
        """The same as "host:port"."""
        return self.url.removeprefix("http://")

    def kill(self) -> None:
        """End it without a word."""
        self.process.kill()
        self.process.wait()


@contextmanager
def replica_process(
    folder: Path, sandbox_url: str, *, has_engine: bool = False
) -> Iterator[ReplicaProcess]:
    """Start one, and wait until it answers."""
    command = [sys.executable, "-B", "-m", "tests.processes.replica_process"]
    command += [str(folder), sandbox_url, *(["engine"] if has_engine else [])]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout
            yield ReplicaProcess(process.stdout.readline().strip(), process)
        finally:
            process.kill()


def _main(folder: str, sandbox_url: str, *engine: str) -> None:
    options = WebOptions(SAMPLES.parent)
    with replica(Path(folder), sandbox_url, has_engine=bool(engine), options=options) as running:
        print(running.url, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    _main(*sys.argv[1:])
