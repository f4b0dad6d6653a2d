"""Takes every fact that a message tells into the intake, whatever was asked."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.domain import answers, questions, sites
from bot.domain.flags import CONDITIONS
from bot.domain.intake import Intake
from bot.domain.mention import Mention
from bot.domain.said import Said

_FINDING_EXTRA = {"chest_pain": "chest_pain", "shortness_of_breath": "breathless", "fainting": "faint"}
CHILD = re.compile(
    r"\bmy (?:\w+ )?(?:son|daughter|child|kid|boy|girl|baby|toddler|teenager|little one)(?:'?s)?\b", re.IGNORECASE
)
OTHER = re.compile(
    r"\b(?:my (?:\w+ )?(?:husband|wife|partner|mum|mom|mother|dad|father|gran\w*|nan|friend|brother|sister|parents?)|(?:someone|somebody) else|him|her|them)\b",
    re.IGNORECASE,
)
_SIDES = (("both", r"\bboth\b|\beach side\b|\beither\b"), ("left", r"\bleft\b"), ("right", r"\bright\b"))
_SELF = re.compile(r"\b(i|i'm|im|my|me)\b", re.IGNORECASE)
_BOOKED_FOR = re.compile(r"\b(?:for|book(?:ing)?|appointment|he|she|his|her|they)\b", re.IGNORECASE)


def facts(intake: Intake, said: Said) -> list[str]:
    """Take every fact of the message that is new, or that corrects an old one; return the fields that changed."""
    if said.question is not None:
        return []
    before = {name: intake.facts.get(name) for name in _TOLD}, (*intake.ci,)
    fresh = said.corrects or intake.open_field == "read_back"
    for name, taker in _TAKERS.items():
        if fresh or name not in intake.settled:
            taker(intake, said)
    _take_conditions(intake, said)
    if said.intent == "describe_pain" and "narrative" not in intake.settled:
        intake.facts["narrative"] = said.text
        intake.quote("narrative", said.words())
        intake.settle("narrative")
    told = [name for name in _TOLD if intake.facts.get(name) != before[0][name]]
    return told + [name for name in intake.ci if name not in before[1]]


def take_sites(intake: Intake, said: Said, named: list[Mention] | None = None) -> bool:
    found = [m for m in (named or said.of("site")) if not _within_a_function(said, m)]
    if not found:
        return False
    entries = [{"site": m.value, "side": m.side} for m in found if m.value in sites.SITES]
    if not entries:
        return False
    if intake.facts.get("sites") and not said.corrects:
        entries = _merged(intake.facts["sites"], entries)
    set_sites(intake, _merged([], entries), said.words(found[0]))
    return True


_ITS_OBJECT = re.compile(
    r"\s*(?:up |down |over )?(?:(?:my|her|his|their|the|both|your) )?(?:left |right )?", re.IGNORECASE
)


def _within_a_function(said: Said, place: Mention) -> bool:
    """True for the head of "can't turn my head": what cannot be done, not where it hurts."""
    return any(
        done.start < place.end and (place.start <= done.end or _ITS_OBJECT.fullmatch(said.text[done.end : place.start]))
        for done in said.mentions
        if done.kind == "function"
    )


def _merged(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Old and new sites without doubles; a side told later completes a site told before."""
    out = [dict(entry) for entry in old]
    for entry in new:
        same = [known for known in out if known["site"] == entry["site"]]
        if not same:
            out.append(dict(entry))
        elif entry["side"] and not same[0]["side"]:
            same[0]["side"] = entry["side"]
        elif entry["side"] and entry["side"] not in [known["side"] for known in same]:
            same[0]["side"] = "both"
    return out


def set_sites(intake: Intake, entries: list[dict[str, Any]], words: Mapping[str, Any]) -> None:
    kept = [{"site": entry["site"], "side": entry.get("side")} for entry in entries]
    intake.know("sites", kept, words)
    if not questions.missing_sides(intake):
        intake.settle("side")


def needs_side(entry: Mapping[str, Any]) -> bool:
    return sites.paired(entry["site"]) and not entry.get("side")


def side(text: str) -> str | None:
    if re.search(r"\bleft\b", text, re.I) and re.search(r"\bright\b", text, re.I):
        return "both"
    return next((side for side, pattern in _SIDES if re.search(pattern, text, re.I)), None)


def days(found: Mention) -> int:
    """One number of days for a range: its middle, so that neither end is favoured."""
    lo, hi = float(found.days_lo or 0), float(found.days_hi if found.days_hi is not None else found.days_lo or 0)
    return round((lo + hi) / 2)


def _take_duration(intake: Intake, said: Said) -> bool:
    found = said.of("duration")
    if not found:
        return False
    longest = max(found, key=lambda m: m.days_hi or 0)
    intake.know("duration_days", days(longest), said.words(longest))
    return True


def take_intensity(intake: Intake, said: Said, found: Mention | None = None) -> bool:
    mention = found or next(iter(said.of("intensity")), None)
    if mention is None or mention.hi is None:
        return False
    intake.know("nrs", min(10, math.ceil(mention.hi)), said.words(mention))
    return True


def take_goal(intake: Intake, said: Said) -> bool:
    goal = next((m for m in said.of("goal") if m.value in _GOALS), None)
    pain = [m for m in said.of("quality", "intensity") if m.value != "tight"] or [
        m for m in said.of("finding") if m.value in ("pain", "injury", "joint_pain", "muscle_ache")
    ]
    injury = [m for m in said.of("finding", "cause") if _onset(m) == "injury"]
    if goal is None and intake.facts.get("complaint") is not None:
        return False  # an ache named later changes no goal that was told
    if goal is not None and not (pain and goal.value == "relax"):
        intake.know("complaint", _GOALS[goal.value], said.words(goal))
    elif injury and (pain or said.of("site")):
        intake.know("complaint", "injury", said.words(injury[0]))
    elif pain:
        intake.know("complaint", "pain", said.words(pain[0]))
    elif goal is not None:
        intake.know("complaint", _GOALS[goal.value], said.words(goal))
    else:
        return False
    return True


_GOALS = {
    "relax": "relax", "relaxation": "relax", "stress": "relax", "tension": "tension", "knots": "tension", "pain": "pain", "pain_relief": "pain",
    "injury": "injury", "rehab": "rehab", "recovery": "rehab", "illness": "illness", "mobility": "rehab",
}  # fmt: skip
_ONSETS = ("gradual", "sudden", "overuse", "injury", "post_op")
_CAUSE_ONSET = {
    "fall": "injury", "crash": "injury", "accident": "injury", "twist": "injury", "sprain": "injury", "strain": "injury", "injury": "injury", "blow": "injury",
    "sport": "injury", "overuse": "overuse", "work": "overuse", "desk": "overuse", "computer": "overuse", "training": "overuse", "running": "overuse", "gym": "overuse",
    "lifting": "sudden", "surgery": "post_op", "sudden": "sudden", "gradual": "gradual", "posture": "gradual", "sleep": "sudden", "sleeping": "sudden", "stress": "gradual",
}  # fmt: skip


def _onset(mention: Mention) -> str | None:
    """How it began, as a cause or finding tells it."""
    told = mention.detail.get("onset") if mention.detail else None
    value = str(told or mention.value)
    if value in _ONSETS:
        return value
    return _CAUSE_ONSET.get(value)


def take_cause(intake: Intake, said: Said) -> bool:
    found = [m for m in said.of("cause", "finding") if _onset(m)]
    if not found:
        return False
    order = ("injury", "post_op", "overuse", "sudden", "gradual")
    strongest = min(found, key=lambda m: order.index(_onset(m) or "gradual"))
    intake.know("onset", _onset(strongest), said.words(strongest))
    intake.facts["cause"] = said.text[strongest.start : strongest.end]
    return True


def take_function(intake: Intake, said: Said) -> bool:
    found = said.of("function")
    if not found:
        return False
    intake.facts["function"] = said.text[found[0].start : found[0].end]
    intake.know("function_limited", True, said.words(found[0]))
    return True


def _take_quality(intake: Intake, said: Said) -> bool:
    values = [m.value for m in said.of("quality")]
    if not values:
        return False
    intake.facts["quality"] = list(dict.fromkeys([*(intake.facts.get("quality") or []), *values]))
    intake.quote("quality", said.words(said.of("quality")[0]))
    return True


def take_doctor(intake: Intake, said: Said) -> bool:
    found = next((m for m in said.of("doctor") if m.value in _DOCTOR), None)
    if found is None:
        return False
    set_doctor(intake, _DOCTOR[found.value], said.words(found))
    return True


_DOCTOR = {
    "none": "none", "not_seen": "none", "seen": "seen", "ok": "ok", "allowed": "ok", "ordered": "ordered", "refused": "refused", "forbidden": "refused",
}  # fmt: skip


def set_doctor(intake: Intake, value: str, words: Mapping[str, Any]) -> None:
    intake.know("doctor", value, words)


def clear(intake: Intake, items: list[str], words: Mapping[str, Any]) -> None:
    intake.know("clearance", items, words)


def _take_times(intake: Intake, said: Said) -> bool:
    found = said.of("when")
    if not found or intake.open_field in ("narrative", "duration_days"):
        return False
    intake.know("preferred_times", "; ".join(said.text[m.start : m.end] for m in found), said.words(found[0]))
    return True


def take_contact(intake: Intake, said: Said, *, name_too: bool = False) -> bool:
    contact = dict(intake.facts.get("contact") or {})
    rest = said.text
    for mention in said.of("contact"):
        kind = mention.detail.get("type") if mention.detail else None
        kind = str(kind or ("email" if "@" in str(mention.value) else "phone"))
        if kind in ("email", "phone", "name"):
            contact[kind] = mention.value
            rest = rest.replace(said.text[mention.start : mention.end], " ")
    if name_too or said.of("contact"):
        name = answers_name(rest)
        if name and "name" not in contact:
            contact["name"] = name
    if not (contact.get("phone") or contact.get("email")):
        if contact:
            intake.facts["contact"] = contact
        return False
    intake.know("contact", contact, said.words())
    return True


_NAME = re.compile(
    r"\b(?:my name is|name'?s|i'?m|i am|this is|it'?s)\s+([A-Za-zÀ-ÿ'’\-]+(?:\s+[A-Za-zÀ-ÿ'’\-]+){0,2})", re.IGNORECASE
)
_LEADING_NAME = re.compile(r"^\W*([A-ZÀ-Þ][a-zà-ÿ'’\-]+(?:\s+[A-ZÀ-Þ][A-Za-zà-ÿ'’\-]+){0,2})\b")
_NO_NAME = frozenset(
    [
        "yes",
        "no",
        "ok",
        "okay",
        "sure",
        "phone",
        "email",
        "mobile",
        "number",
        "call",
        "me",
        "my",
        "you",
        "can",
        "reach",
        "tel",
        "and",
        "or",
        "at",
        "on",
        "the",
    ]
)


def answers_name(text: str) -> str | None:
    """The name in a contact answer, when it is plain: "Ana Ruiz, 555…", "my name is Ana"."""
    found = _NAME.search(text) or _LEADING_NAME.search(text)
    if not found:
        return None
    words = [word for word in found.group(1).split() if word.lower() not in _NO_NAME]
    return " ".join(words) or None


def _take_age(intake: Intake, said: Said) -> bool:
    age = answers.age_said(said.text)
    if age is None:
        return False
    intake.know("age", age, said.words())
    return True


def _take_for_whom(intake: Intake, said: Said) -> bool:
    """A child or another person only when the visit is plainly for them; "I" and "my" with an ache mean the visitor."""
    child, other = CHILD.search(said.text), OTHER.search(said.text)
    if child and (_BOOKED_FOR.search(said.text) or said.of_somebody_else):
        intake.know("for_whom", "child", said.words())
    elif other and said.of_somebody_else and _BOOKED_FOR.search(said.text):
        intake.know("for_whom", "other", said.words())
    elif not child and not other and _SELF.search(said.text) and said.tells_something:
        intake.know("for_whom", "self", said.words())
    else:
        return False
    return True


def _take_conditions(intake: Intake, said: Said) -> None:
    for mention in said.of("condition", "medicine"):
        if isinstance(mention.value, str) and mention.value in CONDITIONS and not mention.uncertain:
            intake.assert_all([mention.value], said.words(mention))
    for mention in said.of("finding"):
        extra = _FINDING_EXTRA.get(str(mention.value))
        if extra:
            intake.add_extra(extra, said.words(mention))


_TAKERS: Mapping[str, Callable[[Intake, Said], bool]] = {
    "sites": take_sites,
    "duration_days": _take_duration,
    "nrs": take_intensity,
    "complaint": take_goal,
    "onset": take_cause,
    "function_limited": take_function,
    "quality": _take_quality,
    "doctor": take_doctor,
    "preferred_times": _take_times,
    "contact": take_contact,
    "age": _take_age,
    "for_whom": _take_for_whom,
}
_TOLD = (
    "sites",
    "duration_days",
    "nrs",
    "complaint",
    "onset",
    "function_limited",
    "doctor",
    "preferred_times",
    "contact",
    "age",
    "for_whom",
)
