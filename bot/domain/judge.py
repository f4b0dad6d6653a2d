"""Turns an intake into the record the rules read, and asks them; also what a doctor's word could still lift."""

from __future__ import annotations

from typing import Any

from bot.domain import record as records
from bot.domain import screens, triage
from bot.domain.intake import Intake

_WEEKS = ("weeks_since_surgery", "weeks_since_fracture", "weeks_since_birth")


def record_json(intake: Intake) -> dict[str, Any]:
    """The intake in the shape of contract §3, as `palpate triage` reads it."""
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
        "cleared": [],
        "cleared_claimed": list(facts.get("clearance") or []),
        "extra": sorted(intake.extra),
    }
    raw.update({name: facts[name] for name in _WEEKS if facts.get(name) is not None})
    if facts.get("onset") == "injury" and facts.get("duration_days") is not None and facts["duration_days"] <= 4:
        raw["hours_since_injury"] = facts["duration_days"] * 24
    return raw


def judge(intake: Intake, *, complete: bool = True) -> triage.Result:
    """The rules' result. While the interview runs (`complete` False) only what was asserted speaks, not what is missing."""
    raw = record_json(intake)
    if complete and not raw["cleared_claimed"] and intake.facts.get("doctor") in ("ok", "ordered"):
        raw["cleared_claimed"] = list(held_back(intake))
    return triage.classify(records.from_json(raw))


def held_back(intake: Intake) -> tuple[str, ...]:
    """The conditions that hold a clinical massage back and that a doctor's word could lift."""
    raw = {**record_json(intake), "cleared_claimed": []}
    result = triage.classify(records.from_json(raw))
    named = (reason.rule.removeprefix("R-") for reason in result.reasons if reason.outcome == "doctor_first")
    return tuple(dict.fromkeys(name for name in named if name in screens.CLEARABLE))
