"""Tells which language each sentence of a text is in, from words that only one of the two languages has.

Nothing statistical: a text of three words is the rule here, and the answer must be explainable. A word that both languages write
alike ("son", "red", "once") tells nothing. Where nothing tells, the rest of the text decides, then the `locale`, then English.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from bot.language import lexicon
from bot.language.lexicon import ENGLISH, LANGUAGES, SPANISH
from bot.language.tables import HOME
from bot.language.tokens import Tokens

_SIGNS = frozenset("¿¡")
_WINS = 1.5  # how much more a word of the conversation's own language weighs


class Languages:
    """Knows whose each word is."""

    def __init__(self, vocabulary: Mapping[str, Iterable[str]], both: Iterable[str]) -> None:
        """`vocabulary`: every word known of each language; `both`: words that must tell nothing."""
        known = {name: frozenset(word for word in words if len(word) > 1) for name, words in vocabulary.items()}
        shared = frozenset(both)
        self.own = {
            name: known[name].difference(shared, *(words for other, words in known.items() if other != name))
            for name in LANGUAGES
        }

    def tell(self, tokens: Tokens, locale: str | None = None) -> list[str]:
        """The language of each word, which is that of its sentence; `locale` ("es", "en-GB") weighs more and breaks ties."""
        home = _home(locale)
        votes: dict[int, dict[str, float]] = {}
        for word, sentence in zip(tokens.words, tokens.sentence, strict=True):
            language = self._of(word)
            if language:
                count = votes.setdefault(sentence, dict.fromkeys(LANGUAGES, 0.0))
                count[language] += _WINS if language == home else 1.0
        if not votes:
            return [home or ENGLISH] * len(tokens)
        everywhere = {name: sum(count[name] for count in votes.values()) for name in LANGUAGES}
        rest = _winner(everywhere, home or ENGLISH)
        spoken = {sentence: _winner(count, rest) for sentence, count in votes.items()}
        return [spoken.get(sentence, rest) for sentence in tokens.sentence]

    def heard(self, tokens: Tokens, language: str) -> bool:
        """Whether any word of the text is of this language alone."""
        return not self.own[language].isdisjoint(tokens.words)

    def _of(self, word: str) -> str | None:
        if word in _SIGNS:
            return SPANISH
        return next((name for name in LANGUAGES if word in self.own[name]), None)


def _home(locale: str | None) -> str | None:
    short = (locale or "").lower().replace("_", "-").split("-")[0]
    return short if short in LANGUAGES else None


def _winner(count: Mapping[str, float], otherwise: str) -> str:
    best = max(count.values())
    leading = [name for name in LANGUAGES if count[name] == best]
    return leading[0] if len(leading) == 1 else otherwise


@lru_cache(maxsize=1)
def cached() -> Languages:
    """The product's, built once per process."""
    words = {
        ENGLISH: lexicon.cached(ENGLISH).tree.vocabulary
        | set(lexicon.cached(ENGLISH).spellings)
        | listed("harmless_words.txt"),
        SPANISH: lexicon.cached(SPANISH).tree.vocabulary
        | set(lexicon.cached(SPANISH).spellings)
        | listed("es/common_words.txt"),
    }
    return Languages(words, listed("es/english_too.txt"))


@lru_cache(maxsize=8)
def listed(name: str) -> frozenset[str]:
    """The words of a plain list beside the tables: one a line, remarks begin with `#`."""
    lines = (HOME / name).read_text(encoding="utf-8").split("\n")
    return frozenset(word for word in lines if word and not word.startswith("#"))
