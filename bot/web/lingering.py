"""Lets a client that is still sending come to its end before its line is closed, so that it hears why it was refused.

A line closed over bytes nobody has read is reset, and many clients (whoever writes all before reading) then see a
broken line in place of the answer, with the emergency words that a refusal may carry.
"""

from __future__ import annotations

import asyncio
import contextlib

from starlette.datastructures import Headers
from starlette.types import Message, Receive, Send

LATE_BYTES = 32 * 1024 * 1024
LATE_SECONDS = 10.0


class Lingering:
    """The two directions of one request: `receive` notes where the body ends, `send` waits for that before it closes."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._over = False
        self._closes = False

    async def receive(self) -> Message:
        """ASGI."""
        message = await self._receive()
        self._over = message["type"] == "http.disconnect" or not message.get("more_body", False)
        return message

    async def send(self, message: Message) -> None:
        """ASGI; the last part of an answer that closes the line goes out at once, its end when the client is through."""
        if message["type"] == "http.response.start":
            self._closes = Headers(raw=message["headers"]).get("connection", "").lower() == "close"
        elif self._closes and not self._over and not message.get("more_body", False):
            await self._send({**message, "more_body": True})
            await self._throw_away()
            message = {"type": "http.response.body", "body": b""}
        await self._send(message)

    async def _throw_away(self) -> None:
        seen = 0
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LATE_SECONDS):
                while not self._over and seen < LATE_BYTES:
                    seen += len((await self.receive()).get("body", b""))
