"""Lines of the log: as text or as JSON, and in neither a secret."""

import json
import logging
import re
import traceback
from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import quote, quote_plus, unquote, urlsplit

from typing_extensions import override

from components.provider.redaction import HIDDEN, Redaction
from components.runs.steps.log_context import RUN_ID

TEXT = "%(asctime)s %(levelname)s %(name)s %(message)s"
_PASSWORD = re.compile(r"(?<=://)([^\s/:@'\"]*):[^\s/@'\"]+@")
"""A password in an address, whatever the address is for."""


class Secrets:
    """Takes every secret that is known, and every password of an address, out of a text."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._each = [Redaction(it) for it in sorted(set(secrets), key=len, reverse=True) if it]

    def out_of(self, text: str) -> str:
        """The text without them."""
        for redaction in self._each:
            text = redaction.text(text)
        return _PASSWORD.sub(rf"\1:{HIDDEN}@", text)


def secrets_in(*texts: str) -> set[str]:
    """What must not be read in a line: the keys given, the passwords of addresses among them.

    Each also as it is spelled where an address or a message has it.
    """
    found = set[str]()
    for text in texts:
        secret = (urlsplit(text).password or "") if "://" in text else text
        plain = unquote(secret)
        found |= {secret, plain, quote(plain, safe=""), quote_plus(plain)}
    return found - {""}


class TextLines(logging.Formatter):
    """The lines that a person reads."""

    def __init__(self, secrets: Secrets) -> None:
        super().__init__(TEXT)
        self._secrets = secrets

    @override
    def format(self, record: logging.LogRecord) -> str:
        """The line, and below it what was raised."""
        return self._secrets.out_of(super().format(record))


class JsonLines(logging.Formatter):
    """One JSON object a line: `time`, `level`, `logger`, `message`, `run_id`, `exception`.

    `time` is in UTC as ISO 8601 has it; the last two are there where a line has them. Which run it
    is about, a line says by `extra={"run_id": …}`, or the step says in which it is written.
    """

    def __init__(self, secrets: Secrets) -> None:
        super().__init__()
        self._secrets = secrets

    @override
    def format(self, record: logging.LogRecord) -> str:
        """The object, whose texts have no line break."""
        told: dict[str, str] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if run_id := getattr(record, "run_id", "") or RUN_ID.get():
            told["run_id"] = str(run_id)
        if record.exc_info and record.exc_info[0] is not None:
            told["exception"] = "".join(traceback.format_exception(*record.exc_info)).rstrip()
        kept = {name: self._secrets.out_of(text) for name, text in told.items()}
        return json.dumps(kept, ensure_ascii=False)


def set_up_logging(*, is_json: bool = False, secrets: Iterable[str] = ()) -> None:
    """Write what is logged to the standard error; asked again, only the last word counts.

    `secrets` are keys, passwords, and addresses that have one.
    """
    hidden = Secrets(secrets_in(*secrets))
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines(hidden) if is_json else TextLines(hidden))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    # It tells of its own parts, each time a database is brought up to date.
    logging.getLogger("alembic").setLevel(logging.WARNING)
