"""`make bench`: every benchmark in turn, each as a table."""

from collections.abc import Sequence

from tests.bench import bench_media, bench_page

BENCHES = (bench_page, bench_media)


def print_table(rows: Sequence[Sequence[str]]) -> None:
    """Print rows in columns; the first is the heading."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for number, row in enumerate(rows):
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)))
        if number == 0:
            print("  ".join("-" * width for width in widths))


def main() -> None:
    """Run them all."""
    for bench in BENCHES:
        print(f"\n{(bench.__doc__ or '').strip()}\n")
        print_table(bench.rows())


if __name__ == "__main__":
    main()
