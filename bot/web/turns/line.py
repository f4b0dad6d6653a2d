"""A thin HTTP line to a server on this machine: kept open, bounded in time, parsed by the parser our own server uses.

A general client (redirects, proxies, cookies, decoding, two layers of pools) costs as much as all the rest of a turn.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import cast
from urllib.parse import urlsplit

import httptools

IDLE_SECONDS = 3.0  # shorter than the other side's own limit (Sanic closes at 5 s)
MOST_IDLE = 32


class LineBroken(Exception):
    """No whole answer came; says what kind of trouble it was, never what was sent."""


class _Connection(asyncio.Protocol):
    """One connection; carries one request at a time."""

    def __init__(self) -> None:
        self.idle_since = time.monotonic()
        self.reusable = False
        self.lost = asyncio.Event()
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._parser: httptools.HttpResponseParser | None = None
        self._body = bytearray()

    @property
    def fresh(self) -> bool:
        """True when it may be used once more."""
        return self.reusable and time.monotonic() - self.idle_since < IDLE_SECONDS

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Status and body. Raises `LineBroken`."""
        if self._transport is None or self._transport.is_closing():
            raise LineBroken("closed")
        self.reusable, self._body = False, bytearray()
        self._parser = httptools.HttpResponseParser(self)
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        """Hang up."""
        self.reusable = False
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """asyncio."""
        try:
            if self._parser is None:
                raise httptools.HttpParserError  # nobody asked
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._fail("not HTTP")
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """asyncio."""
        self.reusable = False
        self.lost.set()
        self._fail("lost")

    def on_body(self, body: bytes) -> None:
        """httptools."""
        self._body += body

    def on_message_complete(self) -> None:
        """httptools."""
        parser, self._parser = self._parser, None
        if parser is None or self._answer is None or self._answer.done():
            return
        self.reusable, self.idle_since = bool(parser.should_keep_alive()), time.monotonic()
        self._answer.set_result((parser.get_status_code(), bytes(self._body)))

    def _fail(self, why: str) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(LineBroken(why))


class Line:
    """Connections to one server, as many as are needed at once."""

    def __init__(self, url: str, headers: Mapping[str, str], *, connect_seconds: float) -> None:
        place = urlsplit(url)
        self._host, self._port = place.hostname or "127.0.0.1", place.port or 80
        self._headers = {"Host": place.netloc, **headers}
        self._connect_seconds = connect_seconds
        self._idle: list[_Connection] = []
        self._open: set[_Connection] = set()

    async def ask(self, method: str, path: str, body: bytes = b"", *, seconds: float) -> tuple[int, bytes]:
        """Status and body of one request. Raises `LineBroken`; the request may then have been received or not."""
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in self._headers.items())]
        lines += [f"Content-Length: {len(body)}", "Content-Type: application/json", "", ""]
        request = "\r\n".join(lines).encode("latin-1") + body
        try:
            async with asyncio.timeout(seconds):
                return await self._ask(request)
        except TimeoutError:
            raise LineBroken("too slow") from None

    async def _ask(self, request: bytes) -> tuple[int, bytes]:
        connection = self._kept() or await self._connected()
        try:
            answer = await connection.ask(request)
        except BaseException:  # cancelled too: what is still on its way here belongs to nobody
            connection.close()
            raise
        if connection.reusable and len(self._idle) < MOST_IDLE:
            self._idle.append(connection)
        else:
            connection.close()
        return answer

    def _kept(self) -> _Connection | None:
        while self._idle:
            connection = self._idle.pop()
            if connection.fresh:
                return connection
            connection.close()
        return None

    async def _connected(self) -> _Connection:
        try:
            async with asyncio.timeout(self._connect_seconds):
                made = await asyncio.get_running_loop().create_connection(_Connection, self._host, self._port)
        except OSError as error:
            raise LineBroken(type(error).__name__) from None
        connection = made[1]
        self._open = {other for other in self._open if not other.lost.is_set()} | {connection}
        return connection

    async def close(self) -> None:
        """Hang up everything that is open."""
        for connection in self._open:
            connection.close()
        for connection in self._open:
            await connection.lost.wait()
