"""Passphrases of links: kept as Argon2id hashes, and tried by few at a time."""

from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""19 MiB and two passes: the first choice of OWASP's password storage cheat sheet (2024)."""
_AT_ONCE = BoundedSemaphore(2)
"""Who tries many at once takes no more than two cores, and 40 MB."""


def hashed(passphrase: str) -> str:
    """What is kept of a passphrase."""
    with _AT_ONCE:
        return _HASHER.hash(passphrase)


def fits(kept: str, tried: str) -> bool:
    """Whether somebody knows the passphrase."""
    with _AT_ONCE:
        try:
            return _HASHER.verify(kept, tried)
        except (VerificationError, InvalidHashError):
            return False
