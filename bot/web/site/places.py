"""The words for places on the body, from the vocabulary the reader uses, for the map that lights up while somebody writes."""

from __future__ import annotations

import json
import re
from pathlib import Path

from bot.domain.sites import OFFERED
from bot.language import tables

# What is not offered to tap lights up the nearest place that is.
_NEAREST = {
    "forehead": "head", "occiput": "head", "face": "head", "tmj": "jaw", "neck_back": "neck", "cervical_spine": "neck",
    "shoulder_girdle": "shoulder", "trapezius": "shoulder", "ac_joint": "shoulder", "rotator_cuff": "shoulder",
    "axilla": "shoulder", "finger": "hand", "thumb": "hand", "chest_wall": "chest", "sternum": "chest",
    "thoracic_spine": "upper_back", "lumbar_spine": "low_back", "si_joint": "low_back", "sacrum": "low_back",
    "coccyx": "buttock", "it_band": "thigh", "popliteal": "knee", "patella": "knee", "lower_leg": "shin",
    "achilles": "heel", "plantar_fascia": "foot", "toe": "foot",
}  # fmt: skip
_LONGEST = 3  # words of a phrase that is worth its bytes
_BETWEEN = ("between ", "entre ")  # but what lies between two places belongs to neither
_PLURALS = ("s", "es")
_SIDES = {
    "en": {"left": "left", "right": "right", "both": "both"},
    "es": {"left": "izquierd[oa]s?", "right": "derech[oa]s?", "both": "amb[oa]s|l[oa]s dos"},
}


def table(language: str) -> str:
    """JSON: `sites` with the patterns of each place, split by `;`, and `sides` with one each.

    `~` in a pattern is up to two words of any kind. There are no sites where a language has no vocabulary.
    """
    home = tables.HOME if language == "en" else tables.HOME / language
    found: dict[str, list[str]] = {}
    for value, phrases in _rows(home):
        site = value if value in OFFERED else _NEAREST.get(value)
        if site is not None:
            found.setdefault(site, []).extend(_pattern(phrase) for phrase in phrases.split(";") if phrase.strip())
    sites = {site: ";".join(_folded(patterns)) for site, patterns in found.items()}
    return json.dumps({"sites": sites, "sides": _SIDES[language]}, ensure_ascii=False, separators=(",", ":"))


def _rows(home: Path) -> list[tuple[str, str]]:
    if not (home / "sites.csv").exists():
        return []
    return [(row["value"], row["phrases"]) for row in tables.rows("sites", ("value", "name", "phrases"), home)]


def _pattern(phrase: str) -> str:
    """A phrase of the vocabulary as a pattern of a browser; a word group becomes `~`."""
    words = re.sub(r"\(?\$\w+\|?\)? ?", "~", phrase.strip().lower())
    return re.sub(r"\((?!\?)", "(?:", words)


def _folded(patterns: list[str]) -> list[str]:
    """The patterns without those that hold another one of the same place or are long; a plural with its singular."""
    short = [one for one in patterns if len(one.split()) <= _LONGEST or one.startswith(_BETWEEN)]
    known = dict.fromkeys(one for one in short if not any(_holds(one, other) for other in short))
    kept = [one for one in known if not any(one.endswith(end) and one.removesuffix(end) in known for end in _PLURALS)]
    return [one + next((f"(?:{end})?" for end in _PLURALS if one + end in known), "") for one in kept]


def _holds(one: str, other: str) -> bool:
    return one != other and re.search(rf"(^|\b){re.escape(other)}(\b|$)", one) is not None
