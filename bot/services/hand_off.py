"""The hand-off: the whole result of an interview goes to staff in one transaction, once, and again when danger grows."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.domain import review
from bot.domain.errors import StorageUnavailable
from bot.domain.proof import with_proof
from bot.domain.review import Answer
from bot.services import alerts, visits
from bot.services.ports import AlreadyThere, UnitOfWork
from bot.services.search import terms_of
from bot.services.stored import AuditEntry, Conversation, Handoff, Json, Revision

# No letter or digit that can be taken for another when read out on the telephone.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_TRIES = 8


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the visitor is told. `created` is True when this call stored something."""

    reference: str
    revision: int
    created: bool


def new_reference() -> str:
    """A reference that people can read out: PLP-7K3F-9Q."""
    word = "".join(secrets.choice(ALPHABET) for _ in range(6))
    return f"PLP-{word[:4]}-{word[4:]}"


def hand_off(
    uow: UnitOfWork,
    *,
    conversation: str,
    record: Mapping[str, Any],
    result: Mapping[str, Any],
    consent: Mapping[str, Any],
    said: Mapping[str, Any],
    now: datetime,
    new_reference: Callable[[], str] = new_reference,
    spoken_in: str | None = None,
) -> Receipt:
    """Store the hand-off of this conversation; the same call again gives the first receipt.

    `spoken_in` names another conversation whose transcript it is. A more cautious result, or new danger of the same caution, makes a further revision of the same reference. `record`
    and `result` are the JSON of contract §3; `record["facts"]` may hold the other answers (contact, preferred times …).
    Raises `StorageUnavailable` when nothing was stored.
    """
    with uow:
        chat = _conversation(uow, conversation, consent, now)
        draft = _revision(uow, spoken_in or conversation, record, result, consent, said, now)
        for _ in range(_TRIES):
            current = uow.handoffs.by_conversation(conversation)
            if current is not None:
                receipt = _again(uow, current, draft)
                uow.commit()
                return receipt
            try:
                stored = uow.handoffs.add(_first(chat, draft, new_reference()), draft, terms=terms_of(record))
            except AlreadyThere:
                continue  # somebody else handed off this conversation, or the reference is in use: look again
            _tell(uow, stored, "handed_off", now)
            uow.commit()
            return Receipt(stored.reference, 1, created=True)
    raise StorageUnavailable("no free reference")


def amend(
    uow: UnitOfWork,
    *,
    conversation: str,
    record: Mapping[str, Any],
    consent: Mapping[str, Any],
    said: Mapping[str, Any],
    now: datetime,
    cause: str = "answers",
    spoken_in: str | None = None,
) -> Receipt | None:
    """Add what a visitor answered after the hand-off as a further revision, which moves nothing and alerts nobody.

    Such answers never change a result, so the last one stands, with what staff have cleared. None without a hand-off.
    """
    with uow:
        current = uow.handoffs.by_conversation(conversation)
        if current is None:
            return None
        last = uow.handoffs.revisions(current.id)[-1]
        told = {**record, "cleared": last.record.get("cleared") or []}
        number = current.revision + 1
        revision = replace(
            _revision(uow, spoken_in or conversation, told, last.result, consent, said, now),
            handoff=current.id,
            number=number,
            cause=cause,
            result=last.result,
        )
        contact = (record.get("facts") or {}).get("contact") or current.contact
        uow.handoffs.revise(
            replace(current, revision=number, changed_at=now, contact=contact),
            revision,
            terms=terms_of(record, current.labels),
        )
        uow.audit.add(AuditEntry(now, "visitor", f"{cause}_added", current.reference, conversation))
        uow.commit()
        return Receipt(current.reference, number, created=True)


def answer_of(result: Mapping[str, Any]) -> Answer:
    """The answer in a result of contract §3."""
    return Answer(str(result["outcome"]), result.get("urgency"), bool(result.get("provisional")))


def _conversation(uow: UnitOfWork, conversation: str, consent: Json, now: datetime) -> Conversation:
    """The conversation's row; the development shell hands off conversations that the edge never saw."""
    if uow.conversations.get(conversation) is None:
        uow.conversations.add(
            Conversation(conversation, b"", "shell", str(consent.get("language") or "en"), "interview", now, now)
        )
    if consent.get("privacy"):
        version, language = str(consent.get("version") or ""), str(consent.get("language") or "") or None
        uow.conversations.give_consent(conversation, version=version, now=now, language=language)
    found = uow.conversations.get(conversation)
    if found is None or found.erased_at is not None:
        raise StorageUnavailable("the conversation was erased")  # a late turn must not bring back what was forgotten
    return found


def _revision(
    uow: UnitOfWork, conversation: str, record: Json, result: Json, consent: Json, said: Json, now: datetime
) -> Revision:
    transcript = tuple(
        {
            "seq": message.seq,
            "at": message.at.isoformat(),
            "from": message.sender,
            "text": message.text,
            "id": message.id,
        }
        for message in uow.conversations.messages(conversation)
    )
    version = str(result.get("rules_version") or "")
    proven = with_proof(result, said)
    return Revision(0, 1, now, "interview", version, dict(record), proven, dict(consent), dict(said), transcript)


def _first(chat: Conversation, draft: Revision, reference: str) -> Handoff:
    answer = answer_of(draft.result)
    return Handoff(
        id=0,
        reference=reference,
        conversation=chat.id,
        revision=1,
        status=review.NEW,
        outcome=answer.outcome,
        urgency=answer.urgency,
        provisional=answer.provisional,
        rank=answer.rank,
        rules_version=draft.rules_version,
        channel=chat.channel,
        locale=chat.locale,
        created_at=draft.at,
        changed_at=draft.at,
        waiting_since=draft.at,
        contact=(draft.record.get("facts") or {}).get("contact") or {},
        age=draft.record.get("age"),
    )


def _again(uow: UnitOfWork, current: Handoff, draft: Revision) -> Receipt:
    """The conversation was handed off before: the first receipt, unless there is more danger now."""
    last = uow.handoffs.revisions(current.id)[-1]
    if not _graver(last.result, draft.result):
        return Receipt(current.reference, current.revision, created=False)
    revision = replace(draft, handoff=current.id, number=current.revision + 1, cause="danger")
    rules, counts = answer_of(draft.result), Answer(current.outcome, current.urgency, current.provisional)
    keep = current.overridden and counts.rank > rules.rank
    answer = counts if keep else rules
    revised = replace(
        current,
        revision=revision.number,
        status=review.target("danger", current.status),
        outcome=answer.outcome,
        urgency=answer.urgency,
        provisional=answer.provisional,
        rank=answer.rank,
        overridden=keep,
        rules_version=revision.rules_version,
        changed_at=draft.at,
        waiting_since=draft.at,
        first_look_at=None,
        contact=(draft.record.get("facts") or {}).get("contact") or current.contact,
        claimed_by=None,
        wait_until=None,
        age=draft.record.get("age"),
    )
    uow.handoffs.revise(revised, revision, terms=terms_of(draft.record, revised.labels))
    for appointment in uow.appointments.of(current.id):
        if appointment.status in ("confirmed", "pending"):
            uow.appointments.set_status(appointment.id, "on_hold")
    visits.take_back(uow, revised, draft.at, tell=False)
    _tell(uow, revised, "danger", draft.at, was=current.status)
    return Receipt(revised.reference, revised.revision, created=True)


def _graver(before: Json, after: Json) -> bool:
    """True when the result is more cautious, or as grave with a danger that was not known."""
    old, new = answer_of(before).rank, answer_of(after).rank
    if new != old:
        return new > old
    known = {reason["rule"] for reason in before.get("reasons") or ()}
    return new >= review.URGENT_FROM and any(reason["rule"] not in known for reason in after.get("reasons") or ())


def _tell(uow: UnitOfWork, handoff: Handoff, action: str, now: datetime, was: str | None = None) -> None:
    """Audit entry and staff alert, in the same transaction as the hand-off itself; neither holds health text."""
    uow.audit.add(AuditEntry(now, "visitor", action, handoff.reference, handoff.conversation, was, handoff.status))
    urgent = handoff.rank >= review.URGENT_FROM
    alerts.about_handoff(uow, handoff.reference, handoff.revision, urgent=urgent, now=now)
