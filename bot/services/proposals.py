"""The times staff have proposed, as a question of the conversation: asked with the news of them, open until they are answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Any

from bot.domain import review, wished_times
from bot.domain.speech import say
from bot.services.ports import UnitOfWork
from bot.services.stored import Appointment, Handoff

FIELD = "visit_time"
NONE = "none"
SUITS, DOES_NOT, NONE_OF_THEM = "Yes, that suits me", "No, another time please", "None of these times"
WHY = "So that this time is kept for you and nobody else."
_BEFORE = "question_before"  # in the state: what was open when the times came
# What may not be put aside for an appointment.
_GRAVER = ("RF-", "CI-", "emergency_gate")


def question(proposed: Sequence[Appointment], zone: tzinfo, locale: str) -> dict[str, Any]:
    """The question of contract §4: the value of a choice is the visit's id, or `NONE`."""
    one = len(proposed) == 1
    choices = [
        {
            "value": str(visit.id),
            "label": say(locale, SUITS) if one else wished_times.moment(visit.starts_at.astimezone(zone), locale),
        }
        for visit in proposed
    ]
    choices.append({"value": NONE, "label": say(locale, DOES_NOT if one else NONE_OF_THEM)})
    return {"field": FIELD, "kind": "choice", "choices": choices, "skippable": False, "why": say(locale, WHY)}


def standing(uow: UnitOfWork, conversation: str) -> tuple[Handoff, list[Appointment]] | None:
    """The hand-off that waits for the visitor's choice, and the times they can choose from, earliest first."""
    handoff = uow.handoffs.by_conversation(conversation)
    if handoff is None or handoff.status != review.WAITING_FOR_PATIENT:
        return None
    proposed = [one for one in uow.appointments.of(handoff.id) if one.status == "proposed"]
    return (handoff, sorted(proposed, key=lambda one: one.starts_at)) if proposed else None


def is_open(state: Mapping[str, Any]) -> bool:
    """True while the conversation asks for it."""
    return bool((state.get("question") or {}).get("field") == FIELD)


def may_ask(state: Mapping[str, Any]) -> bool:
    """False while a sign of danger is asked about: that comes first."""
    return not str((state.get("question") or {}).get("field") or "").startswith(_GRAVER)


def opened(state: Mapping[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    """The state with the question; what was open before comes back behind it."""
    before = state.get(_BEFORE) if is_open(state) else state.get("question")
    return {**state, "question": asked, _BEFORE: before}


def closed(state: Mapping[str, Any]) -> dict[str, Any]:
    """The state without it."""
    rest = {key: value for key, value in state.items() if key != _BEFORE}
    return {**rest, "question": state.get(_BEFORE)} if is_open(state) else rest
