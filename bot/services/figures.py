"""What the desk counts for those who lead it: volume, outcomes, where visitors stop, times, reasons, agreement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from statistics import median

from bot.domain import kappa, permissions
from bot.domain.kappa import Agreement
from bot.domain.review import Answer
from bot.services.decisions import WITHDRAW
from bot.services.hand_off import answer_of
from bot.services.ports import UnitOfWork
from bot.services.review import Actor
from bot.services.stored import AuditEntry, Conversation, Handoff

MOST = 20_000
MOST_REASONS = 2_000
LONGEST_BY_DAY = 31
ENDED = ("handed_off", "stopped", "closed", "with_staff")


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything on the page; times in minutes, None where nothing was measured."""

    days: int
    by_day: Mapping[str, int]
    by_outcome: Mapping[tuple[str, str | None], int]
    by_channel: Mapping[str, int]
    chats: int
    handed_off: int
    funnel: Mapping[str, int]
    first_look: float | None
    first_look_urgent: float | None
    to_booking: float | None
    reasons: Mapping[str, int]
    misread: int
    agreement: Agreement
    by_rule: Mapping[str, Agreement]
    by_reviewer: Mapping[str, Agreement]


def figures(uow: UnitOfWork, *, days: int, zone: tzinfo, by: Actor, now: datetime) -> Figures:
    """The figures of the last `days` days; that they were read is audited."""
    permissions.check(by.role, "read_figures")
    since = now - timedelta(days=days)
    with uow:
        handoffs = uow.handoffs.since(since, limit=MOST)
        chats = uow.conversations.since(since, limit=MOST)
        booked = uow.appointments.made_since(since)
        newest = uow.handoffs.newest_revisions([one.id for one in handoffs[:MOST_REASONS]])
        pairs = _pairs(uow, since)
        misread = sum(1 for one in uow.keeping.misread() if one.at >= since)
        uow.audit.add(AuditEntry(now, by.name, "read_figures"))
        uow.commit()
    come_through = {one.conversation for one in handoffs}
    first_booked: dict[int, datetime] = {}
    for visit in booked:
        first_booked.setdefault(visit.handoff, visit.created_at)
    return Figures(
        days=days,
        by_day=_by_day(handoffs, since, now, zone),
        by_outcome=Counter((one.outcome, one.urgency) for one in handoffs),
        by_channel=Counter(one.channel for one in handoffs),
        chats=len(chats),
        handed_off=sum(1 for one in chats if one.id in come_through),
        funnel=_funnel([one for one in chats if one.id not in come_through]),
        first_look=_middle([_look(one) for one in handoffs]),
        first_look_urgent=_middle([_look(one) for one in handoffs if one.rank >= 6]),
        to_booking=_middle([_minutes(one.created_at, first_booked.get(one.id)) for one in handoffs]),
        reasons=dict(Counter(str(one.result.get("rule") or "") for one in newest.values()).most_common(15)),
        misread=misread,
        agreement=kappa.measure(pair for _, _, pair in pairs),
        by_rule=kappa.by((rule, pair) for rule, _, pair in pairs),
        by_reviewer=kappa.by((name, pair) for _, name, pair in pairs),
    )


def _pairs(uow: UnitOfWork, since: datetime) -> list[tuple[str, str, kappa.Pair]]:
    """(rule, reviewer, answers) of every decision: the rules' answer then, and the person's last word on it."""
    made = {(one.handoff, one.revision, one.by): one for one in uow.handoffs.decisions_since(since, limit=MOST_REASONS)}
    last = {key: one for key, one in made.items() if one.kind != WITHDRAW}
    revisions = {
        (revision.handoff, revision.number): revision
        for handoff in {key[0] for key in last}
        for revision in uow.handoffs.revisions(handoff)
    }
    pairs = []
    for (handoff, number, name), decision in last.items():
        result = revisions[handoff, number].result
        staff = Answer(decision.outcome, decision.urgency)
        pairs.append((str(result.get("rule") or ""), name, (answer_of(result), staff)))
    return pairs


def _by_day(handoffs: Sequence[Handoff], since: datetime, now: datetime, zone: tzinfo) -> Mapping[str, int]:
    """Every day of the window, also those without any; in a long window every week, by its first day."""
    counted = Counter(one.created_at.astimezone(zone).date() for one in handoffs)
    first, last = since.astimezone(zone).date() + timedelta(days=1), now.astimezone(zone).date()
    days = [first + timedelta(days=at) for at in range((last - first).days + 1)]
    step = 1 if len(days) <= LONGEST_BY_DAY else 7
    return {days[at].isoformat(): sum(counted[day] for day in days[at : at + step]) for at in range(0, len(days), step)}


def _funnel(chats: Sequence[Conversation]) -> Mapping[str, int]:
    """At which question visitors stopped who never came to a result, most frequent first."""
    stopped = (
        str(one.state.get("field") or "consent_privacy").partition("#")[0] for one in chats if one.phase not in ENDED
    )
    return dict(Counter(stopped).most_common(15))


def _look(handoff: Handoff) -> float | None:
    return _minutes(handoff.waiting_since, handoff.first_look_at)


def _minutes(start: datetime, end: datetime | None) -> float | None:
    return None if end is None else max(0.0, (end - start).total_seconds() / 60)


def _middle(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None
