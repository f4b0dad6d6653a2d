"""Hears what visitors ask about the interview itself: how much is still to come, and what a word on a card means."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.domain import cards
from bot.domain.intake import Intake
from bot.domain.said import Said
from bot.domain.speech import say

_HOW_MUCH_MORE = re.compile(
    r"\bhow many (?:more )?(?:questions?|of (?:these|those|them)|are (?:there|left)|(?:more )?to go)\b|\bhow many more\b"
    r"|\b(?:how )?much (?:longer|more (?:of this|to go|is there))\b|\bhow long (?:does|will|is) (?:all )?(?:this|the (?:chat|form|interview|questionnaire))\b"
    r"|\bare we (?:nearly |almost )?(?:done|there|finished)\b|\b(?:nearly|almost) (?:done|finished)\s*\?|\b(?:is|are) (?:there|this) (?:much|many|a lot) (?:more|left)\b"
    r"|\bcu[aá]ntas (?:preguntas|m[aá]s|quedan|faltan)\b|\b(?:cu[aá]nto|mucho|poco) (?:m[aá]s )?(?:falta|queda|dura esto)\b|\b(?:falta|queda) (?:mucho|poco)\b",
    re.IGNORECASE,
)
_THE_VISIT = re.compile(
    r"\b(?:massages?|visits?|sessions?|appointments?|treatments?|masajes?|visitas?|sesi[oó]n|citas?)\b", re.IGNORECASE
)
_MEANS = re.compile(
    r"^\W*(?:(?:sorry|ok|hmm|wait|and|perd[oó]n|y)\W+)*(?:what(?:'?s| is| are)|what do(?:es)?\b.*\bmean\b|what do you mean by"
    r"|qu[eé] (?:es|son|significan?|quiere decir)|a qu[eé] se refiere con)\b",
    re.IGNORECASE,
)
_OWN = re.compile(r"\b(?:i|i'?m|i'?ve|my|me|we|our|he|she|his|her|mi|mis|me|tengo|tuve|su|sus)\b", re.IGNORECASE)
_MOST_WORDS = 8

_MUST = re.compile(
    r"\b(?:do|must|should|why do|why must) (?:i|we) (?:really |actually )?(?:have to |need to )?(?:answer|fill|do|go through|tell)\b.*\b(?:all|every\w*|this|these|that|it|questions?)\b"
    r"|\bis (?:this|it|all this|all of this) (?:really )?(?:necessary|mandatory|compulsory|required|needed)\b"
    r"|\b(?:tengo que|hay que|debo|hace falta|es obligatorio|es necesario) (?:contestar|responder|rellenar|decir)(?:lo)?\b.*\b(?:tod[oa]s?|est[oa]s?|es[oa]s?)\b",
    re.IGNORECASE,
)
MEANING_ASKED = "ask_meaning"
MORE = "About {count} more questions. Most take one tap or one word."
LAST = "This is nearly the last one."
_NEARLY = 2
YOU_MAY = (
    "You decide what you tell. The lists are there to keep you safe; say “not sure” where you cannot or would rather not "
    "say, and our staff go through it with you."
)
MEANING = (
    "If the word is new to you, probably no doctor has used it for you. You can say “not sure”, and a person will go "
    "through it with you."
)


def asks_how_much_more(text: str) -> bool:
    """True for "how many more questions?" and "falta mucho?", but not for how long a visit takes."""
    return bool(_HOW_MUCH_MORE.search(text)) and not _THE_VISIT.search(text)


def how_much_more(intake: Intake, left: int) -> str:
    """How many questions are still to come, the open one among them."""
    return say(intake.locale, LAST) if left <= _NEARLY else say(intake.locale, MORE, count=left)


def asks_whether_must(text: str) -> bool:
    """True for "do I have to answer all of this?": a question, and no wish to skip the one that is open."""
    return bool(_MUST.search(text))


def you_may_leave_it(intake: Intake) -> str:
    """What is said to it."""
    return say(intake.locale, YOU_MAY)


def asks_meaning(intake: Intake, said: Said) -> bool:
    """True for "what's a hernia?" at a card or its follow-up question: it says of nobody that they have one."""
    name = intake.open_field or ""
    asked = cards.is_card(name) or name.startswith(("RF-", "CI-"))
    short = len(said.text.split()) <= _MOST_WORDS
    names = bool(said.danger) or any(one.kind in ("condition", "medicine", "finding") for one in said.mentions)
    return (
        said.question is None
        and asked
        and short
        and names
        and bool(_MEANS.match(said.text))
        and not _OWN.search(said.text)
    )


def only_asked(said: Said) -> Said:
    """The message without what it only asks the meaning of; a danger read with certainty stays."""
    return replace(
        said, intent=MEANING_ASKED, mentions=(), danger=tuple(found for found in said.danger if found.certain), rows=()
    )


def meaning(intake: Intake) -> str:
    """What is said to who asks for the meaning of a word."""
    return say(intake.locale, MEANING)
