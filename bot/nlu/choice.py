"""Which intent a message has, once the model has weighed it and the Reader has read it: the last, readable word."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain import answers, tongue
from bot.nlu import polarity

REJECTED = "out_of_scope"
DANGER = "danger"
# An answer that was tapped needs no reading; these are never guessed from text.
TAPPED, OPENED = "answer", "open"
NEVER_GUESSED = frozenset({TAPPED, OPENED, DANGER})

# A place or a score is about the visitor; a symptom's name may also stand in "is flu contagious" or "electric guitar".
_ACHES = frozenset({"site", "intensity"})
_SIGNS = frozenset({"quality", "finding", "condition", "medicine"})
_CARDS = (
    "emergency_gate",
    "screen_",
    "region_screen",
    "general_screen",
    "conditions",
    "medicines",
    "skin",
    "RF-",
    "CI-",
)
# What answers which open question; any of it makes a rejected text an answer.
_FITTING: Mapping[str, frozenset[str]] = {
    "duration_days": frozenset({"duration", "span"}),
    "onset": frozenset({"cause", "duration"}),
    "function": frozenset({"function"}),
    "function_limited": frozenset({"function"}),
    "complaint": frozenset({"goal"}),
    "narrative": frozenset({"goal", "cause", "function", "duration"}),
    "doctor": frozenset({"doctor"}),
    "clearance": frozenset({"doctor"}),
    "for_whom": frozenset({"person"}),
    "contact": frozenset({"contact", "person"}),
    "preferred_times": frozenset({"when", "duration", "span"}),
}
_NUMBERS = ("age", "nrs", "duration_days", "bp", "peg", "psfs", "weeks_")
_YES_NO = (*_CARDS, "yes_no", "function_limited", "consent_", "read_back", "doctor", "clearance", "confirm_flag")
_OWN_WORDS = ("narrative", "preferences", "preferred_times", "contact", "function")
_NAME = re.compile(
    r"(?:(?:it'?s|i'?m|i am|my name is|name'?s|this is|me llamo|soy|mi nombre es)\s+)?[^\W\d_]+(?:[\s'.-]+[^\W\d_]+){0,3}\W*",
    re.IGNORECASE,
)
# Here a sentence about pressure or a therapist is a wish, and only a question is a question.
_WISHES = ("preferences", "preferred_times", "contact")
_QUESTION = re.compile(
    r"\?|^\W*(?:what|how|why|when|where|who|which|is|are|do|does|did|can|could|will|would|may|should|am|have|qué|que|cómo|como|cuándo|cuando|cuánto|cuanto|dónde|donde|quién|quien|puedo|pueden|hay)\b|¿",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"^\W*(?:(?:so|ok|and|hey|hi|btw|please)\W+)*(?:what(?:'?s| is| are| was)?|how (?:many|much|tall|far|old|big|do i|do you|does)|who(?:'?s)?|where|when (?:is|was|did|does)|which|is it (?:going|gonna)|can you|could you|tell me)\b",
    re.IGNORECASE,
)
_OURS = re.compile(
    r"\b(?:my|me|i'?m|i'?ve|mine|hurts?|pain|ache\w*|massage\w*|clinic|appointment|session|therapist\w*|booking|treat\w*|cost|price|open)\b",
    re.IGNORECASE,
)
# Intents that end or turn the conversation: an ache named in the same breath makes a weak guess of them a story.
_TURNS = frozenset(
    {
        "stop",
        "start_over",
        "skip",
        "goodbye",
        "thank",
        "greet",
        "language_other",
        "abuse",
        "small_talk",
        "wait",
        "repeat",
        "ask_why",
    }
)


@dataclass(frozen=True, slots=True)
class Guess:
    """An intent and how sure we are of it, 0 to 1."""

    name: str
    confidence: float

    def to_json(self) -> dict[str, Any]:
        """The shape of contract §2 and of Rasa."""
        return {"name": self.name, "confidence": round(self.confidence, 4)}


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a guess is too weak. Chosen on sentences of our own, see models/README.md."""

    reject: float = 0.25
    asks: float = 0.5  # a question that sounds like one about the world is none of ours whatever place or time it names
    turn: float = 0.6
    own_words: float = 0.8
    elsewhere: float = 0.7
    unread: float = 0.7  # a story in which the Reader finds nothing at all must sound like one


def tapped(answer: Mapping[str, Any]) -> Guess:
    """The intent of a structured answer (metadata of the turn)."""
    return Guess(OPENED if answer.get("question") == "open" else TAPPED, 1.0)


def choose(
    text: str,
    weighed: Mapping[str, float],
    *,
    asked: str | None = None,
    read: Collection[str] = (),
    leans: Callable[[], tuple[str, float] | None] = lambda: None,
    limits: Limits = Limits(),
) -> Guess:
    """The intent of a text.

    `weighed` is what the model makes of each intent, `asked` the field of the open question, `read` the kinds of
    mention that the Reader found, `leans` what the model of replies makes of the text (asked only when no rule can tell).
    A way of saying yes or no answers a yes/no question before anything else; a text that names an ache, or answers what
    was asked, is never rejected. Who asks for a language we speak is certain to.
    """
    if tongue.asked(text):
        return Guess("language_other", 1.0)
    way = polarity.lean(text, asked) if _is(asked, _YES_NO) or not any(map(str.isalpha, text)) else None
    if way is not None:
        return Guess(way, max(0.9, weighed.get(way, 0.0)))
    learned = leans() if _is(asked, _YES_NO) else None
    if learned is not None:
        return Guess(*learned)
    best = max(weighed, key=lambda name: weighed[name])
    sure = weighed[best]
    if best == REJECTED and sure >= limits.asks and _asks_elsewhere(text, asked):
        return Guess(REJECTED, sure)
    aches = _aches(asked, read, weighed.get(REJECTED, 0.0), limits)
    if best == REJECTED or sure < limits.reject:
        if aches:
            return Guess("describe_pain", max(sure, weighed.get("describe_pain", 0.0)))
        if _answers(text, asked, read, weighed, limits):
            return Guess("inform", max(sure, weighed.get("inform", 0.0)))
        return Guess(REJECTED, max(weighed.get(REJECTED, 0.0), 1.0 - sure))
    if best == "describe_pain" and asked is None and not read and sure < limits.unread:
        return Guess(REJECTED, 1.0 - sure)
    if aches and best in _TURNS and sure < limits.turn:
        return Guess("describe_pain", sure)
    if asked in _WISHES and best.startswith(("faq_", "small_talk")) and not _QUESTION.search(text):
        return Guess("inform", sure)
    return Guess(best, sure)


def _asks_elsewhere(text: str, asked: str | None) -> bool:
    """A question about the world that names nobody of us: "how many legs does a spider have", "who won last night"."""
    return asked not in _WISHES and bool(_ASKS.search(text)) and not _OURS.search(text)


def _aches(asked: str | None, read: Collection[str], elsewhere: float, limits: Limits) -> bool:
    """Whether the text tells of the visitor's body; a symptom's name alone gives way to a sure "none of our business"."""
    if not _ACHES.isdisjoint(read):
        return True
    return not _SIGNS.isdisjoint(read) and (elsewhere < limits.elsewhere or _is(asked, _CARDS))


def _answers(text: str, asked: str | None, read: Collection[str], weighed: Mapping[str, float], limits: Limits) -> bool:
    """Whether the text plainly answers the open question."""
    if asked is None:
        return False
    field = asked.partition("#")[0]
    if not _FITTING.get(field, frozenset()).isdisjoint(read):
        return True
    if _is(field, _NUMBERS) and len(text.split()) <= 12 and answers.whole_number(text, 0, 1000) is not None:
        return True
    if field == "contact" and _NAME.fullmatch(text.strip()):
        return True
    return field in _OWN_WORDS and weighed.get(REJECTED, 0.0) < limits.own_words


def _is(asked: str | None, names: Sequence[str]) -> bool:
    """True when the field is one of these or begins with one of them."""
    return asked is not None and asked.startswith(tuple(names))
