"""Turns an intake into the record the rules read, and asks them; also what a doctor's word could still lift."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.domain import complaints, screens, triage
from bot.domain import record as records
from bot.domain.intake import Intake

_WEEKS = ("weeks_since_surgery", "weeks_since_fracture", "weeks_since_birth")


def record_json(intake: Intake) -> dict[str, Any]:
    """The intake in the shape of contract §3, as `palpate triage` reads it.

    A doctor's yes without a list of items is taken to be about what holds the visit back; staff verify it anyway.
    """
    raw = _without_claims(intake)
    claimed = intake.facts.get("clearance")
    if claimed is None and intake.facts.get("doctor") in ("ok", "ordered"):
        claimed = held_back(intake)
    return {**raw, "cleared_claimed": sorted(claimed or [])}


def _without_claims(intake: Intake) -> dict[str, Any]:
    facts = intake.facts
    raw: dict[str, Any] = {
        "age": facts.get("age"),
        "sex": facts.get("sex"),
        "sites": facts.get("sites") or [],
        "duration_days": facts.get("duration_days"),
        "onset": facts.get("onset") or "none",
        "nrs": facts.get("nrs"),
        "complaint": facts.get("complaint") or "pain",
        "function_limited": facts.get("function_limited"),
        "rf": sorted(intake.rf),
        "rf_unknown": sorted(intake.rf_unknown),
        "ci": sorted(intake.ci),
        "bp": facts.get("bp"),
        "doctor": facts.get("doctor") or "none",
        "cleared": sorted(intake.earlier.get("cleared", [])),
        "cleared_claimed": [],
        "extra": sorted(intake.extra),
    }
    several = len(complaints.numbers(intake)) > 1
    if several:
        raw["complaints"] = [_complaint(intake, at) for at in complaints.numbers(intake)]
    scores = [facts.get(name) for name in ("nrs", "peg_enjoyment", "peg_activity")]
    if None not in scores:
        raw["peg"] = scores
    if facts.get("psfs") is not None:
        raw["psfs"] = facts["psfs"]
    raw.update({name: facts[name] for name in _WEEKS if facts.get(name) is not None})
    if (
        not several
        and facts.get("onset") == "injury"
        and facts.get("duration_days") is not None
        and facts["duration_days"] <= 4
    ):
        raw["hours_since_injury"] = facts["duration_days"] * 24
    return raw


def _complaint(intake: Intake, at: int) -> dict[str, Any]:
    """One of several complaints; what the visitor wants from the visit is the same for all."""
    own = {name: intake.facts.get(complaints.field(name, at)) for name in complaints.RECORDED}
    return {
        **own,
        "sites": own["sites"] or [],
        "onset": own["onset"] or "none",
        "complaint": intake.facts.get("complaint") or "pain",
    }


def judge(intake: Intake) -> triage.Result:
    """The rules' result for the record as it stands, by the clinic's own policy."""
    return triage.classify(records.from_json(record_json(intake)), intake.policy)


def held_back(intake: Intake) -> tuple[str, ...]:
    """The conditions that hold a clinical massage back and that a doctor's word could lift."""
    result = triage.classify(records.from_json(_without_claims(intake)), intake.policy)
    named = (reason.rule.removeprefix("R-") for reason in result.reasons if reason.outcome == "doctor_first")
    return tuple(dict.fromkeys(name for name in named if name in screens.CLEARABLE))


def changes_result(intake: Intake, names: str | tuple[str, ...], answer: tuple[Any, ...]) -> bool:
    """True when this answer to a question (or these to several) would change the outcome or its urgency.

    Only the gravest answer need be tried: no finding ever lowers a result.
    """
    fields = (names,) if isinstance(names, str) else names
    told = dict(zip(fields, answer, strict=True))
    before, after = judge(intake), judge(replace(intake, facts={**intake.facts, **told}))
    return (before.outcome, before.urgency, before.provisional) != (after.outcome, after.urgency, after.provisional)
