"""Booking storage in SQL: hand-offs with their revisions, decisions and notes, found by keyed hashes only."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, case, delete, func, insert, or_, select, tuple_, update
from sqlalchemy.exc import IntegrityError

from bot.domain import review
from bot.domain.errors import NotFound
from bot.services.ports import AlreadyThere, Arrival
from bot.services.stored import UNDER_TRIAGE_FIRST, Decision, Handoff, Note, QueueFilter, Revision
from bot.storage.tables import DECISIONS, HANDOFFS, NOTES, REVISIONS, TERMS
from bot.vault import Vault

_H = HANDOFFS.c
_COLUMNS = [HANDOFFS.c[spec.name] for spec in fields(Handoff)]
_REVISION_COLUMNS = [REVISIONS.c[spec.name] for spec in fields(Revision)]


class SqlHandoffs:
    """See `bot.services.ports.Handoffs`."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def add(self, handoff: Handoff, revision: Revision, *, terms: Sequence[str]) -> Handoff:
        """Store a first hand-off; the unique columns decide who was first."""
        values = {spec.name: getattr(handoff, spec.name) for spec in fields(Handoff) if spec.name != "id"}
        values["labels"] = list(handoff.labels) or None
        try:
            with self._connection.begin_nested():
                key = self._connection.execute(insert(HANDOFFS).values(**values).returning(_H.id)).scalar_one()
        except IntegrityError:
            raise AlreadyThere(handoff.reference) from None
        stored = replace(handoff, id=key)
        self._add_revision(replace(revision, handoff=key))
        self._index(key, terms)
        return stored

    def revise(self, handoff: Handoff, revision: Revision, *, terms: Sequence[str]) -> None:
        """Store a further revision."""
        self._add_revision(revision)
        self._index(handoff.id, terms)
        self.save(handoff)

    def by_conversation(self, conversation: str) -> Handoff | None:
        """The hand-off of a conversation, locked, or None."""
        wanted = select(*_COLUMNS).where(_H.conversation == conversation).with_for_update()
        row = self._connection.execute(wanted).one_or_none()
        return None if row is None else Handoff(**_values(row))

    def by_reference(self, reference: str, *, lock: bool = False) -> Handoff:
        """The hand-off of this reference."""
        wanted = select(*_COLUMNS).where(_H.reference == reference)
        row = self._connection.execute(wanted.with_for_update() if lock else wanted).one_or_none()
        if row is None:
            raise NotFound(reference)
        return Handoff(**_values(row))

    def by_id(self, handoff: int) -> Handoff:
        """The hand-off with this number."""
        row = self._connection.execute(select(*_COLUMNS).where(_H.id == handoff)).one_or_none()
        if row is None:
            raise NotFound(str(handoff))
        return Handoff(**_values(row))

    def save(self, handoff: Handoff) -> None:
        """Store the hand-off as it stands now."""
        fixed = ("id", "reference", "conversation", "created_at")
        values = {spec.name: getattr(handoff, spec.name) for spec in fields(Handoff) if spec.name not in fixed}
        values["labels"] = list(handoff.labels) or None
        self._connection.execute(update(HANDOFFS).where(_H.id == handoff.id).values(**values))

    def revisions(self, handoff: int) -> list[Revision]:
        """All revisions, oldest first."""
        wanted = select(*_REVISION_COLUMNS).where(REVISIONS.c.handoff == handoff).order_by(REVISIONS.c.number)
        return [_revision(row) for row in self._connection.execute(wanted)]

    def newest_revisions(self, handoffs: Sequence[int]) -> Mapping[int, Revision]:
        """The newest revision of each, without its transcript."""
        if not handoffs:
            return {}
        newest = and_(REVISIONS.c.handoff == _H.id, REVISIONS.c.number == _H.revision)
        columns = [column for column in _REVISION_COLUMNS if column.name != "transcript"]
        wanted = select(*columns).join(HANDOFFS, newest).where(_H.id.in_(handoffs))
        return {row.handoff: _revision(row) for row in self._connection.execute(wanted)}

    def search(self, wanted: QueueFilter, *, after: tuple[int, int] | None = None, limit: int = 50) -> list[Handoff]:
        """Most cautious first, then the oldest."""
        query = self._filtered(select(*_COLUMNS), wanted)
        place = _H.rank + case((_H.direction == "up", UNDER_TRIAGE_FIRST), else_=0) if wanted.direction else _H.rank
        if after is not None:
            last_place, last = after
            query = query.where(place <= last_place, or_(place < last_place, _H.id > last))
        rows = self._connection.execute(query.order_by(place.desc(), _H.id).limit(limit))
        return [Handoff(**_values(row)) for row in rows]

    def counts(self) -> Mapping[tuple[str, int], int]:
        """How many there are by (status, rank)."""
        query = select(_H.status, _H.rank, func.count()).group_by(_H.status, _H.rank)
        return {(status, rank): count for status, rank, count in self._connection.execute(query)}

    def looked(self, handoff: int, *, at: datetime) -> None:
        """Keep the first look."""
        first = (_H.id == handoff, _H.first_look_at.is_(None))
        self._connection.execute(update(HANDOFFS).where(*first).values(first_look_at=at))

    def label(self, handoff: Handoff, *, terms: Sequence[str]) -> None:
        """Store its labels and index them."""
        self.save(handoff)
        self._index(handoff.id, terms)

    def overdue(self, before: datetime, *, min_rank: int) -> list[Handoff]:
        """New ones nobody has looked at in time."""
        late = (_H.status == review.NEW, _H.rank >= min_rank, _H.waiting_since < before, _H.first_look_at.is_(None))
        rows = self._connection.execute(select(*_COLUMNS).where(*late).order_by(_H.id))
        return [Handoff(**_values(row)) for row in rows]

    def since(self, at: datetime, *, limit: int) -> list[Handoff]:
        """Handed off at `at` or later, newest first, without what is sealed."""
        columns = [column for column in _COLUMNS if column.name not in ("contact", "labels")]
        wanted = select(*columns).where(_H.created_at >= at).order_by(_H.id.desc()).limit(limit)
        return [Handoff(**row._mapping) for row in self._connection.execute(wanted)]

    def decisions_since(self, at: datetime, *, limit: int) -> list[Decision]:
        """Decisions after `at`, oldest first."""
        columns = [DECISIONS.c[spec.name] for spec in fields(Decision)]
        query = select(*columns).where(DECISIONS.c.at > at).order_by(DECISIONS.c.id).limit(limit)
        return [Decision(**row._mapping) for row in self._connection.execute(query)]

    def waited_for(self, now: datetime) -> list[Handoff]:
        """Waiting ones whose reminder is due."""
        due = (_H.status.in_(review.WAITING), _H.wait_until <= now)
        return [Handoff(**_values(row)) for row in self._connection.execute(select(*_COLUMNS).where(*due))]

    def came_in(self, wanted: QueueFilter, since: datetime, *, but: Collection[Arrival] = ()) -> int:
        """How many that fit came in after `since`, those of `but` left out."""
        query = self._filtered(select(func.count()).select_from(HANDOFFS), wanted).where(_H.waiting_since > since)
        if but:
            query = query.where(tuple_(_H.id, _H.revision).not_in(but))
        return int(self._connection.execute(query).scalar_one())

    def arrivals(self, since: datetime) -> list[Arrival]:
        """What came in after `since`."""
        wanted = select(_H.id, _H.revision).where(_H.waiting_since > since).order_by(_H.waiting_since, _H.id)
        return [(row.id, row.revision) for row in self._connection.execute(wanted)]

    def newest_change(self) -> datetime | None:
        """When any hand-off last changed."""
        at: datetime | None = self._connection.execute(select(func.max(_H.changed_at))).scalar_one()
        return at

    def add_note(self, note: Note) -> None:
        """Store a note."""
        self._connection.execute(insert(NOTES).values(handoff=note.handoff, at=note.at, by=note.by, text=note.text))

    def notes(self, handoff: int) -> list[Note]:
        """All notes, oldest first."""
        n = NOTES.c
        rows = self._connection.execute(
            select(n.handoff, n.at, n.by, n.text).where(n.handoff == handoff).order_by(n.id)
        )
        return [Note(*row) for row in rows]

    def add_decision(self, decision: Decision) -> None:
        """Store an agreement or an override."""
        values = {spec.name: getattr(decision, spec.name) for spec in fields(Decision)}
        self._connection.execute(insert(DECISIONS).values(**values))

    def decisions(self, handoff: int) -> list[Decision]:
        """All decisions, oldest first."""
        columns = [DECISIONS.c[spec.name] for spec in fields(Decision)]
        rows = self._connection.execute(select(*columns).where(DECISIONS.c.handoff == handoff).order_by(DECISIONS.c.id))
        return [Decision(**row._mapping) for row in rows]

    def remove(self, handoff: int) -> None:
        """Delete the hand-off; what hangs on it goes with it (foreign keys cascade)."""
        self._connection.execute(delete(HANDOFFS).where(_H.id == handoff))

    def older_than(self, before: datetime) -> list[Handoff]:
        """Hand-offs last changed before `before`."""
        rows = self._connection.execute(select(*_COLUMNS).where(_H.changed_at < before).order_by(_H.id))
        return [Handoff(**_values(row)) for row in rows]

    def drop_transcripts(self, before: datetime, *, dry_run: bool = False) -> int:
        """Empty old transcripts."""
        old = and_(REVISIONS.c.at < before, REVISIONS.c.transcript.is_not(None))
        if dry_run:
            return int(self._connection.execute(select(func.count()).select_from(REVISIONS).where(old)).scalar_one())
        return self._connection.execute(update(REVISIONS).where(old).values(transcript=None)).rowcount

    def _filtered(self, query: Select[Any], wanted: QueueFilter) -> Select[Any]:
        exact = {
            "claimed_by": wanted.claimed_by,
            "outcome": wanted.outcome,
            "channel": wanted.channel,
            "locale": wanted.locale,
            "reference": wanted.reference,
        }
        for name, value in exact.items():
            if value is not None:
                query = query.where(_H[name] == value)
        if wanted.statuses:
            query = query.where(_H.status.in_(wanted.statuses))
        if wanted.direction:
            query = query.where(_H.direction.in_(wanted.direction))
        if wanted.min_rank:
            query = query.where(_H.rank >= wanted.min_rank)
        if wanted.age_from is not None:
            query = query.where(_H.age >= wanted.age_from)
        if wanted.age_to is not None:
            query = query.where(_H.age <= wanted.age_to)
        for term in wanted.terms:
            query = query.where(_H.id.in_(select(TERMS.c.handoff).where(TERMS.c.term == self._vault.blind(term))))
        return query

    def _add_revision(self, revision: Revision) -> None:
        values = {spec.name: getattr(revision, spec.name) for spec in fields(Revision)}
        values["transcript"] = list(revision.transcript) or None
        self._connection.execute(insert(REVISIONS).values(**values))

    def _index(self, handoff: int, terms: Sequence[str]) -> None:
        """The newest revision's terms take the place of the older ones."""
        self._connection.execute(delete(TERMS).where(TERMS.c.handoff == handoff))
        rows = [{"handoff": handoff, "term": hashed} for hashed in {self._vault.blind(term) for term in terms}]
        if rows:
            self._connection.execute(insert(TERMS), rows)


def _values(row: Row[Any]) -> dict[str, Any]:
    values = dict(row._mapping)
    values["contact"] = values["contact"] or {}
    values["labels"] = tuple(values["labels"] or ())
    return values


def _revision(row: Row[Any]) -> Revision:
    values = dict(row._mapping)
    values["transcript"] = tuple(values.get("transcript") or ())
    return Revision(**values)
