"""A code from last time, written into any chat before consent: the interview goes on as that of somebody who comes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.domain.speech import say
from bot.services import outgoing, returning
from bot.services.ports import UnitOfWork
from bot.services.stored import Conversation, NewMessage
from bot.web.turns import replies

REFUSED = "I can't use this code. It may have been used already, be too old, or have a letter wrong. You can try it again, or go on without it."


def code_in(chat: Conversation, text: str) -> str | None:
    """The code that is written in place of a yes or no; after that question codes are words like all others."""
    return returning.typed(text) if chat.phase == "consent" else None


def opening(uow: UnitOfWork, message: NewMessage, code: str, *, now: datetime) -> NewMessage:
    """The message as what opens a conversation that may know the last one; the code is gone with this transaction.

    A wrong code is for the edge to answer; what was not meant as one stays what it was.
    """
    found = returning.use(uow, code, now=now)
    if found is not None:
        earlier, kind = found
        answer = {"question": "open", "value": {"conversation": earlier, "kind": kind}}
        return replace(message, body={**message.body, "answer": answer})
    return replace(message, body={**message.body, "edge": True}) if returning.is_meant(code) else message


def refuse(uow: UnitOfWork, conversation: str, seq: int, *, now: datetime) -> None:
    """Say that the code opened nothing; the question that was open stays so, and nothing is lost."""
    chat = uow.conversations.get(conversation)
    if chat is None:
        return
    line = replace(replies.in_with(say(chat.locale, REFUSED), chat), id=f"code:{seq}")
    said = uow.conversations.append(conversation, line, now=now)
    outgoing.send(uow, chat, [said.seq], now=now)
