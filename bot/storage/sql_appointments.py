"""Appointments in SQL: each five minutes of a therapist and of a room can be held once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.domain.errors import DoubleBooking
from bot.services.stored import Appointment
from bot.storage.tables import APPOINTMENTS, SLOTS

STEP = timedelta(minutes=5)
_A = APPOINTMENTS.c
_COLUMNS = [APPOINTMENTS.c[spec.name] for spec in fields(Appointment)]


class SqlAppointments:
    """See `bot.services.ports.Appointments`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, appointment: Appointment) -> Appointment:
        """Store it, or raise `DoubleBooking`."""
        values: dict[str, Any] = {
            spec.name: getattr(appointment, spec.name) for spec in fields(Appointment) if spec.name != "id"
        }
        values["ends_at"] = appointment.starts_at + timedelta(minutes=appointment.minutes)
        try:
            with self._connection.begin_nested():
                key = self._connection.execute(insert(APPOINTMENTS).values(**values).returning(_A.id)).scalar_one()
                rows = [{"resource": resource, "at": at, "appointment": key} for resource, at in slots(appointment)]
                self._connection.execute(insert(SLOTS), rows)
        except IntegrityError:
            raise DoubleBooking("the therapist or the room is taken at that time") from None
        return replace(appointment, id=key)

    def of(self, handoff: int) -> list[Appointment]:
        """All appointments of a hand-off."""
        rows = self._connection.execute(select(*_COLUMNS).where(_A.handoff == handoff).order_by(_A.id))
        return [_appointment(row) for row in rows]

    def standing(self, handoffs: Sequence[int]) -> list[Appointment]:
        """What is not cancelled of all these hand-offs."""
        if not handoffs:
            return []
        wanted = select(*_COLUMNS).where(_A.handoff.in_(handoffs), _A.status != "cancelled")
        return [_appointment(row) for row in self._connection.execute(wanted.order_by(_A.starts_at, _A.id))]

    def get(self, appointment: int) -> Appointment | None:
        """The appointment, or None."""
        row = self._connection.execute(select(*_COLUMNS).where(_A.id == appointment)).one_or_none()
        return None if row is None else _appointment(row)

    def set_status(self, appointment: int, status: str) -> None:
        """Change the status; a cancelled one holds nothing."""
        self._connection.execute(update(APPOINTMENTS).where(_A.id == appointment).values(status=status))
        if status == "cancelled":
            self._connection.execute(delete(SLOTS).where(SLOTS.c.appointment == appointment))

    def made_since(self, at: datetime) -> list[Appointment]:
        """Booked after `at`, oldest first."""
        rows = self._connection.execute(select(*_COLUMNS).where(_A.created_at > at).order_by(_A.id))
        return [_appointment(row) for row in rows]

    def between(self, start: datetime, end: datetime) -> list[Appointment]:
        """What overlaps this time."""
        overlaps = (_A.starts_at < end, _A.ends_at > start, _A.status != "cancelled")
        rows = self._connection.execute(select(*_COLUMNS).where(*overlaps).order_by(_A.starts_at, _A.id))
        return [_appointment(row) for row in rows]


def _appointment(row: Row[Any]) -> Appointment:
    """Times of before the links have none."""
    values = dict(row._mapping)
    values["token"] = values["token"] or ""
    return Appointment(**values)


def slots(appointment: Appointment) -> Iterator[tuple[str, datetime]]:
    """Every five minutes of both resources, always in the same order, so that two bookings cannot wait for each other."""
    resources = sorted((f"room:{appointment.room.casefold()}", f"therapist:{appointment.therapist.casefold()}"))
    for resource in resources:
        for step in range(appointment.minutes // 5):
            yield resource, appointment.starts_at + step * STEP
