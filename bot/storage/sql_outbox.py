"""The outbox in SQL: what is still to leave the house, whose turn it is, and what was given up."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from bot.domain.errors import NotFound
from bot.services.ports import Kinds
from bot.services.stored import Json, OutboxItem
from bot.storage.tables import OUTBOX

_O = OUTBOX.c
_COLUMNS = [_O[spec.name] for spec in fields(OutboxItem)]
_OPEN = and_(_O.sent_at.is_(None), _O.gave_up_at.is_(None))
_EARLIER = OUTBOX.alias("earlier")


class SqlOutbox:
    """See `bot.services.ports.Outbox`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, item: OutboxItem) -> bool:
        """Queue it once."""
        values = {spec.name: getattr(item, spec.name) for spec in fields(OutboxItem) if spec.name != "id"}
        values["payload"] = dict(item.payload)
        try:
            with self._connection.begin_nested():
                self._connection.execute(insert(OUTBOX).values(**values))
        except IntegrityError:
            return False
        return True

    def due(
        self, now: datetime, *, until: datetime, worker: str = "", limit: int = 20, only: Kinds = (), but: Kinds = ()
    ) -> list[OutboxItem]:
        """Items to be sent now, for this caller alone until `until`."""
        wanted = (
            select(_O.id)
            .where(_OPEN, _ripe(now), ~_held_up(now), _O.kind.not_in(but), *([_O.kind.in_(only)] if only else []))
            .order_by(_O.due_at, _O.id)
            .limit(limit)
            .with_for_update(skip_locked=True, of=OUTBOX)
        )
        keys = list(self._connection.execute(wanted).scalars())
        if not keys:
            return []
        held = {"due_at": until, "attempts": _O.attempts + 1, "worker": worker or None}
        self._connection.execute(update(OUTBOX).where(_O.id.in_(keys)).values(**held))
        return self._read(select(*_COLUMNS).where(_O.id.in_(keys)).order_by(_O.id))

    def free(self, worker: str, *, now: datetime) -> int:
        """Give back what this worker held."""
        held = update(OUTBOX).where(_OPEN, _O.worker == worker).values(due_at=now, worker=None)
        return self._connection.execute(held).rowcount

    def sent(self, item: int, *, at: datetime, receipt: str | None = None) -> None:
        """It was delivered."""
        self._set(_O.id == item, sent_at=at, receipt=receipt, payload=None, worker=None, error=None)

    def retry(self, item: int, *, due_at: datetime, error: str) -> None:
        """Try again then."""
        self._set(_O.id == item, due_at=due_at, error=error[:64], worker=None)

    def gave_up(self, item: int, *, at: datetime, error: str) -> None:
        """It will not be tried any more."""
        self._set(_O.id == item, gave_up_at=at, error=error[:64], worker=None)

    def bounced(self, key: str, *, at: datetime, error: str, payload: Json) -> OutboxItem | None:
        """It had left, and came back."""
        which = and_(_O.key == key, _O.sent_at.is_not(None), _O.gave_up_at.is_(None))
        values = {"sent_at": None, "gave_up_at": at, "error": error[:64], "payload": dict(payload), "worker": None}
        if not self._set(which, **values):
            return None
        return self._read(select(*_COLUMNS).where(_O.key == key))[0]

    def given_up(self, *, limit: int = 100) -> list[OutboxItem]:
        """What was given up, newest first."""
        wanted = select(*_COLUMNS).where(_O.gave_up_at.is_not(None), _O.sent_at.is_(None))
        return self._read(wanted.order_by(_O.gave_up_at.desc(), _O.id.desc()).limit(limit))

    def again(self, item: int, *, now: datetime) -> None:
        """Try what was given up once more."""
        self._must_set(item, gave_up_at=None, error=None, attempts=0, due_at=now)

    def dismiss(self, item: int, *, at: datetime) -> None:
        """Somebody dealt with it in another way."""
        self._must_set(item, sent_at=at, payload=None)

    def hurry(self, lane: str, *, now: datetime) -> int:
        """What waits in this lane for another try is due now."""
        return self._set(
            _OPEN & (_O.lane == lane) & (_O.attempts > 0) & (_O.due_at > now) & _O.worker.is_(None), due_at=now
        )

    def waiting(self) -> int:
        """How many items are neither sent nor given up."""
        return int(self._connection.execute(select(func.count()).select_from(OUTBOX).where(_OPEN)).scalar_one())

    def forget(self, conversation: str) -> int:
        """Delete what is queued for this conversation."""
        mine = and_(_O.conversation == conversation, _O.sent_at.is_(None))
        return self._connection.execute(delete(OUTBOX).where(mine)).rowcount

    def prune(self, before: datetime) -> int:
        """Delete what was done, or given up and left so, before this."""
        over = or_(_O.sent_at < before, _O.gave_up_at < before)
        return self._connection.execute(delete(OUTBOX).where(over)).rowcount

    def _set(self, which: ColumnElement[bool], **values: Any) -> int:
        return self._connection.execute(update(OUTBOX).where(which).values(**values)).rowcount

    def _must_set(self, item: int, **values: Any) -> None:
        if not self._set(and_(_O.id == item, _O.gave_up_at.is_not(None), _O.sent_at.is_(None)), **values):
            raise NotFound(str(item))

    def _read(self, query: Select[Any]) -> list[OutboxItem]:
        return [_item(row) for row in self._connection.execute(query)]


def _ripe(now: datetime) -> ColumnElement[bool]:
    """Due by the clock; or meant for at once and never tried, so that a clock set back does not hold it up."""
    return or_(_O.due_at <= now, and_(_O.attempts == 0, _O.due_at == _O.created_at))


def _held_up(now: datetime) -> ColumnElement[bool]:
    """An earlier item of the same lane is being tried. One that is planned for later holds up nobody."""
    e = _EARLIER.c
    begun = or_(e.attempts > 0, e.due_at <= now, e.due_at == e.created_at)
    earlier = and_(e.lane == _O.lane, e.id < _O.id, e.sent_at.is_(None), e.gave_up_at.is_(None), begun)
    return select(e.id).where(earlier).exists()


def _item(row: Row[Any]) -> OutboxItem:
    values = dict(row._mapping)
    values["payload"] = values["payload"] or {}
    return OutboxItem(**values)
