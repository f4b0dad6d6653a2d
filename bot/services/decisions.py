"""A person's word on a result: agree, override, take back; the last word of each counts, and every earlier one stays."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from bot.domain import review
from bot.domain.errors import IllegalMove
from bot.domain.review import Answer
from bot.services.hand_off import answer_of
from bot.services.ports import UnitOfWork
from bot.services.review import (
    Actor,
    BadMove,
    answer_columns,
    counts_of,
    hold_what_no_longer_fits,
    load,
    make_move,
    written,
)
from bot.services.stored import Decision, Handoff

AGREE, OVERRIDE, WITHDRAW = "agree", "override", "withdraw"


def standing(decisions: Iterable[Decision]) -> list[Decision]:
    """The last word of each person, oldest first; a word that was taken back is none."""
    last: dict[str, Decision] = {}
    for one in decisions:
        last.pop(one.by, None)
        if one.kind != WITHDRAW:
            last[one.by] = one
    return list(last.values())


def word_of(decisions: Iterable[Decision], name: str) -> Decision | None:
    """What this person's word is now, or None."""
    return next((one for one in standing(decisions) if one.by == name), None)


def holds(decision: Decision, handoff: Handoff) -> bool:
    """True when the word is about what counts now: this revision, this answer."""
    same = (decision.outcome, decision.urgency) == (handoff.outcome, handoff.urgency)
    return same and decision.revision == handoff.revision


def agree(uow: UnitOfWork, reference: str, *, by: Actor, now: datetime) -> Handoff:
    """The answer that counts is right; no move. Said again, it changes nothing."""
    with uow:
        handoff = load(uow, reference, AGREE, by)
        review.target(AGREE, handoff.status)
        mine = word_of(uow.handoffs.decisions(handoff.id), by.name)
        if mine is not None and holds(mine, handoff):
            return handoff
        direction = review.direction(_rules(uow, handoff), counts_of(handoff))
        moved = make_move(uow, handoff, AGREE, by, now, None, direction=direction)
        _keep(uow, moved, AGREE, direction, by, now)
        uow.commit()
    return moved


def override(
    uow: UnitOfWork, reference: str, *, outcome: str, urgency: str | None, reason: str, by: Actor, now: datetime
) -> Handoff:
    """Another answer than the one that counts, with a reason; no move. The same words again change nothing.

    A booking that no longer fits is put on hold. The rules' own answer gives the result back to the rules.
    """
    said = written(reason, "reason")
    answer = Answer(outcome, urgency or None)
    if (answer.outcome, answer.urgency) not in review.RANKS:
        raise BadMove("outcome", "that outcome does not go with that urgency")
    with uow:
        handoff = load(uow, reference, OVERRIDE, by)
        review.target(OVERRIDE, handoff.status)
        mine = word_of(uow.handoffs.decisions(handoff.id), by.name)
        wanted = (answer.outcome, answer.urgency)
        same_words = mine is not None and (mine.kind, mine.reason, mine.outcome, mine.urgency) == (
            OVERRIDE,
            said,
            *wanted,
        )
        if same_words and mine is not None and holds(mine, handoff):
            return handoff
        rules = _rules(uow, handoff)
        direction = review.direction(rules, answer)
        moved = make_move(uow, handoff, OVERRIDE, by, now, {"reason": said}, **_counting(answer, rules, direction))
        _keep(uow, moved, OVERRIDE, direction, by, now, said)
        hold_what_no_longer_fits(uow, moved)
        uow.commit()
    return moved


def withdraw(uow: UnitOfWork, reference: str, *, reason: str, by: Actor, now: datetime) -> Handoff:
    """Take back one's own word, with a reason; no move. Then the newest word of the others counts, else the rules."""
    said = written(reason, "reason")
    with uow:
        handoff = load(uow, reference, WITHDRAW, by)
        review.target(WITHDRAW, handoff.status)
        made = uow.handoffs.decisions(handoff.id)
        mine = word_of(made, by.name)
        if mine is None:
            raise IllegalMove("you have said nothing about this result; legal: agree, override")
        rules = _rules(uow, handoff)
        others = [one for one in standing(made) if one is not mine]
        answer = Answer(others[-1].outcome, others[-1].urgency) if others and _mattered(mine, handoff) else rules
        if not _mattered(mine, handoff):
            answer = counts_of(handoff)
        direction = review.direction(rules, answer) if others else None
        moved = make_move(uow, handoff, WITHDRAW, by, now, {"reason": said}, **_counting(answer, rules, direction))
        _keep(uow, moved, WITHDRAW, direction or "same", by, now, said, revision=mine.revision)
        hold_what_no_longer_fits(uow, moved)
        uow.commit()
    return moved


def _rules(uow: UnitOfWork, handoff: Handoff) -> Answer:
    return answer_of(uow.handoffs.revisions(handoff.id)[-1].result)


def _mattered(mine: Decision, handoff: Handoff) -> bool:
    """True when this word made the answer that counts now another than the rules'."""
    return handoff.overridden and (mine.outcome, mine.urgency) == (handoff.outcome, handoff.urgency)


def _counting(answer: Answer, rules: Answer, direction: str | None) -> dict[str, Any]:
    """The columns of a hand-off for which this answer counts; the rules' own stays as provisional as they had it."""
    same = (answer.outcome, answer.urgency) == (rules.outcome, rules.urgency)
    return {"overridden": not same, "direction": direction, **answer_columns(rules if same else answer)}


def _keep(
    uow: UnitOfWork,
    handoff: Handoff,
    kind: str,
    direction: str,
    by: Actor,
    now: datetime,
    reason: str = "",
    *,
    revision: int | None = None,
) -> None:
    number = handoff.revision if revision is None else revision
    uow.handoffs.add_decision(
        Decision(handoff.id, number, now, by.name, kind, handoff.outcome, handoff.urgency, direction, reason)
    )
