"""`python -m components.sandbox --port N`: the sandbox alone, for a playground on another port."""

import argparse
import sys
from pathlib import Path

from components.sandbox import Sandbox, SandboxOptions


def main() -> None:
    """Serve until interrupted, and say where."""
    parser = argparse.ArgumentParser(prog="python -m components.sandbox", description=__doc__)
    parser.add_argument(
        "--port", type=int, default=8090, help="where to listen (0: the last one, or any)"
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--pace-s", type=float, default=4.0, help="seconds a video takes at least")
    parser.add_argument(
        "--files-dir",
        type=Path,
        help="keep files, balance and generations in this folder over a restart",
    )
    chosen = parser.parse_args()
    options = SandboxOptions(files_dir=chosen.files_dir)
    sandbox = Sandbox(port=chosen.port, host=chosen.host, pace_s=chosen.pace_s, options=options)
    try:
        sandbox.start()
    except OSError as error:
        sys.exit(f"The sandbox cannot start: {error}")
    sys.stdout.write(f"The sandbox listens on {sandbox.url} (any key will do).\n")
    sys.stdout.flush()
    try:
        sandbox.wait()
    except KeyboardInterrupt:
        sys.stdout.write("\n")
    finally:
        sandbox.stop()


if __name__ == "__main__":
    main()
