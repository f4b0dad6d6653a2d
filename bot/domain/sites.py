"""The body sites in plain words: labels, which ones come in pairs, and how a list of sites is said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bot.domain import speech

# key: (label, comes in pairs). Keys: reference tables `body_sites` and the five of contract §2.
SITES: Mapping[str, tuple[str, bool]] = {
    "head": ("head", False), "forehead": ("forehead", False), "occiput": ("back of the head", False),
    "face": ("face", True), "jaw": ("jaw", True), "tmj": ("jaw joint", True),
    "neck": ("neck", False), "neck_back": ("back of the neck", False), "cervical_spine": ("neck spine", False),
    "shoulder": ("shoulder", True), "shoulder_girdle": ("top of the shoulders", True), "trapezius": ("trapezius", True),
    "scapula": ("shoulder blade", True), "ac_joint": ("shoulder joint", True), "rotator_cuff": ("rotator cuff", True),
    "axilla": ("armpit", True), "arm": ("arm", True), "upper_arm": ("upper arm", True), "elbow": ("elbow", True),
    "forearm": ("forearm", True), "wrist": ("wrist", True), "hand": ("hand", True), "finger": ("finger", True),
    "thumb": ("thumb", True), "chest": ("chest", False), "chest_wall": ("chest wall", True), "rib": ("rib", True),
    "sternum": ("breastbone", False), "upper_back": ("upper back", False), "thoracic_spine": ("mid spine", False),
    "back": ("back", False), "low_back": ("lower back", False), "lumbar_spine": ("lower spine", False),
    "flank": ("side of the body", True), "si_joint": ("SI joint", True), "sacrum": ("sacrum", False),
    "coccyx": ("tailbone", False), "buttock": ("buttock", True), "hip": ("hip", True), "groin": ("groin", True),
    "pelvis": ("pelvis", False), "abdomen": ("tummy", False), "leg": ("leg", True), "thigh": ("thigh", True),
    "hamstring": ("hamstring", True), "it_band": ("outer thigh", True), "knee": ("knee", True),
    "popliteal": ("back of the knee", True), "patella": ("kneecap", True), "lower_leg": ("lower leg", True),
    "shin": ("shin", True), "calf": ("calf", True), "achilles": ("Achilles tendon", True), "ankle": ("ankle", True),
    "foot": ("foot", True), "heel": ("heel", True), "plantar_fascia": ("sole of the foot", True),
    "toe": ("toe", True), "trunk": ("trunk", False), "widespread": ("all over", False),
}  # fmt: skip

# What the chat offers to tap: one row per place a person would point at, from head to toe.
OFFERED = (
    "head", "jaw", "neck", "shoulder", "scapula", "upper_back", "low_back", "chest", "rib", "arm", "upper_arm", "elbow",
    "forearm", "wrist", "hand", "abdomen", "hip", "groin", "buttock", "thigh", "hamstring", "knee", "calf", "shin",
    "ankle", "foot", "heel", "widespread",
)  # fmt: skip

_PLURAL = {"foot": "feet", "calf": "calves", "thumb": "thumbs", "side of the body": "sides of the body"}


def label(site: str) -> str:
    """The plain word for a site."""
    return SITES[site][0]


def paired(site: str) -> bool:
    """True when there is a left and a right one."""
    return SITES[site][1]


def say(entry: Mapping[str, Any], locale: str = speech.ENGLISH) -> str:
    """One site with its side: "left knee", "both knees", "neck".

    The whole phrase is what is translated: in other languages the side agrees with the word.
    """
    word, side = label(str(entry["site"])), entry.get("side")
    if side == "both":
        phrase = "both " + _PLURAL.get(word, word if word.endswith("s") else word + "s")
    else:
        phrase = f"{side} {word}" if side else word
    return speech.say(locale, phrase)


def say_all(entries: Iterable[Mapping[str, Any]], locale: str = speech.ENGLISH) -> str:
    """Several sites as one phrase: "neck, left shoulder and lower back"."""
    return speech.listed(locale, [say(entry, locale) for entry in entries])
