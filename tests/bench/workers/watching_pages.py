"""Pages that watch a playground, as far as its server can tell: each with a connection of its own.

`python -m tests.bench.workers.watching_pages PORT SECONDS MANNER RUN_ID...` prints the
milliseconds that each question took, as JSON. `MANNER` is "changes", as the page asks, or "cards":
the card of its run each time.
"""

import asyncio
import json
import random
import sys
import time
from dataclasses import dataclass, field

ASK_S = {"changes": 1.0, "cards": 2.0}
"""How often: for changes as the page does, `ASK_MS` in `live_updates.js`."""
LOOK_AGAIN_S = 60.0
"""As the page does: `LOOK_AGAIN_MS` in `feed.js`."""


@dataclass
class Page:
    """One page with one run under way."""

    port: int
    run_id: str
    manner: str
    known: str = ""
    took_ms: list[float] = field(default_factory=list)

    async def watch(self, until: float, chance: random.Random) -> None:
        """Ask, and look at the run's card when that changed, until a moment of the loop's clock."""
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port)
        looked_at = time.monotonic() - chance.uniform(0, LOOK_AGAIN_S)
        ask_s = ASK_S[self.manner]
        await asyncio.sleep(chance.uniform(0, ask_s))
        while (began := time.monotonic()) < until:
            if self.manner == "cards":
                await self._asked(f"/cards?ids={self.run_id}")
                self.took_ms.append(1000 * (time.monotonic() - began))
            else:
                is_changed = await self._changed()
                self.took_ms.append(1000 * (time.monotonic() - began))
                if is_changed or began - looked_at > LOOK_AGAIN_S:
                    looked_at = began
                    await self._asked(f"/cards?ids={self.run_id}")
            await asyncio.sleep(max(0.0, ask_s - (time.monotonic() - began)))
        self._writer.close()

    async def _changed(self) -> bool:
        answer = await self._asked(f"/changes?since={self.known}")
        if not answer:
            return False
        news = json.loads(answer)
        self.known = news["now"]
        return self.run_id in news.get("ids", [])

    async def _asked(self, path: str) -> bytes:
        self._writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        head = await self._reader.readuntil(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        length = next((it for it in lines if it.startswith(b"content-length:")), b":0")
        return await self._reader.readexactly(int(length.split(b":")[1]))


async def watched(port: int, seconds: float, manner: str, run_ids: list[str]) -> list[float]:
    """Let a page watch each run for so long; returns how long its questions took."""
    chance = random.Random(1)
    until = time.monotonic() + seconds
    pages = [Page(port, run_id, manner) for run_id in run_ids]
    await asyncio.gather(*(page.watch(until, chance) for page in pages))
    return [took for page in pages for took in page.took_ms]


if __name__ == "__main__":
    port_text, seconds_text, how, *ids = sys.argv[1:]
    print(json.dumps(asyncio.run(watched(int(port_text), float(seconds_text), how, ids))))
