"""Starts of the playground that share one import: each is a child process of one that waits.

Run as a program it reads a start a line, as JSON, and answers with how it ended.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Ended:
    """How a start ended, and what it said."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Starter:
    """The process that waits; `folder` takes what the starts say."""

    process: subprocess.Popen[str]
    folder: Path

    def start(
        self, environment: Mapping[str, str], *arguments: str, user: int | None = None
    ) -> Ended:
        """Start the playground as a user, and wait until it has ended."""
        out, err = self.folder / "out", self.folder / "err"
        asked = {
            "arguments": arguments,
            "environment": dict(environment),
            "user": user,
            "out": str(out),
            "err": str(err),
        }
        assert self.process.stdin
        assert self.process.stdout
        print(json.dumps(asked), file=self.process.stdin, flush=True)
        code = int(self.process.stdout.readline())
        return Ended(code, out.read_text(), err.read_text())


@contextmanager
def starter(folder: Path) -> Iterator[Starter]:
    """A process that has imported everything."""
    command = [sys.executable, "-B", "-m", "tests.processes.forked_starts"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield Starter(process, folder)
        finally:
            process.kill()


def _serve() -> None:
    import app  # noqa: PLC0415
    import components.commands.start  # noqa: F401, PLC0415

    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if not child:
            for number, name in ((1, "out"), (2, "err")):
                os.dup2(os.open(asked[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
            os.environ.clear()
            os.environ.update(asked["environment"])
            if asked["user"] is not None:
                os.setgroups([])
                os.setgid(asked["user"])
                os.setuid(asked["user"])
            sys.argv = ["app.py", *asked["arguments"]]
            app.main()
            return
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    _serve()
