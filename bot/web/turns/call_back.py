"""The offer to be called back: the edge's own question, open whenever the dialogue cannot answer, and how it is taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.domain.speech import say
from bot.language import contact
from bot.services import call_backs, outgoing
from bot.services.ports import UnitOfWork
from bot.services.stored import Conversation, NewMessage
from bot.settings import Clinic
from bot.web.turns import words

FIELD = "call_back"
TROUBLE = "trouble:"  # how the ids of those lines begin that say that the dialogue cannot answer
_LONGEST_NAME = 4  # words; more is a story, and no story is kept with a call-back


def question(locale: str) -> dict[str, Any]:
    """The offer as a question of contract §5."""
    why = say(locale, words.CALL_BACK_WHY)
    return {"field": FIELD, "kind": "contact", "choices": [], "skippable": True, "why": why}


def in_text(text: str) -> Mapping[str, Any] | None:
    """Name and number in a text such as "Ana Ruiz, 555 010 0142"; None when there is no number or address in it."""
    found = contact.read(text, asked="contact")
    if not found:
        return None
    parts = {"name": _name(text, found[0].start, found[-1].end), "phone": None, "email": None}
    for mention in found:
        kind = mention.detail["type"]
        parts[kind] = parts[kind] or mention.value
    return parts


def was_offered(uow: UnitOfWork, chat: Conversation) -> bool:
    """True while a message waits of which the visitor was told that the dialogue cannot answer it."""
    lines = uow.conversations.messages(chat.id, after=chat.answered_through)
    return any((line.id or "").startswith(TROUBLE) for line in lines)


def keep(uow: UnitOfWork, chat: Conversation, left: Mapping[str, Any], seq: int, *, clinic: Clinic, now: Any) -> None:
    """Store it with the message that left it, alert staff, and say so."""
    call_backs.ask(uow, chat, left, why=call_backs.OUTAGE, now=now)
    line = NewMessage("bot", words.fill(words.CALL_BACK_NOTED, clinic, chat.locale), id=f"noted:{seq}")
    noted = uow.conversations.append(chat.id, line, now=now)
    outgoing.send(uow, chat, [noted.seq], now=now)


def _name(text: str, start: int, end: int) -> str | None:
    """What stands beside the number, when it is short enough to be a name."""
    rest = f"{text[:start]} {text[end:]}".strip(" ,.;:-\n")
    return rest if rest and len(rest.split()) <= _LONGEST_NAME and not any(char.isdigit() for char in rest) else None
