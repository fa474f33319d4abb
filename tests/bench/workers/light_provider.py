"""A provider so light that it hardly shows beside what is measured: every generation is at work.

`python -m tests.bench.workers.light_provider` prints its port, and at the end of its input how many
requests came in.
"""

import asyncio
import json
import sys

ANSWER_AFTER_S = 0.03
BODY = {"id": "g", "status": "generating", "meta": {"usage": {"credits_used": 0}}}


class Provider(asyncio.Protocol):
    """One connection; reads requests without a body, each in one piece or more."""

    counted = 0

    def __init__(self) -> None:
        self._unread = b""
        content = json.dumps(BODY).encode()
        self._answer = (
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Request-Id: r-1\r\n"
            b"Content-Length: %d\r\n\r\n%b" % (len(content), content)
        )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._unread += data
        *whole, self._unread = self._unread.split(b"\r\n\r\n")
        for _ in whole:
            Provider.counted += 1
            asyncio.get_running_loop().call_later(ANSWER_AFTER_S, self._reply)

    def _reply(self) -> None:
        if not self._transport.is_closing():
            self._transport.write(self._answer)


async def serve() -> None:
    """Serve until the input ends."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Provider, "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    print(Provider.counted, flush=True)
    server.close()


if __name__ == "__main__":
    asyncio.run(serve())
