"""Staff who propose times for the visit of a conversation, for the tests in which a visitor answers them where they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain import record, triage
from bot.services import booking, hand_off, review
from bot.services.review import Actor
from bot.services.stored import Appointment, Handoff

ANA = Actor("Ana", "reviewer")
RECORD: dict[str, Any] = {
    "age": 46, "sex": "F", "sites": [{"site": "low_back", "side": None}], "duration_days": 20, "onset": "overuse", "nrs": 5,
    "complaint": "pain", "function_limited": True, "rf": [], "rf_unknown": [], "ci": [], "bp": None, "doctor": "none",
    "cleared": [], "cleared_claimed": [], "extra": [],
}  # fmt: skip


def days_ahead(context: Any, *days: int) -> list[datetime]:
    """Noon in the clinic so many days from now."""
    noon = context.clock().astimezone(context.settings.clinic.zone).replace(hour=12, minute=0, second=0, microsecond=0)
    return [(noon + timedelta(days=day)).astimezone(UTC) for day in days]


def handed_off(context: Any, conversation: str) -> str:
    """The conversation's interview is over and staff have it; its reference."""
    result = triage.result_to_json(triage.classify(record.from_json(RECORD)))
    consent = {"privacy": True, "share": False, "version": "1", "language": "en"}
    receipt = hand_off.hand_off(
        context.uow(), conversation=conversation, record=RECORD, result=result, consent=consent, said={}, now=context.clock()
    )  # fmt: skip
    with context.uow() as uow:
        state = {"phase": "handed_off", "field": None, "question": None, "handoff": receipt.reference}
        uow.conversations.save(conversation, now=context.clock(), phase="handed_off", state=state)
        uow.commit()
    return receipt.reference


def propose(context: Any, reference: str, starts: Sequence[datetime]) -> list[Appointment]:
    """Ana proposes these times, an hour each."""
    with context.uow.reading() as uow:
        new = uow.handoffs.by_reference(reference).status == "new"
    if new:
        review.claim(context.uow(), reference, by=ANA, now=context.clock())
    places = [booking.Place(start, 60, "Kim", "Room 1") for start in starts]
    return booking.take(context.uow(), reference, "propose", places, by=ANA, now=context.clock())


def stands(context: Any, reference: str) -> tuple[Handoff, list[str]]:
    """The hand-off, and the states of its visits in the order they were made."""
    with context.uow.reading() as uow:
        handoff = uow.handoffs.by_reference(reference)
        return handoff, [one.status for one in uow.appointments.of(handoff.id)]
