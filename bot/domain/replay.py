"""Runs stored records against the working rules and lists every answer that would change, before rules are published."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.policy import DEFAULT_POLICY, Policy
from bot.domain.record import IntakeRecord
from bot.domain.rule import strength
from bot.domain.triage import classify


@dataclass(frozen=True, slots=True)
class Stored:
    """A record that was judged before: `reference` names it, outcome and urgency are what it was told."""

    reference: str
    record: IntakeRecord
    outcome: str
    urgency: str | None


@dataclass(frozen=True, slots=True)
class Moved:
    """An answer that the working rules would change; `milder` needs two different sign-offs."""

    reference: str
    was: tuple[str, str | None]
    now: tuple[str, str | None]
    rule: str
    milder: bool


def replay(stored: Iterable[Stored], policy: Policy = DEFAULT_POLICY) -> list[Moved]:
    """Every stored answer that would come out differently today, in the order given."""
    moved: list[Moved] = []
    for one in stored:
        result = classify(one.record, policy)
        was, now = (one.outcome, one.urgency), (result.outcome, result.urgency)
        if was != now:
            moved.append(Moved(one.reference, was, now, result.rule, strength(*now) < strength(*was)))
    return moved
