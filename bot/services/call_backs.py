"""Who wants to be called back: kept when the chat cannot answer or a person is asked for, told to staff, and done by them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain import permissions
from bot.services import alerts
from bot.services.ports import UnitOfWork
from bot.services.review import Actor
from bot.services.stored import AuditEntry, CallBack, Conversation, Json

OUTAGE, PERSON = "outage", "person"
LATELY = 20


def ask(uow: UnitOfWork, chat: Conversation, contact: Json, *, why: str, now: datetime) -> None:
    """Keep name, phone and e-mail, and alert staff, within the transaction of the message that asked.

    No word about health is kept with it, so it may be left before consent: who leaves it wants to be called.
    """
    uow.call_backs.add(CallBack(0, chat.id, now, why, contact))
    uow.audit.add(AuditEntry(now, "visitor", "call_back_asked", conversation=chat.id))
    alerts.call_back(uow, chat.id, now)


@dataclass(frozen=True, slots=True)
class Listed:
    """A call-back as staff see it: `reference` of the hand-off there is by now, `in_chat` while they ask for a person there."""

    call_back: CallBack
    reference: str | None = None
    in_chat: bool = False


def lists(uow: UnitOfWork, *, by: Actor, now: datetime) -> tuple[list[Listed], list[CallBack]]:
    """Those nobody has called yet, oldest first, and those called lately, newest first; the reading is in the audit log."""
    permissions.check(by.role, "call_back")
    with uow:
        waiting, called = [_listed(uow, one) for one in uow.call_backs.open()], uow.call_backs.dealt_with(limit=LATELY)
        if waiting or called:
            uow.audit.add(AuditEntry(now, by.name, "read_call_backs"))
            uow.commit()
    return waiting, called


def done(uow: UnitOfWork, call_back: int, *, by: Actor, now: datetime) -> None:
    """This person was called, so they ask for nobody in the chat either. Raises `NotFound` when it was done already."""
    permissions.check(by.role, "call_back")
    with uow:
        closed = uow.call_backs.done(call_back, by=by.name, at=now)
        chat = uow.conversations.get(closed.conversation)
        if chat is not None and chat.erased_at is None and chat.person_asked_at is not None:
            uow.conversations.ask_for_person(chat.id, None)
        uow.audit.add(AuditEntry(now, by.name, "call_back_done", conversation=closed.conversation))
        uow.commit()


def undo(uow: UnitOfWork, call_back: int, *, by: Actor, now: datetime) -> None:
    """Nobody was reached after all: it waits again. Raises `NotFound` when it does already, or they have asked anew."""
    permissions.check(by.role, "call_back")
    with uow:
        opened = uow.call_backs.undone(call_back)
        uow.audit.add(AuditEntry(now, by.name, "call_back_undone", conversation=opened.conversation))
        uow.commit()


def _listed(uow: UnitOfWork, one: CallBack) -> Listed:
    chat, handoff = uow.conversations.get(one.conversation), uow.handoffs.by_conversation(one.conversation)
    asks = chat is not None and chat.erased_at is None and chat.person_asked_at is not None
    return Listed(one, handoff.reference if handoff else None, asks)
