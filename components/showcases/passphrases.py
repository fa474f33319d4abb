"""Passphrases of links: kept as Argon2id hashes, and tried by few at a time."""

import unicodedata
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from components.catalog.storable_text import storable

_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""19 MiB and two passes: the first choice of OWASP's password storage cheat sheet (2024)."""
_AT_ONCE = BoundedSemaphore(2)
"""Who tries many at once takes no more than two cores, and 40 MB."""


def as_kept(typed: str) -> str:
    """A passphrase without blanks around it, in characters that look the same and are the same."""
    return unicodedata.normalize("NFKC", str(storable(typed))).strip()


def hashed(passphrase: str) -> str:
    """What is kept of a passphrase."""
    with _AT_ONCE:
        return _HASHER.hash(as_kept(passphrase))


def fits(kept: str, tried: str) -> bool:
    """Whether somebody knows the passphrase."""
    with _AT_ONCE:
        try:
            return _HASHER.verify(kept, as_kept(tried))
        except (VerificationError, InvalidHashError):
            return False
