"""Lines of the log: one JSON object each, with the run that they are about, and never a secret."""

import json
import logging
from datetime import datetime
from urllib.parse import quote

import pytest

from components.commands.log_lines import JsonLines, Secrets, TextLines, secrets_in
from components.runs.run import Run
from components.runs.steps.log_context import about
from tests.samples.run_samples import sample_run

KEY = "sk-1234567890abcdef"
PASSWORD = "love/lace @home"
DATABASE = f"postgresql+psycopg://ada:{quote(PASSWORD, safe='')}@db.example/runs"
HIDDEN = Secrets(secrets_in(KEY, DATABASE, "bobs-word"))


def record(message: str, *values: object, **extra: object) -> logging.LogRecord:
    made = logging.makeLogRecord(
        {"name": "components.runs", "levelname": "WARNING", "msg": message, "args": values}
    )
    vars(made).update(extra)
    return made


def raised(error: Exception) -> logging.LogRecord:
    return record("it failed", exc_info=(type(error), error, None))


def told(made: logging.LogRecord) -> dict[str, str]:
    line = JsonLines(HIDDEN).format(made)
    assert "\n" not in line
    found: dict[str, str] = json.loads(line)
    return found


def test_a_line_is_one_object() -> None:
    line = told(record("run %s is late\nby far", "r1", run_id="r1"))
    assert datetime.fromisoformat(line.pop("time")).tzinfo
    assert line == {
        "level": "WARNING",
        "logger": "components.runs",
        "message": "run r1 is late\nby far",
        "run_id": "r1",
    }


def test_an_exception_is_one_field() -> None:
    line = told(raised(ValueError("broken")))
    assert line["exception"].endswith("ValueError: broken")


def test_what_a_step_logs_is_about_its_run() -> None:
    run: Run = sample_run("r7")
    with about(run.id):
        assert told(record("an answer cannot be kept"))["run_id"] == "r7"
    assert "run_id" not in told(record("an answer cannot be kept"))


@pytest.mark.parametrize("secret", [KEY, PASSWORD, quote(PASSWORD, safe=""), "bobs-word", "s3cret"])
@pytest.mark.parametrize("lines", [JsonLines(HIDDEN), TextLines(HIDDEN)])
def test_no_line_has_a_secret(secret: str, lines: logging.Formatter) -> None:
    texts = [
        record("the key is %s.", secret),
        record(f"https://eve:{quote(secret, safe='')}@host/path"),
        raised(ConnectionError(f"no answer: 'https://eve:{quote(secret, safe='')}@host'")),
    ]
    if secret != "s3cret":
        texts.append(raised(ConnectionError(f"password={secret} is wrong")))
    else:
        texts.pop(0)
    for made in texts:
        text = lines.format(made)
        assert secret not in text
        assert quote(secret, safe="") not in text
    assert "eve" in lines.format(texts[-2]), "the rest of an address is of use"
