"""What `python app.py` can be asked for besides starting the playground."""

import argparse
from collections.abc import Sequence
from pathlib import Path


def parsed_arguments(settings_help: str, given: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line: `command` is "" for the playground itself, else one of these.

    "recover" has `folders`, "migrate" the `database` to read or None, and "worker" nothing more.
    """
    parser = argparse.ArgumentParser(
        description="A playground for the five Kling O1 models of the AI/ML API.",
        epilog=f"Settings, from the environment or a .env file:\n{settings_help}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(command="")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    recover = commands.add_parser(
        "recover",
        help="make a new database out of a broken one and the files that are kept",
        description="Make a new database where the old one is broken, empty or gone. "
        "The old one is kept under another name; nothing is overwritten, sent or charged.",
    )
    recover.add_argument(
        "folders",
        metavar="FOLDER",
        nargs="*",
        type=Path,
        help="folder with downloaded results, which carry their settings",
    )
    commands.add_parser(
        "worker",
        help="take runs forward, beside others, on a PostgreSQL server that all share",
        description="Take runs forward without a page. Any number may do so, on any machine, with "
        "the settings of the playgrounds whose PostgreSQL server and object store they share.",
    )
    migrate = commands.add_parser(
        "migrate",
        help="move what is kept in the data folder to PostgreSQL and an object store",
        description="Copy every run and file of the data folder to the PostgreSQL server and the "
        "object store that the settings name. The data folder stays as it is. Stopped half-way, "
        "it goes on when started again.",
    )
    migrate.add_argument(
        "--database",
        metavar="FILE",
        type=Path,
        help="the SQLite file to read (default playground.sqlite3 in the data folder)",
    )
    return parser.parse_args(given)
