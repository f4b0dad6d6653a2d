"""Who wants to be called back, in SQL."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from bot.domain.errors import NotFound
from bot.services.stored import CallBack
from bot.storage.tables import CALL_BACKS

_B = CALL_BACKS.c
_COLUMNS = [_B[spec.name] for spec in fields(CallBack)]


class SqlCallBacks:
    """See `bot.services.ports.CallBacks`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, call_back: CallBack) -> CallBack:
        """Store it, in place of one that is still open."""
        open_one = (_B.conversation == call_back.conversation, _B.done_at.is_(None))
        self._connection.execute(delete(CALL_BACKS).where(*open_one))
        values = {spec.name: getattr(call_back, spec.name) for spec in fields(CallBack) if spec.name != "id"}
        values["contact"] = dict(call_back.contact)
        stored = self._connection.execute(insert(CALL_BACKS).values(**values).returning(_B.id)).scalar_one()
        return replace(call_back, id=stored)

    def open(self) -> list[CallBack]:
        """Those nobody has dealt with."""
        query = select(*_COLUMNS).where(_B.done_at.is_(None)).order_by(_B.at, _B.id)
        return [CallBack(*row) for row in self._connection.execute(query)]

    def waiting(self) -> int:
        """How many wait."""
        query = select(func.count()).select_from(CALL_BACKS).where(_B.done_at.is_(None))
        return int(self._connection.execute(query).scalar_one())

    def dealt_with(self, *, limit: int) -> list[CallBack]:
        """Those somebody has dealt with."""
        query = select(*_COLUMNS).where(_B.done_at.is_not(None)).order_by(_B.done_at.desc(), _B.id.desc()).limit(limit)
        return [CallBack(*row) for row in self._connection.execute(query)]

    def undone(self, call_back: int) -> CallBack:
        """It waits again."""
        other = CALL_BACKS.alias()
        newer = select(other.c.id).where(other.c.conversation == _B.conversation, other.c.done_at.is_(None))
        change = update(CALL_BACKS).where(_B.id == call_back, _B.done_at.is_not(None), ~newer.exists())
        row = self._connection.execute(change.values(done_at=None, done_by=None).returning(*_COLUMNS)).one_or_none()
        if row is None:
            raise NotFound(str(call_back))
        return CallBack(*row)

    def done(self, call_back: int, *, by: str, at: datetime) -> CallBack:
        """Somebody dealt with it."""
        change = update(CALL_BACKS).where(_B.id == call_back, _B.done_at.is_(None)).values(done_at=at, done_by=by)
        row = self._connection.execute(change.returning(*_COLUMNS)).one_or_none()
        if row is None:
            raise NotFound(str(call_back))
        return CallBack(*row)

    def forget(self, conversation: str) -> int:
        """Delete all of a conversation."""
        return self._connection.execute(delete(CALL_BACKS).where(_B.conversation == conversation)).rowcount

    def drop_before(self, before: datetime) -> int:
        """Delete what was dealt with before this."""
        return self._connection.execute(delete(CALL_BACKS).where(_B.done_at < before)).rowcount
