"""Says what is asked of and told about the person who comes, when somebody else writes for them.

Every text is written once, to the visitor. English turns "you" into "your child" or "the person" and then "they"; polite
Spanish speaks of a third person with the same words, so that naming whom it is about is enough.
"""

from __future__ import annotations

import re

from bot.domain.speech import ENGLISH, language_of, say

PROXIES = ("child", "other")
# The questions about the person; how to reach the visitor and when to come are the visitor's to answer.
ABOUT_THEM = frozenset(
    {
        "emergency_gate", "narrative", "age", "complaint", "sites", "side", "duration_days", "onset", "nrs", "function_limited",
        "region_screen", "general_screen", "conditions", "medicines", "skin", "weeks_since_surgery", "weeks_since_fracture",
        "weeks_since_birth", "bp", "doctor", "clearance", "peg_enjoyment", "peg_activity", "psfs", "since_last", "day_of_visit",
        "sites_of_another", "duration_days_of_another", "onset_of_another", "nrs_of_another", "function_limited_of_another",
    }
)  # fmt: skip
_NAMES = {"child": "your child", "other": "the person"}
_LEADS = {"child": "About your child: {words}", "other": "About the person: {words}"}
# What is said to who writes, whoever comes.
_TO_THE_WRITER = re.compile(
    r"\b(?:in your own words|thank you|if you don'?t know it|you can imagine|what you wrote|you (?:told|wrote|tell|said)\b|tell(?:ing)? you\b|"
    r"(?:give|let|lets) you\b|place for you\b|(?:talk|check|do not match)\w* with you\b|call you\b|near you\b|if you cannot|you can (?:also )?call|"
    r"you can name|how can we reach you)",
    re.IGNORECASE,
)
_BEFORE_SUBJECT = {
    "do": "does", "have": "has", "are": "is", "were": "was", "had": "had", "did": "did", "can": "can", "could": "could",
    "would": "would", "should": "should",
}  # fmt: skip
_VERBS = {
    "have": "has", "had": "had", "take": "takes", "are": "is", "were": "was", "can": "can", "could": "could", "would": "would",
    "feel": "feels", "ask": "asks", "move": "moves", "see": "sees", "need": "needs", "walk": "walks", "agree": "agrees", "do": "does",
    "bleed": "bleeds",
}  # fmt: skip
_YOU = re.compile(
    rf"\b(?P<aux>{'|'.join(_BEFORE_SUBJECT)}) you\b|\byou (?P<verb>{'|'.join(_VERBS)})\b(?:(?P<between>(?: (?!yours?\b|you\b)[\w'-]+){{1,4}}? or )(?P<other>{'|'.join(_VERBS)})\b)?|\b(?P<own>your)\b|\b(?P<self>yourself)\b|\b(?P<object>you)\b",
    re.IGNORECASE,
)


def say_about(whom: str | None, locale: str | None, text: str) -> str:
    """A text in the visitor's language, about the person who comes; `{places}` in it stay."""
    if whom not in _NAMES or not _YOU.search(_TO_THE_WRITER.sub("", text)):
        return say(locale, text)
    if language_of(locale) == ENGLISH:
        return they(text, _NAMES[whom])
    return say(locale, _LEADS[whom]).replace("{words}", _within(say(locale, text)))


def _within(text: str) -> str:
    """A sentence as it stands after a colon: "¿qué le duele?"."""
    at = 1 if text.startswith(("¿", "¡")) else 0
    return text[:at] + text[at : at + 1].lower() + text[at + 1 :]


def they(text: str, name: str = "") -> str:
    """An English text to "you" as a text about somebody; `name` stands for the first "you", "they" for all others."""
    kept = [(found.start(), found.end()) for found in _TO_THE_WRITER.finditer(text)]
    named = not name

    def turned(found: re.Match[str]) -> str:
        nonlocal named
        if any(start < found.end() and found.start() < end for start, end in kept):
            return found[0]
        first, named = not named, True
        words = _turn(found, name if first else "")
        return words[:1].upper() + words[1:] if found[0][0].isupper() else words

    return _YOU.sub(turned, text)


def _turn(found: re.Match[str], name: str) -> str:
    if aux := found["aux"]:
        return f"{_BEFORE_SUBJECT[aux.lower()]} {name}" if name else f"{aux} they"
    if verb := found["verb"]:
        # "You take blood thinners or bleed easily": the second verb has the same subject.
        between, other = found["between"] or "", found["other"] or ""
        if not name:
            return f"they {verb}{between}{other}"
        return f"{name} {_VERBS[verb.lower()]}{between}{_VERBS.get(other.lower(), '')}"
    if found["own"]:
        return f"{name}'s" if name else "their"
    if found["self"]:
        return name or "themselves"
    return name or "them"


_FIRST_PERSON = (
    (re.compile(r"\bI am\b|\bI'm\b"), "they are"), (re.compile(r"\bI was\b"), "they were"), (re.compile(r"\bI\b"), "they"),
    (re.compile(r"\bmy\b", re.IGNORECASE), "their"), (re.compile(r"\bme\b"), "them"),
)  # fmt: skip


def item_about(whom: str | None, locale: str | None, text: str) -> str:
    """A fact to tick ("I cannot hold my pee") as one about the person; in Spanish it stays what that person would say."""
    if whom not in _NAMES or language_of(locale) != ENGLISH:
        return say(locale, text)
    words = they(text, "")
    for pattern, instead in _FIRST_PERSON:
        words = pattern.sub(instead, words)
    return words[:1].upper() + words[1:]
