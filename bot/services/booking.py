"""A visit's time: proposed, confirmed, moved, given up; storage itself keeps two visits out of one room."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.domain import review
from bot.domain.errors import IllegalMove, NotFound
from bot.services import alerts, visits
from bot.services.ports import UnitOfWork
from bot.services.review import VISITOR, Actor, BadMove, check_time, counts_of, load, make_move, tidy_name
from bot.services.stored import Appointment, Handoff

STANDS = ("confirmed", "pending")
MOST_PROPOSED = 3


@dataclass(frozen=True, slots=True)
class Place:
    """When, how long, with whom and where a visit could be."""

    start: datetime
    minutes: int
    therapist: str
    room: str


def take(
    uow: UnitOfWork, reference: str, move: str, places: Sequence[Place], *, by: Actor, now: datetime
) -> list[Appointment]:
    """Give a hand-off its time, by one of three moves; all of the places or none are taken.

    `book`: claimed → booked, pending where a doctor's word is still to be seen. `reschedule`: booked → booked at another
    time. `propose`: claimed → waiting_for_patient, with up to `MOST_PROPOSED` times held until the visitor chooses one.
    Raises `IllegalMove`, `BadMove`, and `DoubleBooking` when a therapist or a room is taken; then the old time stands.
    """
    most = MOST_PROPOSED if move == "propose" else 1
    if len(places) > most == 1:
        raise BadMove("start", "one time can be booked; several can be proposed")
    if not 0 < len(places) <= most:
        raise BadMove("start", "choose 1 to {most} times", most=most)
    for place in places:
        check_time(place.start, place.minutes, now)
    with uow:
        handoff = load(uow, reference, "book", by)
        review.target(move, handoff.status)
        state = counts_of(handoff).booking
        if state is None:
            raise IllegalMove(
                "{outcome} may not be booked; legal before that: {legal}",
                outcome=handoff.outcome,
                legal=("clear", "override"),
            )
        _free(uow, handoff)  # the time this person had before makes room for the new one
        status = "proposed" if move == "propose" else state
        taken = [uow.appointments.add(_appointment(handoff, place, status, by, now)) for place in places]
        first = taken[0]
        told = {"start": first.starts_at.isoformat(), "minutes": first.minutes, "state": first.status}
        moved = make_move(uow, handoff, move, by, now, told)
        visits.news(uow, moved, first, _NEWS.get(move) or visits.by_state(state), now)
        uow.commit()
    return taken


def book(uow: UnitOfWork, reference: str, *, by: Actor, now: datetime, **place: Any) -> Appointment:
    """claimed → booked, at one `Place`."""
    return take(uow, reference, "book", [Place(**place)], by=by, now=now)[0]


def confirm(uow: UnitOfWork, reference: str, *, by: Actor, now: datetime, visit: int | None = None) -> Appointment:
    """A proposed time is firm, the others are free again: waiting_for_patient → booked.

    `visit` says which; where one is proposed it need not. Raises `IllegalMove` when none or another is.
    """
    with uow:
        firm, _ = confirm_within(uow, reference, by=by, now=now, visit=visit)
        uow.commit()
    return firm


def confirm_within(
    uow: UnitOfWork, reference: str, *, by: Actor, now: datetime, visit: int | None = None
) -> tuple[Appointment, str]:
    """`confirm` within a transaction that is under way; the visit, and the key of what the visitor hears of it."""
    handoff = _own(uow, reference, "confirm", by)
    proposed = [one for one in uow.appointments.of(handoff.id) if one.status == "proposed"]
    chosen = [one for one in proposed if visit in (None, one.id)]
    state = counts_of(handoff).booking
    if len(chosen) != 1 or state is None:
        raise IllegalMove("no time is proposed; legal: {legal}", legal=("resume", "reopen"))
    [firm] = chosen
    moved = make_move(uow, handoff, "confirm", by, now, {"start": firm.starts_at.isoformat()}, wait_until=None)
    for other in proposed:
        uow.appointments.set_status(other.id, state if other.id == firm.id else "cancelled")
    return replace(firm, status=state), visits.news(uow, moved, firm, visits.by_state(state), now)


def give_up(uow: UnitOfWork, reference: str, *, by: Actor, now: datetime) -> Handoff:
    """The time does not suit after all: waiting or booked → claimed, or new where nobody has it; the time is free again."""
    with uow:
        moved, _, _ = give_up_within(uow, reference, by=by, now=now)
        uow.commit()
    return moved


def of_conversation(uow: UnitOfWork, conversation: str) -> Appointment | None:
    """The visit that is proposed or stands for this conversation, within a transaction; None when there is none."""
    handoff = uow.handoffs.by_conversation(conversation)
    return _standing(uow, handoff, ("proposed", *STANDS, "on_hold")) if handoff else None


def give_up_within(
    uow: UnitOfWork, reference: str, *, by: Actor, now: datetime, seq: int | None = None
) -> tuple[Handoff, Appointment, str]:
    """`give_up` within a transaction that is under way; the visit that was, and the key of what the visitor hears of it.

    `seq` is the message that says it: what else it says of times is a wish for the next ones.
    """
    handoff = _own(uow, reference, "give_up", by)
    visit = _standing(uow, handoff, ("proposed", *STANDS, "on_hold"))
    if visit is None:
        raise IllegalMove("there is no visit to give up")
    detail = {"start": visit.starts_at.isoformat(), **({} if seq is None else {"seq": seq})}
    moved = make_move(uow, handoff, "give_up", by, now, detail, wait_until=None)
    what = visits.CANCELLED
    if visit.status == "proposed":
        what = visits.NOT_SUITED if by == VISITOR else visits.TAKEN_BACK
    if by == VISITOR:  # it comes in anew: somebody has to find another time
        moved = replace(moved, waiting_since=now)
        uow.handoffs.save(moved)
        alerts.about_wait(uow, what, reference, now, urgent=False, now=now)
    _free(uow, handoff)
    return moved, visit, visits.news(uow, moved, visit, what, now)


def visit_of(uow: UnitOfWork, visit: int, token: str) -> tuple[Handoff, Appointment]:
    """The visit this link opens, within a transaction. Raises `NotFound`, whatever is wrong."""
    found = uow.appointments.get(visit)
    if found is None or not found.token or not hmac.compare_digest(found.token.encode(), token.encode()):
        raise NotFound("visit")
    return uow.handoffs.by_id(found.handoff), found


def proposed_with(uow: UnitOfWork, visit: Appointment) -> list[Appointment]:
    """The times that are proposed together with this one, earliest first, within a transaction."""
    found = [one for one in uow.appointments.of(visit.handoff) if one.status == "proposed"]
    return sorted(found, key=lambda one: one.starts_at)


def _appointment(handoff: Handoff, place: Place, status: str, by: Actor, now: datetime) -> Appointment:
    who, where = tidy_name(place.therapist, "therapist"), tidy_name(place.room, "room")
    return Appointment(0, handoff.id, place.start, place.minutes, who, where, status, now, by.name, visits.new_token())


def _free(uow: UnitOfWork, handoff: Handoff) -> None:
    for old in uow.appointments.of(handoff.id):
        if old.status != "cancelled":
            uow.appointments.set_status(old.id, "cancelled")


_NEWS = {"propose": visits.PROPOSED, "reschedule": visits.MOVED}


def _own(uow: UnitOfWork, reference: str, act: str, by: Actor) -> Handoff:
    """The hand-off for staff who may, or for the visitor who came by the link of the visit."""
    if by == VISITOR:
        return uow.handoffs.by_reference(reference, lock=True)
    return load(uow, reference, act, by)


def _standing(uow: UnitOfWork, handoff: Handoff, states: tuple[str, ...]) -> Appointment | None:
    return next((one for one in reversed(uow.appointments.of(handoff.id)) if one.status in states), None)
