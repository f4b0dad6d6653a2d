"""Carries a conversation to another device: a code made by who holds the conversation, good once and for a short time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.errors import NotFound
from bot.services.ports import UnitOfWork
from bot.services.stored import LINKS, AuditEntry, Conversation, ResumeCode

PURPOSES = LINKS


@dataclass(frozen=True, slots=True)
class Expiry:
    """How long a code is good for, by purpose: to go on at another device now, or to come back another day."""

    device: timedelta = timedelta(minutes=15)
    back: timedelta = timedelta(days=30)


def make(
    uow: UnitOfWork, chat: Conversation, code_hash: bytes, purpose: str, *, expiry: Expiry, now: datetime
) -> datetime:
    """Store a code, in place of an earlier one of the same purpose; until when it is good."""
    ends = now + (expiry.back if purpose == "return" else expiry.device)
    with uow:
        uow.conversations.add_code(ResumeCode(code_hash, chat.id, purpose, now, ends))
        uow.audit.add(AuditEntry(now, "visitor", "link_made", conversation=chat.id))
        uow.commit()
    return ends


def use(uow: UnitOfWork, code_hash: bytes, one_more: Callable[[bytes], bytes], *, now: datetime) -> Conversation:
    """Spend a code: one more token opens its conversation. Raises `NotFound` for one that is unknown, used or too old."""
    with uow:
        found = uow.conversations.use_code(code_hash, now=now)
        chat = uow.conversations.get(found) if found is not None else None
        if chat is None or chat.erased_at is not None:
            uow.commit()  # a code that came too late is gone as well
            raise NotFound("code")
        uow.conversations.set_tokens(chat.id, one_more(chat.token_hash), now=now)
        uow.audit.add(AuditEntry(now, "visitor", "link_used", conversation=chat.id))
        uow.commit()
    return chat
