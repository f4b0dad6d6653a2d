"""The times the booking form offers: free in the clinic's hours, those the visitor wished for first, however they said it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.domain import review as states
from bot.domain import slots, wished_times
from bot.domain.wish import Wish
from bot.language import wishes
from bot.services.review import Detail
from bot.services.stored import Json, Message
from bot.web.desk import tongue
from bot.web.desk.context import DeskContext


@dataclass(frozen=True, slots=True)
class Wished:
    """What a visitor said of when they could come: for people to read, and as intervals and wishes to hold times against."""

    words: str
    spans: list[tuple[datetime, datetime]]
    wishes: tuple[Wish, ...]


def service_of(context: DeskContext, detail: Detail) -> int:
    """The service that goes with the result, or the one of the visit there is."""
    services = context.settings.clinic.services
    held = next((one for one in reversed(detail.appointments) if one.status != "cancelled"), None)
    same = [at for at, one in enumerate(services) if held is not None and one.minutes == held.minutes]
    return same[0] if same else slots.proposed(services, detail.handoff.outcome, first_visit=held is None)


def wished(context: DeskContext, detail: Detail) -> Wished:
    """The wishes of the interview, and what was said of other times when those that were offered did not suit."""
    zone = context.settings.clinic.zone
    told = _times_in(detail.revision.record)
    said_at = next(one.at for one in detail.revisions if _times_in(one.record) == told)
    found = [wish for text in slots.in_words(told) for wish in wishes.read(text, said_at.astimezone(zone).date())]
    later: list[str] = []
    for line in _since_declined(detail):
        read = wishes.read(line.text, line.at.astimezone(zone).date())
        later += [f"“{line.text}”"] if read else []
        found += read
    words = "; ".join(part for part in (wished_times.say(told, tongue.language()), *later) if part)
    return Wished(words, slots.wished_spans(told), tuple(found))


def times(context: DeskContext, detail: Detail, service: int) -> list[slots.Slot]:
    """Free times of a service that fit; none where nothing is to be booked."""
    clinic, now = context.settings.clinic, context.clock()
    if detail.handoff.status not in (states.CLAIMED, states.BOOKED) or service >= len(clinic.services):
        return []
    wanted, wish = clinic.services[service], wished(context, detail)
    ahead = slots.days_ahead(wish.wishes, now.astimezone(clinic.zone).date())
    with context.uow.reading() as uow:
        booked = uow.appointments.between(now, now + timedelta(days=ahead + 1))
    taken = [
        slots.Taken(one.starts_at, one.starts_at + timedelta(minutes=one.minutes), one.therapist, one.room)
        for one in booked
    ]
    return slots.free(
        clinic.opening, clinic.zone, taken=taken, rooms=wanted.rooms or clinic.rooms,
        therapists=wanted.therapists or clinic.therapists, minutes=wanted.minutes, buffer=wanted.buffer,
        after=now + timedelta(hours=1), wished=wish.spans, wishes=wish.wishes,
    )  # fmt: skip


def _times_in(record: Json) -> Any:
    return (record.get("facts") or {}).get("preferred_times")


def _since_declined(detail: Detail) -> list[Message]:
    """What the visitor has written from the answer on that sent back the times they were offered; nothing when a time stands."""
    places = [
        entry.detail["seq"] for entry in detail.history if entry.action == "give_up" and "seq" in (entry.detail or {})
    ]
    if not places or detail.handoff.status != states.CLAIMED:
        return []
    return [line for line in detail.messages if line.sender == "visitor" and line.seq >= places[-1]]
