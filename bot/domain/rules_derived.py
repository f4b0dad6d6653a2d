"""Findings that follow from fields and from each other, so that a forgotten tick never hides a danger."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.clauses import Clause, age_from, all_of, any_of, fact, has, switch
from bot.domain.facts import RELAXING, SPINE_SITES, Facts


@dataclass(frozen=True, slots=True)
class Derived:
    """`gives` is found when `when` holds; rows are tried in order, so a later row may rest on an earlier one."""

    gives: str
    when: Clause
    source: str


def _bp_from(systolic: str, diastolic: str) -> Clause:
    def holds(facts: Facts) -> bool:
        bp = facts.record.bp
        if bp is None:
            return False
        return bool(bp[0] >= getattr(facts.policy, systolic) or bp[1] >= getattr(facts.policy, diastolic))

    return fact("bp", f"blood pressure from {systolic} or {diastolic}", holds, "your blood pressure")


def _weeks_within(field: str, window: str) -> Clause:
    def holds(facts: Facts) -> bool:
        weeks = getattr(facts.record, field)
        return weeks is not None and weeks <= getattr(facts.policy, window)

    return fact(field, f"{field} up to {window}", holds)


def _sudden_back(facts: Facts) -> bool:
    back = "back" in facts.regions or "upper_back" in facts.sites
    return back and facts.onset == "sudden" and (facts.days is None or facts.days <= facts.policy.chronic_days)


def _matters(facts: Facts) -> bool:
    """Not a mild ache with a wish to relax or to move better: a score that nobody knows counts as high."""
    treat_pain = facts.complaint not in RELAXING and facts.complaint != "rehab"
    return treat_pain or facts.limited or facts.score is None or facts.score >= 4


def _unexplained(facts: Facts) -> bool:
    return (
        facts.pain
        and facts.complaint not in ("injury", "rehab", "illness")
        and (facts.onset not in ("injury", "overuse", "post_op"))
    )


def _new(facts: Facts) -> bool:
    return facts.days is None or facts.days <= facts.policy.chronic_days


def _severe_low_tummy(facts: Facts) -> bool:
    sites = not facts.sites.isdisjoint(("abdomen", "pelvis", "groin"))
    return sites and facts.score is not None and facts.score >= 7


def _head_neck_or_shoulder(facts: Facts) -> bool:
    return not facts.regions or not facts.regions.isdisjoint(("head", "neck", "chest"))


def _old_spine_injury(facts: Facts) -> bool:
    days = facts.injury_days
    return days is not None and days > facts.policy.old_spine_injury_days


MATTERS = any_of(
    switch("mild_old_ache_may_relax", on=False),
    fact("nrs", "a wish for treatment of the pain, a score of 4 or more (or not known), or a limitation", _matters),
)
SPINE_SITE = fact("sites", "a neck or back site", lambda f: not f.sites.isdisjoint(SPINE_SITES))
SUDDEN_BACK = any_of(
    "sudden_back_pain", fact("onset", "back pain with a sudden start", _sudden_back, "back pain that came on suddenly")
)
PREGNANT = any_of("CI-PREG", "CI-MISCARRIAGE", "late_period")
KNOWN_CANCER = any_of("CI-CANCER-ACT", "CI-CANCER-PAST")
BLEEDS_EASILY = any_of("CI-ANTICOAG", "CI-BLEED")

_A9 = "clinical.md §A.9"

DERIVED: tuple[Derived, ...] = (
    Derived("CI-TOLDNOT", fact("doctor", "doctor = refused", lambda f: f.record.doctor == "refused"), "contract §3"),
    Derived("RF-HTNCRISIS", _bp_from("bp_stop_systolic", "bp_stop_diastolic"), f"{_A9}; k:ACC2017"),
    Derived("CI-HTN-UNC", _bp_from("bp_hold_systolic", "bp_hold_diastolic"), f"{_A9}; k:ACC2017"),
    Derived(
        "CI-MINOR", fact("age", "age under 18", lambda f: f.age is not None and f.age < 18, "being under 18"), _A9
    ),
    Derived("CI-SURG", _weeks_within("weeks_since_surgery", "surgery_weeks"), "clinical.md §B"),
    Derived("CI-FX-HEAL", _weeks_within("weeks_since_fracture", "fracture_weeks"), "clinical.md §B"),
    Derived("CI-POSTPARTUM", _weeks_within("weeks_since_birth", "birth_weeks"), "clinical.md §B"),
    Derived("chemo", _weeks_within("weeks_since_chemo", "chemo_weeks"), "clinical_changes §2.1"),
    Derived("CI-CANCER-ACT", has("chemo"), "clinical.md §B CI-CANCER-ACT"),
    Derived("CI-IMMUNO", has("CI-CANCER-ACT"), "clinical_changes §2.1"),
    Derived(
        "CI-PREG",
        any_of(
            "late_period",
            fact("weeks_pregnant", "weeks of pregnancy given", lambda f: f.record.weeks_pregnant is not None),
        ),
        "clinical.md §B CI-PREG",
    ),
    Derived("RF-ABUSE", has("strangulation"), "k:SAFEGUARD"),
    Derived(
        "RF-SPINEINF",
        all_of(any_of("CI-FEVER", "rigors"), SPINE_SITE, fact("complaint", "pain", lambda f: f.pain)),
        _A9,
    ),
    Derived(
        "RF-SEVERE",
        all_of(
            fact("nrs", "a score of 9 or 10", lambda f: f.score is not None and f.score >= 9), "constant_unrelieved"
        ),
        f"{_A9}; s:NHS-SEVERE",
    ),
    Derived("RF-HEAD50", all_of("new_headache", age_from(50)), _A9),
    Derived(
        "RF-SPINEFX-LOW",
        all_of(SUDDEN_BACK, any_of("CI-OSTEOP", age_from(65))),
        f"{_A9}; clinical_changes §2.7",
    ),
    Derived(
        "RF-CANCERPAIN",
        all_of(
            fact("complaint", "pain without a known cause", _unexplained),
            any_of(
                all_of("CI-CANCER-ACT", fact("duration_days", "new (up to chronic_days, or not known)", _new)),
                all_of("CI-CANCER-PAST", any_of("night_pain", "constant_unrelieved")),
                all_of("CI-CANCER-PAST", switch("past_cancer_alone_is_no_flag", on=False)),
            ),
        ),
        f"{_A9}; clinical_changes §4",
    ),
    Derived("RF-HEADINJ", all_of("head_knock", BLEEDS_EASILY), _A9),
    Derived("RF-HAEM", all_of("new_swelling", BLEEDS_EASILY), _A9),
    Derived(
        "RF-DVT",
        all_of(
            "tender_limb",
            any_of(
                "long_travel", "plaster", "CI-SURG", "CI-FX-HEAL", "CI-CANCER-ACT", "CI-CANCER-PAST", "CI-PREG",
                "CI-POSTPARTUM", "CI-CONTRACEPT", "CI-DVT-PAST", "CI-DVT-ACTIVE",
            ),
        ),
        "clinical_changes §3",
    ),
    Derived(
        "RF-ACS",
        all_of("chest_wall", fact("rf_unknown", "RF-ACS asked and not answered", lambda f: "RF-ACS" in f.unknown)),
        "clinical_changes §3 RF-ACS: unsure",
    ),
    Derived("RF-ACS", all_of("chest_wall", any_of("breathless", "faint", "pale", "vomiting")), "clinical_changes §3"),
    Derived(
        "RF-CAD",
        all_of("new_droopy_eyelid", fact("sites", "head, neck or shoulder, or no site", _head_neck_or_shoulder)),
        "clinical_changes §2.6",
    ),
    Derived(
        "RF-ECTOPIC",
        all_of(
            PREGNANT,
            any_of(
                "one_sided_tummy_pain", "severe_tummy_pain", "faint", "shoulder_tip_pain", "RF-SHOULDERREF", "RF-ABDO",
                fact("sites", "low tummy pain of 7 or more", _severe_low_tummy, "very bad low tummy pain"),
            ),
        ),
        "clinical_changes §2.5; k:NG126",
    ),
    Derived(
        "RF-PREECL",
        all_of(
            "CI-MISCARRIAGE",
            any_of(
                "heavy_bleeding",
                fact("weeks_pregnant", "20 weeks or more", lambda f: (f.record.weeks_pregnant or 0) >= 20),
            ),
        ),
        "clinical.md §B CI-MISCARRIAGE; k:NG133",
    ),
    Derived("CI-ILLNESS", fact("complaint", "complaint = illness", lambda f: f.complaint == "illness"), "seed"),
    Derived("CI-ILLNESS", all_of("sickle_cell", fact("complaint", "pain", lambda f: f.pain)), "clinical.md §B"),
    Derived(
        "CI-CHRONIC",
        all_of(
            fact(
                "duration_days",
                "pain older than chronic_days",
                lambda f: f.days is not None and f.days > f.policy.chronic_days,
                "pain for more than three months",
            ),
            MATTERS,
        ),
        f"{_A9}; clinical_changes §4",
    ),
    Derived(
        "CI-CHRONIC",
        all_of(
            any_of("RF-SPINEFX", "RF-CSPINETRAUMA", "spine_injury"),
            switch("old_spine_injury_ages_out"),
            fact("injury", "an injury older than old_spine_injury_days", _old_spine_injury),
        ),
        "clinical_changes §3",
    ),
    Derived(
        "CI-ACUTE72",
        fact(
            "hours_since_injury",
            "an injury younger than acute_injury_hours",
            lambda f: f.injury_days is not None and f.injury_days * 24 < f.policy.acute_injury_hours,
            "an injury of the last three days",
        ),
        "clinical.md §B CI-ACUTE72; s:HARM",
    ),
)  # fmt: skip


def derive(facts: Facts) -> None:
    """Add to `facts.found` what follows from it; one pass, each row at most once."""
    found = facts.found
    for row in DERIVED:
        if row.gives not in found and row.when.holds(facts):
            found.add(row.gives)


_ROWS = {row.gives: tuple(one for one in DERIVED if one.gives == row.gives) for row in DERIVED}


def follows_from(name: str, facts: Facts) -> tuple[str, ...]:
    """What a derived finding rests on, down to fields and to what was told; empty for a finding that was told itself."""
    found: dict[str, None] = {}
    _trace(name, facts, found, frozenset())
    return tuple(found)


def _trace(name: str, facts: Facts, found: dict[str, None], above: frozenset[str]) -> bool:
    """Add what `name` follows from to `found`; False when it follows from nothing."""
    if name in facts.told or name in above:
        return False
    rows = [row for row in _ROWS.get(name, ()) if row.when.holds(facts)]
    for row in rows:
        for atom in row.when.met_by(facts):
            if atom.name != name and not _trace(atom.name, facts, found, above | {name}):
                found.setdefault(atom.name)
    return bool(rows)
