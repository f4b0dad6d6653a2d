"""How the log looks from outside: messages, state and record in the shapes of contract §4."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.services.stored import Conversation, Message

TYPING_AT_MOST = timedelta(seconds=30)


def message(line: Message) -> dict[str, Any]:
    """One message."""
    shown = {
        "seq": line.seq,
        "at": line.at.isoformat(),
        "from": line.sender,
        "text": line.text,
        "question": line.body.get("question"),
        "alert": line.body.get("alert"),
        "outcome": line.body.get("outcome"),
    }
    if line.sender == "staff":
        shown |= {key: line.body.get(key) for key in ("by", "role", "event")}
    return shown


def state(chat: Conversation) -> dict[str, Any]:
    """Where the conversation stands."""
    known = chat.state
    more = {"changeable": known["changeable"]} if known.get("changeable") else {}
    return {
        "phase": "erased" if chat.erased_at is not None else chat.phase,
        "asked": known.get("asked", 0),
        "left": known.get("left"),
        "handoff": known.get("handoff"),
        "answered_through": chat.answered_through,
        **more,
    }


def typing(chat: Conversation, now: datetime) -> bool:
    """True while the bot works on an answer; follows from the log alone and ends by itself, so it cannot stick."""
    waits = chat.spoken_through > chat.answered_through
    return waits and chat.taken_by is None and chat.erased_at is None and now - chat.touched_at < TYPING_AT_MOST


def record(chat: Conversation) -> dict[str, Any]:
    """What is known, field by field, each with the words it came from."""
    values: Mapping[str, Any] = chat.record.get("values") or {}
    said: Mapping[str, Any] = chat.record.get("said") or {}
    return {field: {"value": value, "said": _words(field, value, said)} for field, value in values.items()}


def _words(field: str, value: Any, said: Mapping[str, Any]) -> Sequence[Any]:
    """The words behind a field; for a list of flags or conditions, the words behind each of them."""
    own = list(said.get(field) or ())
    for item in value if isinstance(value, list) else ():
        if isinstance(item, str):
            own += [words for words in said.get(item) or () if words not in own]
    return own
