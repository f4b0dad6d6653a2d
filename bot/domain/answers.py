"""How a plain answer to an open question is read: yes and no, numbers, ages, choices named in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from bot.domain import spanish_answers

_YES = re.compile(
    r"^\W*(yes|yeah|yep|yup|ya|aye|ok|okay|sure|of course|certainly|absolutely|agreed|i agree|i do|fine|correct|right|that'?s right|all good|looks good|sounds good|all correct|perfect|exactly|spot on|go ahead|please do)\b",
    re.IGNORECASE,
)
# "I don't" alone is a no; "I don't feel anything when I wipe" is an answer in words, and may be the danger itself.
_NO = re.compile(
    r"^\W*(?:(?:no|nope|nah|none|never|not at all|not really|nothing|neither|negative)\b"
    r"|(?:i )?(?:don'?t|do not|haven'?t|have not|didn'?t)(?=\s*(?:$|[.,!]|have\b|think\b|believe\b|any\b|had\b)))",
    re.IGNORECASE,
)
# What people say while they think: "Let me think... no, I can do everything". An "oh no" is none of it.
_PREAMBLE = re.compile(
    r"^\W*(?:(?:well|hm+|um+|uh+|er+m?|let me (?:think|see)|(?:oh,? )?(?:that'?s a )?good question|thanks?(?: you)?(?: so much| very much)?(?: for asking)?"
    r"|honestly|frankly|to be honest|tbh|actually|haha|lol|sorry)\W+)+",
    re.IGNORECASE,
)
_A_SIDE = re.compile(r"\W*right +(?!away|then|ok)[a-z]", re.IGNORECASE)
_UNSURE = re.compile(
    r"\b(not (really )?sure|unsure|don'?t know|dont know|no idea|dunno|can'?t (say|tell)|maybe|perhaps|possibly|hard to say|i think so)\b",
    re.IGNORECASE,
)
_NONE = re.compile(
    r"^\W*((no+|nope|nah|none|nothing|neither|never|negative)\b|i'?m (fine|ok|okay|good)|all (clear|fine|good)|not that i know|i (don'?t|do not) have any|not any)",
    re.IGNORECASE,
)
_WORDS = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
# What says all by itself, and nothing within a sentence: "wrong" is a no, "the wrong foot" is not.
_ALONE = {
    word: way
    for way, words in (
        ("yes", "affirmative alrighty approved confirm confirmed definitely indeed k mhm naturally obviously oki positive righto surely "
         "totally true undoubtedly y ye yea yeppers yess yesss yessir yse ✅ 👌 👍"),
        ("no", "false incorrect n n/a naw nay nil nopes untrue wrong ❌ 👎"),
        ("unsure", "forgot idk undecided unclear 🤷 🤷‍♀️ 🤷‍♂️"),
        ("skip", "next pass skip omitir paso saltar siguiente"),
    )
    for word in words.split()
}  # fmt: skip
_SAYS_NOTHING = frozenset(
    {
        "a", "an", "the", "of", "to", "in", "on", "at", "by", "for", "with", "and", "or", "but", "so", "if", "as", "not", "that", "this", "these",
        "those", "them", "it", "its", "is", "are", "be", "am", "i", "my", "me", "any", "some", "one", "un", "una", "el", "la", "los", "las", "de",
        "del", "al", "en", "con", "que", "lo", "se", "es", "son", "mi", "su", "eso", "esos", "esa", "esas", "esto",
        "estos", "estas",
    }
)  # fmt: skip
_UNITS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18,
    "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_WORD_NUMBER = re.compile(rf"\b({'|'.join(_UNITS)})(?:[\s-]+({'|'.join(list(_UNITS)[1:10])}))?\b", re.IGNORECASE)
_AGE_SAID = re.compile(
    r"\b(?:i'?m|i am|im|age(?:[d:]| is)?|(?:he|she|they|son|daughter|child|kid|boy|girl|husband|wife|partner|mum|mom|dad|mother|father)(?:'s| is|'re| are)?)\s+(?:nearly |almost |about |just )?(\d{1,3})(?!\d)(?!\s*(?:%|/|out of|weeks?|months?|days?|hours?|minutes?|st\b|nd\b|rd\b|th\b|kg|lb|cm|feet|ft|times))"
    r"|\b(\d{1,3})\s*-?\s*(?:years?|yrs?|y/?o|yo)\b(?:\s*-?\s*old)?(?!\s*ago)|\b(\d{1,3})[mf]\b",
    re.IGNORECASE,
)
_OLD = re.compile(r"\bold\b|\by/?o\b|\d[mf]\b|\bi'?m\b|\bi am\b|\bim\b|\bage|\b(?:he|she)", re.IGNORECASE)
_BP = re.compile(r"\b(\d{2,3})\s*(?:/|over|on|con|sobre)\s*(\d{2,3})\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_SMALL = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "or",
        "and",
        "to",
        "in",
        "on",
        "my",
        "your",
        "i",
        "have",
        "it",
        "is",
        "that",
        "this",
        "any",
        "new",
        "with",
        "for",
        "at",
        "be",
        "was",
        "no",
        "not",
        "me",
        "you",
    ]
)


def polarity(text: str, intent: str = "") -> str | None:
    """ "yes", "no", "unsure" or None: the first words weigh more than the classifier's guess."""
    spanish = spanish_answers.polarity(text)
    if spanish is not None:
        return None if spanish == spanish_answers.IN_WORDS else spanish
    if _UNSURE.search(text):
        return "unsure"
    text = _PREAMBLE.sub("", text)
    if _NO.search(text):
        return "no"
    if _YES.search(text):
        return "yes"
    alone = said_alone(text)
    if alone in ("yes", "no", "unsure"):
        return alone
    return {"affirm": "yes", "deny": "no", "unsure": "unsure"}.get(intent)


def said_alone(text: str) -> str | None:
    """ "yes", "no", "unsure" or "skip" where one word or picture is the whole message and means that; else None."""
    return _ALONE.get(text.strip().strip(".,!").lower())


def agrees(text: str) -> bool:
    """True for a plain yes to what was asked; "right shoulder" and "me duele" begin a story and agree to nothing."""
    if spanish_answers.polarity(text) is not None:
        return spanish_answers.agrees(text)
    return polarity(text) == "yes" and not _A_SIDE.match(_PREAMBLE.sub("", text))


def says_none(text: str, intent: str = "") -> bool:
    """True for "none of these", "no", "nothing like that" as the answer to a card."""
    return bool(_NONE.search(text)) or intent == "deny" or said_alone(text) == "no" or spanish_answers.says_none(text)


def says_nothing(text: str) -> bool:
    """True for small words alone: "of" of "none of these" answers nothing."""
    words = _WORDS.findall(text.lower())
    return bool(words) and _SAYS_NOTHING.issuperset(words)


def is_question(text: str) -> bool:
    """True for a question of more than a word or two: "it's not cancer, is it?" denies nothing, "no?" hesitates."""
    return "?" in text and len(text.split()) > _FEW_WORDS


_FEW_WORDS = 2


def only_numbers(text: str) -> bool:
    """True for "6" and "2 and 5"."""
    return bool(_ONLY_NUMBERS.fullmatch(text))


_ONLY_NUMBERS = re.compile(r"\s*\d{1,2}(?:\s*(?:,|and|&|y|\s)\s*\d{1,2})*\s*")


def whole_number(text: str, low: int, high: int) -> int | None:
    """The one number in an answer, in digits or words; None when there is none in range."""
    return next(iter(whole_numbers(text, low, high)), None)


def whole_numbers(text: str, low: int, high: int) -> list[int]:
    """The numbers in range of an answer: those in digits, else those in words, in their order."""
    digits = [int(found) for found in re.findall(r"(?<![\d.])\d{1,4}(?![\d.]*\d)", text)]
    words = [_UNITS[a.lower()] + (_UNITS[b.lower()] if b else 0) for a, b in _WORD_NUMBER.findall(text)]
    for numbers in (digits, words, list(spanish_answers.numbers(text))):
        fitting = [number for number in numbers if low <= number <= high]
        if fitting:
            return fitting
    return []


def age_said(text: str) -> int | None:
    """An age told in passing: "I'm 46", "46 years old", "46F". A bare "3 years" is no age."""
    for found in _AGE_SAID.finditer(text):
        number = int(next(group for group in found.groups() if group))
        around = text[max(0, found.start() - 4) : found.end() + 4]
        if 1 <= number <= 120 and _OLD.search(around):
            return number
    return spanish_answers.age(text)


def blood_pressure(text: str) -> list[int] | None:
    """[systolic, diastolic] of "150 over 95"; None when it cannot be one."""
    for high, low in _BP.findall(text):
        systolic, diastolic = int(high), int(low)
        if 60 <= systolic <= 300 and 30 <= diastolic <= 200 and diastolic < systolic:
            return [systolic, diastolic]
    return None


_MOST_WORDS_FOR_A_ROW = 40


def named_choices(text: str, choices: Iterable[Mapping[str, Any]]) -> list[Any]:
    """The values of the choices named: by number in the list, by label, or by two telling words of it."""
    listed = list(choices)
    numbers = re.fullmatch(r"\s*(\d{1,2})(?:\s*(?:,|and|&|\s)\s*(\d{1,2}))*\s*", text)
    if numbers:
        picked = [int(n) for n in re.findall(r"\d+", text)]
        return [listed[n - 1]["value"] for n in picked if 1 <= n <= len(listed)]
    if len(_WORD.findall(text)) > _MOST_WORDS_FOR_A_ROW:
        return []  # a pasted letter shares two words with many a row and names none of them
    said = _telling(text)
    found = []
    for choice in listed:
        telling = _telling(str(choice["label"]))
        needed = min(2, len(telling))
        if telling and len(telling & said) >= needed and needed:
            found.append(choice["value"])
    return found


def _telling(text: str) -> set[str]:
    """The words that say what it is about: "un dolor en la pierna" shares "un" and "la" with every row."""
    words = {word.lower() for word in _WORD.findall(text)} - spanish_answers.SMALL
    return {_stem(word) for word in words} - _SMALL


def _stem(word: str) -> str:
    return re.sub(r"(ing|ed|es|s)$", "", word.lower()) if len(word) > 4 else word.lower()
