"""`make bench`: every benchmark in turn, each as a table."""

from collections.abc import Sequence

from tests.bench.media.bench_media import rows as media_rows
from tests.bench.media.bench_memory import rows as memory_rows
from tests.bench.media.bench_remembering import rows as remembering_rows
from tests.bench.media.bench_upload import rows as upload_rows
from tests.bench.page.bench_history import rows as history_rows
from tests.bench.page.bench_history_page import rows as history_page_rows
from tests.bench.page.bench_page import rows as page_rows
from tests.bench.page.bench_showcase import page_rows as showcase_rows
from tests.bench.page.bench_showcase import watching_rows as guest_rows
from tests.bench.page.bench_watching import rows as watching_rows
from tests.bench.runs.bench_kills import rows as kill_rows
from tests.bench.runs.bench_money import rows as money_rows
from tests.bench.runs.bench_polling import rows_as_shipped, rows_at_equal_requests
from tests.bench.runs.bench_scale import rows as scale_rows
from tests.bench.runs.bench_simulation import rows as simulation_rows

BENCHES = {
    "Start and first view, against a page of the same gradio with one text box": page_rows,
    "History with 10,000 runs, against 100": history_rows,
    "History as the page asks for it, with 10,000 runs against 100": history_page_rows,
    "Killed at random moments, again and again": kill_rows,
    "Worlds in which everything fails in any order": simulation_rows,
    "5,000 runs in flight in one process": scale_rows,
    "200 people who each watch a run, against a card each time": watching_rows,
    "A public page with 24 items, against the app's page": showcase_rows,
    "200 people on a public page while comments arrive": guest_rows,
    "Polling: mean delays at the number of requests of the 15 s poll": rows_at_equal_requests,
    "Polling: mean delay and requests as it is shipped": rows_as_shipped,
    "Quotes, the limit on spending and figures of use, by the number of runs": money_rows,
    "Ten photos of 24 megapixels through preflight, against Pillow alone": media_rows,
    "What the largest files take of memory, and keep": memory_rows,
    "A clip of 200 MB on its way to the provider, against a plain copy": upload_rows,
    "Handing out a result with its settings in it, against as it is": remembering_rows,
}


def print_table(rows: Sequence[Sequence[str]]) -> None:
    """Print rows in columns; the first is the heading."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for number, row in enumerate(rows):
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)))
        if number == 0:
            print("  ".join("-" * width for width in widths))


def main() -> None:
    """Run them all."""
    for title, rows in BENCHES.items():
        print(f"\n{title}\n")
        print_table(rows())


if __name__ == "__main__":
    main()
