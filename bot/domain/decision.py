"""One pass of the rules over a record: which fire, which are lifted by a doctor's word, and which is the strongest."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.facts import Facts, aches, shared_findings
from bot.domain.policy import Policy
from bot.domain.record import IntakeRecord
from bot.domain.rule import Rule, strength
from bot.domain.rules import HOLDING_RULES
from bot.domain.rules_base import BASE_RULES
from bot.domain.rules_derived import derive

_DOCTOR_FIRST = strength("doctor_first", "gp")


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule that holds, with the facts of the ache it holds for."""

    rule: Rule
    facts: Facts


@dataclass(frozen=True, slots=True)
class Decision:
    """All rules that fire, strongest first (ties: the earlier row), and what the doctor's word had to do with it."""

    fired: tuple[Fired, ...]
    provisional: bool
    facts: tuple[Facts, ...]

    @property
    def strongest(self) -> Rule:
        """The rule whose answer counts."""
        return self.fired[0].rule


def decide(record: IntakeRecord, policy: Policy) -> Decision:
    """Run every rule over every ache of the record; the result is the maximum, nothing subtracts."""
    shared = shared_findings(record)
    every: list[Facts] = []
    holding: dict[str, Fired] = {}
    bases: list[Fired] = []
    leans_on_claim = False
    for ache in aches(record):
        facts = Facts(record, ache, shared, policy)
        derive(facts)
        _lift_what_follows(facts)
        every.append(facts)
        for rule in HOLDING_RULES:
            if rule.when.holds(facts):
                if rule.item is not None and rule.item in facts.lifted:
                    leans_on_claim = leans_on_claim or rule.item not in record.cleared
                    continue
                if rule.item is not None and rule.item in record.cleared_claimed:
                    facts.stuck_claim = True
                holding.setdefault(rule.id, Fired(rule, facts))
        bases.append(_base(facts))
    fired = _strongest_first([*holding.values(), *bases])
    top = fired[0].rule
    if top.strength >= _DOCTOR_FIRST:
        return Decision(tuple(one for one in fired if one.rule.strength >= _DOCTOR_FIRST), False, tuple(every))
    provisional = leans_on_claim or any(_waits(one, record) for one in fired if one.rule.outcome == top.outcome)
    return Decision(tuple(fired), provisional, tuple(every))


def _lift_what_follows(facts: Facts) -> None:
    """The oncologist's word covers the low immunity that only follows from the cancer treatment."""
    if "CI-CANCER-ACT" in facts.record.cleared and "CI-IMMUNO" not in facts.listed:
        facts.lifted = facts.lifted | {"CI-IMMUNO"}


def _base(facts: Facts, *, without: str | None = None) -> Fired:
    for rule in BASE_RULES:
        if rule.id != without and rule.when.holds(facts):
            return Fired(rule, facts)
    return Fired(BASE_RULES[-1], facts)


def _waits(one: Fired, record: IntakeRecord) -> bool:
    """True when a person has to look before the booking is firm.

    A doctor's order told in the chat waits for its document only where nothing else makes the visit clinical.
    """
    if one.rule.id != "R-C01":
        return one.rule.provisional
    if record.cleared:
        return False
    other = _base(one.facts, without="R-C01").rule
    return other.provisional or other.outcome != "clinical_massage"


def _strongest_first(fired: list[Fired]) -> list[Fired]:
    """By strength, then by row; the same rule for two aches counts once."""
    once: dict[tuple[str, str], Fired] = {}
    for one in fired:
        once.setdefault((one.rule.id, one.rule.outcome), one)
    return sorted(once.values(), key=lambda one: (-one.rule.strength, _ROW[id(one.rule)]))


_ROW = {id(rule): number for number, rule in enumerate((*HOLDING_RULES, *BASE_RULES))}
