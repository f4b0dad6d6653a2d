"""The decision itself: a record in, the answer with every reason out. Fixed rules only; no model has a say here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bot.domain.decision import Decision, Fired, decide
from bot.domain.facts import Facts
from bot.domain.guardian import to_guardian
from bot.domain.modifiers import Modifier, modifiers_for
from bot.domain.policy import DEFAULT_POLICY, Policy
from bot.domain.record import IntakeRecord
from bot.domain.rules import NOTES
from bot.domain.rules_derived import follows_from
from bot.domain.rules_version import version_of
from bot.domain.speech import ENGLISH, listed, say
from bot.domain.what_if import Change, changes

MINOR = "CI-MINOR"
MEANWHILE = "While you ask your doctor, you can have a relaxation massage now, away from the painful area."


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule that fired.

    because   to the visitor, in English; `staff` the same to staff
    facts     the ids and fields that met its condition; `parts` what they are called to the visitor
    words     the reason before the parts stand in the place of `{told}`, the key of its translations
    follows   for each of them that nobody told as such: what it follows from
    """

    rule: str
    outcome: str
    urgency: str | None
    because: str
    staff: str
    source: str
    facts: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    words: str = ""
    follows: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def because_in(self, locale: str) -> str:
        """The reason in the visitor's language."""
        words = say(locale, self.words or self.because)
        return words.replace("{told}", self.told_in(locale))

    def told_in(self, locale: str) -> str:
        """The answers that together matter, as one phrase the person can repeat to a call handler."""
        return listed(locale, [say(locale, part) for part in self.parts], " together with ")


@dataclass(frozen=True, slots=True)
class Alternative:
    """What can be booked now, while the doctor is asked."""

    outcome: str
    because: str


@dataclass(frozen=True, slots=True)
class Result:
    """The answer of contract §3; `minor` is true when it is about somebody under 18. `reasons` come strongest first; `what_would_change` is found when it is asked for."""

    outcome: str
    urgency: str | None
    rule: str
    provisional: bool
    reasons: tuple[Reason, ...]
    modifiers: tuple[Modifier, ...]
    unknown: tuple[str, ...]
    alternative: Alternative | None
    rules_version: str
    minor: bool
    record: IntakeRecord = field(repr=False)
    policy: Policy = field(repr=False, default=DEFAULT_POLICY)

    @property
    def what_would_change(self) -> tuple[Change, ...]:
        """Counterfactuals, by running the rules again."""
        return changes(self.record, self.policy, decide(self.record, self.policy))

    @property
    def books(self) -> bool:
        """True when an appointment may be offered, if only a pending one."""
        return self.outcome in ("relaxation_massage", "clinical_massage")


def classify(record: IntakeRecord, policy: Policy = DEFAULT_POLICY) -> Result:
    """The most cautious answer any rule asks for, with every reason.

    Pure: the same record and policy always give the same result. Every record gets an answer.
    """
    decision = decide(record, policy)
    top = decision.strongest
    stopped = top.outcome == "not_now"
    unknown = dict.fromkeys(name for facts in decision.facts for name in facts.core_unknown())
    return Result(
        outcome=top.outcome,
        urgency=top.urgency,
        rule=top.id,
        provisional=decision.provisional,
        reasons=(*(_reason(one) for one in decision.fired), *_notes(record, top.outcome, top.urgency)),
        modifiers=() if stopped else modifiers_for(decision.facts),
        unknown=tuple(unknown),
        alternative=_alternative(decision),
        minor=_minor(decision),
        rules_version=version_of(policy),
        record=record,
        policy=policy,
    )


def keep_emergency(shown: Result | None, now: Result) -> Result:
    """An emergency that was shown stays: later answers add to the record, but only a person can take it back (I5)."""
    return shown if shown is not None and shown.urgency == "emergency" and now.urgency != "emergency" else now


def result_to_json(result: Result, locale: str = ENGLISH) -> dict[str, Any]:
    """The result in the shape of contract §3; what a visitor reads of it in the language of a locale."""
    return {
        "outcome": result.outcome,
        "urgency": result.urgency,
        "rule": result.rule,
        "provisional": result.provisional,
        "reasons": [
            {
                "rule": reason.rule,
                "outcome": reason.outcome,
                "urgency": reason.urgency,
                "because": reason.because_in(locale),
                "staff": reason.staff,
                "source": reason.source,
                "facts": list(reason.facts),
                "follows": {name: list(parts) for name, parts in reason.follows},
            }
            for reason in result.reasons
        ],
        "modifiers": [
            {"id": one.id, "instruction": one.instruction, "visitor": say(locale, one.visitor), "source": one.source}
            for one in result.modifiers
        ],
        "unknown": list(result.unknown),
        "alternative": None
        if result.alternative is None
        else {"outcome": result.alternative.outcome, "because": say(locale, result.alternative.because)},
        "rules_version": result.rules_version,
        "what_would_change": [
            {"if": one.if_, "outcome": one.outcome, "urgency": one.urgency, "provisional": one.provisional}
            for one in result.what_would_change
        ],
    }


def _reason(one: Fired) -> Reason:
    rule = one.rule
    met = rule.when.met_by(one.facts)
    parts = () if rule.id == "R-RF-SUICIDE" else tuple(dict.fromkeys(atom.said for atom in met if atom.said))
    words = to_guardian(rule.because) if MINOR in one.facts.found else rule.because
    because = words.replace("{told}", listed(ENGLISH, parts, " together with "))
    names = tuple(dict.fromkeys(atom.name for atom in met))
    follows = tuple((name, rests_on) for name in names if (rests_on := _follows(name, one.facts)))
    return Reason(rule.id, rule.outcome, rule.urgency, because, rule.staff, rule.source, names, parts, words, follows)


def _follows(name: str, facts: Facts) -> tuple[str, ...]:
    return tuple(facts.core_unknown()) if name == "unknown" else follows_from(name, facts)


def _notes(record: IntakeRecord, outcome: str, urgency: str | None) -> list[Reason]:
    told = {*record.extra, *(name for ache in record.complaints for name in ache.extra)}
    return [
        Reason(rule_id, outcome, urgency, because, staff, "design", (extra,))
        for rule_id, (extra, because, staff) in NOTES.items()
        if extra in told
    ]


def _alternative(decision: Decision) -> Alternative | None:
    """Chronic pain alone holds the clinical visit: a relaxing one, away from the sore place, can be had now."""
    if [one.rule.id for one in decision.fired] != ["R-CI-CHRONIC"]:
        return None
    return Alternative("relaxation_massage", to_guardian(MEANWHILE) if _minor(decision) else MEANWHILE)


def _minor(decision: Decision) -> bool:
    return any(MINOR in facts.found for facts in decision.facts)
