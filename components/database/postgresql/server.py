"""Looks at the server that an address names before anything is opened there."""

from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from components.database.postgresql.connections import CONNECT_TIMEOUT_S
from components.errors import SettingsError

SETTING = "PLAYGROUND_DATABASE_URL"
DEFAULT_PORT = 5432
OLDEST_VERSION = 12
_VERSION_FACTOR = 10_000
_UTF8 = "UTF8"
_FINDINGS = (
    ("password", "does not accept the user or the password", "Check both"),
    ("authentication", "does not accept the user or the password", "Check both"),
    ("role", "does not know the user", "Check the name, or make the user there"),
    ("pg_hba", "lets nobody in from this machine as this user", "Allow it in its pg_hba.conf"),
    ("database system is", "is just starting or stopping", "Try again in a moment"),
    ("too many", "has no connection left", "Let it take more, or end other programs"),
    ("does not exist", "has no database {database}", "Make it there, or name another one"),
    ("refused", "is not there: nothing answers", "Start it, or check host and port"),
    ("resolve", "is not found: nobody knows the host", "Check the host's name"),
    ("translate host", "is not found: nobody knows the host", "Check the host's name"),
    ("timeout", "did not answer within {timeout_s} s", "Check host and port, and the way there"),
    ("invalid response", "is no PostgreSQL: something else answers", "Check host and port"),
    ("expected authentication", "is no PostgreSQL: something else answers", "Check host and port"),
)
"""What libpq, or the server, says when it lets nobody in; what comes first, counts."""
_UNKNOWN = ("lets the playground not in", "Check host, port, user, password and database")


def check_server(url: str) -> None:
    """Make sure that an address leads to a PostgreSQL that can be used; nothing is written there.

    Raises:
        SettingsError: it does not; the sentence names no password.
    """
    address = sa.make_url(url)
    try:
        with psycopg.connect(**_arguments(address)) as connection:
            _check_kind(connection, address)
    except psycopg.Error as error:
        found, advice = _finding(str(error))
        found = found.format(database=address.database, timeout_s=CONNECT_TIMEOUT_S)
        # What the server said may hold more than is to be shown.
        raise SettingsError(_sentence(address, found, advice)) from None


def _check_kind(connection: psycopg.Connection, address: sa.URL) -> None:
    info = connection.info
    version = info.server_version // _VERSION_FACTOR
    if version < OLDEST_VERSION:
        found = f"is PostgreSQL {version}, and the playground needs {OLDEST_VERSION} or later"
        raise SettingsError(_sentence(address, found, "Name a newer one"))
    encoding = info.parameter_status("server_encoding")
    if encoding != _UTF8:
        found = f"keeps texts of {address.database} as {encoding}, which has not every letter"
        raise SettingsError(_sentence(address, found, f"Make a database in {_UTF8}"))


def _arguments(address: sa.URL) -> dict[str, Any]:
    dialect: sa.Dialect = PGDialect_psycopg()  # type: ignore[no-untyped-call]
    _, given = dialect.create_connect_args(address)
    return {"connect_timeout": CONNECT_TIMEOUT_S, **given}


def _finding(said: str) -> tuple[str, str]:
    """What is wrong, and what to do, by what was said."""
    lowered = said.lower()
    for part, found, advice in _FINDINGS:
        if part in lowered:
            return found, advice
    return _UNKNOWN


def _sentence(address: sa.URL, found: str, advice: str) -> str:
    host = address.host or address.query.get("host") or "this machine"
    where = f"{host}:{address.port or DEFAULT_PORT}"
    return f"The PostgreSQL server at {where} {found}. Nothing was started. {advice}, in {SETTING}."
