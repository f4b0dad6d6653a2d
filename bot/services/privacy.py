"""What a visitor may ask of us, and what time asks: show it all, forget it, keep nothing longer than needed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.domain.errors import NotFound
from bot.services import alerts
from bot.services.ports import UnitOfWork
from bot.services.stored import AuditEntry, Erasure, ErasureRequest, OutboxItem


@dataclass(frozen=True, slots=True)
class Windows:
    """How long what is kept (clinical.md §H.11); the clinic's law may ask for other numbers."""

    waiting: timedelta = timedelta(minutes=30)
    abandoned: timedelta = timedelta(days=30)
    transcript: timedelta = timedelta(days=90)
    letter: timedelta = timedelta(days=90)
    handoff: timedelta = timedelta(days=3653)
    done: timedelta = timedelta(days=30)  # what was delivered, who was called back, ids of other networks
    idle_session: timedelta = timedelta(hours=12)


def windows_of(days: Mapping[str, int]) -> Windows:
    """The clinic's own windows, in days, over the defaults."""
    own = {key.removesuffix("_days"): timedelta(days=count) for key, count in days.items()}
    return replace(Windows(), **own)


def export(uow: UnitOfWork, conversation: str, *, by: str, now: datetime) -> dict[str, Any]:
    """Everything kept about this conversation, ready for JSON. Raises `NotFound`."""
    with uow:
        chat = uow.conversations.get(conversation)
        if chat is None or chat.erased_at is not None:
            raise NotFound(conversation)
        handoff = uow.handoffs.by_conversation(conversation)
        out: dict[str, Any] = {
            "conversation": {
                "id": chat.id, "channel": chat.channel, "locale": chat.locale, "phase": chat.phase,
                "created_at": _iso(chat.created_at), "consent_at": _iso(chat.consent_at), "consent_version": chat.consent_version,
                "consent_language": chat.consent_language,
            },
            "known": dict(chat.record),
            "messages": [
                {"seq": line.seq, "at": _iso(line.at), "from": line.sender, "text": line.text, **line.body}
                for line in uow.conversations.messages(conversation)
            ],
            "letters": [
                {"id": letter.id, "at": _iso(letter.at), "type": letter.media_type, "size": letter.size}
                for letter in uow.letters.of(conversation)
            ],
            "handoff": None,
        }  # fmt: skip
        if handoff is not None:
            out["handoff"] = {
                **_plain(asdict(handoff)),
                "revisions": [_plain(asdict(revision)) for revision in uow.handoffs.revisions(handoff.id)],
                "appointments": [_plain(asdict(booked)) for booked in uow.appointments.of(handoff.id)],
            }
        uow.audit.add(AuditEntry(now, by, "export", handoff.reference if handoff else None, conversation))
        uow.commit()
    return out


def forget(uow: UnitOfWork, conversation: str, *, by: str, now: datetime, after_handoff: str = "staff_review") -> str:
    """Forget a conversation: `erased`, or `staff_review` where a hand-off may have to be kept by law.

    Before a hand-off everything goes. After one the chat's log goes and staff are asked to decide on the record, unless
    `after_handoff` is `now`: then the record goes too. Proof and audit stay, without health data. Safe to repeat.
    """
    with uow:
        chat = uow.conversations.get(conversation)
        if chat is None:
            raise NotFound(conversation)
        handoff = uow.handoffs.by_conversation(conversation)
        keeps = handoff is not None and after_handoff != "now"
        if keeps and chat.erased_at is None:
            erase_chat(uow, conversation, by=by, now=now)
        elif not keeps and (chat.erased_at is None or handoff is not None):
            erase_all(uow, conversation, by=by, now=now)
        uow.commit()
    return "staff_review" if keeps else "erased"


def run_retention(
    uow: UnitOfWork, *, now: datetime, windows: Windows | None = None, dry_run: bool = False
) -> Mapping[str, int]:
    """Delete what is older than its window; how many of each kind. With `dry_run` only counts."""
    keep = windows or Windows()
    with uow:
        waiting = uow.conversations.waiting_since(now - keep.waiting)
        abandoned = uow.conversations.untouched_since(now - keep.abandoned)
        old = uow.handoffs.older_than(now - keep.handoff)
        counts = {"waiting": len(waiting), "abandoned": len(abandoned), "handoffs": len(old)}
        counts["transcripts"] = uow.handoffs.drop_transcripts(now - keep.transcript, dry_run=dry_run)
        spoken = uow.conversations.handed_off_before(now - keep.transcript)
        counts["chats"] = len(spoken)
        marked = [one for one in uow.keeping.misread() if one.at < now - keep.transcript]
        counts["misread"] = len(marked)
        counts["letters"] = uow.letters.drop_before(now - keep.letter, dry_run=dry_run)
        if not dry_run:
            for conversation in waiting:
                uow.conversations.purge_waiting(conversation)
                uow.conversations.save(conversation, now=now, phase="closed")
                _forget_tracker(uow, conversation, now)
            for conversation in abandoned:
                erase_all(uow, conversation, by="retention", now=now)
            for handoff in old:
                erase_all(uow, handoff.conversation, by="retention", now=now)
            for conversation in spoken:
                uow.conversations.drop_log(conversation)
                uow.outbox.forget(conversation)
                _forget_tracker(uow, conversation, now)
            for one in marked:
                uow.keeping.drop_misread(one.handoff, one.seq)
            uow.staff.end_idle(now - keep.idle_session)
            uow.doors.end_expired(now)
            _drop_done(uow, now - keep.done, now)
            uow.commit()
    return counts


def _drop_done(uow: UnitOfWork, before: datetime, now: datetime) -> None:
    """What was delivered, who was called, other networks' ids and codes nobody used: traces without a word of health."""
    uow.outbox.prune(before)
    uow.call_backs.drop_before(before)
    uow.conversations.drop_ids(before, now=now)


def erase_all(uow: UnitOfWork, conversation: str, *, by: str, now: datetime) -> None:
    """Delete everything about a conversation in this transaction; proof and audit stay, without health data."""
    handoff = uow.handoffs.by_conversation(conversation)
    reference = handoff.reference if handoff else None
    _erase_words(uow, conversation, "all", by, now)
    if handoff is not None:
        uow.handoffs.remove(handoff.id)
    asked = uow.doors.erasure_request(conversation)
    if asked is not None and asked.decision != "erased":
        uow.doors.decide_erasure(replace(asked, decision="erased", decided_by=by, decided_at=now))
    uow.audit.forget_details(conversation, reference)
    uow.audit.add(AuditEntry(now, by, "erased", reference, conversation))


def erase_chat(uow: UnitOfWork, conversation: str, *, by: str, now: datetime) -> None:
    """Delete the chat but not the record that was handed off, and ask staff to decide on that."""
    handoff = uow.handoffs.by_conversation(conversation)
    reference = handoff.reference if handoff else None
    _erase_words(uow, conversation, "chat", by, now)
    if handoff is not None:
        uow.doors.ask_erasure(ErasureRequest(conversation, handoff.reference, now))
        alerts.erasure_asked(uow, handoff.reference, now)
    uow.audit.add(AuditEntry(now, by, "erase_asked", reference, conversation))


def _erase_words(uow: UnitOfWork, conversation: str, what: str, by: str, now: datetime) -> None:
    uow.letters.forget(conversation)
    uow.call_backs.forget(conversation)
    uow.threads.forget(conversation)
    uow.doors.forget_searches()
    uow.conversations.erase(conversation, erasure=Erasure(conversation, now, by, what))
    uow.outbox.forget(conversation)
    _forget_tracker(uow, conversation, now)


def _forget_tracker(uow: UnitOfWork, conversation: str, now: datetime) -> None:
    """The dialogue's memory lives in another process; the outbox sees to it that it forgets too, however long it is down."""
    key = f"tracker:{conversation}:{now.timestamp():.0f}"
    uow.outbox.add(OutboxItem(0, key, "forget_tracker", {"conversation": conversation}, now, now))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    return value


def _iso(value: datetime | None) -> str | None:
    return value.isoformat() if value else None
