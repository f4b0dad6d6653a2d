"""Empties the outbox: what a transaction left there leaves the house after it, in order, until it is done or given up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot import logs
from bot.domain.errors import StorageUnavailable
from bot.notify.alert import NotDelivered, Refused
from bot.services import alerts
from bot.services.ports import Kinds, Storage
from bot.services.stored import OutboxItem

HELD_FOR = timedelta(minutes=2)
FIRST_PAUSE = timedelta(seconds=2)  # an alert or a danger script must not wait long for a network that only hiccuped
LONGEST_PAUSE = timedelta(minutes=30)
AT_ONCE = 8

Send = Callable[[OutboxItem], str | None]


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of item leaves the house.

    `send` delivers it and may return the other side's id as a receipt. It raises `NotDelivered` for what can be tried
    again and `Refused` for what never will be taken; it gives up by itself within a minute, and passes on `item.key` where
    the other side can drop a repeat. `tries` is how often before staff are asked: 60 are a little more than a day.
    """

    send: Send
    tries: int = 60


@dataclass(frozen=True, slots=True)
class Postman:
    """Delivers what is due, each item by its kind, several at once. A kind nobody has set up waits like one that fails.

    `only` and `but` narrow it to some kinds. `carried` remembers what was delivered and could not be noted, because the
    database took nothing just then: it is noted later and not delivered again.
    """

    storage: Storage
    kinds: Mapping[str, Kind]
    now: Callable[[], datetime]
    worker: str = ""
    only: Kinds = ()
    but: Kinds = ()
    carried: dict[int, str | None] = field(default_factory=dict)

    def begin(self) -> None:
        """After a start: what this worker held when it was killed is due at once. Raises `StorageUnavailable`."""
        with self.storage() as uow:
            if self.worker and uow.outbox.free(self.worker, now=self.now()):
                uow.commit()

    def deliver_due(self) -> int:
        """One round; how many items were dealt with for good. Raises `StorageUnavailable`.

        At least once, never lost: an item whose process died is due again when that process is back, at the latest after
        two minutes, with the same key.
        """
        started = self.now()
        with self.storage.brisk() as uow:  # a claim that a power cut undoes is harmless
            items = uow.outbox.due(started, until=started + HELD_FOR, worker=self.worker, only=self.only, but=self.but)
            uow.commit()
        if len(items) < 2:
            return sum(map(self._deliver, items))
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="outbox") as pool:
            return sum(pool.map(self._deliver, items))

    def _deliver(self, item: OutboxItem) -> int:
        kind = self.kinds.get(item.kind)
        try:
            if kind is None:
                raise NotDelivered("no_carrier")
            if item.id not in self.carried:
                self.carried[item.id] = self._send(kind, item)
        except Refused as error:
            return self._give_up(item, str(error))
        except NotDelivered as error:
            if kind is not None and item.attempts >= min(kind.tries, error.tries or kind.tries):
                return self._give_up(item, str(error))
            return self._later(item, error)
        with self.storage() as uow:
            uow.outbox.sent(item.id, at=self.now(), receipt=self.carried[item.id])
            uow.commit()
        del self.carried[item.id]
        return 1

    def _send(self, kind: Kind, item: OutboxItem) -> str | None:
        try:
            return kind.send(item)
        except (NotDelivered, Refused, StorageUnavailable):
            raise
        except Exception as error:  # noqa: BLE001 - a fault of one carrier must not hold up what the others have to bring
            logs.get().error("carrier_failed", code=item.kind, error=error)
            raise NotDelivered(type(error).__name__) from None

    def _later(self, item: OutboxItem, error: NotDelivered) -> int:
        logs.get().warning("outbox_retry", code=item.kind, attempt=item.attempts, error=str(error))
        doubled = min(FIRST_PAUSE * 2 ** min(item.attempts - 1, 12), LONGEST_PAUSE)
        with self.storage() as uow:
            uow.outbox.retry(item.id, due_at=self.now() + max(doubled, error.after), error=str(error))
            uow.commit()
        return 0

    def _give_up(self, item: OutboxItem, error: str) -> int:
        logs.get().error("outbox_gave_up", code=item.kind, attempt=item.attempts, error=error)
        now = self.now()
        with self.storage() as uow:
            uow.outbox.gave_up(item.id, at=now, error=error)
            if not item.kind.startswith(alerts.KIND):
                alerts.undelivered(uow, item, now)
            uow.commit()
        return 1
