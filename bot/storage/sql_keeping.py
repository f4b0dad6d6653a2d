"""What staff keep beside the hand-offs, in SQL."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from bot.services.stored import Misread, SavedView
from bot.storage.tables import MISREAD, SAVED_VIEWS, VIEWING

_V, _M, _L = SAVED_VIEWS.c, MISREAD.c, VIEWING.c
_MISREAD_COLUMNS = [MISREAD.c[spec.name] for spec in fields(Misread)]


class SqlKeeping:
    """See `bot.services.ports.Keeping`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add_view(self, view: SavedView) -> SavedView:
        """Keep a view."""
        values = {"owner": view.owner, "title": view.title, "query": view.query}
        key = self._connection.execute(insert(SAVED_VIEWS).values(**values).returning(_V.id)).scalar_one()
        return replace(view, id=key)

    def views(self, owner: str) -> list[SavedView]:
        """The views of this person, by title (sealed, so sorted here)."""
        rows = self._connection.execute(select(_V.id, _V.owner, _V.title, _V.query).where(_V.owner == owner))
        return sorted((SavedView(*row) for row in rows), key=lambda view: (view.title.casefold(), view.id))

    def drop_view(self, view: int, *, owner: str) -> None:
        """Forget a view of one's own."""
        self._connection.execute(delete(SAVED_VIEWS).where(_V.id == view, _V.owner == owner))

    def looking(self, handoff: int, staff: str, *, at: datetime) -> None:
        """This person has it open."""
        mine = (_L.handoff == handoff, _L.staff == staff)
        if not self._connection.execute(update(VIEWING).where(*mine).values(seen_at=at)).rowcount:
            self._connection.execute(insert(VIEWING).values(handoff=handoff, staff=staff, seen_at=at))

    def onlookers(self, handoff: int, *, since: datetime) -> list[str]:
        """Who has it open, by name."""
        wanted = select(_L.staff).where(_L.handoff == handoff, _L.seen_at >= since).order_by(_L.staff)
        return list(self._connection.execute(wanted).scalars())

    def add_misread(self, misread: Misread) -> None:
        """Keep it in the place of an earlier word on the same message."""
        self.drop_misread(misread.handoff, misread.seq)
        values = {spec.name: getattr(misread, spec.name) for spec in fields(Misread) if spec.name != "id"}
        self._connection.execute(insert(MISREAD).values(**values))

    def drop_misread(self, handoff: int, seq: int) -> None:
        """It was read rightly after all."""
        self._connection.execute(delete(MISREAD).where(_M.handoff == handoff, _M.seq == seq))

    def misread(self, handoff: int | None = None) -> list[Misread]:
        """Of one hand-off, or all."""
        wanted = select(*_MISREAD_COLUMNS).order_by(_M.id)
        if handoff is not None:
            wanted = wanted.where(_M.handoff == handoff)
        return [Misread(**row._mapping) for row in self._connection.execute(wanted)]
