"""Guests on a public page, as far as its server can tell: each with a connection of its own.

`python -m tests.bench.workers.watching_guests PORT TOKEN PEOPLE SECONDS ASK_S` asks for what is
new as the page does, and prints, as JSON, the version, the moment (`time.time()`) and the
milliseconds of each question that something new came of, then those of all others.
"""

import asyncio
import json
import random
import sys
import time
from dataclasses import dataclass, field


@dataclass
class Guest:
    """One page that is open."""

    port: int
    token: str
    version: int = -1
    heard: list[tuple[int, float]] = field(default_factory=list)
    took_ms: list[float] = field(default_factory=list)

    async def watch(self, until: float, ask_s: float, chance: random.Random) -> None:
        """Ask until a moment of the loop's clock."""
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port)
        await asyncio.sleep(chance.uniform(0, ask_s))
        while (began := time.monotonic()) < until:
            answer = await self._asked(f"/show/{self.token}/reviews?since={self.version}")
            self.took_ms.append(1000 * (time.monotonic() - began))
            if answer:
                self.version = json.loads(answer)["version"]
                self.heard.append((self.version, time.time()))
            await asyncio.sleep(max(0.0, ask_s - (time.monotonic() - began)))
        self._writer.close()

    async def _asked(self, path: str) -> bytes:
        self._writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        head = await self._reader.readuntil(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        length = next((it for it in lines if it.startswith(b"content-length:")), b":0")
        return await self._reader.readexactly(int(length.split(b":")[1]))


async def watched(port: int, token: str, people: int, seconds: float, ask_s: float) -> list[Guest]:
    """Let so many watch for so long."""
    chance, until = random.Random(1), time.monotonic() + seconds
    guests = [Guest(port, token) for _ in range(people)]
    await asyncio.gather(*(guest.watch(until, ask_s, chance) for guest in guests))
    return guests


if __name__ == "__main__":
    port_text, link, count, seconds_text, every = sys.argv[1:]
    done = asyncio.run(watched(int(port_text), link, int(count), float(seconds_text), float(every)))
    print(json.dumps({"heard": [it.heard for it in done], "took": [it.took_ms for it in done]}))
