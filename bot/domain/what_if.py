"""What would change a result, found by running the rules again with one thing different; never written by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.domain.decision import Decision, decide
from bot.domain.extras import EXTRAS
from bot.domain.policy import Policy
from bot.domain.record import IntakeRecord
from bot.domain.rule import strength

_A_GROWN_UP = 40  # stands for "an adult without risk by age" when only the age is missing


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that would have to be different, and the answer it would give."""

    if_: str
    outcome: str
    urgency: str | None
    provisional: bool


def changes(record: IntakeRecord, policy: Policy, decision: Decision) -> tuple[Change, ...]:
    """What would make the answer milder, or, where massage is open, stricter. Of a same-day or emergency stop: nothing.

    Nobody is told how to talk their way out of danger.
    """
    top = decision.strongest
    if top.urgency in ("emergency", "same_day"):
        return ()
    now = strength(top.outcome, top.urgency)
    found: list[Change] = []
    if top.outcome in ("doctor_first", "not_now") or decision.provisional:
        for words, other in _milder(record, decision):
            change = _run(words, other, policy)
            better = strength(change.outcome, change.urgency) < now
            firmer = strength(change.outcome, change.urgency) == now and decision.provisional and not change.provisional
            if better or firmer:
                found.append(change)
    if top.outcome in ("relaxation_massage", "clinical_massage"):
        for words, other in _stricter(record):
            change = _run(words, other, policy)
            if strength(change.outcome, change.urgency) > now:
                found.append(change)
    return tuple(found)


def _run(words: str, record: IntakeRecord, policy: Policy) -> Change:
    decision = decide(record, policy)
    top = decision.strongest
    return Change(words, top.outcome, top.urgency, decision.provisional)


def _milder(record: IntakeRecord, decision: Decision) -> Iterator[tuple[str, IntakeRecord]]:
    items = [one.rule.item for one in decision.fired if one.rule.item]
    items += [name for name in record.cleared_claimed if name not in items and name not in record.cleared]
    unknown = sorted({name for facts in decision.facts for name in facts.core_unknown()})
    over = [
        name for name in record.ci if any(one.rule.id == f"R-{name}" and not one.rule.item for one in decision.fired)
    ]
    doubts = [name for name in record.extra if any(_rests_on(one.rule.id, name) for one in decision.fired)]
    single: list[tuple[str, IntakeRecord]] = []
    single += [(f"{item} cleared", _cleared(record, [item])) for item in items]
    single += [(_told(name), _answered(record, [name])) for name in unknown]
    single += [(f"{name} over", _without(record, name)) for name in over]
    single += [(f"settled: {EXTRAS[name]}", replace(record, extra=_minus(record.extra, name))) for name in doubts]
    yield from single
    if len(single) > 1:
        every = _answered(_cleared(record, items), unknown)
        for name in over:
            every = _without(every, name)
        every = replace(every, extra=tuple(name for name in every.extra if name not in doubts))
        yield " and ".join(words for words, _ in single), every


_RESTS_ON = {"R-X02": "contradiction", "R-X03": "consent_doubt", "R-X04": "language_help", "R-X06": "parse_doubt"}


def _rests_on(rule_id: str, extra: str) -> bool:
    return _RESTS_ON.get(rule_id) == extra


def _stricter(record: IntakeRecord) -> Iterator[tuple[str, IntakeRecord]]:
    if (record.nrs or 0) < 4:
        yield "score of 4 or more", replace(record, nrs=4)
    if not record.function_limited:
        yield "pain that limits what you do", replace(record, function_limited=True)
    if (record.duration_days or 0) <= 90:
        yield "pain for more than three months", replace(record, duration_days=91, complaint="pain")


def _cleared(record: IntakeRecord, items: list[str]) -> IntakeRecord:
    return replace(record, cleared=tuple(dict.fromkeys((*record.cleared, *items))))


def _told(name: str) -> str:
    return "age told" if name == "age" else f"{name} answered no"


def _answered(record: IntakeRecord, names: list[str]) -> IntakeRecord:
    age = _A_GROWN_UP if "age" in names and record.age is None else record.age
    return replace(record, age=age, rf_unknown=tuple(name for name in record.rf_unknown if name not in names))


def _without(record: IntakeRecord, name: str) -> IntakeRecord:
    return replace(record, ci=_minus(record.ci, name))


def _minus(names: tuple[str, ...], name: str) -> tuple[str, ...]:
    return tuple(one for one in names if one != name)
