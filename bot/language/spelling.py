"""Puts misspelt words right: a list first, then the one vocabulary word a slip away, never for a word that is itself one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rapidfuzz.distance import OSA

from bot.language.lexicon import Lexicon

_SHORTEST = 5  # shorter words are too near to one another
_TWO_SLIPS = 9  # from this length two slips are allowed


class Speller:
    """Corrects single words against the vocabulary of the tables."""

    def __init__(self, words: Lexicon, harmless: Iterable[str], short: Iterable[str] = ()) -> None:
        """`harmless`: words of the language that must stay what they are although they are near one of the tables.

        `short`: words of fewer letters than others that are looked for all the same.
        """
        self._listed = words.spellings
        vocabulary = {word for word in words.tree.vocabulary if word.isalpha()}
        self._known = vocabulary | frozenset(harmless)
        self._near: dict[str, list[str]] = {}
        short = vocabulary.intersection(short)
        self._least = min(map(len, short), default=_SHORTEST)
        for word in vocabulary:
            if len(word) >= _SHORTEST or word in short:
                for form in (word, *_deletes(word)):
                    self._near.setdefault(form, []).append(word)

    def correct(self, word: str) -> str:
        """The right spelling of a folded word, or the word itself. Remembers nothing."""
        listed = self._listed.get(word)
        if listed is not None:
            return listed
        if word in self._known or len(word) < self._least or len(word) > 24 or not word.isalpha():
            return word
        return self._nearest(word) or self._nearest(_squeeze(word)) or word

    def _nearest(self, word: str) -> str | None:
        """The only vocabulary word one slip away (two for long words); None when there is none or more than one."""
        if word in self._known:
            return word
        candidates = {near for form in (word, *_deletes(word)) for near in self._near.get(form, ())}
        scored = sorted((OSA.distance(word, near), near) for near in candidates)
        allowed = 1 if len(word) < _TWO_SLIPS else 2
        good = [(slips, near) for slips, near in scored if slips <= allowed and word[0] == near[0]]
        if not good or (len(good) > 1 and good[0][0] == good[1][0] and not _same_word(good[0][1], good[1][1])):
            return None
        return good[0][1]


def _deletes(word: str) -> Iterator[str]:
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]


def _squeeze(word: str) -> str:
    """ "painnnn" → "painn" → found one slip away."""
    out = word[:1]
    for char in word[1:]:
        if not (len(out) > 1 and char == out[-1] == out[-2]):
            out += char
    return out


def _same_word(one: str, other: str) -> bool:
    """Singular and plural: either is right."""
    return one.rstrip("s") == other.rstrip("s")
