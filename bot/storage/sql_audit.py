"""The audit log in SQL: what happened."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, insert, or_, select, update

from bot.services.stored import AuditEntry
from bot.storage.tables import AUDIT

_COLUMNS = [AUDIT.c[spec.name] for spec in fields(AuditEntry)]


class SqlAudit:
    """See `bot.services.ports.AuditLog`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, entry: AuditEntry) -> None:
        """Store an entry."""
        values = {spec.name: getattr(entry, spec.name) for spec in fields(AuditEntry) if spec.name != "id"}
        self._connection.execute(insert(AUDIT).values(**values))

    def of(self, reference: str) -> list[AuditEntry]:
        """Everything about one hand-off."""
        return self._read(select(*_COLUMNS).where(AUDIT.c.reference == reference).order_by(AUDIT.c.id))

    def of_conversation(self, conversation: str) -> list[AuditEntry]:
        """Everything about one conversation."""
        return self._read(select(*_COLUMNS).where(AUDIT.c.conversation == conversation).order_by(AUDIT.c.id))

    def newest(
        self,
        *,
        actor: str | None = None,
        action: str | None = None,
        reference: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        without: Collection[str] = (),
        before: int | None = None,
        limit: int = 100,
    ) -> list[AuditEntry]:
        """The last entries, newest first."""
        query = select(*_COLUMNS).order_by(AUDIT.c.id.desc()).limit(limit)
        for column, value in ((AUDIT.c.actor, actor), (AUDIT.c.action, action), (AUDIT.c.reference, reference)):
            query = query if value is None else query.where(column == value)
        query = query if since is None else query.where(AUDIT.c.at >= since)
        query = query if until is None else query.where(AUDIT.c.at < until)
        query = query if before is None else query.where(AUDIT.c.id < before)
        return self._read(query.where(AUDIT.c.action.not_in(without)) if without else query)

    def actions(self) -> list[str]:
        """Every act in the log."""
        return list(self._connection.execute(select(AUDIT.c.action).distinct().order_by(AUDIT.c.action)).scalars())

    def forget_details(self, conversation: str, reference: str | None) -> None:
        """Empty what entries quote; that they happened stays."""
        about = AUDIT.c.conversation == conversation
        if reference is not None:
            about = or_(about, AUDIT.c.reference == reference)
        self._connection.execute(update(AUDIT).where(about).values(detail=None))

    def _read(self, query: Select[Any]) -> list[AuditEntry]:
        return [AuditEntry(**row._mapping) for row in self._connection.execute(query)]
