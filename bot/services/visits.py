"""What a visitor hears of their visit: queued in the transaction that booked, moved or cancelled it, said once each."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from bot.services.ports import UnitOfWork
from bot.services.stored import Appointment, Handoff, OutboxItem

KIND = "visit_news"
BOOKED, PENDING, PROPOSED, MOVED, CANCELLED = "booked", "pending", "proposed", "moved", "cancelled"
NOT_SUITED = "not_suited"  # none of the times that were proposed
TAKEN_BACK = "taken_back"  # staff do not wait for an answer to them any more
REMINDER, TODAY = "reminder", "today"
# How long before the visit: the reminder, and the question whether anything has changed.
AHEAD = {REMINDER: timedelta(hours=24), TODAY: timedelta(hours=5)}


def new_token() -> str:
    """What opens the page of one visit; only who has the link can."""
    return secrets.token_urlsafe(24)


def by_state(state: str) -> str:
    """What is told of a visit that stands."""
    return PENDING if state == "pending" else BOOKED


def news(uow: UnitOfWork, handoff: Handoff, visit: Appointment, what: str, now: datetime) -> str:
    """Tell the visitor; where the visit will take place, remind them too. No word of it is in the queue.

    The key of what is told: whoever says it at once, in the conversation, says it under this key and it is not said twice.
    """
    key = _queue(uow, handoff, visit, what, now, now)
    if what in (BOOKED, PENDING, MOVED):
        for reminder, ahead in AHEAD.items():
            if visit.starts_at - ahead > now:
                _queue(uow, handoff, visit, reminder, now, visit.starts_at - ahead)
    return key


def take_back(uow: UnitOfWork, handoff: Handoff, now: datetime, *, tell: bool = True) -> None:
    """What was proposed is free again: nobody waits for the visitor's choice any more, and they hear it."""
    proposed = [one for one in uow.appointments.of(handoff.id) if one.status == "proposed"]
    for one in proposed:
        uow.appointments.set_status(one.id, "cancelled")
    if proposed and tell:
        news(uow, handoff, proposed[0], TAKEN_BACK, now)


def _queue(uow: UnitOfWork, handoff: Handoff, visit: Appointment, what: str, now: datetime, due: datetime) -> str:
    starts = visit.starts_at.isoformat()
    key = f"visit:{visit.id}:{what}:{visit.starts_at.timestamp():.0f}"
    payload = {"appointment": visit.id, "what": what, "starts_at": starts}
    item = OutboxItem(0, key, KIND, payload, now, due, conversation=handoff.conversation)
    uow.outbox.add(item)
    return key
