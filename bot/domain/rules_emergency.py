"""The rules that stop everything: single emergencies, and combinations that only together are one."""

from __future__ import annotations

from bot.domain.clauses import Part, age_from, all_of, any_of, fact, has, switch
from bot.domain.facts import BACK_OR_BELLY, Facts
from bot.domain.flags import RED_FLAGS
from bot.domain.rule import Rule
from bot.domain.rules_derived import KNOWN_CANCER, SPINE_SITE

# Order of clinical.md §F.1, rows 1–26; RF-SPINEFX and RF-CSPINETRAUMA have a time window and stand below by name.
_SINGLE = (
    "CES SPINEFX AAA CAD CSPINETRAUMA MENING ACS PE AORTA PTX SHOULDERREF COMPART ALI HIPFX TORSION HERNIA THUNDER STROKE "
    "HEADINJ PREECL EYE DISLOC RHABDO NECFASC SEPSIS SUICIDE"
)
_ADDED = "OVERDOSE GIBLEED METAB GBS BLEED ECTOPIC"
_OWN_WORDS = {
    "RF-SUICIDE": (
        "I am really glad you told me. You deserve support right now. A person can help you today, and we will not talk "
        "about booking."
    ),
    "RF-PREECL": (
        "You told me about a warning sign in pregnancy or soon after birth. This can be serious. Please call your maternity "
        "unit or emergency services now. Please do not have a massage."
    ),
    "RF-OVERDOSE": (
        "You told me about taking too much of a medicine, or something that can poison. This can harm you even if you feel "
        "well, and needs emergency care now. Please do not have a massage."
    ),
}


def _fresh_spine_injury(facts: Facts) -> bool:
    days = facts.injury_days
    return days is None or days <= facts.policy.fresh_spine_injury_days


FRESH_SPINE_INJURY = any_of(
    switch("old_spine_injury_ages_out", on=False),
    fact("injury", "an injury up to fresh_spine_injury_days old, or of unknown age", _fresh_spine_injury),
)


def _single(name: str) -> Rule:
    flag = RED_FLAGS[f"RF-{name}"]
    spine = name in ("SPINEFX", "CSPINETRAUMA")
    return Rule(
        id=f"R-{flag.id}",
        outcome="not_now",
        urgency="emergency",
        when=all_of(flag.id, FRESH_SPINE_INJURY) if spine else has(flag.id),
        because=_OWN_WORDS.get(
            flag.id,
            f"You told me about {flag.plain}. This can be serious and needs emergency care now. "
            "Please do not have a massage.",
        ),
        staff=f"{flag.name} suspected. STOP; show emergency script; call-back if contactable; do not book.",
        source=f"{flag.source}; clinical_changes §3" if spine else flag.source,
        lowers=("old_spine_injury_ages_out",) if spine else (),
    )


_TOGETHER = (
    "You told me about {told}. Together these can mean something serious and need emergency care now. Please tell the "
    "call handler all of it, and do not have a massage."
)


def _combo(number: int, concern: str, source: str, *parts: Part, because: str = _TOGETHER) -> Rule:
    return Rule(
        id=f"R-EC{number:02d}",
        outcome="not_now",
        urgency="emergency",
        when=all_of(*parts),
        because=because,
        staff=f"{concern}. Escalated combination. STOP; show emergency script; do not book.",
        source=source,
    )


def _unknown_first_episode(facts: Facts) -> bool:
    return "first_episode" in facts.unknown


def _sudden_or_unrelieved(facts: Facts) -> bool:
    """New pain of back, flank or belly that came on suddenly or that nothing eases."""
    place = "back" in facts.regions or not facts.sites.isdisjoint(BACK_OR_BELLY)
    new = facts.days is None or facts.days < facts.policy.new_pain_days
    return place and new and (facts.onset == "sudden" or "constant_unrelieved" in facts.found)


def _fresh_trauma(facts: Facts) -> bool:
    return facts.injury_days is not None and facts.injury_days <= 42


LOW_IMMUNITY = any_of("CI-IMMUNO", "CI-CANCER-ACT", "chemo", "no_spleen", "sickle_cell", "RF-SICKLE")
FEVER_SIGNS = any_of("CI-FEVER", "rigors", "very_unwell")
ABDOMINAL_AORTA_60 = all_of(
    age_from(60),
    any_of(
        fact(
            "sites",
            "new sudden or unrelieved pain of back, flank or belly",
            _sudden_or_unrelieved,
            "new sudden or unrelieved pain of back, side or tummy",
        ),
        all_of("sudden_back_pain", fact("duration_days", "new", lambda f: (f.days or 0) < f.policy.new_pain_days)),
    ),
)
CORD_SIGNS: tuple[Part, ...] = ("weakness", "numbness", "gait", "bladder_bowel", "RF-MYELO", "RF-NEUROPROG")

_A9_COMBINATIONS = (
    _combo(1, "Suspected GCA with vision threatened", "s:GCA-WAL; k:BSR-GCA", "RF-GCA", "vision"),
    _combo(
        2,
        "Probable septic joint",
        "k:COAKLEY; s:SEPTIC-PI",
        "RF-SEPTIC",
        any_of("CI-FEVER", "rigors", "very_unwell", "prosthetic_joint", LOW_IMMUNITY),
    ),
    _combo(
        3,
        "Cord/cauda compression incl. metastatic",
        "k:NG234; k:GIRFT",
        "RF-NEUROPROG",
        any_of("bilateral", KNOWN_CANCER, "RF-CANCERPAIN"),
    ),
    _combo(
        4,
        "Epidural abscess/sepsis",
        "k:FINUCANE",
        "RF-SPINEINF",
        any_of("weakness", "RF-NEUROPROG", "confusion", "very_unwell"),
    ),
    _combo(
        5,
        "Hypertensive emergency",
        "k:ACC2017; k:NG136",
        "RF-HTNCRISIS",
        any_of(
            "new_headache", "vision", "breathless", "confusion", "chest_pain", "weakness", "numbness", "RF-NEUROPROG",
            "drowsy", "seizure",
        ),
    ),
    _combo(6, "PE", "s:DVT-GLOS", "RF-DVT", any_of("breathless", "chest_pain", "faint", "haemoptysis")),
    _combo(
        7,
        "Airway/carotid injury",
        "k:SAFEGUARD; k:RUSHTON",
        "RF-ABUSE",
        "strangulation",
        because=(
            "I am sorry this happened. You are not to blame. Being grabbed or choked by the neck can do harm that shows only "
            "later, so it needs emergency care now. Please do not have a massage."
        ),
    ),
    _combo(
        8, "Open/neurovascular injury", "k:ATLS", "RF-FX", any_of("deformity", "cold_numb_limb", "open_wound")
    ),
    _combo(9, "Acute cord compression", "s:DCM-RF", "RF-MYELO", "bladder_bowel"),
    _combo(
        10,
        "Neutropenic/immunocompromised sepsis",
        "k:NG51; clinical_changes §2.1",
        LOW_IMMUNITY,
        FEVER_SIGNS,
        because=(
            "You told me about {told}. Together these need care now: please call your 24-hour treatment line or emergency "
            "services, and tell them all of it. Please do not have a massage."
        ),
    ),
    _combo(
        11,
        "AAA mimic",
        "k:NG156; clinical_changes §2.4",
        "RF-RENAL",
        age_from(60),
        any_of(
            "first_episode", "smoker", "aaa_history",
            fact("first_episode", "whether it is the first time is not known", _unknown_first_episode),
        ),
    ),
    _combo(
        12, "Airway threat", "k:CKS-DENTAL", "RF-JAWINF", any_of("drooling", "stridor", "cannot_swallow", "breathless")
    ),
)  # fmt: skip

_CHANGED_COMBINATIONS = (
    _combo(
        13,
        "Upper-cervical instability with injury or cord signs",
        "clinical_changes §2.2; k:RUSHTON",
        "RF-UCI",
        any_of(
            *CORD_SIGNS, "recent_trauma", "limb_tingling", "RF-NUMB", "head_knock",
            fact("injury", "an injury in the last six weeks", _fresh_trauma, "an injury in the last six weeks"),
        ),
    ),
    _combo(
        14,
        "Possible spinal metastasis with cord or cauda signs",
        "clinical_changes §2.3; k:NG234",
        "RF-CANCERPAIN",
        any_of(*CORD_SIGNS, all_of("RF-NUMB", any_of(SPINE_SITE, "band_pain"))),
    ),
    _combo(
        15,
        "New headache with raised-pressure signs",
        "clinical_changes §2.4; k:SNNOOP10",
        "RF-HEAD50",
        any_of("vomiting", "drowsy", "seizure", "vision", "confusion"),
    ),
    _combo(
        16,
        "Unstable angina",
        "clinical_changes §2.4; k:CG95",
        "RF-ANGINA",
        any_of("at_rest", "worsening", "constant_unrelieved"),
    ),
    _combo(17, "Possible tetanus", "clinical_changes §2.4; k:CKS-DENTAL", "RF-JAWINF", "spasms"),
    _combo(18, "Rapid myelopathy", "clinical_changes §2.4; s:DCM-RF", "RF-MYELO", "fast_worse"),
    _combo(
        19,
        "Heart failure, breathless at rest",
        "clinical_changes §2.4; k:NG106",
        any_of(
            all_of(any_of("CI-HF-DECOMP", "CI-HEART"), "breathless_at_rest"), all_of("CI-HF-DECOMP", "breathless")
        ),
    ),
    _combo(
        20,
        "Possible abdominal aortic aneurysm",
        "clinical_changes §2.7; k:NG156",
        ABDOMINAL_AORTA_60,
        any_of("smoker", "aaa_history", "pale", "faint"),
    ),
    _combo(
        21,
        "Sickle cell crisis with danger signs",
        "clinical_changes §1",
        "RF-SICKLE",
        any_of("chest_pain", "CI-FEVER", "rigors", "breathless", "weakness", "worse_crisis"),
    ),
    _combo(22, "Acute abdomen with shock or peritonism", "clinical_changes §1", "RF-ABDO", any_of("faint", "rigid_belly")),
    _combo(
        23,
        "Neck or back injury with a danger mark (Canadian C-spine)",
        "clinical_changes §3; k:CCR",
        "spine_injury",
        FRESH_SPINE_INJURY,
        any_of("dangerous_mechanism", "limb_tingling", "bone_tender", "cannot_turn", age_from(65)),
    ),
)  # fmt: skip

EMERGENCY_RULES: tuple[Rule, ...] = (
    *(_single(name) for name in _SINGLE.split()),
    *_A9_COMBINATIONS,
    *(_single(name) for name in _ADDED.split()),
    *_CHANGED_COMBINATIONS,
)

__all__ = ["ABDOMINAL_AORTA_60", "EMERGENCY_RULES", "FRESH_SPINE_INJURY"]
