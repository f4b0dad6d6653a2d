"""Tells a visitor something later, where they are: in the chat, and on their own network when they asked for that."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.domain.errors import NotFound
from bot.services import outgoing, proposals
from bot.services.outgoing import FETCHED
from bot.services.ports import UnitOfWork
from bot.services.stored import Conversation, NewMessage


def tell(
    uow: UnitOfWork, conversation: str, text: str, *, key: str, now: datetime, asks: Mapping[str, Any] | None = None
) -> bool:
    """A line of ours in the conversation, within the caller's transaction; once for each `key`.

    It leaves for the visitor's network too. True when it was not said before. Raises `NotFound` for a conversation that
    is not there or was erased. Texts must be fit for a locked screen: no illness, no reason. `asks` is the question of
    `bot.services.proposals` that it puts; else one that is open stays within reach, but that one only while times stand.
    """
    chat = uow.conversations.get(conversation)
    if chat is None or chat.erased_at is not None:
        raise NotFound(conversation)
    asks = asks if asks is not None and proposals.may_ask(chat.state) else None
    question = _state(uow, chat, asks).get("question")
    line = NewMessage("bot", text, {"question": question} if question else {}, id=said_as(key))
    appended = uow.conversations.append(conversation, line, now=now)
    locked = uow.conversations.get(conversation) or chat
    state = _state(uow, locked, asks if appended.created else None)
    if state != locked.state:
        uow.conversations.save(conversation, now=now, state=state)
    if appended.created:
        outgoing.send(uow, chat, [appended.seq], now=now)
    return appended.created


def _state(uow: UnitOfWork, chat: Conversation, asks: Mapping[str, Any] | None) -> Mapping[str, Any]:
    if asks is not None:
        return proposals.opened(chat.state, asks)
    gone = proposals.is_open(chat.state) and proposals.standing(uow, chat.id) is None
    return proposals.closed(chat.state) if gone else chat.state


def said_as(key: str) -> str:
    """The id of the line that says what has this key."""
    return f"told:{key}"


def wants_reminders(uow: UnitOfWork, conversation: str) -> bool:
    """True when a reminder may go to this visitor's network: they asked for it there, and not for silence since."""
    chat = uow.conversations.get(conversation)
    if chat is None or chat.channel in FETCHED:
        return False
    thread = uow.threads.of(conversation)
    return thread is not None and thread.reminders_at is not None and thread.stopped_at is None
