"""Who wants to be called back: kept when the chat cannot answer or a person is asked for, told to staff, and done by them."""

from __future__ import annotations

from datetime import datetime

from bot.domain import permissions
from bot.services import alerts
from bot.services.ports import UnitOfWork
from bot.services.review import Actor
from bot.services.stored import AuditEntry, CallBack, Conversation, Json

OUTAGE, PERSON = "outage", "person"


def ask(uow: UnitOfWork, chat: Conversation, contact: Json, *, why: str, now: datetime) -> None:
    """Keep name, phone and e-mail, and alert staff, within the transaction of the message that asked.

    No word about health is kept with it, so it may be left before consent: who leaves it wants to be called.
    """
    uow.call_backs.add(CallBack(0, chat.id, now, why, contact))
    uow.audit.add(AuditEntry(now, "visitor", "call_back_asked", conversation=chat.id))
    alerts.call_back(uow, chat.id, now)


def waiting(uow: UnitOfWork, *, by: Actor, now: datetime) -> list[CallBack]:
    """Those nobody has called yet, oldest first; that they were read is in the audit log."""
    permissions.check(by.role, "call_back")
    with uow:
        found = uow.call_backs.open()
        if found:
            uow.audit.add(AuditEntry(now, by.name, "read_call_backs"))
            uow.commit()
    return found


def done(uow: UnitOfWork, call_back: int, *, by: Actor, now: datetime) -> None:
    """This person was called. Raises `NotFound` when somebody else has done it already."""
    permissions.check(by.role, "call_back")
    with uow:
        closed = uow.call_backs.done(call_back, by=by.name, at=now)
        uow.audit.add(AuditEntry(now, by.name, "call_back_done", conversation=closed.conversation))
        uow.commit()
