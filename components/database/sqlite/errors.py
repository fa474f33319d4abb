"""What SQLite says when it cannot do its work, in the sentences that the user reads."""

import sqlite3

from components.errors import DatabaseDamaged, DatabaseUnavailable

RECOVER = "`python app.py recover`"
_PRIMARY_CODE = 0xFF
"""SQLite's extended codes carry the general one in their lowest byte."""
_SENTENCES: dict[int, tuple[str, str | None]] = {
    sqlite3.SQLITE_BUSY: ("The database stayed locked, it seems by another program.", None),
    sqlite3.SQLITE_FULL: (
        "There is no room left on the disk for the database.",
        "Free some space in the data folder, then try again.",
    ),
    sqlite3.SQLITE_READONLY: (
        "The database may not be written.",
        "Make its file and its folder writable for the user that the playground runs as.",
    ),
    sqlite3.SQLITE_PERM: (
        "The database may not be opened.",
        "Make its file and its folder writable for the user that the playground runs as.",
    ),
}
_NO_TEXT = "Could not decode to UTF-8"
"""What Python says of a text that broke on the disk; it goes on with all of the text."""
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def explained(error: BaseException) -> DatabaseUnavailable | None:
    """The failure as the user reads it; None for one that a statement of ours is to blame for."""
    code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE
    reason = str(error).strip().partition("\n")[0].rstrip(".")
    if reason.startswith(_NO_TEXT):
        return DatabaseDamaged("The database is damaged (a text in it cannot be read).")
    if code in _DAMAGED:
        return DatabaseDamaged(f"The database is damaged ({reason}).")
    if not isinstance(error, sqlite3.OperationalError):
        return None
    if code in _SENTENCES:
        message, advice = _SENTENCES[code]
        return DatabaseUnavailable(message, advice=advice)
    return DatabaseUnavailable(f"The database cannot be used just now ({reason}).")
