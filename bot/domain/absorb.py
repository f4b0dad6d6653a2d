"""Puts what a message says into the intake: dangers, the answer to the open question, and every other fact in it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.domain import answers, cards, questions, sites
from bot.domain.flags import CONDITIONS
from bot.domain.intake import Intake
from bot.domain.judge import held_back
from bot.domain.mention import Mention
from bot.domain.said import Said

_URGENT = ("emergency", "same_day")
_FINDING_EXTRA = {"chest_pain": "chest_pain", "shortness_of_breath": "breathless", "fainting": "faint"}
_CHILD = re.compile(r"\bmy (?:\w+ )?(?:son|daughter|child|kid|boy|girl|baby|toddler|teenager|little one)(?:'?s)?\b", re.IGNORECASE)
_OTHER = re.compile(
    r"\b(?:my (?:\w+ )?(?:husband|wife|partner|mum|mom|mother|dad|father|gran\w*|nan|friend|brother|sister|parents?)|(?:someone|somebody) else|him|her|them)\b",
    re.IGNORECASE,
)
_SELF = re.compile(r"\b(?:me|myself|i|i'm|im|my own|mine|self)\b", re.IGNORECASE)
_BOOKED_FOR = re.compile(r"\b(?:for|book(?:ing)?|appointment|he|she|his|her|they)\b", re.IGNORECASE)
_SIDES = (("both", r"\bboth\b|\beach side\b|\beither\b"), ("left", r"\bleft\b"), ("right", r"\bright\b"))


# ---- dangers -------------------------------------------------------------------------------------------------------


def danger(intake: Intake, said: Said) -> None:
    """Certain flags are taken at once; doubtful ones are asked once. A card tap counts as certain."""
    for found in said.danger:
        if found.certain or found.flag in intake.rf:
            intake.assert_all([found.flag], said.words(found))
        elif found.flag not in intake.to_confirm and found.flag not in intake.settled:
            intake.to_confirm.append(found.flag)
            intake.quote(found.flag, said.words(found))
    if said.question and cards.is_card(said.question) and isinstance(said.value, list):
        intake.assert_all([name for name in said.value if str(name).startswith(("RF-", "CI-"))], said.words())


def confirm(intake: Intake, flag: str, answer: str, words: Mapping[str, Any] | None) -> None:
    """A doubtful danger: only a clear no lets the interview go on; "not sure" counts as the danger itself."""
    if flag in intake.to_confirm:
        intake.to_confirm.remove(flag)
    intake.settle(flag)
    if answer in ("yes", "unsure"):
        intake.assert_all([flag], words)


# ---- the open question ---------------------------------------------------------------------------------------------


def answer(intake: Intake, said: Said) -> bool:
    """Read the message as the answer to the open question; False when it is none."""
    name = intake.open_field
    if name is None:
        return False
    if said.question is not None:
        return _structured(intake, said)
    if name.startswith(("RF-", "CI-")):
        return _confirm_in_words(intake, name, said)
    if cards.is_card(name):
        return _card_in_words(intake, name, said)
    reader = _READERS.get(name)
    return bool(reader and reader(intake, said))


def _structured(intake: Intake, said: Said) -> bool:
    """A tapped answer; the web edge has checked that it fits the question."""
    name, value, words = str(said.question), said.value, said.words()
    if value is None:
        intake.settle(name)
    elif name.startswith(("RF-", "CI-")):
        confirm(intake, name, value, words)
    elif cards.is_card(name):
        _card(intake, name, value, words)
    elif name == "clearance":
        _clear(intake, [item for item in value if item not in ("none", "unsure")], words)
    elif name == "sites":
        _set_sites(intake, value if isinstance(value, list) else [value], words)
    elif name in ("function_limited", "consent_share"):
        intake.know(name, value in (True, "yes"), words)
    elif name == "doctor":
        _set_doctor(intake, value, words)
    elif name == "read_back":
        return True
    elif name == "contact":
        intake.know("contact", {**(intake.facts.get("contact") or {}), **{k: v for k, v in value.items() if v}}, words)
    else:
        intake.know(name, value, words)
    return True


def _confirm_in_words(intake: Intake, name: str, said: Said) -> bool:
    polarity = answers.polarity(said.text, said.intent)
    if polarity is None and name in {found.flag for found in said.danger}:
        polarity = "yes"
    if polarity is None:
        return False
    confirm(intake, name, polarity, said.words())
    return True


def _card(intake: Intake, name: str, value: list[Any], words: Mapping[str, Any] | None) -> None:
    """Settle a card: what was ticked is asserted, "not sure" leaves the rest unknown, the others were answered no."""
    asked = cards.items(name, intake)
    ticked = [item for item in value if item in asked or str(item).startswith(("RF-", "CI-"))]
    intake.assert_all(ticked, words)
    if "unsure" in value:
        intake.unsure_of(item for item in asked if item not in ticked)
    for item in asked:
        intake.settle(item)
    intake.settle(name)
    intake.facts[name if name in _CARD_FACTS else "region_screen"] = value
    intake.quote(name, words)


_CARD_FACTS = ("emergency_gate", "general_screen", "conditions", "medicines", "skin")


def _card_in_words(intake: Intake, name: str, said: Said) -> bool:
    """ "none", "not sure", or the rows named; a bare yes is not enough, the question is then which."""
    asked = cards.items(name, intake)
    rows = [{"value": item, "label": cards.label(item)} for item in asked]
    named = [m.value for m in said.of("condition", "medicine") if m.value]
    named += [found.flag for found in said.danger if found.certain]
    unclear = answers.polarity(said.text, said.intent) == "unsure"
    if not named and answers.says_none(said.text, said.intent) and not said.of("finding"):
        named = ["none"]
    elif not named and not unclear:
        named = answers.named_choices(said.text, rows)
    if unclear and not named:
        named = ["unsure"]
    if not named and name == "medicines" and said.of("medicine"):
        named = ["none"]  # a medicine without a rule of its own was named: the card is answered
    if not named and name == "conditions" and said.of("condition"):
        named = ["none"]
    if not named:
        return False
    _card(intake, name, named, said.words())
    return True


# ---- plain fields, one reader each: True when the message answered it -----------------------------------------------


def _read_narrative(intake: Intake, said: Said) -> bool:
    from bot.domain.interview import is_interruption  # the interview knows which intents are no story

    if is_interruption(said.intent) and not said.tells_something:
        return False
    story(intake, said)
    return True


def _read_for_whom(intake: Intake, said: Said) -> bool:
    for value, pattern in (("child", _CHILD), ("other", _OTHER), ("self", _SELF)):
        if pattern.search(said.text):
            intake.know("for_whom", value, said.words())
            return True
    return False


def _read_age(intake: Intake, said: Said) -> bool:
    age = answers.age_said(said.text) or answers.whole_number(said.text, 0, 120)
    if age is None:
        return False
    intake.know("age", age, said.words())
    return True


def _read_choice(name: str) -> Callable[[Intake, Said], bool]:
    def read(intake: Intake, said: Said) -> bool:
        named = answers.named_choices(said.text, questions.question(name, intake).choices)
        if not named:
            return False
        intake.know(name, named[0], said.words())
        return True

    return read


def _read_sites(intake: Intake, said: Said) -> bool:
    named = said.of("site")
    if named:
        return _take_sites(intake, said, named)
    side = _side(said.text)
    if side is None or not questions.missing_sides(intake):
        return _side_unknown(intake, said)
    entries = [{**entry, "side": side} if _needs_side(entry) else entry for entry in intake.facts["sites"]]
    _set_sites(intake, entries, said.words())
    return True


def _side_unknown(intake: Intake, said: Said) -> bool:
    """ "The middle" and "not sure" settle the side: it changes no rule and the therapist will see."""
    if questions.missing_sides(intake) and (answers.polarity(said.text, said.intent) == "unsure" or re.search(r"\b(middle|cent(er|re)|neither)\b", said.text, re.I)):
        intake.settle("side")
        return True
    return False


def _read_duration(intake: Intake, said: Said) -> bool:
    found = said.of("duration", "span") or [m for m in said.mentions if m.kind == "duration"]
    if not found:
        return False
    intake.know("duration_days", _days(found[0]), said.words(found[0]))
    return True


def _read_nrs(intake: Intake, said: Said) -> bool:
    found = said.of("intensity")
    if found:
        return _take_intensity(intake, said, found[0])
    number = answers.whole_number(said.text, 0, 10)
    if number is None:
        return False
    intake.know("nrs", number, said.words())
    return True


def _read_function(intake: Intake, said: Said) -> bool:
    if said.of("function"):
        _take_function(intake, said)
        return True
    polarity = answers.polarity(said.text, said.intent)
    if polarity in ("yes", "no"):
        intake.know("function_limited", polarity == "yes", said.words())
        return True
    if polarity == "unsure":
        intake.settle("function_limited")
        return True
    return False


def _read_weeks(name: str) -> Callable[[Intake, Said], bool]:
    def read(intake: Intake, said: Said) -> bool:
        spans = [m for m in said.mentions if m.kind in ("duration", "span")]
        weeks = math.floor(_days(spans[0]) / 7) if spans else answers.whole_number(said.text, 0, 1000)
        if weeks is None:
            return False
        intake.know(name, weeks, said.words())
        return True

    return read


def _read_bp(intake: Intake, said: Said) -> bool:
    pressure = answers.blood_pressure(said.text)
    if pressure is None:
        return _settle_if_unknown(intake, said, "bp")
    intake.know("bp", pressure, said.words())
    return True


def _settle_if_unknown(intake: Intake, said: Said, name: str) -> bool:
    if answers.polarity(said.text, said.intent) in ("no", "unsure") or said.intent == "skip":
        intake.settle(name)
        return True
    return False


def _read_doctor(intake: Intake, said: Said) -> bool:
    if said.of("doctor"):
        _take_doctor(intake, said)
        return True
    named = answers.named_choices(said.text, questions.question("doctor", intake).choices)
    polarity = answers.polarity(said.text, said.intent)
    value = "none" if polarity == "no" else "ok" if polarity == "yes" else (named[0] if named else None)
    if value is None and polarity == "unsure":
        value = "none"
    if value is None:
        return False
    _set_doctor(intake, value, said.words())
    return True


def _read_clearance(intake: Intake, said: Said) -> bool:
    items = held_back(intake)
    named = answers.named_choices(said.text, [{"value": item, "label": cards.label(item)} for item in items])
    polarity = answers.polarity(said.text, said.intent)
    if not named and polarity is None and not re.search(r"\b(all|both|everything)\b", said.text, re.I):
        return False
    _clear(intake, named or ([] if polarity in ("no", "unsure") else list(items)), said.words())
    return True


def _read_times(intake: Intake, said: Said) -> bool:
    if _settle_if_unknown(intake, said, "preferred_times"):
        return True
    if not said.text.strip() or (not said.of("when") and said.intent.startswith("faq_")):
        return False
    intake.know("preferred_times", said.text.strip(), said.words())
    return True


def _read_contact(intake: Intake, said: Said) -> bool:
    return _take_contact(intake, said, name_too=True)


def _read_text(name: str) -> Callable[[Intake, Said], bool]:
    def read(intake: Intake, said: Said) -> bool:
        intake.know(name, said.text.strip(), said.words())
        return True

    return read


def _read_yes_no(name: str) -> Callable[[Intake, Said], bool]:
    def read(intake: Intake, said: Said) -> bool:
        polarity = answers.polarity(said.text, said.intent)
        if polarity not in ("yes", "no"):
            return False
        intake.know(name, polarity == "yes", said.words())
        return True

    return read


def _read_read_back(_intake: Intake, said: Said) -> bool:
    return answers.polarity(said.text, said.intent) in ("yes", "no") or said.intent in ("affirm", "deny", "correct")


_READERS: Mapping[str, Callable[[Intake, Said], bool]] = {
    "narrative": _read_narrative,
    "for_whom": _read_for_whom,
    "age": _read_age,
    "sex": _read_choice("sex"),
    "complaint": lambda intake, said: _take_goal(intake, said) or _read_choice("complaint")(intake, said),
    "sites": _read_sites,
    "duration_days": _read_duration,
    "onset": lambda intake, said: _take_cause(intake, said) or _read_choice("onset")(intake, said),
    "nrs": _read_nrs,
    "function_limited": _read_function,
    "weeks_since_surgery": _read_weeks("weeks_since_surgery"),
    "weeks_since_fracture": _read_weeks("weeks_since_fracture"),
    "weeks_since_birth": _read_weeks("weeks_since_birth"),
    "bp": _read_bp,
    "doctor": _read_doctor,
    "clearance": _read_clearance,
    "consent_share": _read_yes_no("consent_share"),
    "preferred_times": _read_times,
    "contact": _read_contact,
    "preferences": _read_text("preferences"),
    "read_back": _read_read_back,
}


# ---- everything else a message tells -------------------------------------------------------------------------------


def story(intake: Intake, said: Said) -> None:
    """The story in the visitor's own words: kept whole, and every fact in it taken."""
    old = intake.facts.get("narrative")
    intake.facts["narrative"] = f"{old}\n{said.text}" if old and said.text not in old else said.text
    intake.quote("narrative", said.words())
    intake.settle("narrative")
    danger(intake, said)
    facts(intake, said)


def facts(intake: Intake, said: Said) -> list[str]:
    """Take every fact of the message that is new, or that corrects an old one; return the fields that changed."""
    if said.question is not None:
        return []
    before = {name: intake.facts.get(name) for name in _TOLD}, (*intake.ci,)
    fresh = said.intent == "correct" or intake.open_field == "read_back"
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


def _take_sites(intake: Intake, said: Said, named: list[Mention] | None = None) -> bool:
    found = named if named is not None else said.of("site")
    if not found:
        return False
    entries = [{"site": m.value, "side": m.side} for m in found if m.value in sites.SITES]
    if not entries:
        return False
    if said.intent != "correct" and intake.facts.get("sites") and intake.open_field != "read_back":
        entries = _merged(intake.facts["sites"], entries)
    _set_sites(intake, _merged([], entries), said.words(found[0]))
    return True


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


def _set_sites(intake: Intake, entries: list[dict[str, Any]], words: Mapping[str, Any]) -> None:
    kept = [{"site": entry["site"], "side": entry.get("side")} for entry in entries]
    intake.know("sites", kept, words)
    if not questions.missing_sides(intake):
        intake.settle("side")


def _needs_side(entry: Mapping[str, Any]) -> bool:
    return sites.paired(entry["site"]) and not entry.get("side")


def _side(text: str) -> str | None:
    if re.search(r"\bleft\b", text, re.I) and re.search(r"\bright\b", text, re.I):
        return "both"
    return next((side for side, pattern in _SIDES if re.search(pattern, text, re.I)), None)


def _days(found: Mention) -> int:
    """One number of days for a range: its middle, so that neither end is favoured."""
    lo, hi = float(found.days_lo or 0), float(found.days_hi if found.days_hi is not None else found.days_lo or 0)
    return round((lo + hi) / 2)


def _take_duration(intake: Intake, said: Said) -> bool:
    found = said.of("duration")
    if not found:
        return False
    longest = max(found, key=lambda m: m.days_hi or 0)
    intake.know("duration_days", _days(longest), said.words(longest))
    return True


def _take_intensity(intake: Intake, said: Said, found: Mention | None = None) -> bool:
    mention = found or next(iter(said.of("intensity")), None)
    if mention is None or mention.hi is None:
        return False
    intake.know("nrs", min(10, math.ceil(mention.hi)), said.words(mention))
    return True


def _take_goal(intake: Intake, said: Said) -> bool:
    goal = next((m for m in said.of("goal") if m.value in _GOALS), None)
    pain = [m for m in said.of("quality", "intensity") if m.value != "tight"] or [m for m in said.of("finding") if m.value in ("pain", "injury", "joint_pain", "muscle_ache")]
    injury = [m for m in said.of("finding", "cause") if _onset(m) == "injury"]
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


def _take_cause(intake: Intake, said: Said) -> bool:
    found = [m for m in said.of("cause", "finding") if _onset(m)]
    if not found:
        return False
    order = ("injury", "post_op", "overuse", "sudden", "gradual")
    strongest = min(found, key=lambda m: order.index(_onset(m) or "gradual"))
    intake.know("onset", _onset(strongest), said.words(strongest))
    intake.facts["cause"] = said.text[strongest.start : strongest.end]
    return True


def _take_function(intake: Intake, said: Said) -> bool:
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


def _take_doctor(intake: Intake, said: Said) -> bool:
    found = next((m for m in said.of("doctor") if m.value in _DOCTOR), None)
    if found is None:
        return False
    _set_doctor(intake, _DOCTOR[found.value], said.words(found))
    return True


_DOCTOR = {
    "none": "none", "not_seen": "none", "seen": "seen", "ok": "ok", "allowed": "ok", "ordered": "ordered", "refused": "refused", "forbidden": "refused",
}  # fmt: skip


def _set_doctor(intake: Intake, value: str, words: Mapping[str, Any]) -> None:
    intake.know("doctor", value, words)


def _clear(intake: Intake, items: list[str], words: Mapping[str, Any]) -> None:
    intake.know("clearance", items, words)


def _take_times(intake: Intake, said: Said) -> bool:
    found = said.of("when")
    if not found or intake.open_field in ("narrative", "duration_days"):
        return False
    intake.know("preferred_times", "; ".join(said.text[m.start : m.end] for m in found), said.words(found[0]))
    return True


def _take_contact(intake: Intake, said: Said, *, name_too: bool = False) -> bool:
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


_NAME = re.compile(r"\b(?:my name is|name'?s|i'?m|i am|this is|it'?s)\s+([A-Za-zÀ-ÿ'’\-]+(?:\s+[A-Za-zÀ-ÿ'’\-]+){0,2})", re.IGNORECASE)
_LEADING_NAME = re.compile(r"^\W*([A-ZÀ-Þ][a-zà-ÿ'’\-]+(?:\s+[A-ZÀ-Þ][A-Za-zà-ÿ'’\-]+){0,2})\b")
_NO_NAME = frozenset("yes no ok okay sure phone email mobile number call me my you can reach tel and or at on the".split())


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
    child = _CHILD.search(said.text)
    if child and _BOOKED_FOR.search(said.text):
        intake.know("for_whom", "child", said.words())
    elif not child and not _OTHER.search(said.text) and re.search(r"\b(i|i'm|im|my|me)\b", said.text, re.I) and said.tells_something:
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
    "sites": _take_sites,
    "duration_days": _take_duration,
    "nrs": _take_intensity,
    "complaint": _take_goal,
    "onset": _take_cause,
    "function_limited": _take_function,
    "quality": _take_quality,
    "doctor": _take_doctor,
    "preferred_times": _take_times,
    "contact": _take_contact,
    "age": _take_age,
    "for_whom": _take_for_whom,
}
_TOLD = ("sites", "duration_days", "nrs", "complaint", "onset", "function_limited", "doctor", "preferred_times", "contact", "age", "for_whom")
