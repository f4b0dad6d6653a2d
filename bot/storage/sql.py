"""The unit of work over SQLAlchemy: one connection, one transaction, and one kind of failure to the outside."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.domain.errors import StorageUnavailable
from bot.services import ports
from bot.storage.engine import BRISK, BUSY_MILLISECONDS, READ_ONLY, open_engine
from bot.storage.sql_appointments import SqlAppointments
from bot.storage.sql_audit import SqlAudit
from bot.storage.sql_call_backs import SqlCallBacks
from bot.storage.sql_conversations import SqlConversations
from bot.storage.sql_doors import SqlDoors
from bot.storage.sql_handoffs import SqlHandoffs
from bot.storage.sql_keeping import SqlKeeping
from bot.storage.sql_letters import SqlLetters
from bot.storage.sql_outbox import SqlOutbox
from bot.storage.sql_staff import SqlStaff
from bot.storage.sql_threads import SqlThreads
from bot.vault import Vault


class SqlUnitOfWork:
    """See `bot.services.ports.UnitOfWork`. May be entered again after it was left."""

    conversations: ports.Conversations
    handoffs: ports.Handoffs
    appointments: ports.Appointments
    letters: ports.Letters
    call_backs: ports.CallBacks
    threads: ports.Threads
    audit: ports.AuditLog
    staff: ports.StaffAccounts
    doors: ports.StaffDoors
    outbox: ports.Outbox
    keeping: ports.Keeping

    def __init__(self, engine: Engine, vault: Vault, turn: threading.Lock | None = None) -> None:
        self._engine = engine
        self._vault = vault
        self._turn = turn
        self._connection: Connection | None = None

    def __enter__(self) -> Self:
        """Begin; raises `StorageUnavailable` when the database cannot be reached or stays locked."""
        if self._turn is not None and not self._turn.acquire(timeout=BUSY_MILLISECONDS / 1000):
            raise StorageUnavailable("busy")
        try:
            self._connection = connection = self._begin()
        finally:
            if self._connection is None:
                self._give_turn()
        self.conversations = SqlConversations(connection)
        self.handoffs = SqlHandoffs(connection, self._vault)
        self.appointments = SqlAppointments(connection)
        self.letters = SqlLetters(connection)
        self.call_backs = SqlCallBacks(connection)
        self.threads = SqlThreads(connection)
        self.audit = SqlAudit(connection)
        self.staff = SqlStaff(connection)
        self.doors = SqlDoors(connection, self._vault)
        self.outbox = SqlOutbox(connection)
        self.keeping = SqlKeeping(connection)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take back what was not committed; a database error becomes `StorageUnavailable` without its text."""
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.close()  # rolls back what is open
            except SQLAlchemyError as failure:
                error = error or failure
            self._give_turn()
        if isinstance(error, SQLAlchemyError):
            raise StorageUnavailable(type(error).__name__) from None

    def _begin(self) -> Connection:
        try:
            connection = self._engine.connect()
        except SQLAlchemyError as error:
            raise StorageUnavailable(type(error).__name__) from None
        try:
            connection.begin()
        except SQLAlchemyError as error:
            connection.close()
            raise StorageUnavailable(type(error).__name__) from None
        return connection

    def _give_turn(self) -> None:
        if self._turn is not None:
            self._turn.release()

    def commit(self) -> None:
        """Make it last; raises `StorageUnavailable`, and then nothing was stored."""
        if self._connection is None:
            raise RuntimeError("commit outside of the block")
        try:
            self._connection.commit()
        except SQLAlchemyError as error:
            raise StorageUnavailable(type(error).__name__) from None


class SqlStorage:
    """See `bot.services.ports.Storage`."""

    def __init__(self, engine: Engine, vault: Vault) -> None:
        self.engine = engine
        self._reader = engine.execution_options(**{READ_ONLY: True})
        self._brisk = engine.execution_options(**{BRISK: True})
        self._vault = vault
        # SQLite lets one writer in and makes the others sleep and look again; within a process they queue instead.
        self._turn = threading.Lock() if engine.dialect.name == "sqlite" else None

    @classmethod
    def open(cls, url: str, vault: Vault) -> SqlStorage:
        """Storage at this URL, sealed by this vault; the tables are made by `bot.storage.migrations.upgrade`."""
        return cls(open_engine(url, vault), vault)

    def __call__(self) -> SqlUnitOfWork:
        """A transaction that may write."""
        return SqlUnitOfWork(self.engine, self._vault, self._turn)

    def reading(self) -> SqlUnitOfWork:
        """A transaction that only reads."""
        return SqlUnitOfWork(self._reader, self._vault)

    def brisk(self) -> SqlUnitOfWork:
        """A transaction that writes but does not wait for the disk."""
        return SqlUnitOfWork(self._brisk, self._vault, self._turn)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def unit_of_work_maker(url: str, vault: Vault) -> SqlStorage:
    """What `bot.bootstrap` gives to everybody: call it for a transaction, `.reading()` for one that only reads."""
    return SqlStorage.open(url, vault)
