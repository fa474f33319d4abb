"""How much more memory a process takes than it did, at its highest; as Linux counts it."""

from pathlib import Path


def start_counting(process: int | str) -> int:
    """Forget the highest mark so far and return the memory in use now, in bytes."""
    Path(f"/proc/{process}/clear_refs").write_text("5", encoding="ascii")
    return _status_bytes(process, "VmRSS")


def grown_bytes_of(process: int | str, base_bytes: int) -> int:
    """Return how far the memory in use rose above the base since `start_counting`, in bytes."""
    return max(0, _status_bytes(process, "VmHWM") - base_bytes)


def left_bytes_of(process: int | str, base_bytes: int) -> int:
    """Return how far the memory in use stands above the base now, in bytes."""
    return max(0, _status_bytes(process, "VmRSS") - base_bytes)


def _status_bytes(process: int | str, label: str) -> int:
    lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(label))
