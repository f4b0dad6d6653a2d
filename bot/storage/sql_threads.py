"""Threads of other networks in SQL: found by a keyed hash, the address itself sealed."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.services.ports import AlreadyThere
from bot.services.stored import Delivery, Thread
from bot.storage.tables import DELIVERIES, THREADS

_T, _D = THREADS.c, DELIVERIES.c
_THREAD = [THREADS.c[spec.name] for spec in fields(Thread)]
_DELIVERY = [DELIVERIES.c[spec.name] for spec in fields(Delivery)]
# A status never goes back: what is read stays read when the note of its delivery comes late.
RANKS = {"sent": 0, "delivered": 1, "read": 2, "failed": 3}


class SqlThreads:
    """See `bot.services.ports.Threads`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, channel: str, sender: bytes) -> Thread | None:
        """The thread of this sender, locked."""
        wanted = select(*_THREAD).where(_T.channel == channel, _T.sender == sender).with_for_update()
        row = self._connection.execute(wanted).one_or_none()
        return None if row is None else Thread(*row)

    def save(self, thread: Thread) -> None:
        """Store it. Raises `AlreadyThere` when somebody else stored the first one at the same moment."""
        values = {spec.name: getattr(thread, spec.name) for spec in fields(Thread)}
        own = (_T.channel == thread.channel) & (_T.sender == thread.sender)
        if self._connection.execute(update(THREADS).where(own).values(**values)).rowcount:
            return
        try:
            with self._connection.begin_nested():
                self._connection.execute(insert(THREADS).values(**values))
        except IntegrityError:
            raise AlreadyThere(thread.channel) from None

    def of(self, conversation: str) -> Thread | None:
        """The thread whose conversation this is now."""
        row = self._connection.execute(select(*_THREAD).where(_T.conversation == conversation)).first()
        return None if row is None else Thread(*row)

    def sent(self, delivery: Delivery) -> None:
        """The network took a line."""
        if self._delivery(delivery.channel, delivery.receipt) is None:
            values: dict[str, Any] = {spec.name: getattr(delivery, spec.name) for spec in fields(Delivery)}
            self._connection.execute(insert(DELIVERIES).values(**values))

    def came(self, channel: str, receipt: str, *, status: str, at: datetime, code: str = "") -> Delivery | None:
        """What became of it."""
        known = self._delivery(channel, receipt)
        if known is None or RANKS[status] <= RANKS[known.status]:
            return known
        own = (_D.channel == channel) & (_D.receipt == receipt)
        self._connection.execute(
            update(DELIVERIES).where(own).values(status=status, at=at, code=(code or known.code)[:32])
        )
        return self._delivery(channel, receipt)

    def deliveries(self, conversation: str) -> list[Delivery]:
        """All of a conversation."""
        wanted = select(*_DELIVERY).where(_D.conversation == conversation).order_by(_D.seq, _D.receipt)
        return [Delivery(*row) for row in self._connection.execute(wanted)]

    def forget(self, conversation: str) -> None:
        """Delete the thread and the deliveries."""
        self._connection.execute(delete(DELIVERIES).where(_D.conversation == conversation))
        self._connection.execute(delete(THREADS).where(_T.conversation == conversation))

    def _delivery(self, channel: str, receipt: str) -> Delivery | None:
        wanted = select(*_DELIVERY).where(_D.channel == channel, _D.receipt == receipt)
        row = self._connection.execute(wanted).one_or_none()
        return None if row is None else Delivery(*row)
