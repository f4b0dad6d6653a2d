"""Puts misspelt Spanish right: a list first, then the one word that sounds the same, then the one a slip away.

Spanish is written nearly as it is spoken, so that most slips keep the sound: "rodiya", "cavesa", "ombro", "dolór", "kadera".
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.language.lexicon import Lexicon
from bot.language.spelling import Speller

_SHORTEST = 4
_SOUNDS = (
    (re.compile(r"^R"), "r"),  # "rrespirar"
    (re.compile(r"^(?:g|h)?ue(?!r)|^we(?!b)"), "ue"),  # "gueso", "weso": hueso
    (re.compile(r"ao(?=s?$)"), "ado"),  # "hinchao", "cansao"
    (re.compile(r"(.)\1+"), r"\1"),  # "muchooo"; ll and rr are made one letter before
    (re.compile(r"qu(?=[ei])|k|c(?=[aoulrt]|$)|q"), "k"),
    (re.compile(r"c(?=[eiy])|z|x"), "s"),
    (re.compile(r"g(?=[ei])"), "j"),
    (re.compile(r"gu(?=[ei])"), "g"),
    (re.compile(r"v|w"), "b"),
    (re.compile(r"(?<!c)h"), ""),
    (re.compile(r"m(?=[bp])"), "n"),
    (re.compile(r"s+"), "s"),
)


def sound(word: str) -> str:
    """The word as it sounds: one spelling for all that sound alike in most of the Spanish-speaking world."""
    word = word.replace("ll", "y").replace("rr", "R")
    for pattern, letter in _SOUNDS:
        word = pattern.sub(letter, word)
    return word


class SpanishSpeller:
    """Corrects single words against the vocabulary of the Spanish tables."""

    def __init__(self, words: Lexicon, common: Iterable[str]) -> None:
        self._listed = words.spellings
        common = frozenset(common)
        self._by_slips = Speller(words, common)
        vocabulary = {word for word in words.tree.vocabulary if word.isalpha()}
        self._known = vocabulary | common
        self._sounds: dict[str, str | None] = {}
        for word in sorted(vocabulary):
            key = sound(word)
            self._sounds[key] = None if key in self._sounds else word  # None: two words sound so

    def correct(self, word: str) -> str:
        """The right spelling of a folded word, or the word itself. Remembers nothing."""
        listed = self._listed.get(word)
        if listed is not None:
            return listed
        if word in self._known or not _SHORTEST <= len(word) <= 24:
            return word
        for form in dict.fromkeys((word, word.replace("x", "ch"))):  # "pexo", "muxo": chat writing
            heard = self._sounds.get(sound(form))
            if heard:
                return heard
        return self._by_slips.correct(word)
