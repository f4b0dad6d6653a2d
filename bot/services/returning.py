"""Coming back: a code shown with the reference opens a new conversation that may know the last one, once and only after consent."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from bot.domain.errors import NotFound
from bot.services.hand_off import ALPHABET, Receipt, amend, hand_off
from bot.services.ports import UnitOfWork
from bot.services.stored import AuditEntry, Json, ResumeCode

VISIT, DAY = "visit", "day"  # a further visit; the check on the day of a visit that is booked
GOOD_FOR = {VISIT: timedelta(days=180), DAY: timedelta(days=7)}
_LENGTH = 12  # letters of an alphabet of 30: 58 bits, with few tries a minute
_DASHES = "-‐‑–—"  # phones make others of what is typed
_TYPED = re.compile(rf"[\W_]*((?:[{ALPHABET}]{{4}}[{_DASHES} ]?){{2}}[{ALPHABET}]{{4}})[\W_]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Earlier:
    """What is known from last time: the record of contract §3 with its `facts`, and how many days ago that was."""

    conversation: str
    reference: str
    record: Json
    days: int


def new_code() -> str:
    """A code that people can type from a letter: ABCD-EFGH-JKLM."""
    word = "".join(secrets.choice(ALPHABET) for _ in range(_LENGTH))
    return "-".join(word[at : at + 4] for at in range(0, _LENGTH, 4))


def digest(code: str) -> bytes:
    """What is stored of a code; however it was typed, in small letters or without the dashes."""
    tidy = "".join(letter for letter in code.upper() if letter in ALPHABET)
    return sha256(f"returning:{tidy}".encode()).digest()


def code_for(
    uow: UnitOfWork, conversation: str, *, purpose: str = VISIT, now: datetime, new_code: Callable[[], str] = new_code
) -> str:
    """A new code to come back with; an older one of the same purpose ends. Only its digest is stored."""
    code = new_code()
    with uow:
        uow.conversations.add_code(ResumeCode(digest(code), conversation, purpose, now, now + GOOD_FOR[purpose]))
        uow.audit.add(AuditEntry(now, "system", "return_code_made", conversation=conversation))
        uow.commit()
    return code


def day_of_visit_code(uow: UnitOfWork, reference: str, *, now: datetime) -> str:
    """The code for the check on the day of the visit, to be sent with the reminder. Raises `NotFound`."""
    with uow:
        conversation = uow.handoffs.by_reference(reference).conversation
    return code_for(uow, conversation, purpose=DAY, now=now)


def spend(uow: UnitOfWork, code: str, *, now: datetime) -> tuple[str, str]:
    """(conversation of last time, purpose) of a code, which is gone with that. Raises `NotFound`."""
    with uow:
        found = use(uow, code, now=now)
        uow.commit()
    if found is None:
        raise NotFound("code")
    return found


def use(uow: UnitOfWork, code: str, *, now: datetime) -> tuple[str, str] | None:
    """The same within a transaction that is under way; None for a code that is unknown, used or too old."""
    hashed = digest(code)
    for purpose in (VISIT, DAY):
        found = uow.conversations.use_code(hashed, now=now, purposes=(purpose,))
        if found is not None:
            uow.audit.add(AuditEntry(now, "visitor", "return_code_used", conversation=found))
            return found, purpose
    return None


def typed(text: str) -> str | None:
    """The code, when a text is nothing but what may be one; words can look like it ("back-neck-head")."""
    found = _TYPED.fullmatch(text)
    return found[1] if found and any(map(str.isalpha, found[1])) else None


def is_meant(code: str) -> bool:
    """True for what nobody writes but as a code: with a digit, and in three groups."""
    return any(map(str.isdigit, code)) and any(mark in code for mark in _DASHES)


def last_time(uow: UnitOfWork, conversation: str, *, now: datetime) -> Earlier | None:
    """What was handed off last time; None when it is gone. Ask only once the visitor has consented anew."""
    with uow:
        handoff = uow.handoffs.by_conversation(conversation)
        if handoff is None:
            return None
        newest = uow.handoffs.newest_revisions([handoff.id])[handoff.id]
    return Earlier(conversation, handoff.reference, newest.record, max(0, (now - handoff.created_at).days))


def rescreen(
    uow: UnitOfWork,
    earlier: str,
    *,
    spoken_in: str,
    record: Json,
    result: Json,
    consent: Json,
    said: Json,
    now: datetime,
) -> Receipt | None:
    """Add the answers of the day of the visit to the hand-off it is about; what is graver counts as new danger.

    `earlier` is the conversation that was handed off, `spoken_in` the one of today. None when the hand-off is gone.
    """
    with uow:
        if uow.handoffs.by_conversation(earlier) is None:
            return None
    told: dict[str, Any] = {"conversation": earlier, "record": record, "consent": consent, "said": said, "now": now}
    receipt = hand_off(uow, result=result, spoken_in=spoken_in, **told)
    return receipt if receipt.created else amend(uow, cause="day_of_visit", spoken_in=spoken_in, **told)
