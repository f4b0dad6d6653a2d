"""Booking storage of the memory twin."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain import review
from bot.domain.errors import DoubleBooking, NotFound
from bot.services.ports import AlreadyThere, Arrival
from bot.services.stored import Appointment, Decision, Handoff, Note, QueueFilter, Revision
from bot.storage.shelves import Shelves


class MemoryHandoffs:
    """See `bot.services.ports.Handoffs`."""

    def __init__(self, shelves: Shelves) -> None:
        self._shelves = shelves
        self._all = shelves.handoffs

    def add(self, handoff: Handoff, revision: Revision, *, terms: Sequence[str]) -> Handoff:
        """Store a first hand-off."""
        for other in self._all.values():
            if other.reference == handoff.reference or other.conversation == handoff.conversation:
                raise AlreadyThere(handoff.reference)
        stored = replace(handoff, id=self._shelves.new_id())
        self.revise(stored, replace(revision, handoff=stored.id), terms=terms)
        return stored

    def revise(self, handoff: Handoff, revision: Revision, *, terms: Sequence[str]) -> None:
        """Store a further revision."""
        self._shelves.revisions[handoff.id] = [*self.revisions(handoff.id), revision]
        self._shelves.terms[handoff.id] = frozenset(terms)
        self._all[handoff.id] = handoff

    def by_conversation(self, conversation: str) -> Handoff | None:
        """The hand-off of a conversation, or None."""
        return next((handoff for handoff in self._all.values() if handoff.conversation == conversation), None)

    def by_reference(self, reference: str, *, lock: bool = False) -> Handoff:
        """The hand-off of this reference."""
        for handoff in self._all.values():
            if handoff.reference == reference:
                return handoff
        raise NotFound(reference)

    def by_id(self, handoff: int) -> Handoff:
        """The hand-off with this number."""
        if handoff not in self._all:
            raise NotFound(str(handoff))
        return self._all[handoff]

    def save(self, handoff: Handoff) -> None:
        """Store the hand-off as it stands now."""
        self._all[handoff.id] = handoff

    def revisions(self, handoff: int) -> list[Revision]:
        """All revisions, oldest first."""
        return list(self._shelves.revisions.get(handoff, []))

    def newest_revisions(self, handoffs: Sequence[int]) -> Mapping[int, Revision]:
        """The newest revision of each, without its transcript."""
        return {key: replace(self.revisions(key)[-1], transcript=()) for key in handoffs if self.revisions(key)}

    def search(self, wanted: QueueFilter, *, after: tuple[int, int] | None = None, limit: int = 50) -> list[Handoff]:
        """Most cautious first, then the oldest."""
        found = [handoff for handoff in self._all.values() if self._matches(handoff, wanted)]
        found.sort(key=lambda handoff: (-wanted.place(handoff), handoff.id))
        if after is not None:
            found = [handoff for handoff in found if (-wanted.place(handoff), handoff.id) > (-after[0], after[1])]
        return found[:limit]

    def counts(self) -> Mapping[tuple[str, int], int]:
        """How many there are by (status, rank)."""
        return Counter((handoff.status, handoff.rank) for handoff in self._all.values())

    def looked(self, handoff: int, *, at: datetime) -> None:
        """Keep the first look."""
        if self._all[handoff].first_look_at is None:
            self._all[handoff] = replace(self._all[handoff], first_look_at=at)

    def label(self, handoff: Handoff, *, terms: Sequence[str]) -> None:
        """Store its labels and index them."""
        self._all[handoff.id] = handoff
        self._shelves.terms[handoff.id] = frozenset(terms)

    def overdue(self, before: datetime, *, min_rank: int) -> list[Handoff]:
        """New ones nobody has looked at in time."""
        return [
            one
            for one in self._all.values()
            if one.status == review.NEW
            and one.rank >= min_rank
            and one.waiting_since < before
            and one.first_look_at is None
        ]

    def since(self, at: datetime, *, limit: int) -> list[Handoff]:
        """Handed off at `at` or later, newest first, without what is sealed."""
        found = [one for one in reversed(self._all.values()) if one.created_at >= at][:limit]
        return [replace(one, contact={}, labels=()) for one in found]

    def decisions_since(self, at: datetime, *, limit: int) -> list[Decision]:
        """Decisions after `at`, oldest first."""
        return [one for one in self._shelves.decisions if one.at > at][:limit]

    def waited_for(self, now: datetime) -> list[Handoff]:
        """Waiting ones whose reminder is due."""
        return [
            one
            for one in self._all.values()
            if one.status in review.WAITING and one.wait_until is not None and one.wait_until <= now
        ]

    def came_in(self, wanted: QueueFilter, since: datetime, *, but: Collection[Arrival] = ()) -> int:
        """How many that fit came in after `since`, those of `but` left out."""
        late = [one for one in self._all.values() if one.waiting_since > since and self._matches(one, wanted)]
        return sum(1 for one in late if (one.id, one.revision) not in but)

    def arrivals(self, since: datetime) -> list[Arrival]:
        """What came in after `since`."""
        late = sorted((one.waiting_since, one.id, one.revision) for one in self._all.values())
        return [(key, revision) for at, key, revision in late if at > since]

    def newest_change(self) -> datetime | None:
        """When any hand-off last changed."""
        return max((handoff.changed_at for handoff in self._all.values()), default=None)

    def add_note(self, note: Note) -> None:
        """Store a note."""
        self._shelves.notes.append(note)

    def notes(self, handoff: int) -> list[Note]:
        """All notes, oldest first."""
        return [note for note in self._shelves.notes if note.handoff == handoff]

    def add_decision(self, decision: Decision) -> None:
        """Store an agreement or an override."""
        self._shelves.decisions.append(decision)

    def decisions(self, handoff: int) -> list[Decision]:
        """All decisions, oldest first."""
        return [decision for decision in self._shelves.decisions if decision.handoff == handoff]

    def remove(self, handoff: int) -> None:
        """Delete the hand-off with all that belongs to it."""
        shelves = self._shelves
        del self._all[handoff]
        shelves.revisions.pop(handoff, None)
        shelves.terms.pop(handoff, None)
        shelves.notes[:] = [note for note in shelves.notes if note.handoff != handoff]
        shelves.decisions[:] = [decision for decision in shelves.decisions if decision.handoff != handoff]
        shelves.misread[:] = [one for one in shelves.misread if one.handoff != handoff]
        for key in [key for key, booked in shelves.appointments.items() if booked.handoff == handoff]:
            del shelves.appointments[key]

    def older_than(self, before: datetime) -> list[Handoff]:
        """Hand-offs last changed before `before`."""
        return [handoff for handoff in self._all.values() if handoff.changed_at < before]

    def drop_transcripts(self, before: datetime, *, dry_run: bool = False) -> int:
        """Empty old transcripts."""
        count = 0
        for key, revisions in self._shelves.revisions.items():
            old = [revision.at < before and bool(revision.transcript) for revision in revisions]
            count += sum(old)
            if not dry_run:
                emptied = [replace(one, transcript=()) if hit else one for one, hit in zip(revisions, old, strict=True)]
                self._shelves.revisions[key] = emptied
        return count

    def _matches(self, handoff: Handoff, wanted: QueueFilter) -> bool:
        exact = ("claimed_by", "outcome", "channel", "locale", "reference")
        if any(getattr(wanted, name) not in (None, getattr(handoff, name)) for name in exact):
            return False
        if wanted.age_from is not None and (handoff.age is None or handoff.age < wanted.age_from):
            return False
        if wanted.age_to is not None and (handoff.age is None or handoff.age > wanted.age_to):
            return False
        if wanted.direction and handoff.direction not in wanted.direction:
            return False
        if wanted.statuses and handoff.status not in wanted.statuses:
            return False
        folded = {term.strip().casefold() for term in self._shelves.terms.get(handoff.id, ())}
        return handoff.rank >= wanted.min_rank and all(term.strip().casefold() in folded for term in wanted.terms)


class MemoryAppointments:
    """See `bot.services.ports.Appointments`."""

    def __init__(self, shelves: Shelves) -> None:
        self._shelves = shelves
        self._all = shelves.appointments

    def add(self, appointment: Appointment) -> Appointment:
        """Store it, or raise `DoubleBooking`."""
        end = appointment.starts_at + timedelta(minutes=appointment.minutes)
        for other in self.between(appointment.starts_at, end):
            same_therapist = other.therapist.casefold() == appointment.therapist.casefold()
            if same_therapist or other.room.casefold() == appointment.room.casefold():
                raise DoubleBooking("the therapist or the room is taken at that time")
        stored = replace(appointment, id=self._shelves.new_id())
        self._all[stored.id] = stored
        return stored

    def get(self, appointment: int) -> Appointment | None:
        """The appointment, or None."""
        return self._all.get(appointment)

    def of(self, handoff: int) -> list[Appointment]:
        """All appointments of a hand-off."""
        return [booked for booked in self._all.values() if booked.handoff == handoff]

    def standing(self, handoffs: Sequence[int]) -> list[Appointment]:
        """What is not cancelled of all these hand-offs."""
        found = [one for one in self._all.values() if one.handoff in handoffs and one.status != "cancelled"]
        return sorted(found, key=lambda booked: (booked.starts_at, booked.id))

    def set_status(self, appointment: int, status: str) -> None:
        """Change the status."""
        self._all[appointment] = replace(self._all[appointment], status=status)

    def made_since(self, at: datetime) -> list[Appointment]:
        """Booked after `at`, oldest first."""
        return [booked for booked in self._all.values() if booked.created_at > at]

    def between(self, start: datetime, end: datetime) -> list[Appointment]:
        """What overlaps this time."""
        found = [
            booked
            for booked in self._all.values()
            if booked.status != "cancelled"
            and booked.starts_at < end
            and booked.starts_at + timedelta(minutes=booked.minutes) > start
        ]
        return sorted(found, key=lambda booked: (booked.starts_at, booked.id))
