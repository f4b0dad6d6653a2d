"""Which danger signs each part of the body is screened for, and which cards everybody is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.domain.flags import CONDITIONS, RED_FLAGS

NO_SITE = "none"

_SITES_OF: Mapping[str, str] = {
    "back": "back low_back lumbar_spine thoracic_spine si_joint sacrum coccyx buttock flank trunk",
    "neck": "neck neck_back cervical_spine trapezius",
    "head": "head forehead occiput face jaw tmj",
    "chest": "chest chest_wall rib sternum upper_back scapula shoulder shoulder_girdle ac_joint rotator_cuff axilla arm upper_arm",
    "hip": "hip groin pelvis",
    "leg": "leg thigh hamstring it_band knee popliteal patella lower_leg shin calf achilles ankle foot heel plantar_fascia toe",
    "hand": "elbow forearm wrist hand finger thumb",
    "abdomen": "abdomen",
    "widespread": "widespread",
}
REGION_OF: Mapping[str, str] = {site: region for region, sites in _SITES_OF.items() for site in sites.split()}

# Asked in this order. Source: clinical.md §E (region screen) with clinical_changes §1 and §2.9; `abdomen` is ours.
_SCREEN: Mapping[str, str] = {
    "back": "CES NEUROPROG SPINEFX SPINEFX-LOW AAA SPINEINF CANCERPAIN RENAL SHINGLES AXSPA NUMB DVT AORTA ACS ABDO",
    "neck": "CAD CSPINETRAUMA MENING MYELO NEUROPROG UCI GCA HEAD50 NUMB ACS STROKE CADPAIN",
    "head": "THUNDER STROKE CAD MENING HEADINJ GCA HEAD50 EYE JAWINF PREECL ACS",
    "chest": "ACS PE AORTA PTX ANGINA SHOULDERREF DISLOC FX SHINGLES PANCOAST PMR NUMB DVT FQ",
    "hip": "HIPFX TORSION HERNIA SEPTIC HIPSTRESS CHILDLIMP CES CANCERPAIN DVT",
    "leg": "DVT PE COMPART ALI FX DISLOC ACHILLES SEPTIC CELLULITIS SVT PAD CECS GBS FQ CHILDLIMP",
    "hand": "FX DISLOC SEPTIC CELLULITIS COMPART MYELO NUMB INFLAM CRPS ACS STROKE",
    "abdomen": "AAA ABDO HERNIA RENAL TORSION GIBLEED CANCERPAIN",
    "widespread": "RHABDO SEPSIS PMR INFLAM STATIN WEIGHT SUICIDE DVT CES GBS",
}
REGIONS: tuple[str, ...] = (*_SCREEN, NO_SITE)


def _flags(names: str) -> tuple[str, ...]:
    return tuple(f"RF-{name}" for name in names.split())


EMERGENCY_CARD = _flags("ACS PE STROKE THUNDER CES ALI HEADINJ PREECL SUICIDE SEPSIS")
GENERAL_CARD = ("CI-FEVER", *_flags("WEIGHT LUMP SEVERE METAB GIBLEED"))
CONDITIONS_CARD = (
    "CI-PREG", "CI-POSTPARTUM", "CI-CANCER-ACT", "CI-CANCER-PAST", "CI-HEART", "CI-HF-DECOMP", "CI-STROKE",
    "CI-HTN-UNC", "CI-HTN-CTRL", "CI-DVT-ACTIVE", "CI-DVT-PAST", "CI-SURG", "CI-FX-HEAL", "CI-SPINEOP", "CI-OSTEOP",
    "CI-ILLNESS", "CI-DM-NEURO", "CI-DM", "CI-EPIL-UNC", "CI-EPIL", "CI-IMMUNO", "CI-LYMPH", "CI-KIDLIV", "CI-BLEED",
    "RF-SICKLE", "CI-MH-ACUTE", "CI-HERNIA", "CI-HYPERMOB", "CI-ASTHMA", "CI-MIGRAINE", "CI-LOWBP", "CI-VARICOSE",
    "CI-IMPLANT", "CI-ALLERGY",
)  # fmt: skip
MEDICINES_CARD = (
    "CI-ANTICOAG", "CI-OSTEOP", "CI-IMMUNO", "CI-CONTRACEPT", "CI-INJECT", "CI-UNKMED", "RF-STATIN", "RF-FQ", "RF-OVERDOSE",
)  # fmt: skip
SKIN_CARD = ("CI-SKIN", "CI-CONTAG", "CI-WOUNDINF", "CI-SCAR", "RF-CELLULITIS", "RF-SHINGLES", "RF-BLEED")

# On the day of the visit (clinical.md §E Q29): what may be new since the visit was booked.
DAY_OF_VISIT_CARD = ("CI-FEVER", "CI-INTOX", "RF-DVT", "CI-CONTAG", "CI-WOUNDINF", "RF-SEVERE")

# Asked only of whom they can concern; who has not told their age or sex is asked (clinical_changes §2.9).
_FROM_AGE = {"RF-AAA": 50, "RF-GCA": 50, "RF-PMR": 50}
_UNDER_AGE = {"RF-AXSPA": 45, "RF-CHILDLIMP": 16}
_NOT_FOR_SEX = {"RF-TORSION": "F", "RF-PREECL": "M", "RF-ECTOPIC": "M"}
_PREGNANCY = ("RF-PREECL", "RF-ECTOPIC")

# What a doctor's word, verified, can lift: everything that only asks for a doctor first.
CLEARABLE: frozenset[str] = frozenset(
    [condition.id for condition in CONDITIONS.values() if condition.gate == "CLEAR"]
    + [flag.id for flag in RED_FLAGS.values() if flag.urgency in ("gp", "gp_urgent")]
)


def region_of(site: str) -> str:
    """The region whose screen covers this site; raises KeyError for a site that is none."""
    return REGION_OF[site]


def flags_for(region: str, *, age: int | None, sex: str | None, pregnant: bool = False) -> tuple[str, ...]:
    """The danger signs to ask for a region, in asking order.

    `pregnant` is true when pregnancy, a birth in the last six weeks or a late period is known: its dangers are then
    asked whatever the site. Without a site the emergencies of all regions are asked.
    """
    names = _no_site() if region == NO_SITE else _flags(_SCREEN[region])
    asked = [name for name in names if name not in _PREGNANCY and concerns(name, age, sex)]
    if pregnant or (region == "head" and sex != "M"):
        asked = [*(name for name in _PREGNANCY if pregnant or name == "RF-PREECL"), *asked]
    return tuple(asked)


def _no_site() -> tuple[str, ...]:
    every = dict.fromkeys(name for names in _SCREEN.values() for name in _flags(names))
    return ("RF-DVT", "RF-CELLULITIS", *(name for name in every if RED_FLAGS[name].urgency == "emergency"))


def concerns(name: str, age: int | None, sex: str | None) -> bool:
    """True when a flag can concern somebody of this age and sex; what is not known excludes nothing."""
    if sex is not None and _NOT_FOR_SEX.get(name) == sex:
        return False
    if age is None:
        return True
    return age >= _FROM_AGE.get(name, 0) and age < _UNDER_AGE.get(name, 999)


# Known by other ways than these cards (age, story, doctor's word, day of the visit), and never core.
_ADAPT_ONLY = frozenset(condition.id for condition in CONDITIONS.values() if condition.gate in ("LOCAL", "CAUTION"))
_CARD_FIELDS = frozenset({"age", "emergency_gate", "general_screen", "conditions", "medicines"})
_ALWAYS = frozenset({*EMERGENCY_CARD, *GENERAL_CARD, *CONDITIONS_CARD, *MEDICINES_CARD, *CONDITIONS}) - _ADAPT_ONLY
_EMERGENCIES = frozenset(flag.id for flag in RED_FLAGS.values() if flag.urgency == "emergency")


def core_questions(regions: Iterable[str], *, age: int | None, sex: str | None, pregnant: bool) -> frozenset[str]:
    """The ids and fields whose missing answer makes a person call first (contract §3, rule R-X01).

    The cards, age, and every flag of the regions named (of no site: all emergencies). An emergency that was asked and
    not answered counts wherever it was asked.
    """
    named = list(regions) or [NO_SITE]
    screens = {name for region in named for name in flags_for(region, age=age, sex=sex, pregnant=pregnant)}
    return _ALWAYS | _CARD_FIELDS | _EMERGENCIES | screens | {f"screen_{region}" for region in named}
