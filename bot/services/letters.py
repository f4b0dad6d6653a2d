"""Doctors' letters: what may be added, by whom it is seen, and that both are on record."""

from __future__ import annotations

from datetime import datetime

import filetype

from bot.domain import permissions
from bot.domain.errors import NotFound, PalpateError
from bot.services.ports import UnitOfWork
from bot.services.review import Actor
from bot.services.stored import AuditEntry, Letter, OutboxItem

LARGEST = 8_000_000  # bytes; a phone's photo has 2 to 6 million
MOST = 5  # letters of one conversation
TYPES = ("application/pdf", "image/jpeg", "image/png", "image/webp", "image/heic")
_ENDED = ("stopped", "closed", "erased")


class LetterRefused(PalpateError):
    """This cannot be added; `reason` is too_large, not_a_letter, too_many, no_consent or ended."""

    code = "P425"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def type_of(content: bytes) -> str | None:
    """The media type that the bytes themselves tell, whatever a name or a browser said; None when we do not take it."""
    found = filetype.guess_mime(content[:8192])
    return found if found in TYPES else None


def add(uow: UnitOfWork, conversation: str, content: bytes, *, letter: str, now: datetime) -> Letter:
    """Store a letter of this conversation under the id `letter`. Raises `LetterRefused`, `NotFound`.

    Where the visitor was handed off already, staff are told that there is something to look at.
    """
    if len(content) > LARGEST:
        raise LetterRefused("too_large")
    media_type = type_of(content)
    if media_type is None:
        raise LetterRefused("not_a_letter")
    with uow:
        chat = uow.conversations.get(conversation)
        if chat is None:
            raise NotFound(conversation)
        if chat.erased_at is not None or chat.phase in _ENDED:
            raise LetterRefused("ended")
        if chat.consent_at is None:
            raise LetterRefused("no_consent")
        if len(uow.letters.of(conversation)) >= MOST:
            raise LetterRefused("too_many")
        added = Letter(letter, conversation, now, media_type, len(content), content)
        uow.letters.add(added)
        handoff = uow.handoffs.by_conversation(conversation)
        reference = handoff.reference if handoff else None
        uow.audit.add(AuditEntry(now, "visitor", "letter_added", reference, conversation))
        if reference is not None:
            payload = {"reference": reference, "letter": True}
            uow.outbox.add(OutboxItem(0, f"letter:{letter}", "staff_alert", payload, now, now))
        uow.commit()
    return added


def own(uow: UnitOfWork, conversation: str) -> list[Letter]:
    """The letters of a conversation, without their content."""
    with uow:
        return uow.letters.of(conversation)


def take_back(uow: UnitOfWork, conversation: str, letter: str, *, now: datetime) -> None:
    """The visitor removes a letter of their own. Raises `NotFound`."""
    with uow:
        if letter not in [one.id for one in uow.letters.of(conversation)]:
            raise NotFound(letter)
        uow.letters.remove(letter)
        handoff = uow.handoffs.by_conversation(conversation)
        reference = handoff.reference if handoff else None
        uow.audit.add(AuditEntry(now, "visitor", "letter_removed", reference, conversation))
        uow.commit()


def read(uow: UnitOfWork, reference: str, letter: str, *, by: Actor, now: datetime) -> Letter:
    """A letter with its content, for staff; the reading is stored before anything is shown. Raises `NotFound`."""
    permissions.check(by.role, "read")
    with uow:
        handoff = uow.handoffs.by_reference(reference)
        found = uow.letters.get(letter)
        if found is None or found.conversation != handoff.conversation:
            raise NotFound(letter)
        uow.audit.add(AuditEntry(now, by.name, "read_letter", reference, handoff.conversation))
        uow.commit()
    return found
