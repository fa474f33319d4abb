"""What a showcase and its reviews may hold: bounds of our own, each with the sentence for it.

They are far beyond what somebody needs, and keep one guest from filling the disk or the page.
"""

import re
from datetime import UTC, datetime

from components.catalog.storable_text import storable
from components.errors import InvalidRequest

TITLE_MAX_CHARS = 120
INTRODUCTION_MAX_CHARS = 4_000
CAPTION_MAX_CHARS = 500
TEXT_MAX_CHARS = 8_000
COMMENT_MAX_CHARS = 2_000
NAME_MAX_CHARS = 60
PASSPHRASE_MIN_CHARS, PASSPHRASE_MAX_CHARS = 8, 200
MOST_ITEMS = 100
MOST_SIDES = 6
"""As many as can be compared anywhere here."""
MOST_COMMENTS = 2_000
MOST_COMMENTS_OF_ONE = 400
MOST_GUESTS = 500
LOGO_MAX_BYTES = 5 * 1024 * 1024
_ACCENT = re.compile(r"#[0-9a-f]{6}")
_CONTROL = dict.fromkeys((*range(32), 127))
_CONTROL_BUT_LINES = {code: None for code in _CONTROL if code != ord("\n")}


def line(field: str, text: str, most_chars: int, *, empty: str = "") -> str:
    """One line of text, trimmed. Raises `InvalidRequest`: too long, or `empty` where it is said."""
    said = " ".join(storable(text).translate(_CONTROL | {ord("\n"): " "}).split())
    return _bounded(field, said, most_chars, empty)


def words(field: str, text: str, most_chars: int, *, empty: str = "") -> str:
    """Text of several lines, trimmed. Raises `InvalidRequest` as `line` does."""
    said = storable(text).replace("\r\n", "\n").replace("\r", "\n")
    return _bounded(field, said.translate(_CONTROL_BUT_LINES).strip(), most_chars, empty)


def colour(text: str) -> str:
    """A colour as "#rrggbb", or "". Raises `InvalidRequest`."""
    said = text.strip().lower()
    if said and not _ACCENT.fullmatch(said):
        raise InvalidRequest({"accent": "Give the colour as # and six digits, such as #4338ca."})
    return said


def expiry(at: float | None, now: float) -> float | None:
    """When a link ends, in seconds since the epoch; None for never. Raises `InvalidRequest`."""
    if at is None:
        return None
    if not at > now:
        day = datetime.fromtimestamp(max(0.0, at), UTC).strftime("%d %B %Y").lstrip("0")
        raise InvalidRequest(
            {"expires_at": f"{day} is over: choose a day to come. The link is as it was."}
        )
    return min(at, now + 100 * 366 * 86_400)


def passphrase(text: str) -> str:
    """A passphrase, as it was typed, but for blanks around it. Raises `InvalidRequest`."""
    said = str(storable(text)).strip()
    if len(said) < PASSPHRASE_MIN_CHARS:
        raise InvalidRequest(
            {
                "passphrase": f"Take at least {PASSPHRASE_MIN_CHARS} characters, such as three "
                "words: a shorter passphrase is soon guessed. The link is as it was."
            }
        )
    if len(said) > PASSPHRASE_MAX_CHARS:
        too_long = f"The passphrase is longer than {PASSPHRASE_MAX_CHARS} characters."
        raise InvalidRequest({"passphrase": too_long})
    return said


def _bounded(field: str, said: str, most_chars: int, empty: str) -> str:
    if empty and not any(character.isprintable() and character != " " for character in said):
        raise InvalidRequest({field: empty})
    if len(said) > most_chars:
        raise InvalidRequest(
            {
                field: f"This is {len(said):,} characters long, and at most {most_chars:,} are "
                "kept. Nothing was saved: shorten it."
            }
        )
    return said
