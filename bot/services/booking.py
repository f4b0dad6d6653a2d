"""A visit's time: proposed, confirmed, moved, given up; storage itself keeps two visits out of one room."""

from __future__ import annotations

import hmac
from dataclasses import replace
from datetime import datetime

from bot.domain import review
from bot.domain.errors import IllegalMove, NotFound
from bot.services import visits
from bot.services.ports import UnitOfWork
from bot.services.review import VISITOR, Actor, check_time, counts_of, load, make_move, tidy_name
from bot.services.stored import Appointment, Handoff

STANDS = ("confirmed", "pending")


def book(
    uow: UnitOfWork,
    reference: str,
    *,
    start: datetime,
    minutes: int,
    therapist: str,
    room: str,
    by: Actor,
    now: datetime,
) -> Appointment:
    """claimed → booked. Pending where a doctor's word is still to be seen; refused where nothing may be booked.

    Raises `IllegalMove`, `BadMove`, and `DoubleBooking` when the therapist or the room is taken.
    """
    return _take(uow, reference, "book", start, minutes, therapist, room, by, now)


def propose(
    uow: UnitOfWork,
    reference: str,
    *,
    start: datetime,
    minutes: int,
    therapist: str,
    room: str,
    by: Actor,
    now: datetime,
) -> Appointment:
    """claimed → waiting_for_patient, with the time held until the visitor says yes or no. Raises as `book`."""
    return _take(uow, reference, "propose", start, minutes, therapist, room, by, now)


def reschedule(
    uow: UnitOfWork,
    reference: str,
    *,
    start: datetime,
    minutes: int,
    therapist: str,
    room: str,
    by: Actor,
    now: datetime,
) -> Appointment:
    """booked → booked, at another time. Raises as `book`; then the old time still stands."""
    return _take(uow, reference, "reschedule", start, minutes, therapist, room, by, now)


def confirm(uow: UnitOfWork, reference: str, *, by: Actor, now: datetime) -> Handoff:
    """A proposed time is firm: waiting_for_patient → booked. Raises `IllegalMove` when none is proposed."""
    with uow:
        handoff = _own(uow, reference, "confirm", by)
        visit = _standing(uow, handoff, ("proposed",))
        state = counts_of(handoff).booking
        if visit is None or state is None:
            raise IllegalMove("no time is proposed; legal: {legal}", legal=("resume", "reopen"))
        moved = make_move(uow, handoff, "confirm", by, now, {"start": visit.starts_at.isoformat()}, wait_until=None)
        uow.appointments.set_status(visit.id, state)
        visits.news(uow, moved, visit, visits.BOOKED if state == "confirmed" else visits.PENDING, now)
        uow.commit()
    return moved


def give_up(uow: UnitOfWork, reference: str, *, by: Actor, now: datetime) -> Handoff:
    """The time does not suit after all: waiting or booked → claimed, or new where nobody has it; the time is free again."""
    with uow:
        handoff = _own(uow, reference, "give_up", by)
        visit = _standing(uow, handoff, ("proposed", *STANDS, "on_hold"))
        if visit is None:
            raise IllegalMove("there is no visit to give up")
        moved = make_move(uow, handoff, "give_up", by, now, {"start": visit.starts_at.isoformat()}, wait_until=None)
        if by == VISITOR:  # it comes in anew: somebody has to find another time
            moved = replace(moved, waiting_since=now)
            uow.handoffs.save(moved)
        uow.appointments.set_status(visit.id, "cancelled")
        visits.news(uow, moved, visit, visits.CANCELLED, now)
        uow.commit()
    return moved


def visit_of(uow: UnitOfWork, visit: int, token: str) -> tuple[Handoff, Appointment]:
    """The visit this link opens, within a transaction. Raises `NotFound`, whatever is wrong."""
    found = uow.appointments.get(visit)
    if found is None or not found.token or not hmac.compare_digest(found.token.encode(), token.encode()):
        raise NotFound("visit")
    return uow.handoffs.by_id(found.handoff), found


def _take(
    uow: UnitOfWork, reference: str, move: str, start: datetime, minutes: int, therapist: str, room: str, by: Actor,
    now: datetime,
) -> Appointment:  # fmt: skip
    check_time(start, minutes, now)
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
        for old in uow.appointments.of(handoff.id):
            if old.status != "cancelled":  # the time this person had before makes room for the new one
                uow.appointments.set_status(old.id, "cancelled")
        wanted = Appointment(
            0, handoff.id, start, minutes, tidy_name(therapist, "therapist"), tidy_name(room, "room"),
            "proposed" if move == "propose" else state, now, by.name, visits.new_token(),
        )  # fmt: skip
        booked = uow.appointments.add(wanted)
        told = {"start": start.isoformat(), "minutes": minutes, "state": booked.status}
        moved = make_move(uow, handoff, move, by, now, told)
        visits.news(uow, moved, booked, _NEWS.get(move) or _BY_STATE[state], now)
        uow.commit()
    return booked


_NEWS = {"propose": visits.PROPOSED, "reschedule": visits.MOVED}
_BY_STATE = {"confirmed": visits.BOOKED, "pending": visits.PENDING}


def _own(uow: UnitOfWork, reference: str, act: str, by: Actor) -> Handoff:
    """The hand-off for staff who may, or for the visitor who came by the link of the visit."""
    if by == VISITOR:
        return uow.handoffs.by_reference(reference, lock=True)
    return load(uow, reference, act, by)


def _standing(uow: UnitOfWork, handoff: Handoff, states: tuple[str, ...]) -> Appointment | None:
    return next((one for one in reversed(uow.appointments.of(handoff.id)) if one.status in states), None)
