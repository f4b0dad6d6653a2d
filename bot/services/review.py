"""What staff do with a hand-off: every read and every move is allowed by role, legal by the table, and audited at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from bot.domain import permissions, review
from bot.domain.errors import IllegalMove, PalpateError
from bot.domain.proof import with_proof
from bot.domain.review import Answer
from bot.domain.screens import CLEARABLE
from bot.services import visits
from bot.services.hand_off import answer_of
from bot.services.ports import UnitOfWork
from bot.services.search import terms_of
from bot.services.stored import (
    Appointment,
    AuditEntry,
    Conversation,
    Decision,
    Delivery,
    ErasureRequest,
    Handoff,
    Json,
    Letter,
    Message,
    Misread,
    Note,
    QueueFilter,
    Revision,
)

Classify = Callable[[Mapping[str, Any]], Mapping[str, Any]]

PAGE = 50
LOOKING = timedelta(seconds=60)
MINUTES = (5, 240)
LONGEST_NOTE = 4000
MOST_LABELS = 10
LONGEST_LABEL = 40


class BadMove(PalpateError):
    """What was sent with a move cannot be used; `field` names it, the message says what would do."""

    code = "P424"

    def __init__(self, field: str, why: str, /, **values: object) -> None:
        super().__init__(why, **values)
        self.field = field


@dataclass(frozen=True, slots=True)
class Actor:
    """The member of staff who acts; `saw` is the answer they had before their eyes (`seen_as`), where it is known."""

    name: str
    role: str
    saw: str = ""


# Who answers for their own visit by its link.
VISITOR = Actor("visitor", "visitor")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the queue: the hand-off, what its newest revision says, and its visits that are not cancelled."""

    handoff: Handoff
    revision: Revision
    visits: tuple[Appointment, ...] = ()


@dataclass(frozen=True, slots=True)
class Detail:
    """All there is to one hand-off, for the decision screen."""

    handoff: Handoff
    revisions: tuple[Revision, ...]
    conversation: Conversation | None
    messages: tuple[Message, ...]
    decisions: tuple[Decision, ...]
    notes: tuple[Note, ...]
    appointments: tuple[Appointment, ...]
    history: tuple[AuditEntry, ...]
    letters: tuple[Letter, ...] = ()
    onlookers: tuple[str, ...] = ()
    misread: tuple[Misread, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    forget_request: ErasureRequest | None = None

    @property
    def revision(self) -> Revision:
        """The newest one."""
        return self.revisions[-1]


def queue(
    uow: UnitOfWork, wanted: QueueFilter, *, by: Actor, now: datetime, after: tuple[int, int] | None = None
) -> tuple[list[Row], Mapping[tuple[str, int], int]]:
    """One page of the queue, most cautious first, then the oldest; and how many there are by (status, rank)."""
    permissions.check(by.role, "list")
    with uow:
        found = uow.handoffs.search(wanted, after=after, limit=PAGE)
        newest = uow.handoffs.newest_revisions([handoff.id for handoff in found])
        counts = uow.handoffs.counts()
        booked = uow.appointments.standing([handoff.id for handoff in found])
        seen = {"references": [handoff.reference for handoff in found]}
        uow.audit.add(AuditEntry(now, by.name, "list", detail=seen))
        uow.commit()
    rows = [
        Row(handoff, newest[handoff.id], tuple(one for one in booked if one.handoff == handoff.id))
        for handoff in found
        if handoff.id in newest
    ]
    return rows, counts


def transcript(detail: Detail) -> list[Json]:
    """The conversation as it stands in the log; where the log is gone, the copies taken at the hand-off."""
    if detail.messages:
        return [line_of(line) for line in detail.messages]
    longest: Sequence[Json] = max((revision.transcript for revision in detail.revisions), key=len, default=())
    return list(longest)


def line_of(line: Message) -> Json:
    """A line of the log as the desk shows it."""
    marks = {key: line.body[key] for key in ("alert", "outcome", "event", "by") if line.body.get(key)}
    return {"seq": line.seq, "at": line.at.isoformat(), "from": line.sender, "text": line.text, "id": line.id, **marks}


def show(uow: UnitOfWork, reference: str, *, by: Actor, now: datetime, how: str = "read") -> Detail:
    """Everything about a hand-off; the reading is stored before anything is shown. Raises `NotFound`."""
    permissions.check(by.role, "export" if how.startswith("export") else "read")
    with uow:
        handoff = uow.handoffs.by_reference(reference)
        uow.audit.add(AuditEntry(now, by.name, how, reference, handoff.conversation))
        detail = Detail(
            handoff,
            tuple(uow.handoffs.revisions(handoff.id)),
            uow.conversations.get(handoff.conversation),
            tuple(uow.conversations.messages(handoff.conversation)),
            tuple(uow.handoffs.decisions(handoff.id)),
            tuple(uow.handoffs.notes(handoff.id)),
            tuple(uow.appointments.of(handoff.id)),
            tuple(uow.audit.of(reference)),
            tuple(uow.letters.of(handoff.conversation)),
            onlookers=_looking(uow, handoff, by, now) if how == "read" else (),
            misread=tuple(uow.keeping.misread(handoff.id)),
            deliveries=tuple(uow.threads.deliveries(handoff.conversation)),
            forget_request=uow.doors.erasure_asked(reference),
        )
        uow.commit()
    return detail


def still_looking(uow: UnitOfWork, reference: str, *, by: Actor, now: datetime) -> tuple[str, ...]:
    """This person still has it open; who else has."""
    permissions.check(by.role, "read")
    with uow:
        names = _looking(uow, uow.handoffs.by_reference(reference), by, now)
        uow.commit()
    return names


def _looking(uow: UnitOfWork, handoff: Handoff, by: Actor, now: datetime) -> tuple[str, ...]:
    """Keep that this person looks, and the first look of all; the others who look."""
    uow.handoffs.looked(handoff.id, at=now)
    uow.keeping.looking(handoff.id, by.name, at=now)
    return tuple(name for name in uow.keeping.onlookers(handoff.id, since=now - LOOKING) if name != by.name)


def new_messages(uow: UnitOfWork, reference: str, *, after: int, by: Actor, now: datetime) -> list[Json]:
    """Lines of the conversation after `after`; reading any is audited, finding none is not."""
    permissions.check(by.role, "read")
    with uow:
        handoff = uow.handoffs.by_reference(reference)
        lines = uow.conversations.messages(handoff.conversation, after=after)
        if lines:
            uow.audit.add(AuditEntry(now, by.name, "read_live", reference, handoff.conversation))
            uow.commit()
    return [line_of(line) for line in lines]


def claim(uow: UnitOfWork, reference: str, *, by: Actor, now: datetime) -> Handoff:
    """Take it: new → claimed."""
    return _simple(uow, reference, "claim", by, now, claimed_by=by.name)


def release(uow: UnitOfWork, reference: str, *, by: Actor, now: datetime) -> Handoff:
    """Give it back: claimed → new."""
    return _simple(uow, reference, "release", by, now, claimed_by=None)


def assign(uow: UnitOfWork, reference: str, *, to: str, by: Actor, now: datetime) -> Handoff:
    """Give it to a colleague: new → claimed, else no move. Raises `BadMove` for a name that no account has."""
    permissions.check(by.role, "assign")
    with uow:
        colleague = uow.staff.by_name(to.strip()[:80]) if to.strip() else None
        if colleague is None or colleague.disabled_at is not None:
            raise BadMove("to", "to must be the name of a colleague")
        handoff = load(uow, reference, "assign", by)
        moved = make_move(uow, handoff, "assign", by, now, {"to": colleague.name}, claimed_by=colleague.name)
        uow.commit()
    return moved


def label(uow: UnitOfWork, reference: str, *, labels: Sequence[str], by: Actor, now: datetime) -> Handoff:
    """Set its labels, which the queue can filter by; no move."""
    wanted = tuple(dict.fromkeys(_label(one) for one in labels if one.strip()))
    if len(wanted) > MOST_LABELS:
        raise BadMove("labels", "there may be {most} labels at most", most=MOST_LABELS)
    with uow:
        handoff = load(uow, reference, "label", by)
        moved = make_move(uow, handoff, "label", by, now, None, labels=wanted)
        record = uow.handoffs.revisions(handoff.id)[-1].record
        uow.handoffs.label(moved, terms=terms_of(record, wanted))
        uow.commit()
    return moved


def _label(text: str) -> str:
    said = " ".join(text.split()).casefold()
    if len(said) > LONGEST_LABEL:
        raise BadMove("labels", "a label has {most} characters at most", most=LONGEST_LABEL)
    return said


def wait(uow: UnitOfWork, reference: str, *, on: str, until: datetime | None, by: Actor, now: datetime) -> Handoff:
    """Wait for `patient` or `doctor`, if wanted until a time: claimed → waiting."""
    if on not in ("patient", "doctor"):
        raise BadMove("for", "for must be patient or doctor")
    if until is not None and until <= now:
        raise BadMove("until", "until must lie in the future")
    return _simple(uow, reference, f"wait_for_{on}", by, now, wait_until=until)


def resume(uow: UnitOfWork, reference: str, *, by: Actor, now: datetime) -> Handoff:
    """Waiting is over: back to claimed; times that were proposed are free again."""
    with uow:
        handoff = load(uow, reference, "resume", by)
        moved = make_move(uow, handoff, "resume", by, now, None, wait_until=None, claimed_by=by.name)
        visits.take_back(uow, moved, now)
        uow.commit()
    return moved


def decline(uow: UnitOfWork, reference: str, *, reason: str, by: Actor, now: datetime) -> Handoff:
    """No visit: claimed → declined, with a reason."""
    return _simple(uow, reference, "decline", by, now, detail={"reason": written(reason, "reason")})


def reopen(uow: UnitOfWork, reference: str, *, reason: str, by: Actor, now: datetime) -> Handoff:
    """Booked, declined or waiting → claimed, with a reason; a booked time is given free."""
    said = written(reason, "reason")
    with uow:
        handoff = load(uow, reference, "reopen", by)
        if handoff.status == review.BOOKED:
            for appointment in uow.appointments.of(handoff.id):
                if appointment.status != "cancelled":
                    uow.appointments.set_status(appointment.id, "cancelled")
                    visits.news(uow, handoff, appointment, visits.CANCELLED, now)
        moved = make_move(uow, handoff, "reopen", by, now, {"reason": said}, claimed_by=by.name, wait_until=None)
        visits.take_back(uow, moved, now)
        uow.commit()
    return moved


def note(uow: UnitOfWork, reference: str, *, text: str, by: Actor, now: datetime) -> Handoff:
    """A note for colleagues; no move."""
    said = written(text, "text")
    with uow:
        handoff = load(uow, reference, "note", by)
        moved = make_move(uow, handoff, "note", by, now, None)
        uow.handoffs.add_note(Note(handoff.id, now, by.name, said))
        uow.commit()
    return moved


def clear(
    uow: UnitOfWork,
    reference: str,
    *,
    items: Sequence[str],
    given_by: str,
    on: date,
    limits: str,
    document: str = "",
    classify: Classify,
    by: Actor,
    now: datetime,
) -> Handoff:
    """Record a doctor's word, item by item; the rules run again and the old result stays beside the new one.

    `classify` takes a record of contract §3 to its result. Where staff had overridden the rules, their answer still
    counts. No move.
    """
    who = written(given_by, "by")
    if on > now.date() + timedelta(days=1):
        raise BadMove("date", "date must not lie in the future")
    with uow:
        handoff = load(uow, reference, "clear", by)
        last = uow.handoffs.revisions(handoff.id)[-1]
        cleared = _clearable(items, last.record)
        record = {**last.record, "cleared": sorted({*(last.record.get("cleared") or ()), *cleared})}
        result = classify({key: value for key, value in record.items() if key != "facts"})
        word = {
            "items": list(cleared),
            "by": who,
            "date": on.isoformat(),
            "limits": limits.strip()[:LONGEST_NOTE],
            "recorded_by": by.name,
            "document": _document(uow, handoff, document),
        }
        revision = replace(
            last, number=handoff.revision + 1, at=now, cause="clearance", record=record, result=with_proof(result, last.said),
            rules_version=str(result.get("rules_version") or ""), transcript=(), clearance=word,
        )  # fmt: skip
        answer = counts_of(handoff) if handoff.overridden else answer_of(result)
        changes = {"revision": revision.number, "rules_version": revision.rules_version, **answer_columns(answer)}
        moved = make_move(uow, handoff, "clear", by, now, {"items": list(cleared)}, **changes)
        uow.handoffs.revise(moved, revision, terms=terms_of(record, moved.labels))
        uow.commit()
    return moved


def _simple(
    uow: UnitOfWork, reference: str, move: str, by: Actor, now: datetime, *, detail: Json | None = None, **changes: Any
) -> Handoff:
    with uow:
        handoff = load(uow, reference, review.say(move), by)
        moved = make_move(uow, handoff, move, by, now, detail, **changes)
        uow.commit()
    return moved


def load(uow: UnitOfWork, reference: str, act: str, by: Actor) -> Handoff:
    """The hand-off, locked, for somebody whose role includes the act.

    Raises `NotAllowed`, `NotFound`, and `IllegalMove` for somebody who saw another answer than the one that counts now.
    """
    permissions.check(by.role, act)
    handoff = uow.handoffs.by_reference(reference, lock=True)
    if by.saw and by.saw != seen_as(handoff):
        raise IllegalMove("this has changed since you opened it; look at it as it stands, then decide")
    return handoff


def seen_as(handoff: Handoff) -> str:
    """The answer that counts for it now, as a page keeps it to say later what its reader saw."""
    return f"{handoff.revision}/{handoff.outcome}/{handoff.urgency or ''}"


def last_move(uow: UnitOfWork, reference: str, *, but: str, by: Actor) -> tuple[str, AuditEntry] | None:
    """The newest move and when the hand-off changed by it, an ISO time; None while that is still `but`."""
    permissions.check(by.role, "read")
    with uow:
        changed = uow.handoffs.by_reference(reference).changed_at.isoformat()
        if changed == but:
            return None
        moves = [entry for entry in uow.audit.of(reference) if not is_look(entry.action)]
    return (changed, moves[-1]) if moves else None


def is_look(action: str) -> bool:
    """True for entries of the history that only tell of reading."""
    return action.startswith(("read", "export", "list"))


def make_move(
    uow: UnitOfWork, handoff: Handoff, move: str, by: Actor, now: datetime, detail: Json | None, **changes: Any
) -> Handoff:
    """Make a legal move: the new state and the audit entry in one transaction."""
    to = review.target(move, handoff.status)
    _check_holder(handoff, move, by)
    moved = replace(handoff, status=to, changed_at=now, **changes)
    uow.handoffs.save(moved)
    entry = AuditEntry(now, by.name, move, handoff.reference, handoff.conversation, handoff.status, to, detail)
    uow.audit.add(entry)
    return moved


def _check_holder(handoff: Handoff, move: str, by: Actor) -> None:
    if by == VISITOR or move not in review.HOLDERS_MOVES or handoff.claimed_by in (None, by.name):
        return
    if not permissions.may(by.role, "act_for_others"):
        raise IllegalMove("{name} has claimed it; ask them or a lead", name=handoff.claimed_by)


def counts_of(handoff: Handoff) -> Answer:
    """The answer that counts for it now."""
    return Answer(handoff.outcome, handoff.urgency, handoff.provisional)


def answer_columns(answer: Answer) -> dict[str, Any]:
    """The columns of a hand-off for which this answer counts."""
    return {
        "outcome": answer.outcome,
        "urgency": answer.urgency,
        "provisional": answer.provisional,
        "rank": answer.rank,
    }


def hold_what_no_longer_fits(uow: UnitOfWork, handoff: Handoff) -> None:
    """Put visits on hold that may not be booked under the answer that counts now; what was only proposed is free again."""
    if counts_of(handoff).booking is None:
        visits.take_back(uow, handoff, handoff.changed_at, tell=False)
        for appointment in uow.appointments.of(handoff.id):
            if appointment.status in ("confirmed", "pending"):
                uow.appointments.set_status(appointment.id, "on_hold")


def _document(uow: UnitOfWork, handoff: Handoff, letter: str) -> str | None:
    """The letter the doctor's word was read from; must be one of this conversation."""
    if not letter:
        return None
    if letter not in [one.id for one in uow.letters.of(handoff.conversation)]:
        raise BadMove("document", "document must be a letter of this conversation")
    return letter


def _clearable(items: Sequence[str], record: Json) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(items))
    if not wanted:
        raise BadMove("items", "items must name at least one condition")
    for item in wanted:
        if item not in CLEARABLE:
            raise BadMove("items", "{item} is not something a doctor's word can clear", item=item[:40])
    return wanted


def check_time(start: datetime, minutes: int, now: datetime) -> None:
    """Raises `BadMove` for a time that no visit can have."""
    if start.tzinfo is None or start.second or start.microsecond or start.minute % 5:
        raise BadMove("start", "start must be a time with zone, in steps of five minutes")
    if start <= now:
        raise BadMove("start", "start must lie in the future")
    if isinstance(minutes, bool) or minutes % 5 or not MINUTES[0] <= minutes <= MINUTES[1]:
        raise BadMove(
            "minutes", "minutes must be a multiple of 5 from {least} to {most}", least=MINUTES[0], most=MINUTES[1]
        )


def written(text: str, field: str) -> str:
    """What somebody wrote, without the space around it. Raises `BadMove` when it is empty or too long."""
    said = text.strip()
    if not said or len(said) > LONGEST_NOTE:
        raise BadMove(field, "{field} must have 1 to {most} characters", field=field, most=LONGEST_NOTE)
    return said


def tidy_name(text: str, field: str) -> str:
    """A name as it is kept. Raises `BadMove`."""
    said = " ".join(text.split())
    if not said or len(said) > 80:
        raise BadMove(field, "{field} must have 1 to {most} characters", field=field, most=80)
    return said
