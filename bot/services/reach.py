"""Tells a visitor something later, where they are: in the chat, and on their own network when they asked for that."""

from __future__ import annotations

from datetime import datetime

from bot.domain.errors import NotFound
from bot.services import outgoing
from bot.services.outgoing import FETCHED
from bot.services.ports import UnitOfWork
from bot.services.stored import NewMessage


def tell(uow: UnitOfWork, conversation: str, text: str, *, key: str, now: datetime) -> bool:
    """A line of ours in the conversation, within the caller's transaction; once for each `key`.

    It leaves for the visitor's network too. True when it was not said before. Raises `NotFound` for a conversation that
    is not there or was erased. Texts must be fit for a locked screen: no illness, no reason.
    """
    chat = uow.conversations.get(conversation)
    if chat is None or chat.erased_at is not None:
        raise NotFound(conversation)
    question = chat.state.get("question")  # an open one stays within reach
    line = NewMessage("bot", text, {"question": question} if question else {}, id=f"told:{key}")
    appended = uow.conversations.append(conversation, line, now=now)
    if appended.created:
        outgoing.send(uow, chat, [appended.seq], now=now)
    return appended.created


def wants_reminders(uow: UnitOfWork, conversation: str) -> bool:
    """True when a reminder may go to this visitor's network: they asked for it there, and not for silence since."""
    chat = uow.conversations.get(conversation)
    if chat is None or chat.channel in FETCHED:
        return False
    thread = uow.threads.of(conversation)
    return thread is not None and thread.reminders_at is not None and thread.stopped_at is None
