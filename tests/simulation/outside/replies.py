"""Answers in the provider's own shape, in a gateway's, and in shapes that nobody should send."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tests.simulation.outside.provider_records import Generation
from tests.simulation.outside.transport import NoReply, Reply

HALF = "the prompt said \ud83e"
"""Half a character, as a server sends it that cuts an echoed prompt."""
PAUSES_S = ("1", "30", "300", "86400", "soon", "-5")
CREDITS_PER_USD = 2_000_000


def spoken(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """JSON; lone surrogates and NaN are written as JavaScript and Python would."""
    named = {"Content-Type": "application/json", **(headers or {})}
    return Reply(status, json.dumps(body).encode(), named)


def problem(status: int, message: str = "Something is wrong.") -> Reply:
    """The provider's error shape."""
    body = {"message": message, "requestId": "req-1", "statusCode": str(status), "path": "/"}
    return spoken(body, status)


def gateway(status: int) -> Reply:
    """What something in between answers."""
    return Reply(status, b"<html><h1>Bad gateway</h1></html>")


MISHAPS = {
    "503 html wait": replace(gateway(503), headers={"Retry-After": "20"}),
    "400 half": problem(400, f"Body validation error: {HALF}"),
    "400 nul": problem(400, "Body validation error: \0"),
    "422 long": problem(422, "Expected string, received object. " * 3000),
    "302": replace(gateway(302), headers={"Location": "https://elsewhere.example/"}),
    "502 html": gateway(502),
    "garbage": Reply(200, b'{"id": "g", "sta'),
    "empty": Reply(200, b""),
}


def fault_reply(fault: str, pause_s: str) -> Reply:
    """The answer that a fault is, the same for every call. Raises `NoReply` where there is none."""
    if fault in MISHAPS:
        return MISHAPS[fault]
    status, _, asks = fault.partition(" ")
    if not status.isdecimal():
        raise NoReply(fault)
    answer = problem(int(status))
    return replace(answer, headers={"Retry-After": pause_s}) if asks == "wait" else answer


RIGHT_COSTS = ("right", "header", "credits")
WRONG_COSTS = (
    *("zero", "zero header", "nan", "infinite", "negative", "negative header", "text", ""),
)


def cost_of(generation: Generation, usage: str) -> tuple[dict[str, Any], dict[str, str]]:
    """How a cost is told: in the body, and in the headers."""
    used = round(generation.usd * CREDITS_PER_USD)
    in_body: dict[str, Any] = {
        "right": used,
        "zero": 0,
        "nan": float("nan"),
        "negative": -used,
        "text": "many",
    }
    in_headers = {
        "header": ("x-aimlapi-usd-spent", str(generation.usd)),
        "credits": ("x-aimlapi-credits-used", str(used)),
        "zero": ("x-aimlapi-usd-spent", "0"),
        "zero header": ("x-aimlapi-usd-spent", "0"),
        "infinite": ("x-aimlapi-usd-spent", "inf"),
        "negative header": ("x-aimlapi-usd-spent", str(-generation.usd)),
    }
    body = {"meta": {"usage": {"credits_used": in_body[usage]}}} if usage in in_body else {}
    return body, dict([in_headers[usage]]) if usage in in_headers else {}
