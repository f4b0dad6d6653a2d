"""What could not be delivered, and what staff decide about it: try again, or done in another way."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.domain import permissions
from bot.services.ports import UnitOfWork
from bot.services.review import Actor
from bot.services.stored import AuditEntry, OutboxItem


def given_up(uow: UnitOfWork, *, by: Actor) -> list[OutboxItem]:
    """What is not tried any more, newest first."""
    permissions.check(by.role, "deliver")
    with uow:
        return uow.outbox.given_up()


def whose(uow: UnitOfWork, items: Iterable[OutboxItem], *, by: Actor) -> dict[int, str]:
    """The reference of the hand-off that an item belongs to, by the item's id; what belongs to none is not in it."""
    permissions.check(by.role, "deliver")
    with uow:
        found = {one.id: uow.handoffs.by_conversation(one.conversation) for one in items if one.conversation}
    return {item: handoff.reference for item, handoff in found.items() if handoff is not None}


def again(uow: UnitOfWork, item: int, *, by: Actor, now: datetime) -> None:
    """Try it once more from the beginning. Raises `NotFound` when it was not given up."""
    permissions.check(by.role, "deliver")
    with uow:
        uow.outbox.again(item, now=now)
        uow.audit.add(AuditEntry(now, by.name, "delivery_again"))
        uow.commit()


def dismiss(uow: UnitOfWork, item: int, *, by: Actor, now: datetime) -> None:
    """It was done in another way. Raises `NotFound` when it was not given up."""
    permissions.check(by.role, "deliver")
    with uow:
        uow.outbox.dismiss(item, at=now)
        uow.audit.add(AuditEntry(now, by.name, "delivery_dismissed"))
        uow.commit()
