"""5,000 runs in flight in one process, on one machine with their provider."""

import json
import os
import subprocess
import sys
import tempfile

IN_FLIGHT = 5_000
MEASURED_S = 20.0


def rows(in_flight: int = IN_FLIGHT, seconds: float = MEASURED_S) -> list[tuple[str, ...]]:
    """What the process takes, and how late its looks are."""
    provider = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.workers.light_provider"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert provider.stdout
    url = f"http://127.0.0.1:{provider.stdout.readline().strip()}"
    with tempfile.TemporaryDirectory() as folder:
        house = [sys.executable, "-m", "tests.bench.workers.load_app"]
        printed = subprocess.run(
            [*house, url, folder, str(in_flight), str(seconds)],
            stdout=subprocess.PIPE,
            check=True,
        ).stdout
    arrived, _ = provider.communicate()
    found = json.loads(printed)
    return [
        (f"{in_flight} runs in flight", "ours", "target"),
        ("looks a second", f"{found['looks_per_s']:.0f}", ""),
        ("cores used", f"{found['cores']:.2f}", "0.6"),
        ("CPU a look, ms", f"{found['ms_per_look']:.2f}", ""),
        ("CPU of a bare GET by requests, ms", f"{found['ms_per_get']:.2f}", ""),
        ("memory above idle, MB", f"{found['grown_bytes'] / 1e6:.0f}", "150"),
        ("a look is late by, p50, s", f"{found['late_p50_s']:.2f}", ""),
        ("a look is late by, p99, s", f"{found['late_p99_s']:.2f}", "1.0"),
        ("load average meanwhile, of other work too", f"{os.getloadavg()[0]:.1f}", ""),
        ("requests that arrived at the provider", arrived.strip(), ""),
    ]


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else IN_FLIGHT
    for row in rows(count):
        print("  ".join(cell.ljust(40 if at == 0 else 8) for at, cell in enumerate(row)))
