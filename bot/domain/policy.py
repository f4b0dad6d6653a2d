"""The clinic's choices that rules depend on: every switch and window with its source, and whether it makes a result milder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from bot.domain.errors import PalpateError


class BadPolicy(PalpateError):
    """A setting that does not exist or cannot have that value."""

    code = "P423"


def _switch(on: bool, why: str, source: str, *, lowers: bool = False) -> Any:
    return field(default=on, metadata={"why": why, "source": source, "lowers": lowers})


def _window(value: float, why: str, source: str) -> Any:
    return field(default=value, metadata={"why": why, "source": source, "lowers": False})


_CHANGES = "clinical_changes §4"


@dataclass(frozen=True, slots=True)
class Policy:
    """Switches and windows. A switch marked `lowers` makes some result milder when it is on; a clinician may refuse it.

    Windows are in the unit their name says; blood pressure in mmHg.
    """

    chronic_requires_doctor: bool = _switch(
        True, "Pain of more than three months asks for a doctor's word first.", "seed; clinical.md §0"
    )
    mild_old_ache_may_relax: bool = _switch(
        True,
        "An old ache below 4 that limits nothing, with a wish to relax, needs no doctor's word.",
        _CHANGES,
        lowers=True,
    )
    claimed_word_lifts: bool = _switch(
        True,
        "A doctor's word told in the chat lifts the items that may be lifted so; the booking stays pending.",
        _CHANGES,
        lowers=True,
    )
    nothing_matched_may_book: bool = _switch(
        True,
        "When no rule speaks and there is no danger, massage is offered; off: a person calls.",
        f"{_CHANGES}; contract §3",
        lowers=True,
    )
    mild_sport_soreness_may_relax: bool = _switch(
        True, "Mild soreness after sport with a wish to relax is a regular massage.", _CHANGES, lowers=True
    )
    guardian_decides_for_minors: bool = _switch(
        True,
        "Under 18 a guardian decides about coming; only under 16 with pain a doctor is asked.",
        _CHANGES,
        lowers=True,
    )
    language_help_keeps_outcome: bool = _switch(
        True,
        "Who needs help with language or reading gets an interpreter or a person, and the same result.",
        _CHANGES,
        lowers=True,
    )
    trauma_survivor_needs_no_note: bool = _switch(
        True, "A survivor of trauma is offered care, not a doctor's note.", _CHANGES, lowers=True
    )
    past_cancer_alone_is_no_flag: bool = _switch(
        True,
        "A cured cancer needs night pain or constant pain beside it to count as a danger sign.",
        _CHANGES,
        lowers=True,
    )
    young_chest_wall_pain_may_come: bool = _switch(
        True,
        "Chest pain only when stretching or pressing, under 40 and without heart risk, changes nothing.",
        "clinical_changes §3 RF-ACS (b)",
        lowers=True,
    )
    old_spine_injury_ages_out: bool = _switch(
        True,
        "A neck or back injury of 2 to 12 weeks asks for a doctor within days, an older one counts as long-lasting pain.",
        "clinical_changes §3 RF-SPINEFX",
        lowers=True,
    )
    low_risk_pregnancy_may_come: bool = _switch(
        False,
        "From 12 weeks, low risk and with the midwife's knowledge, pregnancy needs no clearance.",
        f"{_CHANGES}; s:PREG-SR",
        lowers=True,
    )
    acute_injury_hours: float = _window(
        72, "No massage on an injury younger than this.", "s:HARM; convention, not trial-based"
    )
    surgery_weeks: float = _window(
        12, "An operation counts as recent for so long.", "clinical.md §B CI-SURG; convention"
    )
    fracture_weeks: float = _window(
        12, "A broken bone counts as healing for so long.", "clinical.md §B CI-FX-HEAL; convention"
    )
    birth_weeks: float = _window(6, "A birth counts as recent for so long.", "clinical.md §B CI-POSTPARTUM; convention")
    chemo_weeks: float = _window(6, "Chemotherapy lowers immunity for so long.", "clinical_changes §2.1")
    chronic_days: float = _window(90, "Pain older than this is chronic.", "s:ICD11; clinical.md §D")
    new_pain_days: float = _window(28, "Pain younger than this is new.", "s:ACP17-D (acute); clinical_changes §2.7")
    long_fever_days: float = _window(5, "A fever longer than this is seen the same day.", "clinical_changes §2.8")
    fresh_spine_injury_days: float = _window(
        14, "Up to this age a neck or back injury is fresh.", "clinical_changes §3"
    )
    old_spine_injury_days: float = _window(
        84, "Beyond this age a neck or back injury counts as long-lasting pain.", "clinical_changes §3"
    )
    bp_hold_systolic: float = _window(160, "From here a doctor's word comes first.", "k:ACC2017; clinical.md §B, §J")
    bp_hold_diastolic: float = _window(100, "From here a doctor's word comes first.", "k:ACC2017; clinical.md §B, §J")
    bp_stop_systolic: float = _window(180, "From here somebody sees it today.", "k:ACC2017; k:NG136")
    bp_stop_diastolic: float = _window(120, "From here somebody sees it today.", "k:ACC2017; k:NG136")

    @classmethod
    def from_mapping(cls, settings: Mapping[str, object]) -> Policy:
        """A policy from a settings file; what it does not name keeps its default. Raises `BadPolicy`."""
        known = {spec.name: spec for spec in fields(cls)}
        for name, value in settings.items():
            if name not in known:
                raise BadPolicy(f"{name}: no such policy setting")
            wanted = bool if isinstance(known[name].default, bool) else (int, float)
            if not isinstance(value, wanted) or (wanted is not bool and isinstance(value, bool)):
                raise BadPolicy(f"{name}: must be {'true or false' if wanted is bool else 'a number'}")
            if not isinstance(value, bool) and not 0 <= float(value) < 1e6:
                raise BadPolicy(f"{name}: must be a number not below 0")
        return cls(**dict(settings))  # type: ignore[arg-type]  # checked just above


@dataclass(frozen=True, slots=True)
class Setting:
    """One switch or window, for the page clinicians read."""

    name: str
    value: bool | float
    why: str
    source: str
    lowers: bool


def settings(policy: Policy) -> tuple[Setting, ...]:
    """Every switch and window of a policy with its source."""
    return tuple(
        Setting(
            spec.name,
            getattr(policy, spec.name),
            spec.metadata["why"],
            spec.metadata["source"],
            spec.metadata["lowers"],
        )
        for spec in fields(policy)
    )


DEFAULT_POLICY = Policy()
