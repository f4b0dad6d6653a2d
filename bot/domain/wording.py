"""The sentences that depend on what was said: acknowledgement, hints after a misread answer, and the read-back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bot.domain import agreement, answers, cards, complaints, sites, wished_times
from bot.domain.extras import EXTRAS
from bot.domain.intake import Intake
from bot.domain.proxy import PROXIES, they
from bot.domain.speech import ENGLISH, language_of, say

_GOALS = {
    "relax": "to relax", "tension": "tension or knots", "pain": "pain", "injury": "a strain or injury",
    "rehab": "getting movement back", "illness": "pain with an illness",
}  # fmt: skip
_ONSETS = {
    "gradual": "came on little by little",
    "sudden": "came on suddenly",
    "overuse": "after a lot of use",
    "injury": "after an injury",
    "post_op": "after an operation",
    "none": "",
}
_DOCTORS = {
    "none": "no doctor asked yet", "seen": "a doctor has seen it", "ok": "your doctor said massage is fine",
    "ordered": "your doctor ordered massage", "refused": "a doctor said not to have massage",
}  # fmt: skip
_WHOM = {"self": "", "child": "for your child", "other": "for someone else"}
_FOR = {"self": "For you", "child": "For your child", "other": "For someone else"}

ONE_UNSURE = "Not sure about {count} safety question"
SOME_UNSURE = "Not sure about {count} safety questions"


# Said as months, these are read back as months.
_ONE_MONTH, _TWO_MONTHS = (30, 31), (60, 61, 62)
_MANY_YEARS = re.compile(
    r"\W*(?:for |over |since |desde )?(?:hace )?(?:many |several |some |muchos |varios |algunos )?(?:years|a[nñ]os)\W*",
    re.IGNORECASE,
)


def _lasted(count: float, intake: Intake, name: str) -> str:
    """How long it has lasted; of "for years" no number that nobody has told."""
    told = intake.said.get(name) or [{"text": ""}]
    if _MANY_YEARS.fullmatch(str(told[-1]["text"])):
        return say(intake.locale, "for years")
    return days(count, intake.locale)


def days(count: float, locale: str = ENGLISH) -> str:
    """A number of days as people say it."""
    if count < 1:
        return say(locale, "since today")
    if count < 14:
        number = round(count)
        return say(locale, "for {count} day" if number == 1 else "for {count} days", count=number)
    if round(count) in _ONE_MONTH:
        return say(locale, "for about a month")
    if round(count) in _TWO_MONTHS:
        return say(locale, "for about {count} months", count=2)
    if count < 70:
        return say(locale, "for about {count} weeks", count=round(count / 7))
    if count < 700:
        return say(locale, "for about {count} months", count=round(count / 30.4))
    return say(locale, "for about {count} years", count=round(count / 365))


def understood(intake: Intake) -> str:
    """Everything understood so far in one line, complaint by complaint; empty when that is nothing."""
    names = [complaints.field(name, at) for at in complaints.numbers(intake) for name in complaints.SHOWN]
    told = [name for name in (*names, "doctor", "age") if intake.facts.get(name) is not None]
    told += intake.ci[:_MOST_CONDITIONS_SAID]
    return acknowledge(intake, told) if told else ""


_MOST_CONDITIONS_SAID = 3


def changed(intake: Intake, names: Iterable[str], history: Iterable[Mapping[str, Any]] = ()) -> str:
    """What a correction changed: "I've changed that: right knee.", "I've taken that out: neck." """
    gone = [_gone(intake, entry) for entry in history if entry["new"] in (None, False)]
    if any(gone):
        return say(intake.locale, "I've taken that out: {what}.", what="; ".join(filter(None, gone)))
    told = [_placed(intake, name, phrase) for name in names if (phrase := _phrase(intake, name))]
    if not told:
        return say(intake.locale, "I've changed that.")
    return say(intake.locale, "I've changed that: {what}.", what="; ".join(told))


def _placed(intake: Intake, name: str, phrase: str) -> str:
    """A phrase of one of several complaints with its place: "left knee, 5 of 10"."""
    own = complaints.base(name) in complaints.OWN and complaints.base(name) != "sites"
    place = place_of(intake, name) if own and len(complaints.numbers(intake)) > 1 else ""
    return f"{place}, {phrase}" if place else phrase


def _gone(intake: Intake, entry: Mapping[str, Any]) -> str:
    """What was taken out: a condition, or a whole complaint by its places."""
    if str(entry["field"]).startswith(("RF-", "CI-")):
        return _phrase(intake, entry["field"])
    places = (entry["old"] or {}).get("sites") if isinstance(entry["old"], dict) else None
    return sites.say_all(places, intake.locale) if places else ""


def acknowledge(intake: Intake, told: Iterable[str]) -> str:
    """What was just understood, in one short line: "Got it: left knee, 6 of 10, for 3 days." """
    names = [name for name in told if name != "complaint" or intake.facts.get(name) != "pain"]
    if any(complaints.base(name) == "duration_days" for name in names):
        names = [name for name in names if name != "CI-CHRONIC"]  # the time beside it says so
    groups = []
    for at in sorted({complaints.number(name) for name in names}):
        own = [name for name in names if complaints.number(name) == at]
        parts = [phrase for name in own if (phrase := _in_their_words(intake, name) or _phrase(intake, name))]
        of_one = any(complaints.base(name) in complaints.OWN for name in own) and len(complaints.numbers(intake)) > 1
        if of_one and complaints.field("sites", at) not in own and parts:
            parts.insert(0, place_of(intake, complaints.field("sites", at)))
        groups += [", ".join(parts)] if parts else []
    if not groups:
        return say(intake.locale, "Got it.")
    return say(intake.locale, "Got it: {what}.", what="; ".join(groups))


_FEW_WORDS = 5


def _in_their_words(intake: Intake, name: str) -> str:
    """A sign or condition as the visitor called it, when that is short: "warfarin" rather than the row of its card."""
    if not name.startswith(("RF-", "CI-")):
        return ""
    told = min((str(words["text"]) for words in intake.said.get(name, ())), key=len, default="").strip(" .,;!")
    return told if told and len(told.split()) <= _FEW_WORDS and not answers.only_numbers(told) else ""


NOTHING_TO_CHANGE = "Nothing, it's right"
_FIELD_NAMES: Mapping[str, str] = {
    "for_whom": "Who it is for", "age": "Age", "complaint": "What you want", "sites": "Where", "duration_days": "How long",
    "onset": "How it began", "nrs": "Pain", "function_limited": "What it stops", "general_screen": "General health",
    "conditions": "Conditions", "medicines": "Medicines", "skin": "Skin", "doctor": "Doctor", "preferred_times": "Times",
    "contact": "How to reach you", "screen": "Danger signs",
}  # fmt: skip


def field_label(intake: Intake, name: str) -> str:
    """A field by its plain name with what is known of it: "Pain: 6 of 10"; of a further complaint with its place."""
    base = complaints.base(name)
    said = say(intake.locale, _FIELD_NAMES["screen" if base.startswith("screen_") else base])
    if complaints.number(name) > 1 and base != "sites":
        said = f"{said} ({place_of(intake, name)})"
    known = _phrase(intake, name) if base not in ("contact", "preferred_times") else ""
    return f"{said}: {known}" if known else said


def place_of(intake: Intake, name: str) -> str:
    """The places of the complaint a field is about, as "left heel"; in English "knees", because "your" stands before it."""
    places = sites.say_all(complaints.sites_of(intake, complaints.number(name)), intake.locale)
    return places.replace("both ", "") if language_of(intake.locale) == ENGLISH else places


_PHRASES: Mapping[str, Callable[[Any, Intake], str]] = {
    "sites": lambda value, intake: sites.say_all(value, intake.locale),
    "nrs": lambda value, intake: say(intake.locale, "{score} of 10", score=value),
    "complaint": lambda value, intake: say(intake.locale, _GOALS[value]),
    "onset": lambda value, intake: say(intake.locale, _ONSETS[value]),
    "doctor": lambda value, intake: _doctor(value, intake),
    "age": lambda value, intake: say(intake.locale, "age {age}", age=value),
    "for_whom": lambda value, intake: say(intake.locale, _WHOM.get(value, "")),
    "contact": lambda _value, intake: say(intake.locale, "how to reach you"),
    "preferred_times": lambda _value, intake: say(intake.locale, "the time you would like"),
}


_NOT_LIMITED, _LIMITED = "it does not limit you", "it limits you"
_STOPS_DOING = "it stops you doing things ({what})"


def _doctor(value: str, intake: Intake) -> str:
    text = _DOCTORS[value]
    by_proxy = _whom(intake) in PROXIES and language_of(intake.locale) == ENGLISH
    return they(text) if by_proxy else say(intake.locale, text)


def _whom(intake: Intake) -> str | None:
    return intake.facts.get("for_whom")


def _limits(limited: bool, what: str | None, intake: Intake) -> str:
    """In a list of facts "them" is enough; Spanish "le" is both."""
    text = _NOT_LIMITED if not limited else _STOPS_DOING if what else _LIMITED
    by_proxy = _whom(intake) in PROXIES and language_of(intake.locale) == ENGLISH
    return (they(text) if by_proxy else say(intake.locale, text)).replace("{what}", what or "")


def _phrase(intake: Intake, name: str) -> str:
    """One fact or finding in a few words; empty when there is nothing to say."""
    if name.startswith(("RF-", "CI-")):
        return _lower(cards.label(name, intake.locale))
    value, base = intake.facts.get(name), complaints.base(name)
    if value is not None and base == "duration_days":
        return _lasted(value, intake, name)
    if value is not None and base == "function_limited":
        return _limits(value, intake.facts.get(name.replace("function_limited", "function")), intake)
    return "" if value is None or base not in _PHRASES else _PHRASES[base](value, intake)


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lower(text: str) -> str:
    abbreviated = text[:2].isupper() and text[:2].isalpha()
    return text if abbreviated or text.startswith("I ") else text[0].lower() + text[1:]


def left_unsure(intake: Intake) -> str:
    """What the visitor was not sure about, by name, for the result to own up to; empty when there is nothing."""
    named = [_unsure_of(intake, name) for name in intake.rf_unknown]
    told = list(dict.fromkeys(name for name in named if name))
    if not told:
        return ""
    shown = "; ".join(told[:_MOST_NAMED])
    if len(told) > _MOST_NAMED:
        return say(intake.locale, _UNSURE_MANY, what=shown, count=len(told) - _MOST_NAMED)
    return say(intake.locale, _UNSURE, what=shown)


_MOST_NAMED = 3
_UNSURE = "You were not sure about this: {what}. A person on our team will go through it with you."
_UNSURE_MANY = (
    "You were not sure about this: {what}; and {count} more. A person on our team will go through it with you."
)


def _unsure_of(intake: Intake, name: str) -> str:
    if name in EXTRAS or name.startswith(("RF-", "CI-")):
        return _lower(cards.label(name, intake.locale))
    return _lower(say(intake.locale, _FIELD_NAMES[name])) if name in _FIELD_NAMES else ""


def last_time(intake: Intake) -> str:
    """What was told last time, for the visitor to confirm instead of answering all of it again."""
    lines = [_upper(", ".join(part for part in (_phrase(intake, "complaint"), _phrase(intake, "age")) if part))]
    for at in complaints.numbers(intake):
        ache = [_phrase(intake, complaints.field(name, at)) for name in ("sites", "duration_days", "onset")]
        lines.append(_upper(", ".join(part for part in ache if part)))
    lines += [cards.label(name, intake.locale) for name in intake.ci]
    lines += [say(intake.locale, "No other condition or medicine"), _upper(_phrase(intake, "doctor"))]
    return say(intake.locale, "From last time I have:") + "\n" + "\n".join(f"• {line}" for line in lines if line)


def read_back(intake: Intake) -> str:
    """Everything that decides, once more, for the visitor to check."""
    lines = [f"• {text}" for text in told_lines(intake)]
    return say(intake.locale, "Here is what I understood:") + "\n" + "\n".join(lines)


def told_lines(intake: Intake) -> list[str]:
    """The lines of the read-back: who comes, why, each complaint, what was found, doctor, times and contact."""
    return [text for text in _read_back_lines(intake, intake.facts) if text]


def _read_back_lines(intake: Intake, facts: Mapping[str, Any]) -> list[str]:
    locale = intake.locale
    whom = say(locale, _FOR[facts.get("for_whom") or "self"])
    age = _phrase(intake, "age")
    lines = [f"{whom}, {age}" if age else whom, agreement.line(intake)]
    lines.append(
        say(locale, "Reason for the visit: {goal}", goal=_phrase(intake, "complaint")) if facts.get("complaint") else ""
    )
    for at in complaints.numbers(intake):
        ache = [_phrase(intake, complaints.field(name, at)) for name in complaints.SHOWN]
        lines.append(_upper(", ".join(part for part in ache if part)))
    lines += [cards.label(name, locale) for name in [*intake.rf, *intake.ci]]
    if open_still := len(intake.rf_unknown):
        lines.append(say(locale, ONE_UNSURE if open_still == 1 else SOME_UNSURE, count=open_still))
    lines.append(_upper(_phrase(intake, "doctor")))
    times = wished_times.say(facts.get("preferred_times"), locale)
    lines.append(say(locale, "Times: {times}", times=times) if times else "")
    contact = facts.get("contact") or {}
    how = ", ".join(str(contact[key]) for key in ("name", "phone", "email") if contact.get(key))
    lines.append(say(locale, "Reach you: {how}", how=how) if how else "")
    return lines
