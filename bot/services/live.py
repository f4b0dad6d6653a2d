"""A person in the chat: watches, takes over, says something, gives the chat back; the bot is silent in between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain import permissions
from bot.domain.errors import IllegalMove, NotFound
from bot.domain.speech import say as translated
from bot.services import alerts, outgoing, proposals
from bot.services.ports import Storage, UnitOfWork
from bot.services.review import Actor, BadMove
from bot.services.stored import AuditEntry, Conversation, Message, NewMessage

LONGEST = 2000
# A chat nobody wrote in for so long is not in progress any more.
IN_PROGRESS = timedelta(minutes=30)
MOST = 100
JOINED = "{name} from our team has joined the chat. I'll be quiet while you talk."
LEFT = "{name} has left the chat. I'm the automated assistant again."
GONE = (
    "{name} seems to have been called away, so I'm the automated assistant again. "
    "If something you wrote was left without an answer, please write it once more."
)


@dataclass(frozen=True, slots=True)
class Watched:
    """A conversation as staff may see it: without consent only that it is there."""

    chat: Conversation
    messages: tuple[Message, ...]
    reference: str | None = None


def in_progress(uow: UnitOfWork, *, by: Actor, now: datetime) -> list[Conversation]:
    """Who is in the chat now, those who asked for a person first; nothing they wrote."""
    permissions.check(by.role, "list")
    with uow:
        return uow.conversations.in_progress(now - IN_PROGRESS, limit=MOST)


def watch(uow: UnitOfWork, conversation: str, *, after: int = 0, by: Actor, now: datetime) -> Watched:
    """The conversation and its lines after `after`; reading any is audited. Raises `NotFound`."""
    permissions.check(by.role, "read")
    with uow:
        chat, reference = _find(uow, conversation)
        lines = uow.conversations.messages(chat.id, after=after) if chat.consent_at is not None else []
        if lines:
            uow.audit.add(AuditEntry(now, by.name, "read_live", reference, chat.id))
            uow.commit()
    return Watched(chat, tuple(lines), reference)


def take_over(uow: UnitOfWork, where: str, *, by: Actor, now: datetime) -> str:
    """From now on this person speaks; the id of the conversation. Raises `IllegalMove` when somebody else does.

    `where` is the reference of a hand-off or the id of a conversation, here as in the functions below.
    """
    with uow:
        chat, reference = _load(uow, where, "takeover", by)
        if chat.taken_by == by.name:
            raise IllegalMove("you have taken over already; legal: {legal}", legal=("say", "hand_back"))
        if chat.taken_by is not None and not permissions.may(by.role, "act_for_others"):
            raise IllegalMove("{name} is speaking with this visitor", name=chat.taken_by)
        if chat.consent_at is None:
            raise IllegalMove("the visitor has not agreed to the use of what they write; call them instead")
        uow.conversations.taken(chat.id, by.name, at=now)
        uow.conversations.ask_for_person(chat.id, None)
        _mark(uow, chat, "takeover", translated(chat.locale, JOINED, name=by.name), by, now)
        uow.audit.add(AuditEntry(now, by.name, "takeover", reference, chat.id))
        uow.commit()
    return chat.id


def say(uow: UnitOfWork, where: str, *, text: str, by: Actor, now: datetime) -> str:
    """Write to the visitor; the id of the conversation. Raises `IllegalMove` before a take-over."""
    said = text.strip()
    if not said or len(said) > LONGEST:
        raise BadMove("text", "{field} must have 1 to {most} characters", field="text", most=LONGEST)
    with uow:
        chat, reference = _load(uow, where, "say", by)
        _must_speak(chat, by)
        _append(uow, chat, NewMessage("staff", said, {"by": by.name, "role": by.role}), now)
        uow.conversations.speaker_here(chat.id, by.name, at=now)
        uow.audit.add(AuditEntry(now, by.name, "say", reference, chat.id))
        uow.commit()
    return chat.id


def hand_back(uow: UnitOfWork, where: str, *, by: Actor, now: datetime) -> str:
    """The bot speaks again; the id of the conversation."""
    with uow:
        chat, reference = _load(uow, where, "hand_back", by)
        if not (chat.taken_by is not None and permissions.may(by.role, "act_for_others")):
            _must_speak(chat, by)
        speaker = chat.taken_by or by.name
        _mark(uow, chat, "hand_back", translated(chat.locale, LEFT, name=speaker), by, now)
        _ask_again(uow, chat, now)
        uow.conversations.taken(chat.id, None)
        uow.audit.add(AuditEntry(now, by.name, "hand_back", reference, chat.id))
        uow.commit()
    return chat.id


def speaker(uow: UnitOfWork, where: str, *, by: Actor, now: datetime) -> str | None:
    """Who speaks in place of the bot; when it is the one who asks, they are still there."""
    permissions.check(by.role, "read")
    with uow:
        chat, _ = _find(uow, where)
        if chat.taken_by == by.name:
            uow.conversations.speaker_here(chat.id, by.name, at=now)
            uow.commit()
    return chat.taken_by


def end_absences(storage: Storage, *, patience: timedelta, told: Callable[[str], str], now: datetime) -> list[str]:
    """Where the person who spoke is gone without a word, the bot speaks again; the ids of these conversations.

    The visitor hears it, with what `told` says for their locale of when a person answers; their request waits in the
    desk, and staff are alerted once.
    """
    before = now - patience
    with storage.reading() as uow:
        gone = uow.conversations.speakers_gone(before)
    return [chat for chat in gone if _end_absence(storage(), chat, before, told, now)]


def _end_absence(
    uow: UnitOfWork, conversation: str, before: datetime, told: Callable[[str], str], now: datetime
) -> bool:
    with uow:
        chat = uow.conversations.get(conversation)
        if chat is None or chat.taken_by is None or not uow.conversations.let_go(conversation, before=before):
            return False
        handoff = uow.handoffs.by_conversation(chat.id)
        reference = handoff.reference if handoff else None
        text = f"{translated(chat.locale, GONE, name=chat.taken_by)} {told(chat.locale)}"
        _append(uow, chat, NewMessage("staff", text, {"event": "hand_back", "by": chat.taken_by, "away": True}), now)
        _ask_again(uow, chat, now)
        uow.audit.add(AuditEntry(now, chat.taken_by, "speaker_gone", reference, chat.id))
        if chat.person_asked_at is None:
            uow.conversations.ask_for_person(chat.id, now)
            alerts.person_asked(uow, chat.id, reference or "", now)
        uow.commit()
    return True


def person_asked(uow: UnitOfWork, chat: Conversation, *, now: datetime) -> None:
    """The visitor wants a person: it shows in the desk until somebody sees to it, and staff are told once.

    Within the transaction of the turn that asked.
    """
    uow.conversations.ask_for_person(chat.id, now)
    uow.audit.add(AuditEntry(now, "visitor", "person_asked", conversation=chat.id))
    handoff = uow.handoffs.by_conversation(chat.id)
    alerts.person_asked(uow, chat.id, handoff.reference if handoff else "", now)


def person_seen_to(uow: UnitOfWork, conversation: str, *, by: Actor, now: datetime) -> None:
    """Somebody has called them, or will not; the request is off the list."""
    permissions.check(by.role, "takeover")
    with uow:
        chat, reference = _find(uow, conversation)
        uow.conversations.ask_for_person(chat.id, None)
        uow.audit.add(AuditEntry(now, by.name, "person_seen_to", reference, chat.id))
        uow.commit()


def _load(uow: UnitOfWork, where: str, act: str, by: Actor) -> tuple[Conversation, str | None]:
    permissions.check(by.role, act)
    return _find(uow, where)


def _find(uow: UnitOfWork, where: str) -> tuple[Conversation, str | None]:
    """The conversation and the reference of its hand-off, locked where there is one."""
    chat = uow.conversations.get(where)
    handoff = uow.handoffs.by_reference(where, lock=True) if chat is None else uow.handoffs.by_conversation(chat.id)
    if chat is None and handoff is not None:
        chat = uow.conversations.get(handoff.conversation)
    if chat is None or chat.erased_at is not None:
        raise NotFound(where)
    return chat, handoff.reference if handoff else None


def _must_speak(chat: Conversation, by: Actor) -> None:
    if chat.taken_by != by.name:
        raise IllegalMove("take over the chat first; legal: {legal}", legal=("takeover",))


def _ask_again(uow: UnitOfWork, chat: Conversation, now: datetime) -> None:
    """The question that was open before a person spoke is put once more, so that the visitor can go on at once."""
    question = chat.state.get("question")
    if not question or chat.phase_before in ("stopped", "closed"):
        return
    if proposals.is_open(chat.state) and proposals.standing(uow, chat.id) is None:
        return  # what became of these times is on its way to the visitor
    lines = reversed(uow.conversations.messages(chat.id))
    asked = next((one for one in lines if one.sender == "bot" and _asks(one) == question["field"]), None)
    if asked is not None:
        _append(uow, chat, NewMessage("bot", asked.text, {"question": question}), now)


def _asks(line: Message) -> str | None:
    field: str | None = (line.body.get("question") or {}).get("field")
    return field


def _mark(uow: UnitOfWork, chat: Conversation, event: str, text: str, by: Actor, now: datetime) -> None:
    """Both ends of the stretch are lines of the log, so that the transcript shows who spoke when."""
    _append(uow, chat, NewMessage("staff", text, {"event": event, "by": by.name, "role": by.role}), now)


def _append(uow: UnitOfWork, chat: Conversation, line: NewMessage, now: datetime) -> None:
    said = uow.conversations.append(chat.id, line, now=now)
    outgoing.send(uow, chat, [said.seq], now=now)
