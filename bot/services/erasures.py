"""Requests to be forgotten after a hand-off: staff decide whether the law demands the record; and proofs are kept to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain import permissions
from bot.domain.errors import IllegalMove, NotFound
from bot.services import privacy
from bot.services.ports import Storage, UnitOfWork
from bot.services.review import Actor, BadMove
from bot.services.stored import AuditEntry, Erasure, ErasureRequest

# What the clinic may choose for a visitor who asks to be forgotten after the hand-off (clinic.toml).
POLICIES = ("staff_review", "now")
DECISIONS = ("erased", "kept")
LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Applied:
    """What was done with proofs of earlier erasures: applied again, or there was nothing (left) to erase."""

    again: int
    nothing_left: int


def requests(storage: Storage, *, by: Actor) -> list[ErasureRequest]:
    """All requests: the open ones first, the oldest first among them; then what was decided."""
    permissions.check(by.role, "erase")
    with storage.reading() as uow:
        found = uow.doors.erasure_requests()
    return sorted(found, key=lambda one: (one.decision is not None, one.asked_at))


def undecided(storage: Storage) -> frozenset[str]:
    """References of the hand-offs whose visitors wait for a decision; no more than that, so any signed-in person may."""
    with storage.reading() as uow:
        return uow.doors.undecided_erasures()


def decide(storage: Storage, reference: str, *, decision: str, reason: str, by: Actor, now: datetime) -> None:
    """Erase the record too, or keep it because the law says so; a reason is needed to keep.

    Raises `NotFound`, `IllegalMove` when it was decided before, `BadMove`, `NotAllowed`.
    """
    permissions.check(by.role, "erase")
    why = " ".join(reason.split())[:LONGEST_REASON]
    if decision not in DECISIONS:
        raise BadMove("decision", "{field} must be one of {kinds}", field="decision", kinds=tuple(DECISIONS))
    if decision == "kept" and not why:
        raise BadMove("reason", "say which law or duty asks to keep the record")
    with storage() as uow:
        found = uow.doors.erasure_asked(reference)
        request = uow.doors.erasure_request(found.conversation) if found else None
        if request is None:
            raise NotFound(reference)
        if request.decision is not None:
            raise IllegalMove("this request was decided before")
        if decision == "erased":
            privacy.erase_all(uow, request.conversation, by=by.name, now=now)  # which answers the request, too
        else:
            uow.doors.decide_erasure(replace(request, decision=decision, decided_by=by.name, decided_at=now))
        # The reason may name a person, so it is kept as long as the record is and goes with it.
        detail = {"reason": why} if decision == "kept" else None
        uow.audit.add(AuditEntry(now, by.name, f"erasure_{decision}", reference, request.conversation, detail=detail))
        uow.commit()


def proofs(storage: Storage) -> list[Erasure]:
    """Every erasure there was."""
    with storage.reading() as uow:
        return uow.conversations.erasures()


def apply_again(storage: Storage, earlier: Iterable[Erasure], *, now: datetime) -> Applied:
    """After a restore: forget again what had been forgotten since the copy was made. Safe to repeat."""
    again = nothing = 0
    for proof in earlier:
        with storage() as uow:
            if _is_back(uow, proof):
                if proof.what == "all":
                    privacy.erase_all(uow, proof.conversation, by="restore", now=now)
                else:
                    privacy.erase_chat(uow, proof.conversation, by="restore", now=now)
                uow.commit()
                again += 1
            else:
                nothing += 1
    return Applied(again, nothing)


def _is_back(uow: UnitOfWork, proof: Erasure) -> bool:
    """True when the copy holds what this proof says is gone."""
    chat = uow.conversations.get(proof.conversation)
    if chat is None:
        return False
    return chat.erased_at is None or (proof.what == "all" and uow.handoffs.by_conversation(chat.id) is not None)
