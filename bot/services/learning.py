"""Messages that were read wrongly: marked by staff, exported without personal details, for a person to commit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from bot.domain import permissions
from bot.domain.errors import NotFound
from bot.domain.flags import RED_FLAGS
from bot.domain.sites import SITES
from bot.language import contact
from bot.services.ports import UnitOfWork
from bot.services.review import LONGEST_NOTE, Actor, BadMove
from bot.services.stored import AuditEntry, Handoff, Json, Misread

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
# What the cases stand under in a file of many topics.
TOPIC = "misread at the desk"
_SCORE = re.compile(r"10|\d")
_NUMBERS = re.compile(r"\d[\d\s().\-/]{4,}\d")
_LINKS = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Lesson:
    """A message without personal details, and what a person says it means; `locale` is the conversation's language."""

    text: str
    kind: str
    value: str
    denied: bool
    note: str
    at: datetime
    locale: str = "en"


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
    """Message `seq` of the visitor was read wrongly. Raises `BadMove`, `NotFound`.

    `value` is what the mention should have been: a site with its side ("left knee"), a danger's id, 0 to 10 or a range for
    an intensity, a number of days for a duration, else the word that the vocabulary has for it.
    """
    permissions.check(by.role, "misread")
    said = " ".join(value.split())
    if kind not in KINDS:
        raise BadMove("kind", "{field} must be one of {kinds}", field="kind", kinds=tuple(KINDS))
    if not 0 < len(said) <= _LONGEST:
        raise BadMove("value", "{field} must have 1 to {most} characters", field="value", most=_LONGEST)
    meaning(kind, said)
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
        about = {one.handoff: uow.handoffs.by_id(one.handoff) for one in marked}
        uow.audit.add(AuditEntry(now, by.name, "read_misread"))
        uow.commit()
    return [_lesson(one, about[one.handoff]) for one in marked]


def without_personal(text: str, known: Json) -> str:
    """The text with the person's own name, e-mail addresses, telephone and other long numbers, and links taken out."""
    for mention in sorted(contact.read(text, asked="contact"), key=lambda one: -one.start):
        text = text[: mention.start] + "[contact]" + text[mention.end :]
    text = _NUMBERS.sub("[number]", _LINKS.sub("[link]", text))
    for word in re.findall(r"[^\W\d_]{2,}", str(known.get("name") or "")):
        text = re.sub(rf"\b{re.escape(word)}\b", "[name]", text, flags=re.IGNORECASE)
    return text


def meaning(kind: str, value: str) -> dict[str, Any]:
    """What a mention of this kind and value has to be, in the words of a case. Raises `BadMove` where nothing has it."""
    if kind == "site":
        return {"kind": kind, **_site(value)}
    if kind == "danger":
        flag = value.upper()
        if flag not in RED_FLAGS:
            near = get_close_matches(flag, RED_FLAGS, 1, 0)
            raise BadMove("value", "a danger is named by its id, such as {near}", near=near[0])
        return {"flag": flag}
    if kind == "intensity":
        low, _, high = value.partition("-")
        if not all(_SCORE.fullmatch(part.strip()) for part in (low, high or low)):
            raise BadMove("value", "an intensity is 0 to 10, or a range such as 5-6")
        return {"kind": kind, "lo": int(low), "hi": int(high or low)}
    if kind == "duration":
        if not re.fullmatch(r"\d{1,5}", value):
            raise BadMove("value", "a duration is a number of days")
        return {"kind": kind, "days_lo": int(value), "days_hi": int(value)}
    return {"kind": kind, "value": value if value.startswith("CI-") else value.casefold().replace(" ", "_")}


def _site(value: str) -> dict[str, Any]:
    words = value.casefold().replace("_", " ")
    side, _, rest = words.partition(" ")
    place, sided = (rest, {"side": side}) if side in ("left", "right", "both") else (words, {})
    for key, (label, _pair) in SITES.items():
        if place in (key.replace("_", " "), label.casefold()):
            return {"value": key, **sided}
    near = get_close_matches(place, [label for label, _ in SITES.values()], 1, 0)
    raise BadMove("value", "a site is a word such as {near}, with left, right or both before it", near=near[0])


def as_cases(found: Sequence[Lesson], language: str) -> Mapping[str, list[dict[str, Any]]]:
    """The shape of tests/cases/language/reading.yml: topic → cases, each a text and what is read in it."""
    cases = []
    for one in found:
        if one.kind not in ("intent", "danger", "other") and one.locale == language:
            wanted = {**_told(one), **({"negated": True} if one.denied else {})}
            why = {"why": one.note} if one.note else {}
            cases.append({"text": _one_line(one.text), "reads": [wanted], **why})
    return {TOPIC: cases} if cases else {}


def as_dangers(found: Sequence[Lesson], language: str) -> Mapping[str, Mapping[str, list[str]]]:
    """The shape of tests/cases/language/danger.yml: flag → what tells it (`flagged`), and what only sounds like it."""
    out: dict[str, dict[str, list[str]]] = {}
    for one in found:
        if one.kind == "danger" and one.locale == language:
            said = out.setdefault(one.value.upper(), {"flagged": [], "quiet": []})
            said["quiet" if one.denied else "flagged"].append(_one_line(one.text))
    return out


def _told(one: Lesson) -> dict[str, Any]:
    """As it was marked; what an earlier version let through stays as it was typed."""
    try:
        return meaning(one.kind, one.value)
    except BadMove:
        return {"kind": one.kind, "value": one.value}


def _one_line(text: str) -> str:
    return " ".join(text.split())


def as_training(found: Sequence[Lesson]) -> Mapping[str, list[str]]:
    """Intent → sentences, for data/nlu."""
    out: dict[str, list[str]] = {}
    for one in found:
        if one.kind == "intent":
            out.setdefault(one.value, []).append(_one_line(one.text))
    return out


def _lesson(one: Misread, handoff: Handoff) -> Lesson:
    meant = one.should_be
    clean = without_personal(one.text, handoff.contact)
    note = without_personal(str(meant.get("note") or ""), handoff.contact)
    language = handoff.locale.partition("-")[0]
    return Lesson(clean, str(meant["kind"]), str(meant["value"]), bool(meant.get("denied")), note, one.at, language)
