"""What is asked beside a flag or condition because together they need help sooner (clinical_changes §2 and §3)."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.extras import EXTRAS
from bot.domain.intake import Intake

_CORD = ("weakness", "numbness", "gait", "bladder_bowel", "band_pain")
_LEG = ("tender_limb",)
_BLEEDING = ("head_knock", "new_swelling")
# Finding → the signs that make it graver. A test holds this table against the rules.
BESIDE: Mapping[str, tuple[str, ...]] = {
    "RF-CANCERPAIN": _CORD,
    "RF-PAD": ("rest_pain", "night_pain", "foot_ulcer", "black_toe", "cold_numb_limb", "open_wound"),
    "RF-HEAD50": ("vision", "confusion", "vomiting", "drowsy", "seizure"),
    "RF-STATIN": ("weakness",),
    "CI-PREG": ("faint", "one_sided_tummy_pain", "severe_tummy_pain", "shoulder_tip_pain", *_LEG),
    "CI-POSTPARTUM": _LEG,
    "CI-CANCER-PAST": ("constant_unrelieved", "night_pain", *_LEG),
    "CI-ANTICOAG": _BLEEDING,
    "CI-BLEED": _BLEEDING,
    "CI-SURG": _LEG,
    "CI-FX-HEAL": _LEG,
    "CI-DVT-ACTIVE": _LEG,
    "CI-DVT-PAST": _LEG,
    "CI-CONTRACEPT": _LEG,
    "CI-HEART": ("breathless_at_rest",),
    "CI-OSTEOP": ("sudden_back_pain",),
    "CI-IMMUNO": ("very_unwell", "rigors"),
    "CI-CANCER-ACT": ("very_unwell", "rigors", *_CORD, *_LEG),
    "CI-FEVER": ("glass_rash", "malaria_area", "dialysis", "prosthetic_joint", "no_spleen"),
}
# Signs read in the visitor's own words, by the finding they are read as.
OF_FINDING: Mapping[str, str] = {
    "chest_pain": "chest_pain", "shortness_of_breath": "breathless", "fainting": "faint", "chills": "rigors",
    "vomiting": "vomiting", "weakness": "weakness", "numbness": "numbness", "incontinence": "bladder_bowel",
    "night_pain": "night_pain",
}  # fmt: skip


def asked(intake: Intake) -> tuple[str, ...]:
    """The signs to ask of this visitor, each once, in the order of the table."""
    named = [
        sign for finding, signs in BESIDE.items() if finding in intake.ci or finding in intake.rf for sign in signs
    ]
    return tuple(dict.fromkeys(named))


def label(sign: str) -> str:
    """The row of a sign, in English."""
    return EXTRAS[sign]
