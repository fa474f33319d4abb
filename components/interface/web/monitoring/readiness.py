"""`/readyz`: whether what the playground stands on answers, in words that anybody may read.

A part that hangs holds one thread of its own and no request: who asks is answered in time.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse

LOGGER = logging.getLogger(__name__)
OK = "ok"
KEPT_S = 1.0
"""So long an answer holds: however many ask, the parts are asked once a second."""
WAIT_S = 1.5
"""What has not answered by then does not answer; a probe usually waits no longer than 2 s."""
NO_DATABASE = "The database does not answer."
NO_MEDIA = "The media store does not answer."
NO_WORKER = "No worker runs, so runs wait; they cost nothing meanwhile."


@dataclass(frozen=True)
class Part:
    """Something that has to answer: `asks` returns False or raises where all is not well.

    `sentence` says so to the world: no address, no error's text.
    """

    name: str
    asks: Callable[[], object]
    sentence: str


class Readiness:
    """Asks the parts, each by one thread at a time."""

    def __init__(
        self, *parts: Part, wait_s: float = WAIT_S, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`wait_s` is for how long a part may take to answer."""
        self._parts = parts
        self._wait_s = wait_s
        self._clock = clock
        self._lock = threading.Lock()
        self._asked: dict[str, Future[bool]] = {}
        self._kept: tuple[float, Mapping[str, str]] | None = None

    async def words(self) -> Mapping[str, str]:
        """Each part by its name: "ok", or the sentence that says what is wrong."""
        now = self._clock()
        if self._kept and 0 <= now - self._kept[0] < KEPT_S:
            return self._kept[1]
        futures = {part.name: self._answer_of(part) for part in self._parts}
        waited_for = [asyncio.wrap_future(it) for it in futures.values()]
        if waited_for:
            await asyncio.wait(waited_for, timeout=self._wait_s)
        words = {part.name: _word(part, futures[part.name]) for part in self._parts}
        self._kept = (self._clock(), words)
        return words

    async def respond(self, request: Request) -> JSONResponse:
        """200 where all is well, else 503; `?without=worker` is answered as if it were."""
        words = await self.words()
        left_out = request.query_params.getlist("without")
        is_ready = all(word == OK for name, word in words.items() if name not in left_out)
        return JSONResponse(dict(words), 200 if is_ready else 503, {"Cache-Control": "no-store"})

    def _answer_of(self, part: Part) -> Future[bool]:
        """The answer that is under way, or a new one."""
        with self._lock:
            before = self._asked.get(part.name)
            if before and not before.done():
                return before
            answer = self._asked[part.name] = Future[bool]()
        # Not a pool's: at the end, Python would wait for a thread that hangs.
        thread = threading.Thread(target=_ask, args=(part, answer), daemon=True)
        thread.start()
        return answer


def _ask(part: Part, answer: Future[bool]) -> None:
    try:
        answer.set_result(part.asks() is not False)
    except Exception as error:  # noqa: BLE001  whatever it is, the part does not answer
        LOGGER.warning("%s (%s)", part.sentence, type(error).__name__)
        answer.set_result(False)


def _word(part: Part, answer: Future[bool]) -> str:
    return OK if answer.done() and answer.result() else part.sentence
