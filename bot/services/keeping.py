"""What staff keep for themselves, and what the desk keeps an eye on for them: views, first looks, reminders."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.domain import permissions, review
from bot.services import alerts
from bot.services.ports import Storage, UnitOfWork
from bot.services.review import Actor, BadMove
from bot.services.stored import SavedView

# How soon somebody should have looked: at an urgent one, at any other.
LOOK_WITHIN: Mapping[bool, timedelta] = {True: timedelta(minutes=10), False: timedelta(hours=4)}
MOST_VIEWS = 30
LONGEST_TITLE = 60
LONGEST_QUERY = 600


def views(storage: Storage, *, by: Actor) -> list[SavedView]:
    """One's own views, by title."""
    permissions.check(by.role, "list")
    with storage.reading() as uow:
        return uow.keeping.views(by.name)


def keep_view(storage: Storage, *, title: str, query: str, by: Actor) -> SavedView:
    """Keep a search of the queue under a title. Raises `BadMove`."""
    permissions.check(by.role, "list")
    said = " ".join(title.split())
    if not 0 < len(said) <= LONGEST_TITLE:
        raise BadMove("title", "{field} must have 1 to {most} characters", field="title", most=LONGEST_TITLE)
    if len(query) > LONGEST_QUERY or not query.isprintable():
        raise BadMove("query", "that search is too long to keep")
    with storage() as uow:
        if len(uow.keeping.views(by.name)) >= MOST_VIEWS:
            raise BadMove("title", "there may be {most} views at most; drop one first", most=MOST_VIEWS)
        kept = uow.keeping.add_view(SavedView(0, by.name, said, query))
        uow.commit()
    return kept


def drop_view(storage: Storage, view: int, *, by: Actor) -> None:
    """Forget a view of one's own."""
    permissions.check(by.role, "list")
    with storage() as uow:
        uow.keeping.drop_view(view, owner=by.name)
        uow.commit()


def escalate(uow: UnitOfWork, now: datetime) -> int:
    """Tell staff anew of urgent hand-offs that nobody looked at in time; once each. How many there are."""
    with uow:
        late = uow.handoffs.overdue(now - LOOK_WITHIN[True], min_rank=review.URGENT_FROM)
        for handoff in late:
            alerts.about_wait(uow, "escalated", handoff.reference, handoff.waiting_since, urgent=True, now=now)
        uow.commit()
    return len(late)


def remind(uow: UnitOfWork, now: datetime) -> int:
    """Tell staff that the time they wanted to wait for patient or doctor is over; once each. How many there are."""
    with uow:
        due = uow.handoffs.waited_for(now)
        for handoff in due:
            if handoff.wait_until is not None:
                alerts.about_wait(uow, "reminder", handoff.reference, handoff.wait_until, urgent=False, now=now)
        uow.commit()
    return len(due)
