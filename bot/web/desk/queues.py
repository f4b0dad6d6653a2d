"""The queues staff work through, and the filters of one page of them, from the words in an address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode

from bot.domain import permissions, review
from bot.services.review import Actor, BadMove
from bot.services.search import narrow
from bot.services.stored import QueueFilter
from bot.web.chat.bodies import clean


@dataclass(frozen=True, slots=True)
class Queue:
    """One tab of the desk."""

    name: str
    title: str
    statuses: tuple[str, ...]
    urgent: bool = False
    mine: bool = False
    direction: tuple[str, ...] = ()
    lead: bool = False


# What a list can be narrowed by, beside what is typed into the search box.
FILTERS = ("outcome", "flag", "site", "channel", "locale", "label", "age_from", "age_to")

_TO_DO = (review.NEW, review.CLAIMED, *review.WAITING)

QUEUES: Mapping[str, Queue] = {
    queue.name: queue
    for queue in (
        Queue("urgent", "Urgent", _TO_DO, urgent=True),
        Queue("new", "New", (review.NEW,)),
        Queue("mine", "Mine", (review.CLAIMED, *review.WAITING), mine=True),
        Queue("waiting_for_patient", "Waiting for patient", (review.WAITING_FOR_PATIENT,)),
        Queue("waiting_for_doctor", "Waiting for doctor", (review.WAITING_FOR_DOCTOR,)),
        Queue("booked", "Booked", (review.BOOKED,)),
        Queue("closed", "Closed", (review.DECLINED,)),
        Queue("all", "All", ()),
        Queue("disagreed", "Overrides", (), direction=("up", "down"), lead=True),
    )
}


def wanted(query: Mapping[str, str], by: Actor, *, default: str) -> tuple[Queue, QueueFilter]:
    """The queue and the filter of `queue`, `q` and the `FILTERS`. Raises `BadMove`."""
    query = {key: clean(value) for key, value in query.items()}
    name = query.get("queue") or default
    queue = QUEUES.get(name)
    if queue is None:
        raise BadMove("queue", "{field} must be one of {kinds}", field="queue", kinds=tuple(QUEUES))
    if queue.lead:
        permissions.check(by.role, "act_for_others")
    found = QueueFilter(
        statuses=queue.statuses,
        min_rank=review.URGENT_FROM if queue.urgent else 0,
        claimed_by=by.name if queue.mine else None,
        outcome=query.get("outcome") or None,
        channel=query.get("channel") or None,
        locale=query.get("locale") or None,
        direction=queue.direction,
    )
    terms = tuple(f"{kind}:{query[kind]}" for kind in ("flag", "site", "label") if query.get(kind))
    found = replace(found, terms=terms, age_from=_whole(query, "age_from"), age_to=_whole(query, "age_to"))
    return queue, narrow(found, query.get("q", ""))


def tidied(query: Mapping[str, str]) -> dict[str, str]:
    """The queue and its filters, without what may hold somebody's name or number."""
    return {key: query[key].strip() for key in ("queue", *FILTERS) if query.get(key, "").strip()}


def tidy(query: str) -> str:
    """The same of what stands behind the question mark of an address."""
    return urlencode(tidied(dict(parse_qsl(query))))


def after(query: Mapping[str, str]) -> tuple[int, int] | None:
    """Where the page begins: `after=RANK.ID` of the last row of the page before. Raises `BadMove`."""
    raw = query.get("after")
    if not raw:
        return None
    rank, dot, key = raw.partition(".")
    if not dot or not is_number(rank) or not is_number(key):
        raise BadMove("after", "after must be the `next` of the page before")
    return int(rank), int(key)


def urgent() -> QueueFilter:
    """What stands in the queue of the urgent ones, whoever asks."""
    return QueueFilter(statuses=QUEUES["urgent"].statuses, min_rank=review.URGENT_FROM)


def counts(by_state: Mapping[tuple[str, int], int]) -> Mapping[str, int]:
    """How many are in each queue; `mine` is not among them."""
    out = {}
    for queue in QUEUES.values():
        fits = [
            count
            for (status, rank), count in by_state.items()
            if (not queue.statuses or status in queue.statuses) and (not queue.urgent or rank >= review.URGENT_FROM)
        ]
        if not queue.mine and not queue.direction:
            out[queue.name] = sum(fits)
    return out


def is_number(raw: str) -> bool:
    """True for the number of a row as an address names it."""
    return raw.isascii() and raw.isdigit() and len(raw) < 19


def _whole(query: Mapping[str, str], name: str) -> int | None:
    raw = query.get(name)
    if not raw:
        return None
    if not raw.isascii() or not raw.isdigit() or len(raw) > 3:
        raise BadMove(name, "{field} must be a whole number", field=name)
    return int(raw)
