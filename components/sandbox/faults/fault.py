"""Faults to inject, for tests: a list of faults that may change while it runs.

`reset_before_read`  connection reset before the body is read
`reset_after_read`   request carried out, then the connection is reset without an answer
`slow_headers`       the answer starts `delay_s` late
`slow_body`          the body arrives in pieces over `delay_s`
`cut_body`           the connection closes in the middle of the body
`status`             `status_code` instead of an answer, before acceptance unless `carried_out`;
                     `retry_after` and `html`
`wrong_json`         carried out, but the answer is `body`: valid JSON of a wrong shape
`unknown_status`     a poll reports a status that is not in the contract
`stuck`              a poll reports "generating", whatever the truth
`error`              the polled generation fails; `message` None leaves the error object out
`file_missing`       a file answers `status_code` (default 404)
`file_truncated`     a file ends early, though its length header agrees
`file_wrong_type`    a file is an HTML page
`file_empty`         a file has no bytes

A listener that refuses connections is not a fault of a request: see `Sandbox.refusing`.
"""

import threading
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "reset_before_read",
    "reset_after_read",
    "slow_headers",
    "slow_body",
    "cut_body",
    "status",
    "wrong_json",
    "unknown_status",
    "stuck",
    "error",
    "file_missing",
    "file_truncated",
    "file_wrong_type",
    "file_empty",
]

POLL_KINDS: frozenset[Kind] = frozenset({"unknown_status", "stuck", "error"})
FILE_KINDS: frozenset[Kind] = frozenset(
    {"file_missing", "file_truncated", "file_wrong_type", "file_empty"}
)


@dataclass(frozen=True)
class Fault:
    """One fault and the requests it matches: `path` is a beginning, None matches everything.

    It happens `times` times (None: until it is removed).
    """

    kind: Kind
    method: str | None = None
    path: str | None = None
    model: str | None = None
    times: int | None = 1
    delay_s: float = 1.0
    status_code: int | None = None
    retry_after: str | None = None
    html: bool = False
    carried_out: bool = False
    body: str = '[{"surprise": 1}, null]'
    message: str | None = "The generation failed."


@dataclass(frozen=True)
class Call:
    """What a fault is matched against."""

    method: str
    path: str
    model: str | None = None


class Faults:
    """The faults switched on now; safe to change from any thread."""

    def __init__(self, *faults: Fault) -> None:
        self._lock = threading.Lock()
        self._left: list[tuple[Fault, int | None]] = [(fault, fault.times) for fault in faults]

    def add(self, *faults: Fault) -> None:
        """Switch on more faults; the oldest matching one happens first."""
        with self._lock:
            self._left += [(fault, fault.times) for fault in faults]

    def clear(self) -> None:
        """Switch all faults off."""
        with self._lock:
            self._left = []

    def take(self, call: Call, kinds: Collection[Kind]) -> Fault | None:
        """Return the fault of one of `kinds` that matches `call`, and count it."""
        with self._lock:
            for index, (fault, left) in enumerate(self._left):
                if fault.kind in kinds and _matches(fault, call):
                    if left == 1:
                        del self._left[index]
                    elif left is not None:
                        self._left[index] = (fault, left - 1)
                    return fault
        return None


def _matches(fault: Fault, call: Call) -> bool:
    return (
        fault.method in (None, call.method)
        and (fault.path is None or call.path.startswith(fault.path))
        and fault.model in (None, call.model)
        and (fault.kind not in FILE_KINDS or call.path.startswith("/files/"))
    )
