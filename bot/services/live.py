"""A person speaks in the chat: takes over, says something, gives the chat back; the bot is silent in between."""

from __future__ import annotations

from datetime import datetime

from bot.domain import permissions
from bot.domain.errors import IllegalMove, NotFound
from bot.services import outgoing
from bot.services.ports import UnitOfWork
from bot.services.review import Actor, BadMove
from bot.services.stored import AuditEntry, Conversation, Handoff, NewMessage

LONGEST = 2000
JOINED = "{name} from our team has joined the chat. I'll be quiet while you talk."
LEFT = "{name} has left the chat. I'm the automated assistant again."


def take_over(uow: UnitOfWork, reference: str, *, by: Actor, now: datetime) -> str:
    """From now on this person speaks; the id of the conversation. Raises `IllegalMove` when somebody else does."""
    with uow:
        handoff, chat = _load(uow, reference, "takeover", by)
        if chat.taken_by == by.name:
            raise IllegalMove("you have taken over already; legal: say, hand_back")
        if chat.taken_by is not None and not permissions.may(by.role, "act_for_others"):
            raise IllegalMove(f"{chat.taken_by} is speaking with this visitor")
        uow.conversations.taken(chat.id, by.name)
        _mark(uow, chat, "takeover", JOINED.format(name=by.name), by, now)
        uow.audit.add(_entry(handoff, "takeover", by, now))
        uow.commit()
    return chat.id


def say(uow: UnitOfWork, reference: str, *, text: str, by: Actor, now: datetime) -> str:
    """Write to the visitor; the id of the conversation. Raises `IllegalMove` before a take-over."""
    said = text.strip()
    if not said or len(said) > LONGEST:
        raise BadMove("text", f"text must have 1 to {LONGEST} characters")
    with uow:
        handoff, chat = _load(uow, reference, "say", by)
        _must_speak(chat, by)
        _append(uow, chat, NewMessage("staff", said, {"by": by.name, "role": by.role}), now)
        uow.audit.add(_entry(handoff, "say", by, now))
        uow.commit()
    return chat.id


def hand_back(uow: UnitOfWork, reference: str, *, by: Actor, now: datetime) -> str:
    """The bot speaks again; the id of the conversation."""
    with uow:
        handoff, chat = _load(uow, reference, "hand_back", by)
        if not (chat.taken_by is not None and permissions.may(by.role, "act_for_others")):
            _must_speak(chat, by)
        speaker = chat.taken_by or by.name
        _mark(uow, chat, "hand_back", LEFT.format(name=speaker), by, now)
        uow.conversations.taken(chat.id, None)
        uow.audit.add(_entry(handoff, "hand_back", by, now))
        uow.commit()
    return chat.id


def _load(uow: UnitOfWork, reference: str, act: str, by: Actor) -> tuple[Handoff, Conversation]:
    permissions.check(by.role, act)
    handoff = uow.handoffs.by_reference(reference, lock=True)
    chat = uow.conversations.get(handoff.conversation)
    if chat is None or chat.erased_at is not None:
        raise NotFound(reference)
    return handoff, chat


def _must_speak(chat: Conversation, by: Actor) -> None:
    if chat.taken_by != by.name:
        raise IllegalMove("take over the chat first; legal: takeover")


def _mark(uow: UnitOfWork, chat: Conversation, event: str, text: str, by: Actor, now: datetime) -> None:
    """Both ends of the stretch are lines of the log, so that the transcript shows who spoke when."""
    _append(uow, chat, NewMessage("staff", text, {"event": event, "by": by.name, "role": by.role}), now)


def _append(uow: UnitOfWork, chat: Conversation, message: NewMessage, now: datetime) -> None:
    appended = uow.conversations.append(chat.id, message, now=now)
    outgoing.send(uow, chat, [appended.seq], now=now)


def _entry(handoff: Handoff, action: str, by: Actor, now: datetime) -> AuditEntry:
    return AuditEntry(now, by.name, action, handoff.reference, handoff.conversation)
