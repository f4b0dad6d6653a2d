"""The twin of the database for tests: the same laws, kept in dictionaries, one transaction at a time."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Self

from bot.services import ports
from bot.storage.memory_call_backs import MemoryCallBacks
from bot.storage.memory_conversations import MemoryConversations
from bot.storage.memory_doors import MemoryDoors
from bot.storage.memory_handoffs import MemoryAppointments, MemoryHandoffs
from bot.storage.memory_keeping import MemoryKeeping
from bot.storage.memory_letters import MemoryLetters
from bot.storage.memory_outbox import MemoryOutbox
from bot.storage.memory_staff import MemoryAudit, MemoryStaff
from bot.storage.memory_threads import MemoryThreads
from bot.storage.shelves import Shelves


class MemoryStorage:
    """See `bot.services.ports.Storage`."""

    def __init__(self) -> None:
        self.shelves = Shelves()
        self.lock = threading.Lock()

    def __call__(self) -> MemoryUnitOfWork:
        """A transaction that may write."""
        return MemoryUnitOfWork(self)

    def reading(self) -> MemoryUnitOfWork:
        """A transaction that only reads (one kind is enough here)."""
        return MemoryUnitOfWork(self)

    def brisk(self) -> MemoryUnitOfWork:
        """A transaction that writes (one kind is enough here)."""
        return MemoryUnitOfWork(self)

    def close(self) -> None:
        """Nothing to give back."""


class MemoryUnitOfWork:
    """See `bot.services.ports.UnitOfWork`."""

    conversations: ports.Conversations
    handoffs: ports.Handoffs
    appointments: ports.Appointments
    letters: ports.Letters
    call_backs: ports.CallBacks
    keeping: ports.Keeping
    threads: ports.Threads
    audit: ports.AuditLog
    staff: ports.StaffAccounts
    doors: ports.StaffDoors
    outbox: ports.Outbox

    def __init__(self, storage: MemoryStorage) -> None:
        self._storage = storage
        self._draft = Shelves()

    def __enter__(self) -> Self:
        """Begin: wait for the others, then work on a copy."""
        self._storage.lock.acquire()
        self._draft = self._storage.shelves.copy()
        self.conversations = MemoryConversations(self._draft)
        self.handoffs = MemoryHandoffs(self._draft)
        self.appointments = MemoryAppointments(self._draft)
        self.letters = MemoryLetters(self._draft)
        self.call_backs = MemoryCallBacks(self._draft)
        self.keeping = MemoryKeeping(self._draft)
        self.threads = MemoryThreads(self._draft)
        self.audit = MemoryAudit(self._draft)
        self.staff = MemoryStaff(self._draft)
        self.doors = MemoryDoors(self._draft)
        self.outbox = MemoryOutbox(self._draft)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Forget the copy."""
        self._storage.lock.release()

    def commit(self) -> None:
        """The copy becomes the truth."""
        self._storage.shelves = self._draft.copy()
