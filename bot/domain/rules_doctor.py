"""The rules that ask for a doctor's word, or a person of ours, before a massage is booked."""

from __future__ import annotations

from bot.domain.clauses import Clause, all_of, any_of, fact, has, switch
from bot.domain.facts import Facts
from bot.domain.flags import CONDITIONS, RED_FLAGS
from bot.domain.rule import Rule
from bot.domain.rules_derived import MATTERS

_SOON = "CANCERPAIN PANCOAST HEAD50 INFLAM PMR CRPS LUMP WEIGHT"
_ROUTINE = "AXSPA CECS PAD STATIN NUMB"
_CONDITIONS = (
    "PREG POSTPARTUM CANCER-ACT ANTICOAG BLEED SURG FX-HEAL HTN-UNC HEART STROKE DVT-PAST DM-NEURO OSTEOP EPIL-UNC IMMUNO "
    "LYMPH KIDLIV ILLNESS CHRONIC SPINEOP MINOR CAPACITY MH-ACUTE UNKMED"
)
_MIDWIFE = "please ask your midwife or doctor first. We can plan your visit once they agree."
_OWN_WORDS = {
    "CI-PREG": f"Because of pregnancy, {_MIDWIFE}",
    "CI-POSTPARTUM": f"Because of a recent birth, {_MIDWIFE}",
    "CI-SURG": "Because of recent surgery, please ask your surgeon or doctor first. We can plan clinical massage once they agree.",
    "CI-MINOR": (
        "Because this is about a child or teenager with pain, a parent or guardian should ask a doctor or physiotherapist "
        "first. A guardian also needs to agree and to come along."
    ),
    "CI-CAPACITY": "We want to be sure that the right person agrees to the treatment, so a member of our team will call.",
    "CI-MH-ACUTE": (
        "You have a lot to carry just now. A member of our team will call, and please talk it over with your doctor or care "
        "team first. We are glad to help when the time is right."
    ),
    "CI-UNKMED": (
        "Because of medicines or a diagnosis we are not yet sure about, please find out the names first, for instance from "
        "your doctor or pharmacist. Then we can plan clinical massage."
    ),
}


def _mild_pregnancy(facts: Facts) -> bool:
    weeks = facts.record.weeks_pregnant
    return "low_risk_pregnancy" in facts.found and weeks is not None and weeks >= 12


def _minor_with_pain(facts: Facts) -> bool:
    """Under 16 with pain; CI-MINOR that was told against the age counts as under 16."""
    young = facts.age is not None and facts.age < 16
    told = "CI-MINOR" in facts.listed and not (facts.age is not None and 16 <= facts.age < 18)
    return facts.pain and (young or told)


def _not_mild_pregnancy(facts: Facts) -> bool:
    return not _mild_pregnancy(facts)


_WHEN: dict[str, Clause] = {
    "CI-CHRONIC": all_of("CI-CHRONIC", switch("chronic_requires_doctor"), MATTERS),
    "CI-PREG": all_of(
        "CI-PREG",
        any_of(
            switch("low_risk_pregnancy_may_come", on=False),
            fact("weeks_pregnant", "not (12 weeks or more, low risk, midwife aware)", _not_mild_pregnancy),
        ),
    ),
    "CI-MINOR": all_of(
        "CI-MINOR",
        any_of(
            switch("guardian_decides_for_minors", on=False),
            fact("age", "under 16 (or under 18 by word alone) with pain", _minor_with_pain),
        ),
    ),
    "CI-MH-ACUTE": any_of("CI-MH-ACUTE", all_of("trauma_survivor", switch("trauma_survivor_needs_no_note", on=False))),
}
_LOWERS = {
    "CI-CHRONIC": ("mild_old_ache_may_relax",),
    "CI-PREG": ("low_risk_pregnancy_may_come",),
    "CI-MINOR": ("guardian_decides_for_minors",),
    "CI-MH-ACUTE": ("trauma_survivor_needs_no_note",),
    "RF-CANCERPAIN": ("past_cancer_alone_is_no_flag",),
}


def _flag(name: str, urgency: str) -> Rule:
    flag = RED_FLAGS[f"RF-{name}"]
    soon = urgency == "gp_urgent"
    return Rule(
        id=f"R-{flag.id}",
        outcome="doctor_first",
        urgency=urgency,
        when=has(flag.id),
        because=(
            f"Please see a doctor within the next few days about {flag.plain}. We will talk about massage after that."
            if soon
            else f"Because of {flag.plain}, please check with your doctor first. "
            "We can plan clinical massage once they agree."
        ),
        staff=f"{flag.name}. Hold; letter to GP; offer follow-up call."
        if soon
        else f"{flag.name}. Hold until assessed.",
        source=flag.source,
        item=flag.id,
        lowers=_LOWERS.get(flag.id, ()),
    )


def _condition(name: str) -> Rule:
    condition = CONDITIONS[f"CI-{name}"]
    return Rule(
        id=f"R-{condition.id}",
        outcome="doctor_first",
        urgency="gp",
        when=_WHEN.get(condition.id) or has(condition.id),
        because=_OWN_WORDS.get(
            condition.id,
            f"Because of {condition.plain}, please check with your doctor first. "
            "We can plan clinical massage once they agree.",
        ),
        staff=condition.action,
        source=f"{condition.source}; clinical_changes §4" if condition.id in _LOWERS else condition.source,
        item=condition.id,
        lowers=_LOWERS.get(condition.id, ()),
    )


def _person(
    id_: str, when: Clause, because: str, staff: str, source: str = "design", lowers: tuple[str, ...] = ()
) -> Rule:
    return Rule(id_, "doctor_first", "gp", when, because, staff, source, lowers=lowers)


def _ageing_spine_injury(facts: Facts) -> bool:
    days, policy = facts.injury_days, facts.policy
    return days is not None and policy.fresh_spine_injury_days < days <= policy.old_spine_injury_days


_CHECKS = (
    _person(
        "R-X01",
        fact("unknown", "a core safety question without an answer", lambda facts: bool(facts.core_unknown())),
        "I could not be sure about a safety question. A member of our team will talk with you before we book.",
        "Unknown core red flag. Human call-back same day.",
        "design; contract §3",
    ),
    _person(
        "R-X02",
        has("contradiction"),
        "Two of your answers did not match, so a person will check with you.",
        "Contradiction logged; keep higher risk.",
    ),
    _person(
        "R-X03",
        any_of("consent_doubt"),
        "We need the right person to give consent, so our team will call.",
        "Guardian/authority check.",
        "s:NYSED; s:CMTO; clinical_changes §4 (under 18 alone: R-CI-MINOR)",
        ("guardian_decides_for_minors",),
    ),
    _person(
        "R-X04",
        all_of("language_help", switch("language_help_keeps_outcome", on=False)),
        "We will arrange a person or interpreter.",
        "Interpreter.",
        "design; clinical_changes §4",
        ("language_help_keeps_outcome",),
    ),
    _person(
        "R-X05",
        fact("cleared_claimed", "a clearance told in the chat that only a document can give", lambda f: f.stuck_claim),
        "Thanks. Please send the note or let us contact your clinician, so that we can plan your visit.",
        "Verify before treating; class 2 only after verification.",
        "seed; design; clinical_changes §4",
        ("claimed_word_lifts",),
    ),
    _person(
        "R-X06",
        has("parse_doubt"),
        "I could not read one of your answers well enough. A person will follow up; if you feel unwell, get care now.",
        "Fail-safe.",
    ),
    _person(
        "R-X08",
        has("not_improved"),
        "As it has not got better, a review by a doctor makes sense.",
        "Non-response review: no better after 4-6 sessions or 6 weeks.",
        "s:NG59; design",
    ),
)

_ADDED = (
    Rule(
        "R-GU01",
        "doctor_first",
        "gp_urgent",
        all_of(
            any_of("RF-SPINEFX", "RF-CSPINETRAUMA", "spine_injury"),
            switch("old_spine_injury_ages_out"),
            fact(
                "injury",
                "an injury older than fresh_spine_injury_days, up to old_spine_injury_days",
                _ageing_spine_injury,
            ),
        ),
        "Please see a doctor within the next few days about the neck or back injury that no one has looked at. We will talk "
        "about massage after that.",
        "Neck or back injury of 2-12 weeks, not examined. Hold; letter to GP.",
        "clinical_changes §3",
        lowers=("old_spine_injury_ages_out",),
    ),
    Rule(
        "R-GP01",
        "doctor_first",
        "gp",
        has("loose_neck_known"),
        "Because of a condition that can loosen the neck joints, please check with your doctor first. We can plan clinical "
        "massage once they agree.",
        "Long-known RA, Down syndrome or EDS with the usual neck ache. Hold until assessed.",
        "clinical_changes §2.2; k:RUSHTON",
        item="RF-UCI",
    ),
)

DOCTOR_RULES: tuple[Rule, ...] = (
    *(_flag(name, "gp_urgent") for name in _SOON.split()),
    *(_flag(name, "gp") for name in _ROUTINE.split()),
    *(_condition(name) for name in _CONDITIONS.split()),
    *_CHECKS,
    *_ADDED,
)
