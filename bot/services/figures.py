"""What the desk counts for those who lead it: volume, outcomes, where visitors stop, times, reasons, agreement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from statistics import median

from bot.domain import kappa, permissions, review
from bot.domain.kappa import Agreement
from bot.domain.review import Answer
from bot.services.decisions import WITHDRAW
from bot.services.hand_off import answer_of
from bot.services.live import IN_PROGRESS
from bot.services.ports import UnitOfWork
from bot.services.review import Actor
from bot.services.stored import AuditEntry, Conversation, Handoff

# More than a clinic sees in a year; where there are more, the newest are counted and the page says so.
MOST = 20_000
MOST_REASONS = 2_000
LONGEST_LIST = 15
LONGEST_BY_DAY = 31
ENDED = ("stopped", "closed", "erased")
OTHERS = "others"


@dataclass(frozen=True, slots=True)
class Chats:
    """The conversations begun in the window; an erased one is forgotten here, too.

    `begun` is the sum of `handed_off`, `ended` (danger before consent, consent refused, said goodbye), `going_on` (written
    in within the last half hour) and `left` (nobody writes any more), which is the sum of `left_at`, by open question.
    `agreed` and `read_back` are those of `begun` who came that far or farther.
    """

    begun: int
    agreed: int
    read_back: int
    handed_off: int
    ended: int
    going_on: int
    left: int
    left_at: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything on the page; times are medians in minutes, None where nothing was measured.

    `handoffs` came in in the window, whenever their conversation began and whether or not it was erased since; it is the
    sum of `by_day`, of `by_outcome` (what counts now) and of `by_channel`. `reasons` are the deciding rules of the newest
    `with_reasons` of them, and their sum. `agreement` is over the decisions of the window: each person's last word on each
    result; it is the sum of `by_rule` and of `by_reviewer`, those with most under-triage first.
    """

    days: int
    since: date
    chats: Chats
    handoffs: int
    by_day: Mapping[str, int]
    by_outcome: Mapping[tuple[str, str | None], int]
    by_channel: Mapping[str, int]
    first_look: float | None
    looked_at: int
    first_look_urgent: float | None
    to_booking: float | None
    booked: int
    reasons: Mapping[str, int]
    with_reasons: int
    misread: int
    agreement: Agreement
    by_rule: Mapping[str, Agreement]
    by_reviewer: Mapping[str, Agreement]
    capped: bool


def figures(uow: UnitOfWork, *, days: int, zone: tzinfo, by: Actor, now: datetime) -> Figures:
    """The figures of the last `days` days of the clinic's clock, today among them; that they were read is audited."""
    permissions.check(by.role, "read_figures")
    first = now.astimezone(zone).date() - timedelta(days=days - 1)
    since = datetime.combine(first, time(), zone).astimezone(now.tzinfo)
    with uow:
        handoffs = uow.handoffs.since(since, limit=MOST)
        chats = uow.conversations.since(since, limit=MOST)
        visits = uow.appointments.made_since(since)
        newest = uow.handoffs.newest_revisions([one.id for one in handoffs[:MOST_REASONS]])
        pairs = _pairs(uow, since)
        misread = sum(1 for one in uow.keeping.misread() if one.at >= since)
        uow.audit.add(AuditEntry(now, by.name, "read_figures"))
        uow.commit()
    first_booked: dict[int, datetime] = {}
    for visit in visits:
        first_booked.setdefault(visit.handoff, visit.created_at)
    looks = [(one, _minutes(one.waiting_since, one.first_look_at)) for one in handoffs]
    bookings = [_minutes(one.created_at, first_booked.get(one.id)) for one in handoffs]
    rules = Counter(str(one.result.get("rule") or "") for one in newest.values())
    return Figures(
        days=days,
        since=first,
        chats=_chats(chats, {one.conversation for one in handoffs}, now),
        handoffs=len(handoffs),
        by_day=_by_day(handoffs, first, now.astimezone(zone).date(), zone),
        by_outcome=Counter((one.outcome, one.urgency) for one in handoffs),
        by_channel=dict(Counter(one.channel for one in handoffs).most_common()),
        first_look=_middle(minutes for _, minutes in looks),
        looked_at=sum(1 for _, minutes in looks if minutes is not None),
        first_look_urgent=_middle(minutes for one, minutes in looks if one.rank >= review.URGENT_FROM),
        to_booking=_middle(bookings),
        booked=sum(1 for minutes in bookings if minutes is not None),
        reasons=_most(rules),
        with_reasons=rules.total(),
        misread=misread,
        agreement=kappa.measure(pair for _, _, pair in pairs),
        by_rule=kappa.by((rule, pair) for rule, _, pair in pairs),
        by_reviewer=kappa.by((name, pair) for _, name, pair in pairs),
        capped=MOST in (len(handoffs), len(chats)),
    )


def _pairs(uow: UnitOfWork, since: datetime) -> list[tuple[str, str, kappa.Pair]]:
    """(rule, reviewer, answers) of every decision: the rules' answer then, and the person's last word on it."""
    made = {(one.handoff, one.revision, one.by): one for one in uow.handoffs.decisions_since(since, limit=MOST)}
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


def _chats(begun: Sequence[Conversation], come_through: set[str], now: datetime) -> Chats:
    stands = {one.id: _stands(one, come_through, now) for one in begun}
    many = Counter(stands.values())
    asked = Counter(
        str(one.state.get("field") or "consent_privacy").partition("#")[0] for one in begun if stands[one.id] == "left"
    )
    return Chats(
        begun=len(begun),
        agreed=sum(1 for one in begun if one.consent_at is not None or one.id in come_through),
        read_back=sum(1 for one in begun if one.phase == "read_back" or one.id in come_through),
        handed_off=many["handed_off"],
        ended=many["ended"],
        going_on=many["going_on"],
        left=many["left"],
        left_at=_most(asked),
    )


def _stands(chat: Conversation, come_through: set[str], now: datetime) -> str:
    """Where a conversation stands: exactly one of four."""
    if chat.id in come_through:
        return "handed_off"
    if chat.phase in ENDED:
        return "ended"
    return "going_on" if chat.touched_at > now - IN_PROGRESS else "left"


def _by_day(handoffs: Sequence[Handoff], first: date, last: date, zone: tzinfo) -> Mapping[str, int]:
    """Every day of the window, also those without any; in a long window every week, by its first day."""
    counted = Counter(one.created_at.astimezone(zone).date() for one in handoffs)
    days = [first + timedelta(days=at) for at in range((last - first).days + 1)]
    step = 1 if len(days) <= LONGEST_BY_DAY else 7
    return {days[at].isoformat(): sum(counted[day] for day in days[at : at + step]) for at in range(0, len(days), step)}


def _most(counted: Counter[str]) -> Mapping[str, int]:
    """The most frequent ones, and how many all the others are together."""
    shown = dict(counted.most_common(LONGEST_LIST))
    rest = counted.total() - sum(shown.values())
    return {**shown, OTHERS: rest} if rest else shown


def _minutes(start: datetime, end: datetime | None) -> float | None:
    return None if end is None else max(0.0, (end - start).total_seconds() / 60)


def _middle(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None
