"""Who wants to be called back, in the memory twin."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.domain.errors import NotFound
from bot.services.stored import CallBack
from bot.storage.shelves import Shelves


class MemoryCallBacks:
    """See `bot.services.ports.CallBacks`."""

    def __init__(self, shelves: Shelves) -> None:
        self._shelves = shelves
        self._all = shelves.call_backs

    def add(self, call_back: CallBack) -> CallBack:
        """Store it, in place of one that is still open."""
        self._drop([one.id for one in self.open() if one.conversation == call_back.conversation])
        stored = replace(call_back, id=self._shelves.new_id())
        self._all[stored.id] = stored
        return stored

    def open(self) -> list[CallBack]:
        """Those nobody has dealt with."""
        return sorted((one for one in self._all.values() if one.done_at is None), key=lambda one: (one.at, one.id))

    def waiting(self) -> int:
        """How many wait."""
        return len(self.open())

    def dealt_with(self, *, limit: int) -> list[CallBack]:
        """Those somebody has dealt with."""
        done = [one for one in self._all.values() if one.done_at is not None]
        return sorted(done, key=lambda one: (str(one.done_at), one.id), reverse=True)[:limit]

    def undone(self, call_back: int) -> CallBack:
        """It waits again."""
        found = self._all.get(call_back)
        if found is None or found.done_at is None or any(one.conversation == found.conversation for one in self.open()):
            raise NotFound(str(call_back))
        self._all[call_back] = replace(found, done_at=None, done_by=None)
        return self._all[call_back]

    def done(self, call_back: int, *, by: str, at: datetime) -> CallBack:
        """Somebody dealt with it."""
        found = self._all.get(call_back)
        if found is None or found.done_at is not None:
            raise NotFound(str(call_back))
        self._all[call_back] = replace(found, done_at=at, done_by=by)
        return self._all[call_back]

    def forget(self, conversation: str) -> int:
        """Delete all of a conversation."""
        return self._drop([one.id for one in self._all.values() if one.conversation == conversation])

    def drop_before(self, before: datetime) -> int:
        """Delete what was dealt with before this."""
        return self._drop([one.id for one in self._all.values() if one.done_at and one.done_at < before])

    def _drop(self, keys: list[int]) -> int:
        for key in keys:
            del self._all[key]
        return len(keys)
