"""A TCP proxy in front of one server on this machine, which refuses, stalls and cuts as told."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum, auto

_PIECE_BYTES = 16 << 10


class Mood(Enum):
    """What becomes of connections, the open ones too."""

    PASSING = auto()
    REFUSING = auto()
    STALLING = auto()


@dataclass
class CuttingProxy:
    """Where it listens; `cuts` counts pieces that it cut, `carried_bytes` what went through."""

    port: int
    behind_port: int
    cuts: int = 0
    carried_bytes: int = 0
    _mood: Mood = Mood.PASSING
    _left_bytes: int | None = None
    _over: bool = False
    _open: set[socket.socket] = field(default_factory=set)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    @property
    def url(self) -> str:
        """Its address for HTTP."""
        return f"http://127.0.0.1:{self.port}"

    def pass_on(self) -> None:
        """Let everything through, also what was held back."""
        self._become(Mood.PASSING)

    def refuse(self) -> None:
        """Cut what is open, and close new connections at once."""
        self._become(Mood.REFUSING)
        self._close_all()

    def stall(self) -> None:
        """Take everything, and let nothing through until the mood changes."""
        self._become(Mood.STALLING)

    def cut_after(self, size_bytes: int) -> None:
        """Cut one connection when so many more bytes went through, in both directions together."""
        with self._changed:
            self._left_bytes = size_bytes

    def _become(self, mood: Mood) -> None:
        with self._changed:
            self._mood = mood
            self._changed.notify_all()

    def _close_all(self) -> None:
        with self._changed:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def _end(self) -> None:
        with self._changed:
            self._over = True
            self._changed.notify_all()
        self._close_all()

    def _may_pass(self, size_bytes: int) -> bool:
        """Wait while it stalls; False where the connection is to be cut."""
        with self._changed:
            self._changed.wait_for(lambda: self._over or self._mood != Mood.STALLING)
            is_cut = self._over or self._mood == Mood.REFUSING
            if self._left_bytes is not None:
                self._left_bytes -= size_bytes
                if self._left_bytes <= 0:
                    self._left_bytes, is_cut = None, True
            self.cuts += is_cut
            self.carried_bytes += size_bytes
            return not is_cut

    def _lead(self, client: socket.socket) -> None:
        with client, suppress(OSError):
            if self._mood == Mood.REFUSING:
                self.cuts += 1
                return
            with socket.create_connection(("127.0.0.1", self.behind_port)) as server:
                pair = {client, server}
                with self._changed:
                    self._open |= pair
                back = threading.Thread(target=self._carry, args=(server, client))
                back.start()
                self._carry(client, server)
                back.join()
                with self._changed:
                    self._open -= pair

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(_PIECE_BYTES):
                if not self._may_pass(len(piece)):
                    break
                target.sendall(piece)
        for each in (source, target):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


@contextmanager
def cutting_proxy(behind_port: int) -> Iterator[CuttingProxy]:
    """A proxy that lets everything through at first."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        proxy = CuttingProxy(listener.getsockname()[1], behind_port)
        threads: list[threading.Thread] = []

        def serve() -> None:
            while True:
                try:
                    client, _ = listener.accept()
                except OSError:
                    return
                thread = threading.Thread(target=proxy._lead, args=(client,))
                threads.append(thread)
                thread.start()

        accepting = threading.Thread(target=serve)
        accepting.start()
        try:
            yield proxy
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            accepting.join()
            proxy._end()
            for thread in threads:
                thread.join()
