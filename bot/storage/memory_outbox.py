"""The outbox of the memory twin."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.domain.errors import NotFound
from bot.services.ports import Kinds
from bot.services.stored import Json, OutboxItem
from bot.storage.shelves import Shelves


class MemoryOutbox:
    """See `bot.services.ports.Outbox`."""

    def __init__(self, shelves: Shelves) -> None:
        self._shelves = shelves
        self._all = shelves.outbox
        self._holders = shelves.outbox_holders

    def add(self, item: OutboxItem) -> bool:
        """Queue it once."""
        if any(other.key == item.key for other in self._all.values()):
            return False
        key = self._shelves.new_id()
        self._all[key] = replace(item, id=key, payload=dict(item.payload))
        return True

    def due(
        self, now: datetime, *, until: datetime, worker: str = "", limit: int = 20, only: Kinds = (), but: Kinds = ()
    ) -> list[OutboxItem]:
        """Items to be sent now, for this caller alone until `until`."""
        mine = [item for item in self._open() if item.kind not in but and (not only or item.kind in only)]
        ripe = [item for item in mine if _ripe(item, now) and not self._held_up(item, now)]
        found = sorted(ripe, key=lambda item: (item.due_at, item.id))[:limit]
        for item in found:
            self._all[item.id] = replace(item, due_at=until, attempts=item.attempts + 1)
            self._holders[item.id] = worker
        return [self._all[item.id] for item in sorted(found, key=lambda item: item.id)]

    def free(self, worker: str, *, now: datetime) -> int:
        """Give back what this worker held."""
        held = [item for item in self._open() if self._holders.get(item.id) == worker]
        for item in held:
            self._all[item.id] = replace(item, due_at=now)
            del self._holders[item.id]
        return len(held)

    def sent(self, item: int, *, at: datetime, receipt: str | None = None) -> None:
        """It was delivered."""
        self._holders.pop(item, None)
        self._all[item] = replace(self._all[item], sent_at=at, receipt=receipt, payload={}, error=None)

    def retry(self, item: int, *, due_at: datetime, error: str) -> None:
        """Try again then."""
        self._holders.pop(item, None)
        self._all[item] = replace(self._all[item], due_at=due_at, error=error[:64])

    def gave_up(self, item: int, *, at: datetime, error: str) -> None:
        """It will not be tried any more."""
        self._holders.pop(item, None)
        self._all[item] = replace(self._all[item], gave_up_at=at, error=error[:64])

    def bounced(self, key: str, *, at: datetime, error: str, payload: Json) -> OutboxItem | None:
        """It had left, and came back."""
        found = next((item for item in self._all.values() if item.key == key), None)
        if found is None or found.sent_at is None or found.gave_up_at is not None:
            return None
        back = replace(found, sent_at=None, gave_up_at=at, error=error[:64], payload=dict(payload))
        self._all[found.id] = back
        return back

    def given_up(self, *, limit: int = 100) -> list[OutboxItem]:
        """What was given up, newest first."""
        found = [(item.gave_up_at, item.id) for item in self._all.values() if item.gave_up_at and not item.sent_at]
        return [self._all[key] for _, key in sorted(found, reverse=True)[:limit]]

    def again(self, item: int, *, now: datetime) -> None:
        """Try what was given up once more."""
        self._all[item] = replace(self._gone(item), gave_up_at=None, error=None, attempts=0, due_at=now)

    def dismiss(self, item: int, *, at: datetime) -> None:
        """Somebody dealt with it in another way."""
        self._all[item] = replace(self._gone(item), sent_at=at, payload={})

    def hurry(self, lane: str, *, now: datetime) -> int:
        """What waits in this lane for another try is due now."""
        mine = [
            i
            for i in self._open()
            if i.lane == lane and i.attempts > 0 and i.due_at > now and i.id not in self._holders
        ]
        for item in mine:
            self._all[item.id] = replace(item, due_at=now)
        return len(mine)

    def waiting(self) -> int:
        """How many items are neither sent nor given up."""
        return len(self._open())

    def forget(self, conversation: str) -> int:
        """Delete what is queued for this conversation."""
        return self._drop([i.id for i in self._all.values() if i.conversation == conversation and not i.sent_at])

    def prune(self, before: datetime) -> int:
        """Delete what was done, or given up and left so, before this."""
        over = ((item.id, item.sent_at or item.gave_up_at) for item in self._all.values())
        return self._drop([key for key, at in over if at and at < before])

    def _open(self) -> list[OutboxItem]:
        return [item for item in self._all.values() if item.sent_at is None and item.gave_up_at is None]

    def _held_up(self, item: OutboxItem, now: datetime) -> bool:
        before = [one for one in self._open() if item.lane and one.lane == item.lane and one.id < item.id]
        return any(one.attempts > 0 or _ripe(one, now) for one in before)

    def _gone(self, item: int) -> OutboxItem:
        found = self._all.get(item)
        if found is None or found.gave_up_at is None or found.sent_at is not None:
            raise NotFound(str(item))
        return found

    def _drop(self, keys: list[int]) -> int:
        for key in keys:
            del self._all[key]
        return len(keys)


def _ripe(item: OutboxItem, now: datetime) -> bool:
    return item.due_at <= now or (item.attempts == 0 and item.due_at == item.created_at)
