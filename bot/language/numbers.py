"""Numbers as people write them: digits, words, halves, "a couple", "a few"; each as a range from `low` to `high`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_UNITS = {
    "zero": 0, "nil": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_VAGUE = {
    ("a", "couple", "of"): (2, 3), ("couple", "of"): (2, 3), ("a", "couple"): (2, 3), ("couple",): (2, 3),
    ("the", "couple"): (2, 3), ("a", "good", "few"): (3, 6), ("quite", "a", "few"): (3, 8), ("a", "few"): (2, 5),
    ("few",): (2, 5), ("several",): (3, 7), ("some",): (2, 6), ("a", "handful", "of"): (3, 7), ("half", "a", "dozen"): (6, 6),
    ("a", "dozen"): (12, 12), ("dozen",): (12, 12), ("many",): (4, 20), ("half", "a"): (0.5, 0.5), ("half", "an"): (0.5, 0.5),
    ("a", "half"): (0.5, 0.5), ("half",): (0.5, 0.5), ("a", "quarter", "of", "an"): (0.25, 0.25),
    ("quarter", "of", "an"): (0.25, 0.25), ("three", "quarters", "of", "an"): (0.75, 0.75), ("a", "quarter", "of", "a"): (0.25, 0.25),
    ("a", "hundred"): (100, 100), ("one", "and", "a", "half"): (1.5, 1.5),
}  # fmt: skip
_LONGEST = max(map(len, _VAGUE))
_VAGUE_BEGINS = frozenset(phrase[0] for phrase in _VAGUE)
_FRACTIONS = {"half": 0.5, "quarter": 0.25, "third": 1 / 3}
_SIGNS = {"½": 0.5, "¼": 0.25, "¾": 0.75, "⅓": 1 / 3, "⅔": 2 / 3}
_PARTS = frozenset({"/", "and", *_SIGNS})  # what a fraction after a number begins with, beside another number
_HIGHEST = 1_000_000.0


@dataclass(frozen=True, slots=True)
class Number:
    """Words `first`..`last` (exclusive) that say a number between `low` and `high`."""

    low: float
    high: float
    first: int
    last: int


def value(word: str) -> float | None:
    """The number one word says: "7", "1,000", "seven"; None when it says none."""
    if word[0].isdigit():
        try:
            return min(float(word.replace(",", "")), _HIGHEST)
        except ValueError:
            return None
    return _UNITS.get(word, _TENS.get(word, _SIGNS.get(word)))


def read(words: Sequence[str], at: int) -> Number | None:
    """The number that begins at word `at`, without any range around it."""
    for length in range(_LONGEST if words[at] in _VAGUE_BEGINS else 0, 0, -1):
        vague = _VAGUE.get(tuple(words[at : at + length])) if at + length <= len(words) else None
        if vague:
            return Number(*vague, at, at + length)
    if (
        words[at] == "a"
        and words[at + 1 : at + 2] == ["quarter"]
        and words[at + 2 : at + 3]
        and words[at + 2] in ("hour", "hours")
    ):
        return Number(0.25, 0.25, at, at + 2)
    first = value(words[at])
    if first is None:
        return None
    last, total = _tail(words, at + 1, first, words[at])
    last, total = _fraction(words, at, last, total)
    return Number(total, total, at, last)


def _tail(words: Sequence[str], at: int, total: float, word: str) -> tuple[int, float]:
    """ "twenty five", "two hundred", "one hundred and five", "twenty and four"."""
    while at < len(words):
        following = words[at]
        if following in ("hundred", "thousand"):
            total *= 100 if following == "hundred" else 1000
            word, at = following, at + 1
            continue
        step = 2 if following == "and" and at + 1 < len(words) else 1
        digit = words[at + step - 1]
        small = _UNITS.get(digit, _TENS.get(digit) if word in ("hundred", "thousand") else None)
        joins = (word in _TENS and small is not None and 0 < small < 10) or (word in ("hundred", "thousand") and small)
        if not joins or small is None:
            break
        total, at, word = total + small, at + step, digit
    return at, min(total, _HIGHEST)


def _fraction(words: Sequence[str], first: int, at: int, total: float) -> tuple[int, float]:
    """ "1/2", "2 1/2", "1 and 1/4", "one and a half"."""
    if at >= len(words) or not (words[at] in _PARTS or words[at][0].isdigit()):
        return at, total
    rest = words[at : at + 4]
    if rest[0] in _SIGNS:
        return at + 1, total + _SIGNS[rest[0]]
    if at == first + 1 and len(rest) >= 2 and rest[0] == "/" and total in (1.0, 3.0) and rest[1] in ("2", "4", "3"):
        return at + 2, total / float(rest[1])
    skip = 1 if rest[:1] == ["and"] else 0
    if len(rest) >= skip + 3 and rest[skip + 1] == "/" and rest[skip] in ("1", "3") and rest[skip + 2] in ("2", "4"):
        return at + skip + 3, total + float(rest[skip]) / float(rest[skip + 2])
    if rest[:2] == ["and", "three"] and len(rest) > 2 and rest[2] in ("quarter", "quarters"):
        return at + 3, total + 0.75
    if list(rest[:3])[:2] == ["and", "a"] and len(rest) > 2 and rest[2] in _FRACTIONS:
        return at + 3, total + _FRACTIONS[rest[2]]
    if list(rest[:2])[:1] == ["and"] and len(rest) > 1 and rest[1] in _FRACTIONS:
        return at + 2, total + _FRACTIONS[rest[1]]
    return at, total
