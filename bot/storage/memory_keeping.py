"""What staff keep beside the hand-offs, of the memory twin."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.services.stored import Misread, SavedView
from bot.storage.shelves import Shelves


class MemoryKeeping:
    """See `bot.services.ports.Keeping`."""

    def __init__(self, shelves: Shelves) -> None:
        self._shelves = shelves

    def add_view(self, view: SavedView) -> SavedView:
        """Keep a view."""
        kept = replace(view, id=self._shelves.new_id())
        self._shelves.views[kept.id] = kept
        return kept

    def views(self, owner: str) -> list[SavedView]:
        """The views of this person, by title."""
        own = (view for view in self._shelves.views.values() if view.owner == owner)
        return sorted(own, key=lambda view: (view.title.casefold(), view.id))

    def drop_view(self, view: int, *, owner: str) -> None:
        """Forget a view of one's own."""
        if view in self._shelves.views and self._shelves.views[view].owner == owner:
            del self._shelves.views[view]

    def looking(self, handoff: int, staff: str, *, at: datetime) -> None:
        """This person has it open."""
        self._shelves.viewing[handoff, staff] = at

    def onlookers(self, handoff: int, *, since: datetime) -> list[str]:
        """Who has it open, by name."""
        found = self._shelves.viewing.items()
        return sorted(staff for (key, staff), at in found if key == handoff and at >= since)

    def add_misread(self, misread: Misread) -> None:
        """Keep it in the place of an earlier word on the same message."""
        self.drop_misread(misread.handoff, misread.seq)
        self._shelves.misread.append(replace(misread, id=self._shelves.new_id()))

    def drop_misread(self, handoff: int, seq: int) -> None:
        """It was read rightly after all."""
        kept = [one for one in self._shelves.misread if (one.handoff, one.seq) != (handoff, seq)]
        self._shelves.misread[:] = kept

    def misread(self, handoff: int | None = None) -> list[Misread]:
        """Of one hand-off, or all."""
        return [one for one in self._shelves.misread if handoff in (None, one.handoff)]
