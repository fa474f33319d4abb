"""One process that looks at one file as a form does, and repairs it.

`python -m tests.bench.workers.file_examiner FILE FOLDER` prints by how many bytes of memory it
grew at its highest, and by how many for good, as JSON.
"""

import json
import sys
from pathlib import Path

from components.media.preflight import Preflighter
from components.media.report import ClipChoices, ImageChoices
from components.media.store.media_store import FolderStore
from tests.bench.process_memory import grown_bytes_of, left_bytes_of, start_counting


def measured(file: Path, folder: Path) -> dict[str, int]:
    """Returns "peak_bytes" and "left_bytes"."""
    preflighter = Preflighter(FolderStore(folder))
    base_bytes = start_counting("self")
    preflighter.examine(file, ClipChoices() if file.suffix == ".mp4" else ImageChoices())
    return {
        "peak_bytes": grown_bytes_of("self", base_bytes),
        "left_bytes": left_bytes_of("self", base_bytes),
    }


if __name__ == "__main__":
    print(json.dumps(measured(Path(sys.argv[1]), Path(sys.argv[2]))))
