"""Several runs as one archive: their files, prompts, settings and receipts."""

from collections.abc import Iterable, Iterator
from pathlib import PurePath

from components.catalog import Catalog
from components.errors import MediaRejected
from components.interface.export.archive import Member, zip_stream
from components.interface.export.records import as_json, receipt_of, receipts_table, settings_of
from components.interface.parts.feed.card.run_words import download_name, file_stem
from components.media.embedded_settings.embedding import APP_NAME, with_settings
from components.media.store.media_store import MediaStore
from components.runs.run import Run


def run_archive(
    runs: Iterable[Run], media: MediaStore, catalog: Catalog, now: float
) -> Iterator[bytes]:
    """Yield a zip of the runs; `now` is seconds since the epoch.

    A file that is not kept any more is named in `missing.txt` instead. Each of the others holds
    the settings of its run where its format allows it.
    """
    return zip_stream(_members(runs, media, catalog, now))


def _members(
    runs: Iterable[Run], media: MediaStore, catalog: Catalog, now: float
) -> Iterator[Member]:
    names = _Names()
    receipts, prompts, missing = [], [], []
    for run in runs:
        at, settings = run.created_at, settings_of(run)
        files = []
        for number, output in enumerate(run.outputs, 1):
            if not output.name:
                continue
            name = names.unique(download_name(run, number, catalog))
            try:
                path = media.path(output.name)
            except MediaRejected:
                missing.append(name)
                continue
            files.append(name)
            yield Member(name, at, with_settings(path, settings))
        record = names.unique(f"{file_stem(run, catalog)}.json")
        receipt = receipt_of(run, files)
        yield Member(f"settings/{record}", at, as_json({"app": APP_NAME, **settings}))
        yield Member(f"receipts/{record}", at, as_json(receipt))
        receipts.append((run, receipt))
        prompts.append(f"{PurePath(record).stem}\n{run.prompt}\n")
    yield Member("prompts.txt", now, "\n".join(prompts).encode())
    yield Member("receipts.csv", now, receipts_table(receipts))
    if missing:
        yield Member("missing.txt", now, "\n".join([*missing, ""]).encode())


class _Names:
    """Names that were given; one that comes again gets a number."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def unique(self, name: str) -> str:
        """The name, or the first numbered one that is still free."""
        path, number, free = PurePath(name), 1, name
        while free in self._given:
            number += 1
            free = f"{path.stem}_{number}{path.suffix}"
        self._given.add(free)
        return free
