"""One turn per conversation at a time, in order of arrival, without waiting for the next second.

Repairs `rasa/core/lock_store.py:94` (a waiting message looks again only once a second) and R7 (its ticket expires after
60 s while the turn still runs, and two turns then write over each other).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rasa.core.lock_store import LockStore


class ConversationLocks(LockStore):
    """In-memory locks, right as long as one process owns a conversation (`SANIC_WORKERS` is 1)."""

    def __init__(self) -> None:
        self._held: dict[str, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def lock(self, conversation_id: str, *_args: object, **_kwargs: object) -> AsyncIterator[None]:
        """Hold the conversation; whoever came first goes first, and a lock nobody wants is forgotten."""
        lock, wanted = self._held.get(conversation_id) or (asyncio.Lock(), 0)
        self._held[conversation_id] = (lock, wanted + 1)
        try:
            async with lock:
                yield
        finally:
            lock, wanted = self._held.pop(conversation_id)
            if wanted > 1:
                self._held[conversation_id] = (lock, wanted - 1)


def install() -> None:
    """Make these the locks of every agent of this process that is given no others."""
    from rasa.core import agent, lock_store

    agent.InMemoryLockStore = ConversationLocks
    lock_store.InMemoryLockStore = ConversationLocks
