"""Messages that were read wrongly: marked by staff, exported without personal details, for a person to commit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain import permissions
from bot.domain.errors import NotFound
from bot.language import contact
from bot.services.ports import UnitOfWork
from bot.services.review import LONGEST_NOTE, Actor, BadMove
from bot.services.stored import AuditEntry, Json, Misread

# What a message may be said to be about: a mention kind of contract §2, a danger, or an intent.
KINDS = (
    "intent",
    "danger",
    "site",
    "quality",
    "intensity",
    "duration",
    "cause",
    "finding",
    "condition",
    "medicine",
    "other",
)
_LONGEST = 200
_NUMBERS = re.compile(r"\d[\d\s().\-/]{4,}\d")
_LINKS = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Lesson:
    """A message without personal details, and what a person says it means."""

    text: str
    kind: str
    value: str
    denied: bool
    note: str
    at: datetime


def mark(
    uow: UnitOfWork,
    reference: str,
    *,
    seq: int,
    kind: str,
    value: str,
    denied: bool,
    note: str,
    by: Actor,
    now: datetime,
) -> None:
    """Message `seq` of the visitor was read wrongly. Raises `BadMove`, `NotFound`."""
    permissions.check(by.role, "misread")
    said = " ".join(value.split())
    if kind not in KINDS:
        raise BadMove("kind", "{field} must be one of {kinds}", field="kind", kinds=tuple(KINDS))
    if not 0 < len(said) <= _LONGEST:
        raise BadMove("value", "{field} must have 1 to {most} characters", field="value", most=_LONGEST)
    with uow:
        handoff = uow.handoffs.by_reference(reference, lock=True)
        lines = uow.conversations.messages(handoff.conversation, after=seq - 1, limit=1)
        if not lines or lines[0].seq != seq or lines[0].sender != "visitor":
            raise NotFound("message")
        should_be = {"kind": kind, "value": said, "denied": denied, "note": note.strip()[:LONGEST_NOTE]}
        uow.keeping.add_misread(Misread(handoff.id, seq, now, by.name, lines[0].text, should_be))
        uow.audit.add(AuditEntry(now, by.name, "misread", reference, handoff.conversation))
        uow.commit()


def lessons(uow: UnitOfWork, *, by: Actor, now: datetime) -> list[Lesson]:
    """All that were marked, oldest first, without names, numbers and addresses; that they were read is audited."""
    permissions.check(by.role, "read_figures")
    with uow:
        marked = uow.keeping.misread()
        contacts = {one.handoff: uow.handoffs.by_id(one.handoff).contact for one in marked}
        uow.audit.add(AuditEntry(now, by.name, "read_misread"))
        uow.commit()
    return [_lesson(one, contacts[one.handoff]) for one in marked]


def without_personal(text: str, known: Json) -> str:
    """The text with the person's own name, e-mail addresses, telephone and other long numbers, and links taken out."""
    for mention in sorted(contact.read(text, asked="contact"), key=lambda one: -one.start):
        text = text[: mention.start] + "[contact]" + text[mention.end :]
    text = _NUMBERS.sub("[number]", _LINKS.sub("[link]", text))
    for word in re.findall(r"[^\W\d_]{2,}", str(known.get("name") or "")):
        text = re.sub(rf"\b{re.escape(word)}\b", "[name]", text, flags=re.IGNORECASE)
    return text


def as_cases(found: Sequence[Lesson]) -> list[dict[str, Any]]:
    """Cases as tests/cases/language holds them: a text and what has to be read in it."""
    cases = []
    for one in found:
        if one.kind not in ("intent", "other"):
            want: dict[str, Any] = {"kind": one.kind, "value": one.value}
            cases.append(
                {
                    "text": one.text,
                    "expect": {**want, **({"negated": True} if one.denied else {})},
                    "why": one.note or "misread",
                }
            )
    return cases


def as_training(found: Sequence[Lesson]) -> Mapping[str, list[str]]:
    """Intent → sentences, for data/nlu."""
    out: dict[str, list[str]] = {}
    for one in found:
        if one.kind == "intent":
            out.setdefault(one.value, []).append(" ".join(one.text.split()))
    return out


def _lesson(one: Misread, known: Json) -> Lesson:
    meant = one.should_be
    clean = without_personal(one.text, known)
    note = without_personal(str(meant.get("note") or ""), known)
    return Lesson(clean, str(meant["kind"]), str(meant["value"]), bool(meant.get("denied")), note, one.at)
