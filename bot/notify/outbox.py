"""Empties the outbox: what a transaction left there is done after it, until it is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from bot import logs
from bot.notify.alert import Alert, Carrier, NotDelivered
from bot.services.ports import Storage
from bot.services.stored import OutboxItem

HELD_FOR = timedelta(minutes=2)
LONGEST_PAUSE = timedelta(minutes=30)

Handler = Callable[[OutboxItem], None]


def alert_handler(carriers: Sequence[Carrier], public_url: str) -> Handler:
    """Sends a staff alert by every carrier; one that fails does not hold up the others, nor make them send twice."""
    done: dict[str, set[int]] = {}

    def handle(item: OutboxItem) -> None:
        alert = Alert.of(item.key, item.payload, public_url)
        delivered, failed = done.setdefault(item.key, set()), None
        for number, carrier in enumerate(carriers):
            if number in delivered:
                continue
            try:
                carrier.send(alert)
            except NotDelivered as error:
                failed = error
            else:
                delivered.add(number)
        if failed is not None:
            raise failed
        del done[item.key]

    return handle


def deliver_due(storage: Storage, handlers: Mapping[str, Handler], *, now: Callable[[], datetime]) -> int:
    """Do what is due, each item by the handler of its kind; how many were done. A kind without handler waits.

    Handlers raise `NotDelivered` for what can be tried again; the pause doubles from ten seconds to half an hour. An item
    held by a process that died comes back after two minutes: at least once, never lost.
    """
    started = now()
    with storage() as uow:
        items = uow.outbox.due(started, until=started + HELD_FOR)
        uow.commit()
    return sum(_deliver(storage, item, handlers, now) for item in items)


def _deliver(storage: Storage, item: OutboxItem, handlers: Mapping[str, Handler], now: Callable[[], datetime]) -> int:
    try:
        handler = handlers.get(item.kind)
        if handler is None:
            raise NotDelivered("no handler")
        handler(item)
    except NotDelivered as error:
        logs.get().warning("outbox_retry", code=item.kind, attempt=item.attempts, error=error)
        with storage() as uow:
            uow.outbox.retry(
                item.id, due_at=now() + min(timedelta(seconds=5 * 2 ** min(item.attempts, 12)), LONGEST_PAUSE)
            )
            uow.commit()
        return 0
    with storage() as uow:
        uow.outbox.sent(item.id, at=now())
        uow.commit()
    return 1
