"""Queues alerts for staff in the transaction of what they tell of: what happened and where to look, nothing of health."""

from __future__ import annotations

from datetime import datetime

from bot.services.ports import UnitOfWork
from bot.services.stored import OutboxItem

KIND = "staff_alert"


def about_handoff(uow: UnitOfWork, reference: str, revision: int, *, urgent: bool, now: datetime) -> None:
    """A hand-off came in, or came back with new danger; once for each revision."""
    payload = {"reference": reference, "revision": revision, "urgent": urgent}
    uow.outbox.add(OutboxItem(0, f"alert:{reference}:{revision}", KIND, payload, now, now))


def about_wait(uow: UnitOfWork, event: str, reference: str, since: datetime, *, urgent: bool, now: datetime) -> None:
    """A hand-off waited too long (`escalated`), or as long as was wanted (`reminder`); once for each beginning."""
    payload = {"reference": reference, "event": event, "urgent": urgent}
    key = f"{event}:{reference}:{since.timestamp():.0f}"
    uow.outbox.add(OutboxItem(0, key, KIND, payload, now, now))


def erasure_asked(uow: UnitOfWork, reference: str, now: datetime) -> None:
    """A visitor wants to be forgotten after a hand-off, and staff have to decide."""
    payload = {"reference": reference, "event": "erasure"}
    uow.outbox.add(OutboxItem(0, f"erasure:{reference}", KIND, payload, now, now))


def call_back(uow: UnitOfWork, conversation: str, now: datetime) -> None:
    """Somebody wants to be called back."""
    uow.outbox.add(
        OutboxItem(0, f"call_back:{conversation}:{now.timestamp():.0f}", KIND, {"event": "call_back"}, now, now)
    )


def person_asked(uow: UnitOfWork, conversation: str, reference: str, now: datetime) -> None:
    """A visitor wants to talk to a person, in the chat; once for each time they ask anew."""
    payload = {"reference": reference, "event": "person"}
    uow.outbox.add(OutboxItem(0, f"person:{conversation}:{now.timestamp():.6f}", KIND, payload, now, now))


def undelivered(uow: UnitOfWork, item: OutboxItem, now: datetime) -> None:
    """Something that should have left the house was given up."""
    uow.outbox.add(OutboxItem(0, f"undelivered:{item.key}"[:96], KIND, {"event": "undelivered"}, now, now))
