"""What is said to an answer that could not be read: first the question in fewer words, then an example, then a way out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain import cards
from bot.domain.speech import ENGLISH, say

# By field; the third is said when the question is left to a person.
_HINTS: Mapping[str, tuple[str, str, str]] = {
    "consent_privacy": (
        "Please answer yes or no: may I use your answers to plan your visit?",
        "Just “yes” or “no” is enough. Without a yes I keep nothing of what you write.",
        "I need a yes or no here. You can also call us: [[phone]].",
    ),
    "narrative": (
        "A few words are enough: what hurts, or what would do you good?",
        "For example “my left shoulder aches since Monday”, or “just to relax”.",
        "That's fine, I ask step by step.",
    ),
    "age": ("I need the age as a number.", "For example “46”.", "That's fine, a member of staff will ask."),
    "sites": (
        "Which part of the body is it?",
        "For example “left shoulder” or “lower back”.",
        "That's fine, your therapist will ask.",
    ),
    "side": (
        "“Left”, “right” or “both” is enough.",
        "If it is neither, say “the middle”. “Not sure” is fine, too.",
        "That's fine, your therapist will ask.",
    ),
    "duration_days": (
        "Roughly how long? Days, weeks, months or years.",
        "For example “3 weeks” or “since March”.",
        "That's fine, staff will ask you.",
    ),
    "nrs": (
        "Please give me one number from 0 to 10.",
        "For example “4”: 0 is no pain, 10 the worst you can imagine.",
        "That's fine, we leave the number out.",
    ),
    "function_limited": (
        "“Yes” or “no” is enough.",
        "For example “yes, I can't sleep on that side”, or “no, I can do everything”.",
        "That's fine, staff will ask you.",
    ),
    "doctor": (
        "What did the doctor say about massage? That it is fine, or to have it, or not to; or you haven't asked.",
        "For example “she said it's fine”, “it didn't come up”, or “not asked yet”.",
        "That's fine, staff will ask you.",
    ),
    "bp": (
        "I need two numbers, or “I don't know”.",
        "For example “150 over 95”.",
        "That's fine, staff will ask you.",
    ),
    "preferred_times": (
        "A day or a time of day is enough.",
        "For example “Tuesday morning”, “after 5 pm” or “any time”.",
        "That's fine, staff will suggest a time.",
    ),
    "contact": (
        "I need a phone number or an e-mail address.",
        "For example “Ana Ruiz, 555 010 0199” or “ana@example.org”.",
        "You can also call us: [[phone]].",
    ),
    "read_back": (
        "Please say “yes” if all of it is right, or tell me what to change.",
        "For example “yes”, or “it's the right knee”, or “the pain is 4”.",
        "Then a member of our staff will go through it with you.",
    ),
    "change": (
        "Which of these shall I change? You can say it by its number.",
        "For example “age”, or “it's the right knee”; or say “nothing”.",
        "That's fine, I leave all of it as it is.",
    ),
}
_WEEKS = (
    "I need the number of weeks.",
    "For example “6 weeks” or “two months ago”.",
    "That's fine, staff will ask you.",
)
_YES_NO = (
    "“Yes”, “no” or “not sure” is enough.",
    "For example “no, nothing like that”. If you don't know, say “not sure”.",
    "I take that as “not sure”.",
)
_CARD = (
    "Which of these is it? Name it, or say “none” or “not sure”.",
    "Please name the one that fits, for example by its number, or say “none”.",
    "I take that as “not sure”. A person will go through it with you.",
)
_PLAIN = (
    "Sorry, I didn't understand that.",
    "Sorry, I still don't get it. You can say “skip”, or “talk to a person”.",
    "Let's leave that one for our staff.",
)
_SCALES = ("peg_enjoyment", "peg_activity", "psfs")
_PICK_ONE = "Please choose one of these: {choices}."
_FOR_EXAMPLE = "For example “{choice}”. You can also say “not sure”, or “talk to a person”."
_MOST_WORDS = 45


def hint(field: str, misses: int, locale: str = ENGLISH, choices: Sequence[Mapping[str, Any]] = ()) -> str:
    """After the first, second and third answer in a row that could not be read; `choices` are labelled in the language."""
    base = field.split("#")[0]
    own = _own(base)
    if own is None and choices and misses < len(_PLAIN):
        labels = [_lower(str(choice["label"])) for choice in choices]
        named = say(locale, _PICK_ONE, choices="; ".join(labels))
        if misses > 1:
            return say(locale, _FOR_EXAMPLE, choice=labels[0])
        if len(named.split()) <= _MOST_WORDS:
            return named
    return say(locale, (own or _PLAIN)[min(misses, len(_PLAIN)) - 1])


def _own(base: str) -> tuple[str, str, str] | None:
    """The three steps of a field that has its own; of others the choices are named, where there are any."""
    if base in _SCALES:
        return _HINTS["nrs"]
    if base.startswith("weeks_since_"):
        return _WEEKS
    if base.startswith(("RF-", "CI-")) and base != "RF-SUICIDE":  # "the pain, or your life?" has no yes or no
        return _YES_NO
    return _HINTS.get(base) or (_CARD if cards.is_card(base) else None)


def _lower(text: str) -> str:
    return text if text.startswith("I ") else text[:1].lower() + text[1:]
