"""What PostgreSQL says when it cannot do its work, in the sentences that the user reads."""

import psycopg

from components.errors import DatabaseUnavailable

_BUSY = (
    psycopg.errors.LockNotAvailable,
    psycopg.errors.DeadlockDetected,
    psycopg.errors.SerializationFailure,
    psycopg.errors.QueryCanceled,
)
_FULL = (psycopg.errors.DiskFull,)
_READ_ONLY = (psycopg.errors.ReadOnlySqlTransaction, psycopg.errors.InsufficientPrivilege)


def explained(error: BaseException | None) -> DatabaseUnavailable | None:
    """The failure as the user reads it; None for one that a statement of ours is to blame for.

    What the server says is not repeated: it may name addresses and users.
    """
    if isinstance(error, _BUSY):
        return DatabaseUnavailable("The database stayed locked by another writer.")
    if isinstance(error, _FULL):
        return DatabaseUnavailable("The database server has no room left on its disk.")
    if isinstance(error, _READ_ONLY):
        return DatabaseUnavailable(
            "The database may not be written.",
            advice="Let the playground's user write there, then try again.",
        )
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return DatabaseUnavailable("The database server does not answer just now.")
    return None
