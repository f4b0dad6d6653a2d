"""Cuts a text into words with their places, so that every table and every rule reads the same stream.

The splitting is ours and not spaCy's English tokenizer, though a spaCy Doc holds the result (`document`): tables and rules
count words, so "knee-cap", "3wks", "7/10" and "don't" must be cut one way only, a slip put right before anything is looked
up, and sentences end at a line break. spaCy's tokenizer also keeps a cache of the words it saw. It is one expression.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache

from bot.language.wordlist import words as word_set

_TOKEN = re.compile(
    r"\d{1,3}(?:,\d{3})+(?!\d)"  # 1,000
    r"|\d+(?:\.\d+)?"  # 7 or 7.5
    r"|[^\W\d_]+(?:['’‘`´ʼ][^\W\d_]+)*"  # don't, knee's
    r"|\S"  # anything else, one sign at a time
)
_APOSTROPHES = str.maketrans(dict.fromkeys("’‘`´ʼ", "'"))
_STOPS = frozenset(".!?;…")
_ABBREVIATIONS = word_set(
    "dr mr mrs ms prof st approx vs eg ie e g i a p m no",
)
# "'s" that is a verb, not a possessive: kept.
_IS = word_set(
    "it he she that this what there here who let where how everything nothing",
)
_INVISIBLE = frozenset("\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff\ufe0f")


@dataclass(slots=True)
class Tokens:
    """One text as parallel lists: `words` (folded), character `starts` and `ends`, the number of the `sentence` and its `language`."""

    text: str
    words: list[str]
    starts: list[int]
    ends: list[int]
    sentence: list[int]
    line: list[int]
    language: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.words)


@lru_cache(maxsize=4096)
def _fold_char(char: str) -> str:
    """Lower case without accent; always exactly one character, so that offsets stay true."""
    if unicodedata.category(char)[0] not in "LN" or unicodedata.category(char) == "No":
        return char
    base = unicodedata.normalize("NFKD", char)[0].lower()
    return base if len(base) == 1 else char


def fold(text: str) -> str:
    """Lower case, straight apostrophes, no accents; same length as `text`."""
    if text.isascii():
        return text.lower()
    return "".join(_fold_char(char) for char in text.translate(_APOSTROPHES))


def plain_word(word: str) -> str:
    """A word as the tables hold it: "knee's" → "knee", but "it's" stays."""
    if len(word) > 3 and word.endswith("'s") and word[:-2] not in _IS:
        return word[:-2]
    return word


def tokenise(text: str) -> Tokens:
    """Split `text`. Hyphens inside words are left out."""
    out = Tokens(text, [], [], [], [], [])
    folded = fold(text)
    sentence = line = 0
    pending_break = False
    previous_end = 0
    for match in _TOKEN.finditer(folded):
        word, start, end = match.group(), match.start(), match.end()
        if word in _INVISIBLE:
            continue
        if out.words and "\n" in folded[previous_end:start]:
            pending_break = True
            line += 1
        previous_end = end
        if len(word) == 1 and not word.isalnum():
            if word == "-" and _inside_word(folded, start):
                continue
        elif word[0].isalpha():
            word = plain_word(word)
        if pending_break and word not in _STOPS:
            sentence += 1
            pending_break = False
        out.words.append(word)
        out.starts.append(start)
        out.ends.append(end)
        out.sentence.append(sentence)
        out.line.append(line)
        if word in _STOPS and _ends_sentence(out, folded):
            pending_break = True
    return out


def _inside_word(text: str, at: int) -> bool:
    """True for the hyphen of "tip-toe" or "3-day"; a hyphen between two numbers or beside a space is a sign."""
    if at == 0 or at + 1 >= len(text):
        return False
    before, after = text[at - 1], text[at + 1]
    return after.isalpha() and before.isalnum()


def _ends_sentence(tokens: Tokens, text: str) -> bool:
    if tokens.words[-1] != ".":
        return True
    end = tokens.ends[-1]
    if len(tokens) > 1 and tokens.words[-2] in _ABBREVIATIONS and tokens.ends[-2] == end - 1 and len(text) > end:
        return False
    return end >= len(text) or not text[end].isalnum()
