"""Visitors who come back: what was told last time is confirmed, not asked again; what may have changed is asked anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.domain import cards, complaints, screens
from bot.domain.conditions import CONDITIONS
from bot.domain.intake import Intake

VISIT, DAY = "visit", "day"
_KEPT = (
    "for_whom", "age", "sex", "complaint", "cause", "function", "quality", "onset", "doctor", "clearance", "contact", "preferences",
)  # fmt: skip
_WEEKS = ("weeks_since_surgery", "weeks_since_fracture", "weeks_since_birth")
# What passes by itself and is asked anew each time.
_OF_THE_DAY = frozenset({"CI-FEVER", "CI-INTOX", "CI-CONTAG", "CI-WOUNDINF", "CI-SKIN", "CI-INJECT", "CI-ACUTE72"})
NOT_IMPROVED_DAYS = 42  # clinical.md rule R-X08


def is_rescreen(intake: Intake) -> bool:
    """True for the check on the day of a visit that is booked already."""
    return intake.earlier.get("kind") == DAY


def wants_recall(intake: Intake) -> bool:
    """True when the visitor has agreed and what was told last time is to be fetched now."""
    return bool(intake.earlier.get("conversation")) and intake.consented and "days" not in intake.earlier


def forget(intake: Intake) -> None:
    """There is nothing from last time any more: go on as with a new visitor."""
    intake.earlier = {}


def recall(intake: Intake, record: Mapping[str, Any], *, days: int, reference: str) -> None:
    """Take over what was told last time, as far as it was not told anew; `days` ago. It still has to be confirmed."""
    told: Mapping[str, Any] = record.get("facts") or {}
    intake.earlier = {**intake.earlier, "days": days, "reference": reference, "cleared": record.get("cleared") or []}
    for name in _KEPT:
        _keep(intake, name, told.get(name, record.get(name)))
    for name in _WEEKS:
        if record.get(name) is not None:
            _keep(intake, name, record[name] + days // 7)
    for at, ache in enumerate(record.get("complaints") or [record], 1):
        _keep(intake, complaints.field("sites", at), ache.get("sites") or None)
        _keep(intake, complaints.field("onset", at), ache.get("onset"))
        began = ache.get("duration_days")
        _keep(intake, complaints.field("duration_days", at), None if began is None else round(began + days))
        intake.settle(complaints.field("side", at))
        if is_rescreen(intake):
            _keep(intake, complaints.field("nrs", at), ache.get("nrs"))
            _keep(intake, complaints.field("function_limited", at), ache.get("function_limited"))
    _keep_findings(intake, record)
    for name in ("narrative", "for_whom", "complaint", "conditions", "medicines"):
        intake.settle(name)


def _keep(intake: Intake, name: str, value: Any) -> None:
    if value is not None and intake.facts.get(name) is None:
        intake.facts[name] = value
        intake.settle(name)


def _keep_findings(intake: Intake, record: Mapping[str, Any]) -> None:
    """Conditions last; what passes is left out. Dangers of last time are asked again on their cards, not carried over."""
    intake.assert_all(name for name in record.get("ci") or () if name in CONDITIONS and name not in _OF_THE_DAY)
    if is_rescreen(intake):
        intake.assert_all(record.get("rf") or ())
    for name in (*screens.CONDITIONS_CARD, *screens.MEDICINES_CARD):
        intake.settle(name)
    intake.unsure_of(name for name in record.get("rf_unknown") or () if name in CONDITIONS)


def plan(intake: Intake) -> list[str]:
    """The questions of somebody who comes back: safety as for everybody, what changed, and a yes to the rest."""
    if is_rescreen(intake):
        return ["emergency_gate", "day_of_visit"]
    aches = [at for at in complaints.numbers(intake) if complaints.sites_of(intake, at)]
    asked = ["emergency_gate", *(["since_last"] if aches else []), "still_true"]
    asked += [complaints.field(name, at) for at in aches for name in ("nrs", "function_limited")]
    asked += [*cards.screen_fields(intake), "general_screen", "skin"]
    return [*asked, *(["doctor"] if aches else []), "preferred_times", "contact"]


def note_progress(intake: Intake) -> None:
    """No better after six weeks: a finding of its own (R-X08)."""
    if intake.facts.get("since_last") in ("same", "worse") and intake.earlier.get("days", 0) >= NOT_IMPROVED_DAYS:
        intake.add_extra("not_improved")
