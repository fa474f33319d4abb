"""Procrastinate's connection to the database, which waits for one that is gone for a while."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, LiteralString, TypeVar

import psycopg
from procrastinate import PsycopgConnector
from procrastinate.connector import Notify
from procrastinate.exceptions import ConnectorException
from typing_extensions import override

AGAIN_S = 0.5
LOGGER = logging.getLogger(__name__)
Told = TypeVar("Told")


class PatientConnector(PsycopgConnector):
    """Asks again where the server did not answer; what it refused is told at once.

    A question whose answer was lost may so be asked twice: a job may be fetched that nobody hears
    of. `Worker` looks for those.
    """

    def __init__(self, conninfo: str, *, connections: int) -> None:
        """`conninfo` as libpq takes it; up to so many `connections` are held."""
        super().__init__(conninfo=conninfo, min_size=1, max_size=connections, timeout=10.0)
        self.silent_at: float | None = None
        """When the server last did not answer, by the monotonic clock."""

    @override
    async def execute_query_async(self, query: LiteralString, **arguments: Any) -> None:
        await self._asked(
            lambda: super(PatientConnector, self).execute_query_async(query, **arguments)
        )

    @override
    async def execute_query_one_async(
        self, query: LiteralString, **arguments: Any
    ) -> dict[str, Any]:
        ask = super().execute_query_one_async
        return await self._asked(lambda: ask(query, **arguments))

    @override
    async def execute_query_all_async(
        self, query: LiteralString, **arguments: Any
    ) -> list[dict[str, Any]]:
        ask = super().execute_query_all_async
        return await self._asked(lambda: ask(query, **arguments))

    @override
    async def listen_notify(self, on_notification: Notify, channels: Iterable[str]) -> None:
        listen, listed = super().listen_notify, list(channels)
        await self._asked(lambda: listen(on_notification, listed))

    async def _asked(self, ask: Callable[[], Awaitable[Told]]) -> Told:
        while True:
            try:
                return await ask()
            except ConnectorException as error:
                if not isinstance(error.__cause__, psycopg.OperationalError):
                    raise
                self.silent_at = time.monotonic()
                LOGGER.info("the database does not answer; it is asked again")
            await asyncio.sleep(AGAIN_S)
