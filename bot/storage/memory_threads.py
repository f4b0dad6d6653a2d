"""Threads of other networks, of the memory twin."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.services.stored import Delivery, Thread
from bot.storage.shelves import Shelves
from bot.storage.sql_threads import RANKS


class MemoryThreads:
    """See `bot.services.ports.Threads`."""

    def __init__(self, shelves: Shelves) -> None:
        self._threads = shelves.threads
        self._deliveries = shelves.deliveries

    def get(self, channel: str, sender: bytes) -> Thread | None:
        """The thread of this sender."""
        return self._threads.get((channel, sender))

    def save(self, thread: Thread) -> None:
        """Store it."""
        self._threads[thread.channel, thread.sender] = thread

    def of(self, conversation: str) -> Thread | None:
        """The thread whose conversation this is now."""
        return next((one for one in self._threads.values() if one.conversation == conversation), None)

    def sent(self, delivery: Delivery) -> None:
        """The network took a line."""
        self._deliveries.setdefault((delivery.channel, delivery.receipt), delivery)

    def came(self, channel: str, receipt: str, *, status: str, at: datetime, code: str = "") -> Delivery | None:
        """What became of it."""
        known = self._deliveries.get((channel, receipt))
        if known is not None and RANKS[status] > RANKS[known.status]:
            known = self._deliveries[channel, receipt] = replace(
                known, status=status, at=at, code=(code or known.code)[:32]
            )
        return known

    def deliveries(self, conversation: str) -> list[Delivery]:
        """All of a conversation."""
        own = [one for one in self._deliveries.values() if one.conversation == conversation]
        return sorted(own, key=lambda one: (one.seq, one.receipt))

    def forget(self, conversation: str) -> None:
        """Delete the thread and the deliveries."""
        for own in [key for key, one in self._threads.items() if one.conversation == conversation]:
            del self._threads[own]
        for sent in [key for key, one in self._deliveries.items() if one.conversation == conversation]:
            del self._deliveries[sent]
