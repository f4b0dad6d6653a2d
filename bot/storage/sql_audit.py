"""The audit log and the outbox in SQL: what happened, and what is still to be told."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from bot.services.stored import AuditEntry, OutboxItem
from bot.storage.tables import AUDIT, OUTBOX

_COLUMNS = [AUDIT.c[spec.name] for spec in fields(AuditEntry)]
_OUTBOX_COLUMNS = [OUTBOX.c[spec.name] for spec in fields(OutboxItem)]


class SqlAudit:
    """See `bot.services.ports.AuditLog`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, entry: AuditEntry) -> None:
        """Store an entry."""
        values = {spec.name: getattr(entry, spec.name) for spec in fields(AuditEntry)}
        self._connection.execute(insert(AUDIT).values(**values))

    def of(self, reference: str) -> list[AuditEntry]:
        """Everything about one hand-off."""
        return self._read(select(*_COLUMNS).where(AUDIT.c.reference == reference).order_by(AUDIT.c.id))

    def of_conversation(self, conversation: str) -> list[AuditEntry]:
        """Everything about one conversation."""
        return self._read(select(*_COLUMNS).where(AUDIT.c.conversation == conversation).order_by(AUDIT.c.id))

    def newest(self, *, actor: str | None = None, action: str | None = None, limit: int = 100) -> list[AuditEntry]:
        """The last entries, newest first."""
        query = select(*_COLUMNS).order_by(AUDIT.c.id.desc()).limit(limit)
        if actor is not None:
            query = query.where(AUDIT.c.actor == actor)
        if action is not None:
            query = query.where(AUDIT.c.action == action)
        return self._read(query)

    def forget_details(self, conversation: str, reference: str | None) -> None:
        """Empty what entries quote; that they happened stays."""
        about = AUDIT.c.conversation == conversation
        if reference is not None:
            about = or_(about, AUDIT.c.reference == reference)
        self._connection.execute(update(AUDIT).where(about).values(detail=None))

    def _read(self, query: Select[Any]) -> list[AuditEntry]:
        return [AuditEntry(**row._mapping) for row in self._connection.execute(query)]


class SqlOutbox:
    """See `bot.services.ports.Outbox`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, item: OutboxItem) -> bool:
        """Queue it once."""
        values = {spec.name: getattr(item, spec.name) for spec in fields(OutboxItem) if spec.name != "id"}
        values["payload"] = dict(item.payload)
        try:
            with self._connection.begin_nested():
                self._connection.execute(insert(OUTBOX).values(**values))
        except IntegrityError:
            return False
        return True

    def due(self, now: datetime, *, until: datetime, limit: int = 20) -> list[OutboxItem]:
        """Items to be sent now, for this caller alone until `until`."""
        o = OUTBOX.c
        wanted = (
            select(o.id)
            .where(o.sent_at.is_(None), o.due_at <= now)
            .order_by(o.due_at, o.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        keys = list(self._connection.execute(wanted).scalars())
        if not keys:
            return []
        self._connection.execute(update(OUTBOX).where(o.id.in_(keys)).values(due_at=until, attempts=o.attempts + 1))
        rows = self._connection.execute(select(*_OUTBOX_COLUMNS).where(o.id.in_(keys)).order_by(o.id))
        return [OutboxItem(**row._mapping) for row in rows]

    def sent(self, item: int, *, at: datetime) -> None:
        """It was delivered."""
        self._connection.execute(update(OUTBOX).where(OUTBOX.c.id == item).values(sent_at=at))

    def retry(self, item: int, *, due_at: datetime) -> None:
        """Try again then."""
        self._connection.execute(update(OUTBOX).where(OUTBOX.c.id == item).values(due_at=due_at))

    def waiting(self) -> int:
        """How many items are not sent yet."""
        query = select(func.count()).select_from(OUTBOX).where(OUTBOX.c.sent_at.is_(None))
        return int(self._connection.execute(query).scalar_one())
