"""What a process needs in its environment to count where `make coverage` measures."""

import os

MEASURED = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}
"""Nothing, unless it measures. For processes that get none of our environment else."""
