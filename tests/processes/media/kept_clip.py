"""A process that keeps a large clip in an object store and reads it twice, and tells its peak."""

import os
import resource
import sys
from pathlib import Path

from tests.apps.object_stores import object_store
from tests.servers.s3_server import S3Server

PIECE_BYTES = 1 << 20


def main(server_url: str, bucket: str, folder: str, pieces: str) -> None:
    """Print by how many bytes the peak grew while the clip went there and came back."""
    clip = Path(folder) / "clip.mp4"
    with clip.open("wb") as file:
        for _ in range(int(pieces)):
            file.write(os.urandom(PIECE_BYTES))
    with object_store(S3Server(server_url), bucket, Path(folder)) as store:
        small = Path(folder) / "small.mp4"
        small.write_bytes(b"small")
        store.path(store.keep(small, ".mp4"))
        before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        name = store.keep(clip, ".mp4")
        (Path(folder) / "media/cache" / name[:2] / name).unlink()
        size_bytes = sum(map(len, store.pieces(name, 0, store.size_of(name))))
        assert store.path(name).stat().st_size == size_bytes == clip.stat().st_size
        after_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print((after_kib - before_kib) * 1024)


if __name__ == "__main__":
    main(*sys.argv[1:])
