"""Hears Spanish that is written by ear with real words: "no ciento las piernas", "se me callo", "me boy a desmayar"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bot.language import tables
from bot.language.lexicon import HOMES, SPANISH
from bot.language.tokens import Tokens, fold

COLUMNS = ("written", "meant", "before", "after", "unless_before", "unless_after")


@dataclass(frozen=True, slots=True)
class Homophone:
    """`meant` is read where the words `before` and `after` stand beside it and those of `unless` do not; empty: no matter."""

    meant: str
    before: frozenset[str]
    after: frozenset[str]
    endings: tuple[str, ...]
    unless_before: frozenset[str]
    unless_after: frozenset[str]

    def fits(self, left: str, right: str) -> bool:
        """True between these two words; "" where the text begins or ends."""
        if left in self.unless_before or right in self.unless_after or (self.before and left not in self.before):
            return False
        if not self.after and not self.endings:
            return True
        return right in self.after or any(right.endswith(ending) and right != ending for ending in self.endings)


def load(home: Path) -> dict[str, tuple[Homophone, ...]]:
    """The rows of homophones.csv by the word that is written; raises `BadVocabulary`."""
    heard: dict[str, tuple[Homophone, ...]] = {}
    for row in tables.rows("homophones", COLUMNS, home):
        written, meant = fold(row["written"]), fold(row["meant"])
        if not meant or written == meant:
            raise row.refuse("meant must be another word")
        after = fold(row["after"]).split()
        one = Homophone(
            meant,
            frozenset(fold(row["before"]).split()),
            frozenset(word for word in after if word[0] != "-"),
            tuple(word[1:] for word in after if word[0] == "-"),
            frozenset(fold(row["unless_before"]).split()),
            frozenset(fold(row["unless_after"]).split()),
        )
        heard[written] = (*heard.get(written, ()), one)
    return heard


@lru_cache(maxsize=1)
def cached() -> dict[str, tuple[Homophone, ...]]:
    """The product's, read once."""
    return load(HOMES[SPANISH])


def put_right(tokens: Tokens) -> None:
    """Write the word that was meant, in the sentences that are Spanish."""
    heard, words = cached(), tokens.words
    for at, (word, language) in enumerate(zip(words, tokens.language, strict=True)):
        if language == SPANISH and word in heard:
            words[at] = _meant(
                heard[word], word, words[at - 1] if at else "", words[at + 1] if at + 1 < len(words) else ""
            )


def _meant(rows: Sequence[Homophone], word: str, left: str, right: str) -> str:
    return next((row.meant for row in rows if row.fits(left, right)), word)
