"""Who agrees to the treatment: a guardian for somebody under 18, an adult for themselves; doubt goes to a person (R-X03)."""

from __future__ import annotations

import re

from bot.domain.intake import Intake
from bot.domain.said import Said
from bot.domain.speech import say

ADULT = 18
_DOUBT = re.compile(
    r"\b(?:not|isn'?t|am not|i'?m not) (?:really )?(?:the|his|her|their|a) (?:parent|guardian|mother|father|mum|mom|dad)s?\b"
    r"|\b(?:he|she|they) (?:does(?:n'?t| not)|do(?:n'?t| not)|has(?:n'?t| not)|have(?:n'?t| not)) (?:know|agree\w*|want)\b(?! (?:what|how|why|where|if))"
    r"|\bi'?m (?:his|her|their|the) (?:teacher|coach|neighbou?r|nanny|babysitter|carer|au pair)\b"
    r"|\b(?:behind|against) (?:his|her|their) (?:back|will)\b|\bas a surprise\b|\bsurprise (?:him|her|them)\b",
    re.IGNORECASE,
)
_NOTES = {"minor": "utter_agreement_minor", "child": "utter_agreement_child", "other": "utter_agreement_other"}
_LINES = {
    "minor": "A parent or guardian agrees and comes along",
    "child": "You are the parent or guardian, agree, and come along",
    "other": "The person has agreed to this visit",
}


def _whose(intake: Intake) -> str | None:
    whom, age = intake.facts.get("for_whom"), intake.facts.get("age")
    if whom == "child":
        return "child" if age is None or age < ADULT else "other"
    if whom == "other":
        return "other" if age is None or age >= ADULT else "minor"
    return "minor" if age is not None and age < ADULT else None


def note(intake: Intake) -> str | None:
    """The response that says who has to agree, once, as soon as it is known that somebody has to; or None."""
    whose = _whose(intake)
    if whose is None or f"agreement {whose}" in intake.settled:
        return None
    intake.settle(f"agreement {whose}")
    return _NOTES[whose]


def line(intake: Intake) -> str:
    """The line of the read-back that the visitor confirms with all the rest; empty where nobody else has to agree."""
    whose = _whose(intake)
    if whose is None or "consent_doubt" in intake.extra:
        return ""
    return say(intake.locale, _LINES[whose])


def doubt(intake: Intake, said: Said) -> bool:
    """Take up a word that the right person may not have agreed; True when this message says so."""
    if _whose(intake) is None or not _DOUBT.search(said.text):
        return False
    intake.add_extra("consent_doubt", said.words())
    return True
