"""`python -m components.sandbox --port N`: the sandbox alone, for a playground on another port."""

import argparse
import sys

from components.sandbox import Sandbox


def main() -> None:
    """Serve until interrupted, and say where."""
    parser = argparse.ArgumentParser(prog="python -m components.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=8090, help="where to listen (0: any free port)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--pace-s", type=float, default=4.0, help="seconds a video takes at least")
    chosen = parser.parse_args()
    with Sandbox(port=chosen.port, host=chosen.host, pace_s=chosen.pace_s) as sandbox:
        sys.stdout.write(f"The sandbox listens on {sandbox.url} (any key will do).\n")
        sys.stdout.flush()
        try:
            sandbox.wait()
        except KeyboardInterrupt:
            sys.stdout.write("\n")


if __name__ == "__main__":
    main()
