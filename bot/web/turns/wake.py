"""Wakes whoever waits for news of a conversation, so that nobody has to ask the database again and again."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class Hub:
    """News within this process. Other processes are noticed by a slow look at the database (see `Listener.news`)."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[Listener]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self.closed = False

    def start(self) -> None:
        """Bind to the running event loop, so that other threads can wake too."""
        self._loop = asyncio.get_running_loop()
        self.closed = False

    def wake(self, conversation: str) -> None:
        """There is news in this conversation. Safe from any thread."""
        if self._loop is None or self._loop.is_closed():
            return
        self._loop.call_soon_threadsafe(self._wake, conversation)

    def close(self) -> None:
        """The server is stopping: everybody who waits returns at once. Safe from any thread and from signal handlers."""
        self.closed = True
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake_all)

    @contextmanager
    def listen(self, conversation: str) -> Iterator[Listener]:
        """Hear of news from now on; look at the log after this call, not before, and nothing is missed."""
        listener = Listener(self)
        self._listeners.setdefault(conversation, set()).add(listener)
        try:
            yield listener
        finally:
            others = self._listeners[conversation]
            others.discard(listener)
            if not others:
                del self._listeners[conversation]

    def _wake(self, conversation: str) -> None:
        for listener in self._listeners.get(conversation, ()):
            listener.ring()

    def _wake_all(self) -> None:
        for conversation in list(self._listeners):
            self._wake(conversation)


class Listener:
    """One who waits."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._bell = asyncio.Event()

    def ring(self) -> None:
        """There is news."""
        self._bell.set()

    async def news(self, at_most: float) -> bool:
        """Wait for news, or until `at_most` seconds have passed. True when somebody rang."""
        if self._hub.closed:
            return False
        try:
            async with asyncio.timeout(at_most):
                await self._bell.wait()
        except TimeoutError:
            return False
        self._bell.clear()
        return not self._hub.closed
