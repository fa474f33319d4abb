"""A process that deletes one file of an object store again and again, where it is long unused."""

import sys
import threading
from pathlib import Path

from components.database.engine import open_database
from tests.apps.object_stores import object_store
from tests.servers.s3_server import S3Server

IDLE_S = 3600.0


def main(database_url: str, server_url: str, bucket: str, folder: str, name: str) -> None:
    """Say "ready", delete until the input ends, and print how often the file went."""
    database = open_database(database_url)
    over = threading.Event()

    def wait_for_the_end() -> None:
        sys.stdin.read()
        over.set()

    threading.Thread(target=wait_for_the_end, daemon=True).start()
    removed = 0
    with object_store(S3Server(server_url), bucket, Path(folder), database=database) as store:
        print("ready", flush=True)
        while not over.is_set():
            was_there = store.has(name)
            removed += was_there and store.delete(name, idle_s=IDLE_S)
            store.finish_removals()
    database.dispose()
    print(removed, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
