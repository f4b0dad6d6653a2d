"""The rules that stop a massage without an ambulance: to be seen the same day, or to be put off."""

from __future__ import annotations

from bot.domain.clauses import Part, age_from, all_of, any_of, fact, has, switch
from bot.domain.flags import CONDITIONS, RED_FLAGS
from bot.domain.rule import Rule
from bot.domain.rules_derived import KNOWN_CANCER, SPINE_SITE
from bot.domain.rules_emergency import ABDOMINAL_AORTA_60, FRESH_SPINE_INJURY

_SINGLE = (
    "SPINEFX-LOW SPINEINF NEUROPROG RENAL SHINGLES MYELO ANGINA DVT SVT CELLULITIS ACHILLES HIPSTRESS CHILDLIMP GCA JAWINF "
    "SEPTIC FX HAEM SEVERE HTNCRISIS ABUSE"
)
_ADDED = "UCI SICKLE ABDO FQ CADPAIN"
_TODAY = "This needs a doctor or urgent-care check today, and massage could make some causes worse."
_OWN_WORDS = {
    "RF-ABUSE": (
        "I am sorry this happened. You are not to blame. If you wish, a trained person can call you on a number that is "
        "private. We will not book a massage now."
    ),
    "RF-CHILDLIMP": (
        "You told me about a child or teenager with limping, night pain or fever. A doctor or urgent care needs to see them "
        "today, and massage could make some causes worse."
    ),
}
_STAFF_WORDS = {
    "RF-ABUSE": (
        "Disclosure of violence / safeguarding. STOP; follow the safeguarding policy. Call back in private on the safe number "
        "the person gave, never through a proxy or a shared address."
    ),
}


def _single(name: str) -> Rule:
    flag = RED_FLAGS[f"RF-{name}"]
    return Rule(
        id=f"R-{flag.id}",
        outcome="not_now",
        urgency="same_day",
        when=has(flag.id),
        because=_OWN_WORDS.get(flag.id, f"You told me about {flag.plain}. {_TODAY}"),
        staff=_STAFF_WORDS.get(
            flag.id, f"{flag.name} possible. STOP; same-day medical review; re-screen before rebooking."
        ),
        source=flag.source,
    )


def _condition(name: str, because: str | None = None) -> Rule:
    condition = CONDITIONS[name]
    return Rule(
        id=f"R-{name}",
        outcome="not_now",
        urgency="same_day",
        when=has(name),
        because=because or f"You told me about {condition.plain}. {_TODAY}",
        staff=condition.action,
        source=condition.source,
    )


def _combo(
    number: int, concern: str, source: str, *parts: Part, because: str = "", lowers: tuple[str, ...] = ()
) -> Rule:
    return Rule(
        id=f"R-SD{number:02d}",
        outcome="not_now",
        urgency="same_day",
        when=all_of(*parts),
        because=because or f"You told me about {{told}}. {_TODAY}",
        staff=f"{concern}. STOP; same-day medical review; re-screen before rebooking.",
        source=source,
        lowers=lowers,
    )


def _defer(name: str, because: str) -> Rule:
    condition = CONDITIONS[name]
    return Rule(
        id=f"R-{name}",
        outcome="not_now",
        urgency="defer",
        when=has(name),
        because=because,
        staff=condition.action,
        source=condition.source,
    )


_FEVER_AT_RISK = any_of(
    "CI-PREG", "CI-POSTPARTUM", "CI-IMPLANT", "prosthetic_joint", "dialysis", "CI-KIDLIV", "malaria_area", "glass_rash",
    all_of(
        "CI-SURG",
        fact(
            "weeks_since_surgery",
            "an operation up to 6 weeks ago, or when is not known",
            lambda f: f.record.weeks_since_surgery is None or f.record.weeks_since_surgery <= 6,
        ),
    ),
    fact(
        "fever_days",
        "a fever of more than long_fever_days",
        lambda f: f.record.fever_days is not None and f.record.fever_days > f.policy.long_fever_days,
        "a fever that has lasted for days",
    ),
)  # fmt: skip

_COMBINATIONS = (
    _combo(
        1,
        "Peripheral arterial disease with rest pain or tissue loss",
        "clinical_changes §2.4; k:CG147",
        "RF-PAD",
        any_of("rest_pain", "foot_ulcer", "black_toe", "night_pain", "open_wound", "cold_numb_limb"),
    ),
    _combo(
        2,
        "Possible spinal metastasis",
        "clinical_changes §2.3; k:NG234",
        "RF-CANCERPAIN",
        any_of("band_pain", all_of(KNOWN_CANCER, SPINE_SITE)),
    ),
    _combo(3, "Sudden back, flank or belly pain from 60", "clinical_changes §2.7; k:NG156", ABDOMINAL_AORTA_60),
    _combo(4, "Fever with raised risk", "clinical_changes §2.8", "CI-FEVER", _FEVER_AT_RISK),
    _combo(5, "Statin muscle pain with weakness", "clinical_changes §1; k:CKS-STATIN", "RF-STATIN", "weakness"),
    _combo(
        6,
        "Chest-wall pain that may still be cardiac",
        "clinical_changes §3 RF-ACS (b)",
        "chest_wall",
        any_of(
            age_from(40), "smoker", "heart_risk", "CI-HEART", "CI-HTN-UNC", "CI-HTN-CTRL", "CI-DM", "CI-DM-NEURO",
            "CI-STROKE", switch("young_chest_wall_pain_may_come", on=False),
        ),
        lowers=("young_chest_wall_pain_may_come",),
    ),
    _combo(7, "Fresh neck or back injury, not examined", "clinical_changes §3; k:CCR", "spine_injury", FRESH_SPINE_INJURY,
           lowers=("old_spine_injury_ages_out",)),
)  # fmt: skip

TODAY_RULES: tuple[Rule, ...] = (
    *(_single(name) for name in _SINGLE.split()),
    _condition("CI-WOUNDINF"),
    _condition(
        "CI-MISCARRIAGE",
        "Please call your maternity or early-pregnancy unit today about the bleeding or cramps. If it is heavy, very painful "
        "or you feel faint, call emergency services now. No massage until they have seen you.",
    ),
    _condition("CI-HF-DECOMP"),
    *(_single(name) for name in _ADDED.split()),
    *_COMBINATIONS,
)

DEFER_RULES: tuple[Rule, ...] = (
    _defer(
        "CI-DVT-ACTIVE",
        "Because of a recent blood clot we cannot offer massage now, not until three months have passed. Then the team that "
        "treats your clot decides, and we need their word in writing.",
    ),
    _defer(
        "CI-FEVER",
        "Because of a fever or infection, massage is not right for you today. Please rebook once you have been well and "
        "without fever for two days.",
    ),
    _defer(
        "CI-CONTAG",
        "Because of a skin condition that can spread, massage is not right today. Please rebook once it is treated and no "
        "longer catching.",
    ),
    _defer(
        "CI-INTOX",
        "Because of alcohol, drugs or calming medicine today, massage is not right for you today. Please rebook for a day "
        "without them.",
    ),
    _defer(
        "CI-TOLDNOT",
        "A clinician has told you not to have massage, and we follow that. It is for them to decide when that changes; then "
        "please bring us their word in writing.",
    ),
)
