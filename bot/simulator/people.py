"""Draws made-up visitors from the case library: a record to tell, a manner of telling it, and nothing left to chance but the seed."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.domain import record as records
from bot.domain import screens, sites, triage
from bot.domain.policy import DEFAULT_POLICY, Policy

MANNERS = (
    "plain", "terse", "chatty", "anxious", "over_answering", "wrong_side_first", "typos", "interrupts", "changes_mind",
    "off_scale", "goes_quiet", "two_questions", "answers_late", "word_by_word", "mixes_languages", "pastes_letter",
)  # fmt: skip

# What a visitor can be asked; a case that needs more (a finding only staff or a doctor knows) is nobody's story here.
_TOLD = frozenset(
    {
        "age", "sites", "duration_days", "onset", "nrs", "complaint", "function_limited", "rf", "rf_unknown", "ci", "bp",
        "doctor", "cleared", "cleared_claimed", "extra", "sex", "weeks_since_surgery", "weeks_since_fracture",
        "weeks_since_birth", "complaints",
    }
)  # fmt: skip
# Follow from other facts; nobody says them and no card asks them.
DERIVED = frozenset({"CI-CHRONIC", "CI-MINOR", "CI-ACUTE72"})
_WEEKS = {"CI-SURG": "weeks_since_surgery", "CI-FX-HEAL": "weeks_since_fracture", "CI-POSTPARTUM": "weeks_since_birth"}
_NAMES = ("Ada Byron", "Sam Okafor", "Lena Fox", "Jo Marsh", "Rob Hale", "Mia Brandt", "Tom Reyes", "Ines Duarte")


@dataclass(frozen=True, slots=True)
class Quirk:
    """One thing a manner does: `kind` of `MANNERS`, at the `at`-th question that it can happen at."""

    kind: str
    at: int


@dataclass(frozen=True, slots=True)
class Person:
    """Who visits: the record they would tell whole (contract §3), and how they tell it."""

    seed: int
    case: str
    record: Mapping[str, Any]
    manner: str
    name: str
    email: str
    quirks: tuple[Quirk, ...] = ()

    def without(self, quirk: Quirk) -> Person:
        """The same person, one oddity less."""
        return replace(self, quirks=tuple(one for one in self.quirks if one != quirk))

    @property
    def aches(self) -> Sequence[Mapping[str, Any]]:
        """The complaints in the order in which they are told; the short form is one."""
        return self.record.get("complaints") or (self.record,)

    @property
    def dangers(self) -> frozenset[str]:
        """Every flag and condition of the record."""
        return frozenset((*self.record["rf"], *self.record["ci"]))

    def result(self, policy: Policy = DEFAULT_POLICY, told: frozenset[str] | None = None) -> triage.Result:
        """What `palpate triage` says of the record; of its dangers only those `told` so far, when given."""
        record = dict(self.record)
        if told is not None:
            record |= {name: [one for one in record[name] if one in told] for name in ("rf", "ci")}
        return triage.classify(records.from_json(record), policy)


def draw(seed: int, cases: Sequence[tuple[str, Mapping[str, Any]]]) -> Person:
    """The person of this seed; the same every time. `cases` are (id, record) of the case library."""
    dice = random.Random(seed)  # noqa: S311  made-up people, no secret
    manner = MANNERS[seed % len(MANNERS)]
    case, raw = dice.choice([(name, record) for name, record in cases if can_be_told(record)])
    record = told(raw, dice)
    if manner == "pastes_letter" and record.get("doctor") in (None, "none"):
        record["doctor"] = "seen"  # who has a doctor's letter saw one
    name = dice.choice(_NAMES)
    quirks = (
        () if manner in ("plain", "terse", "over_answering") else tuple(Quirk(manner, at) for at in range(1, 12, 3))
    )
    return Person(seed, case, record, manner, name, f"{name.split()[0].lower()}{seed}@example.org", quirks)


def can_be_told(record: Mapping[str, Any]) -> bool:
    """True when every fact of the record has a question, a card or plain words of its own."""
    if not set(_said(record)) <= _TOLD or record.get("extra") or record.get("cleared") or record.get("rf_unknown"):
        return False
    if record.get("bp") and "CI-HTN-UNC" not in (record.get("ci") or []):
        return False  # only whose pressure is known to be high is asked for a reading
    if record.get("sex") in ("M", "X") and "CI-PREG" in (record.get("ci") or []):
        return False
    return {*record.get("rf", ()), *record.get("ci", ())} <= askable(record) | DERIVED


def _said(record: Mapping[str, Any]) -> list[str]:
    return [key for key, value in record.items() if value not in (None, [], "none")]


def askable(record: Mapping[str, Any]) -> frozenset[str]:
    """The flags and conditions that some card of this record's interview asks."""
    aches = record.get("complaints") or (record,)
    places = [screens.region_of(entry["site"]) for ache in aches for entry in ache.get("sites") or ()]
    pregnant = not {"CI-PREG", "CI-POSTPARTUM"}.isdisjoint(record.get("ci", ()))
    regions = list(dict.fromkeys(places)) or [screens.NO_SITE]
    asked = {
        name
        for region in regions
        for name in screens.flags_for(region, age=record.get("age"), sex=record.get("sex"), pregnant=pregnant)
    }
    fixed = (
        screens.EMERGENCY_CARD,
        screens.GENERAL_CARD,
        screens.CONDITIONS_CARD,
        screens.MEDICINES_CARD,
        screens.SKIN_CARD,
    )
    return frozenset(asked.union(*fixed))


def told(raw: Mapping[str, Any], dice: random.Random) -> dict[str, Any]:
    """The record of a case, completed with what a person would certainly be asked and know."""
    record = {key: value for key, value in raw.items() if value is not None}
    record["age"] = int(record.get("age", 40))
    record["rf"], record["ci"] = (
        list(record.get("rf", [])),
        [name for name in record.get("ci", []) if name not in DERIVED],
    )
    record["sex"] = None  # asked only of whom it matters to; the cards then ask everybody
    if record.get("complaints"):
        for name in ("sites", "duration_days", "onset", "nrs", "complaint", "function_limited"):
            record.pop(name, None)
        record["complaints"] = [_ache(ache, dice) for ache in record["complaints"]]
    else:
        record |= _ache(record, dice)
    for condition, name in _WEEKS.items():
        if record.get(name) is not None and record[name] <= 12 and condition not in record["ci"]:
            record["ci"].append(condition)
        if condition in record["ci"]:
            record[name] = round(record.get(name, dice.choice((4, 5))))
    if record.get("doctor") == "refused":
        record["ci"] = [name for name in record["ci"] if name != "CI-TOLDNOT"]
    record["extra"], record["rf_unknown"], record["cleared"] = [], [], []
    record["cleared_claimed"] = []
    if record.get("doctor") in ("ok", "ordered"):
        record["cleared_claimed"] = sorted(_held_back(record))
    return record


def _ache(raw: Mapping[str, Any], dice: random.Random) -> dict[str, Any]:
    places = [
        {
            "site": entry["site"],
            "side": entry.get("side") or (dice.choice(("left", "right")) if sites.paired(entry["site"]) else None),
        }
        for entry in raw.get("sites") or []
    ]
    complaint = raw.get("complaint") or "pain"
    if complaint == "relax" and not places and not raw.get("nrs"):
        return {"sites": [], "complaint": "relax"}
    if not places:
        places = [{"site": "low_back", "side": None}]
    return {
        "sites": places,
        "complaint": complaint,
        "duration_days": _sayable(raw["duration_days"] if raw.get("duration_days") is not None else 10),
        "onset": raw["onset"] if raw.get("onset") not in (None, "none") else "gradual",
        "nrs": round(raw.get("nrs") if raw.get("nrs") is not None else 4),
        "function_limited": bool(raw.get("function_limited")),
    }


def _sayable(days: float) -> int:
    """The nearest length of time that people say as one number and a unit."""
    if days < 14:
        return round(days)
    if days < 70:
        return round(days / 7) * 7
    return round(round(days / 30.4) * 30.4) if days < 700 else round(days / 365) * 365


def _held_back(record: Mapping[str, Any]) -> set[str]:
    """What a doctor's plain yes is taken to be about: all that holds the visit back and that a doctor's word could lift."""
    result = triage.classify(records.from_json(dict(record)), DEFAULT_POLICY)
    names = {reason.rule.removeprefix("R-") for reason in result.reasons if reason.outcome == "doctor_first"}
    return names & screens.CLEARABLE
